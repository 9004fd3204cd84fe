package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about trunks; immutable.
 *
 * @param trunks all trunks
 * @param byParent the trunk of each port that is a parent
 * @param bySubport the trunk of each port that is a subport
 */
record TrunkWorld(HashMap<UUID, Trunk> trunks, HashMap<UUID, UUID> byParent, HashMap<UUID, UUID> bySubport) {
    static final TrunkWorld EMPTY = new TrunkWorld(HashMap.empty(), HashMap.empty(), HashMap.empty());

    /** The same object when nothing of it changed. */
    TrunkWorld changed(Resource.Kind kind, UUID id, @Nullable Resource now) {
        if (kind != Resource.Kind.TRUNK) {
            return this;
        }
        return now == null ? without(id) : with((Trunk) now);
    }

    private TrunkWorld with(Trunk trunk) {
        TrunkWorld rest = without(trunk.id());
        HashMap<UUID, UUID> nowSubports = rest.bySubport;
        for (Trunk.Subport subport : trunk.subports()) {
            nowSubports = nowSubports.put(subport.portId(), trunk.id());
        }
        return new TrunkWorld(
                rest.trunks.put(trunk.id(), trunk), rest.byParent.put(trunk.portId(), trunk.id()), nowSubports);
    }

    private TrunkWorld without(UUID id) {
        Trunk old = trunks.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        HashMap<UUID, UUID> left = bySubport;
        for (Trunk.Subport subport : old.subports()) {
            left = withoutOwn(left, subport.portId(), id);
        }
        return new TrunkWorld(trunks.remove(id), withoutOwn(byParent, old.portId(), id), left);
    }

    /** A port that changes trunks within a revision may be known as the other's already. */
    private static HashMap<UUID, UUID> withoutOwn(HashMap<UUID, UUID> index, UUID port, UUID trunk) {
        return index.get(port).contains(trunk) ? index.remove(port) : index;
    }
}
