package io.weft.store.backup;

import java.util.UUID;

/**
 * What a backup contains, or what was restored.
 *
 * @param epoch the epoch of the store that was read
 * @param revision the revision at which it was read
 * @param entries how many entries there are
 * @param bytes of keys and values
 */
public record Summary(UUID epoch, long revision, long entries, long bytes) {}
