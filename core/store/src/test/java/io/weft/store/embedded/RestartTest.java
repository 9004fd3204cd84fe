package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Batch;
import io.weft.store.Bytes;
import io.weft.store.Change;
import io.weft.store.CompactedException;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Lease;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.contract.RecordingListener;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.disk.FakeDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the embedded store promises: opening again, files, its window of the past. */
class RestartTest {
    private static final EmbeddedStore.Options SMALL = new EmbeddedStore.Options(20_000, 4000);

    private static long put(Store store, String key, String value) {
        return store.commit(Transaction.builder().put(key, Bytes.utf8(value)).build())
                .revision();
    }

    @Test
    void everythingIsThereAgain() {
        FakeDisk disk = new FakeDisk();
        List<Entry> before;
        UUID epoch;
        long lease;
        try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
            lease = store.grantLease(Duration.ofHours(1)).id();
            for (int i = 0; i < 300; i++) {
                put(store, "k" + i % 90, "value " + i);
            }
            store.commit(Transaction.builder()
                    .put("leased", Bytes.EMPTY, lease)
                    .delete("k7")
                    .build());
            before = store.range(KeyRange.ALL, 0, 0).entries();
            epoch = store.epoch();
        }
        try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
            assertThat(store.range(KeyRange.ALL, 0, 0).entries()).isEqualTo(before);
            assertThat(store.epoch()).isEqualTo(epoch);
            store.keepAlive(lease);
            store.revokeLease(lease);
            assertThat(store.get("leased")).isEmpty();
        }
        try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
            assertThat(store.get("leased")).isEmpty();
            assertThatThrownBy(() -> store.keepAlive(lease))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.LEASE_NOT_FOUND));
        }
    }

    @Test
    void aLeaseBeginsAnewAfterARestartAndThenEnds() {
        FakeDisk disk = new FakeDisk();
        try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
            Lease lease = store.grantLease(Duration.ofSeconds(1));
            store.commit(Transaction.builder().put("a", Bytes.EMPTY, lease.id()).build());
        }
        try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
            RecordingListener listener = new RecordingListener();
            long revision = store.revision();
            assertThat(store.get("a")).isPresent();
            try (Watch watch = store.watch(KeyRange.ALL, revision + 1, listener)) {
                assertThat(watch).isNotNull();
                assertThat(listener.await(revision + 1))
                        .containsExactly(new Batch(revision + 1, List.of(new Change.Delete("a"))));
            }
        }
    }

    @Test
    void oldFilesGoAwayWithCheckpoints() throws IOException {
        FakeDisk disk = new FakeDisk();
        for (int life = 0; life < 5; life++) {
            try (EmbeddedStore store = EmbeddedStore.open(disk, SMALL)) {
                for (int i = 0; i < 300; i++) {
                    put(store, "k" + i % 10, "x".repeat(100));
                }
            }
            assertThat(StoreFiles.checkpoints(disk.list())).hasSize(1);
            assertThat(disk.list()).hasSizeLessThan(12);
        }
    }

    @Test
    void whoFallsBehindTheWindowIsToldSo() throws InterruptedException {
        try (EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), SMALL)) {
            long first = put(store, "a", "1");
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            RecordingListener slow = new RecordingListener() {
                @Override
                public synchronized void changed(Batch batch) {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    super.changed(batch);
                }
            };
            RecordingListener quick = new RecordingListener();
            try (Watch one = store.watch(KeyRange.ALL, first, slow);
                    Watch two = store.watch(KeyRange.ALL, first, quick)) {
                assertThat(one).isNotSameAs(two);
                begun.await();
                long last = 0;
                for (int i = 0; i < 200; i++) {
                    last = put(store, "a", "value " + i);
                    quick.await(last);
                }
                assertThat(quick.await(last)).hasSize(201);
                goOn.countDown();
                assertThat(slow.awaitFailure()).isInstanceOf(CompactedException.class);
            }
            assertThatThrownBy(() -> store.range(KeyRange.ALL, first, 0)).isInstanceOf(CompactedException.class);
        }
    }

    @Test
    void aDirectoryIsOpenOnce(@TempDir Path directory) {
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            put(store, "a", "1");
            assertThatThrownBy(() -> EmbeddedStore.open(directory).close())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.LOCKED));
        }
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            assertThat(store.get("a")).isPresent();
        }
    }

    @Test
    void aClosedStoreSaysSo() {
        EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), SMALL);
        RecordingListener listener = new RecordingListener();
        assertThat(store.watch(KeyRange.ALL, store.revision() + 1, listener)).isNotNull();
        store.close();
        store.close();
        assertThat(listener.awaitFailure().error()).isEqualTo(StoreError.CLOSED);
        for (Runnable call :
                List.<Runnable>of(() -> put(store, "a", "1"), () -> store.get("a"), store::revision, store::snapshot)) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.CLOSED));
        }
    }

    @Test
    void damageBeforeTheLastSegmentIsFound() throws IOException {
        FakeDisk disk = new FakeDisk();
        for (int life = 0; life < 3; life++) {
            try (EmbeddedStore store = EmbeddedStore.open(disk, EmbeddedStore.Options.STANDARD)) {
                put(store, "k" + life, "value");
            }
        }
        String first = StoreFiles.segment(StoreFiles.segments(disk.list()).getFirst());
        DiskFile file = disk.open(first);
        ByteBuffer last = ByteBuffer.allocate(1);
        file.read(last, file.size() - 1);
        file.write(ByteBuffer.wrap(new byte[] {(byte) (last.get(0) ^ 1)}), file.size() - 1);
        assertThatThrownBy(() ->
                        EmbeddedStore.open(disk, EmbeddedStore.Options.STANDARD).close())
                .isInstanceOfSatisfying(StoreException.class, e -> {
                    assertThat(e.error()).isEqualTo(StoreError.CORRUPT);
                    assertThat(e).hasMessageContaining(first);
                });
    }
}
