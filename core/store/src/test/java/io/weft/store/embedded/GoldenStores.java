package io.weft.store.embedded;

import io.weft.store.Bytes;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Lease;
import io.weft.store.MinWriter;
import io.weft.store.Store;
import io.weft.store.Transaction;
import io.weft.store.backup.Backup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Writes the store, the backup and the list of entries that later builds must be able to read. Run it once for each
 * format, with the directory {@code src/test/resources/golden/format-N}; what earlier builds wrote is never changed.
 */
final class GoldenStores {
    private GoldenStores() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Files.createDirectories(directory);
        Path files = directory.resolve("store");
        try (EmbeddedStore store = EmbeddedStore.open(files, new EmbeddedStore.Options(1 << 20, 4000))) {
            fill(store, 0);
        }
        // Closed in between: what was a checkpoint under way is finished, and the log has several segments.
        try (EmbeddedStore store = EmbeddedStore.open(files, EmbeddedStore.Options.STANDARD)) {
            fill(store, 60);
            MinWriter.raise(store, 1);
            Files.write(directory.resolve("entries.txt"), lines(store));
            try (OutputStream file = Files.newOutputStream(directory.resolve("backup.weft"))) {
                Backup.write(store, file);
            }
        }
        Files.delete(files.resolve("lock"));
    }

    private static void fill(Store store, int from) {
        Lease lease = store.grantLease(Duration.ofHours(1));
        for (int i = from; i < from + 60; i++) {
            Transaction.Builder transaction = Transaction.builder()
                    .put("k/%03d".formatted(i), Bytes.utf8("value " + i))
                    .put("long/" + "\u00e9".repeat(100) + i % 5, Bytes.utf8("x".repeat(i * 3)));
            if (i % 7 == 6) {
                transaction.delete(KeyRange.between("k/%03d".formatted(i - 3), "k/%03d".formatted(i - 1)));
            }
            if (i % 20 == 0) {
                transaction.put("leased/" + i, Bytes.EMPTY, lease.id());
            }
            store.commit(transaction.build());
        }
    }

    /** Everything about every entry, as text. */
    static List<String> lines(Store store) {
        return store.range(KeyRange.ALL, 0, 0).entries().stream()
                .map(GoldenStores::line)
                .toList();
    }

    private static String line(Entry entry) {
        return "%s %s %d %d %d %d"
                .formatted(
                        entry.key(),
                        entry.value().utf8(),
                        entry.createRevision(),
                        entry.modRevision(),
                        entry.version(),
                        entry.lease());
    }
}
