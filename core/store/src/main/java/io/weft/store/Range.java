package io.weft.store;

import java.util.List;

/**
 * What a range read found.
 *
 * @param entries the entries in the order of their keys
 * @param more whether the limit kept entries out
 * @param revision the revision that was read
 */
public record Range(List<Entry> entries, boolean more, long revision) {
    public Range {
        entries = List.copyOf(entries);
    }
}
