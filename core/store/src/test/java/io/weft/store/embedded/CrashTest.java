package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Bytes;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.disk.FakeDisk;
import io.weft.store.disk.FakeDisk.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Power goes at random points, and the disk loses and tears what was not forced. */
class CrashTest {
    // Small, so that checkpoints and new segments fall among the crashes.
    private static final EmbeddedStore.Options OPTIONS = new EmbeddedStore.Options(1 << 16, 6000);
    private static final int LIVES = 4;

    @Test
    void acknowledgedCommitsSurviveAtRandomCrashPoints() {
        crashes(1000, System.nanoTime());
    }

    @Test
    @Tag("long")
    void acknowledgedCommitsSurviveAtVeryManyRandomCrashPoints() {
        crashes(30_000, System.nanoTime());
    }

    private static void crashes(int count, long firstSeed) {
        // Each seed has a disk of its own.
        int points = LongStream.range(firstSeed, firstSeed + count)
                .parallel()
                .mapToInt(CrashTest::crash)
                .sum();
        System.out.printf("%d crashes from seed %d%n", points, firstSeed);
        assertThat(points).isGreaterThan(count);
    }

    private static int crash(long seed) {
        try {
            return crash(new Random(seed));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** Lives through some crashes, in recovery too; answers how many. */
    private static int crash(Random random) {
        List<Diary> diaries = new ArrayList<>();
        int writers = 1 + random.nextInt(4);
        for (int i = 0; i < writers; i++) {
            diaries.add(new Diary("w" + i));
        }
        FakeDisk disk = new FakeDisk();
        int crashes = 0;
        for (int life = 0; life < LIVES; life++) {
            disk.failAfter(random.nextInt(random.nextInt(4) == 0 ? 8 : 120), Fault.CRASH);
            live(disk, diaries, random);
            crashes += disk.crashed() ? 1 : 0;
            disk = disk.afterCrash(random);
        }
        try (EmbeddedStore store = EmbeddedStore.open(disk, OPTIONS)) {
            diaries.forEach(diary -> diary.check(store));
        }
        return crashes;
    }

    private static void live(FakeDisk disk, List<Diary> diaries, Random random) {
        try (EmbeddedStore store = EmbeddedStore.open(disk, OPTIONS)) {
            diaries.forEach(diary -> diary.check(store));
            together(store, diaries, random);
        } catch (StoreException e) {
            assertThat(e.error()).isEqualTo(StoreError.DISK_FAILED);
        }
    }

    private static void together(Store store, List<Diary> diaries, Random random) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Diary diary : diaries) {
            Random own = new Random(random.nextLong());
            threads.add(Thread.ofVirtual()
                    .uncaughtExceptionHandler((thread, e) -> {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    })
                    .start(() -> diary.write(store, 30, own)));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aForceThatFailsIsTheLastThingTheStoreTries() {
        for (int after = 0; after < 60; after++) {
            failsClosed(Fault.FORCE_FAILS, after);
        }
    }

    @Test
    void aFullDiskStopsCommitsAndLosesNothing() {
        for (int after = 0; after < 60; after++) {
            failsClosed(Fault.FULL, after);
        }
    }

    private static void failsClosed(Fault fault, int after) {
        Random random = new Random(after);
        FakeDisk disk = new FakeDisk();
        Diary diary = new Diary("w");
        EmbeddedStore.open(disk, OPTIONS).close();
        disk.failAfter(after, fault);
        try (EmbeddedStore store = EmbeddedStore.open(disk, OPTIONS)) {
            diary.write(store, 1000, random);
            long revision = store.revision();
            assertThat(diary.acknowledged()).isLessThan(1000);
            Transaction another = Transaction.builder().put("k", Bytes.EMPTY).build();
            assertThatThrownBy(() -> store.commit(another))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.DISK_FAILED));
            assertThat(store.get("k")).isEmpty();
            assertThat(store.revision()).isEqualTo(revision);
        } catch (StoreException e) {
            assertThat(e.error()).isEqualTo(StoreError.DISK_FAILED);
        }
        try (EmbeddedStore store = EmbeddedStore.open(disk.afterCrash(random), OPTIONS)) {
            diary.check(store);
        }
    }
}
