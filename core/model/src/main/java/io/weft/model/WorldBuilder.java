package io.weft.model;

import java.util.UUID;

/** Collects the changes of one revision of a {@link World}; owned by one thread. */
public final class WorldBuilder {
    private WorldParts parts;

    /** A builder that begins with everything of this world. */
    public WorldBuilder(World world) {
        parts = world.parts();
    }

    /** Adds the resource or replaces the one of its kind and id. */
    public WorldBuilder put(Resource resource) {
        parts = parts.changed(resource.kind(), resource.id(), resource);
        return this;
    }

    /** Takes the resource out; nothing happens when there is none. */
    public WorldBuilder remove(Resource.Kind kind, UUID id) {
        parts = parts.changed(kind, id, null);
        return this;
    }

    /** The world at this revision. */
    public World build(long revision) {
        return new World(revision, parts);
    }
}
