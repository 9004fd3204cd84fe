package io.weft.loadbalancer;

import io.weft.model.Resource;
import io.weft.model.World;
import java.util.Comparator;

/**
 * A resource as it stands in a world, which holds what is shown with it.
 *
 * @param resource the resource
 * @param world the world that it was found in
 */
record Shown<R extends Resource>(R resource, World world) {
    /** The order of ids. */
    static <R extends Resource> Comparator<Shown<R>> byId() {
        return Comparator.comparing(Shown::id);
    }

    String id() {
        return resource.id().toString();
    }
}
