package io.weft.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Bytes;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Lease;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.backup.Backup;
import io.weft.store.backup.Move;
import io.weft.store.backup.Restore;
import io.weft.store.backup.Summary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Backup, restore and move from one kind of store to another, while the source is written to. */
public abstract class BackupContract {
    /** Opens a new, empty store to read from. */
    protected abstract Store source();

    /** Opens a new, empty store to write to. */
    protected abstract Store target();

    private static Map<String, String> content(Store store) {
        Map<String, String> content = new TreeMap<>();
        for (Entry entry : store.range(KeyRange.ALL, 0, 0).entries()) {
            if (isContent(entry)) {
                content.put(entry.key(), entry.value().utf8());
            }
        }
        return content;
    }

    /** Whether an entry is what somebody put there, and not the store's own. */
    private static boolean isContent(Entry entry) {
        return !entry.key().equals(Keys.EPOCH) && !entry.key().startsWith(Keys.COMMITS);
    }

    private static void fill(Store store) {
        for (int i = 0; i < 3000; i += 500) {
            Transaction.Builder some = Transaction.builder();
            for (int j = i; j < i + 500; j++) {
                some.put("fill/%05d".formatted(j), Bytes.utf8("value " + "x".repeat(j % 700)));
            }
            store.commit(some.build());
        }
    }

    /** Does something while four writers each raise the same number in two keys far apart. */
    private static <T> T underLoad(Store store, Supplier<T> something) {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String writer = Integer.toString(i);
            writers.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; !stop.get(); n++) {
                    Bytes number = Bytes.utf8(Integer.toString(n));
                    store.commit(Transaction.builder()
                            .put("a/" + writer, number)
                            .put("z/" + writer, number)
                            .build());
                }
            }));
        }
        try {
            long begin = store.revision();
            while (store.revision() < begin + 50) {
                Thread.onSpinWait();
            }
            T result = something.get();
            assertThat(store.revision()).isGreaterThan(begin + 50);
            return result;
        } finally {
            stop.set(true);
            for (Thread writer : writers) {
                join(writer);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkConsistent(Map<String, String> content) {
        assertThat(content).hasSize(3000 + 2 * 4);
        for (int i = 0; i < 4; i++) {
            assertThat(content.get("a/" + i)).isEqualTo(content.get("z/" + i));
        }
    }

    private static Supplier<Summary> backup(Store store, ByteArrayOutputStream file) {
        return () -> {
            try {
                return Backup.write(store, file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
    }

    @Test
    void aBackupUnderLoadIsOneRevisionAndRestoresInAnyStore() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (Store source = source();
                Store target = target()) {
            fill(source);
            Lease lease = source.grantLease(Duration.ofSeconds(60));
            source.commit(Transaction.builder()
                    .put("leased", Bytes.utf8("gone"), lease.id())
                    .build());
            Summary written = underLoad(source, backup(source, file));
            assertThat(written.epoch()).isEqualTo(source.epoch());
            assertThat(Backup.verify(new ByteArrayInputStream(file.toByteArray())))
                    .isEqualTo(written);

            Summary restored = Restore.into(target, new ByteArrayInputStream(file.toByteArray()));
            assertThat(restored).isEqualTo(written);
            assertThat(target.epoch()).isNotEqualTo(source.epoch());
            Map<String, String> content = content(target);
            checkConsistent(content);
            Map<String, String> then = new TreeMap<>();
            source.range(KeyRange.ALL, written.revision(), 0).entries().stream()
                    .filter(entry -> entry.lease() == 0 && isContent(entry))
                    .forEach(entry -> then.put(entry.key(), entry.value().utf8()));
            assertThat(content).isEqualTo(then);
            source.revokeLease(lease.id());
        }
    }

    @Test
    void aMoveUnderLoadIsOneRevision() {
        try (Store source = source();
                Store target = target()) {
            fill(source);
            Summary moved = underLoad(source, () -> Move.copy(source, target));
            checkConsistent(content(target));
            assertThat(moved.entries()).isEqualTo(3000 + 2 * 4);
            assertThat(target.epoch()).isNotEqualTo(source.epoch());
        }
    }

    @Test
    void onlyAnEmptyStoreIsRestoredInto() {
        try (Store source = source();
                Store target = target()) {
            target.commit(Transaction.builder().put("a", Bytes.EMPTY).build());
            assertThatThrownBy(() -> Move.copy(source, target))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.INVALID_REQUEST));
            assertThat(content(target)).containsOnlyKeys("a");
        }
    }
}
