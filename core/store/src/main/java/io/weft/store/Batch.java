package io.weft.store;

import java.util.List;

/**
 * Everything that one revision did to the keys of a watch.
 *
 * @param revision the revision
 * @param changes at most one for a key, never empty; in no promised order
 */
public record Batch(long revision, List<Change> changes) {
    public Batch {
        changes = List.copyOf(changes);
    }
}
