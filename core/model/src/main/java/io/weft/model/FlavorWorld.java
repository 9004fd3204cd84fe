package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about flavors; immutable.
 *
 * @param flavors all flavors
 * @param profiles all service profiles
 * @param routers the routers of each flavor
 */
record FlavorWorld(HashMap<UUID, Flavor> flavors, HashMap<UUID, ServiceProfile> profiles, Index<UUID> routers) {
    static final FlavorWorld EMPTY = new FlavorWorld(HashMap.empty(), HashMap.empty(), Index.empty());

    /** The same object when nothing of it changed. */
    FlavorWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return switch (kind) {
            case FLAVOR ->
                new FlavorWorld(now == null ? flavors.remove(id) : flavors.put(id, (Flavor) now), profiles, routers);
            case SERVICE_PROFILE ->
                new FlavorWorld(
                        flavors, now == null ? profiles.remove(id) : profiles.put(id, (ServiceProfile) now), routers);
            case ROUTER -> withRouter(id, flavor((Router) old), flavor((Router) now));
            default -> this;
        };
    }

    private FlavorWorld withRouter(UUID id, Optional<UUID> before, Optional<UUID> after) {
        if (before.equals(after)) {
            return this;
        }
        Index<UUID> changed = before.isPresent() ? routers.remove(before.get(), id) : routers;
        return new FlavorWorld(flavors, profiles, after.isPresent() ? changed.add(after.get(), id) : changed);
    }

    private static Optional<UUID> flavor(@Nullable Router router) {
        return router == null ? Optional.empty() : router.flavor();
    }
}
