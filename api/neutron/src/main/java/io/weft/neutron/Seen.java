package io.weft.neutron;

import io.weft.domain.replica.View;
import io.weft.model.Resource;
import java.util.Comparator;

/**
 * A resource as it stands in a view, which holds what is shown with it.
 *
 * @param resource the resource
 * @param view the view that it was found in
 * @param viewer the project that it is shown to, which others may share things with; empty for none
 */
record Seen<R extends Resource>(R resource, View view, String viewer) {
    /** The order of ids. */
    static <R extends Resource> Comparator<Seen<R>> byId() {
        return (a, b) -> Values.ID_ORDER.compare(a.resource.id(), b.resource.id());
    }

    String id() {
        return resource.id().toString();
    }
}
