package io.weft.neutron;

import io.weft.domain.replica.View;
import io.weft.model.Resource;

/**
 * A resource as it stands in a view, which holds what is shown with it.
 *
 * @param resource the resource
 * @param view the view that it was found in
 */
record Seen<R extends Resource>(R resource, View view) {
    String id() {
        return resource.id().toString();
    }
}
