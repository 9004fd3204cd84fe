package io.weft.store.backup;

import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Snapshot;
import io.weft.store.Store;

/** Copies one store into another of any kind, as a backup that is restored at once. */
public final class Move {
    private Move() {}

    /**
     * Copies a store, as its latest revision left it, into a new one, which gets an epoch of its own. The source may be
     * in use; what is committed to it meanwhile is not copied, so servers are to be stopped before the last move.
     */
    public static Summary copy(Store from, Store to) {
        try (Snapshot snapshot = from.snapshot()) {
            Restore restore = Restore.begin(to);
            long[] counts = new long[2];
            snapshot.read(KeyRange.ALL, entry -> copy(entry, restore, counts));
            restore.finish();
            return new Summary(from.epoch(), snapshot.revision(), counts[0], counts[1]);
        }
    }

    private static void copy(Entry entry, Restore restore, long[] counts) {
        if (Backup.isKept(entry)) {
            restore.put(entry.key(), entry.value());
            counts[0]++;
            counts[1] += Keys.encode(entry.key()).length + entry.value().length();
        }
    }
}
