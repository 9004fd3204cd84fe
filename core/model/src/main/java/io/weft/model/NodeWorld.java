package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about nodes; immutable.
 *
 * @param nodes all nodes
 * @param byName the node of each name
 */
record NodeWorld(HashMap<UUID, Node> nodes, HashMap<String, UUID> byName) {
    static final NodeWorld EMPTY = new NodeWorld(HashMap.empty(), HashMap.empty());

    /** The same object when nothing of it changed. */
    NodeWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        if (kind != Resource.Kind.NODE) {
            return this;
        }
        HashMap<String, UUID> names = old == null ? byName : byName.remove(old.name());
        return now == null
                ? new NodeWorld(nodes.remove(id), names)
                : new NodeWorld(nodes.put(id, (Node) now), names.put(now.name(), id));
    }
}
