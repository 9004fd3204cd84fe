package io.weft.model;

import java.util.Optional;

/**
 * One resource before and after a revision.
 *
 * @param before what was there; empty when it is new
 * @param after what is there; empty when it was deleted
 */
public record Change(Optional<Resource> before, Optional<Resource> after) {
    public Change {
        if (before.isEmpty() && after.isEmpty()) {
            throw new IllegalArgumentException("a change of nothing");
        }
    }

    /** The resource that changed, as it is or as it last was. */
    public Resource subject() {
        return after.or(() -> before).orElseThrow();
    }
}
