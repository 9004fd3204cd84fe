package io.weft.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Bytes;
import io.weft.store.Change;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.contract.RecordingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Members die and stop answering while two clients write and watch. */
class EtcdFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aClusterThatTakesLessIsRefused() {
        try (EtcdCluster cluster = EtcdCluster.start(1, List.of())) {
            assertThatThrownBy(
                            () -> EtcdStore.open(cluster.endpoints(), PATIENCE).close())
                    .isInstanceOfSatisfying(StoreException.class, e -> {
                        assertThat(e.error()).isEqualTo(StoreError.UNFIT_SERVER);
                        assertThat(e).hasMessageContaining("--max-txn-ops=4096");
                    });
        }
    }

    @Test
    void aClusterOutOfReachIsUnavailable() {
        try (EtcdCluster cluster = EtcdCluster.start(1);
                EtcdStore store = EtcdStore.open(cluster.endpoints(), Duration.ofMillis(300))) {
            cluster.kill(0);
            assertThatThrownBy(() -> store.get("a"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.UNAVAILABLE));
            Transaction put = Transaction.builder().put("a", Bytes.EMPTY).build();
            assertThatThrownBy(() -> store.commit(put))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.error()).isIn(StoreError.UNAVAILABLE, StoreError.OUTCOME_UNKNOWN));
            cluster.restart(0);
            assertThat(store.get("a")).isEmpty();
        }
    }

    @Test
    void acknowledgedCommitsAndWatchesSurviveTheLossOfMembers() {
        try (EtcdCluster cluster = EtcdCluster.start(3);
                EtcdStore one = EtcdStore.open(cluster.endpoints(), PATIENCE);
                EtcdStore two = EtcdStore.open(cluster.endpoints(), PATIENCE)) {
            RecordingListener listener = new RecordingListener();
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            Set<String> unknown = ConcurrentHashMap.newKeySet();
            Set<String> surprises = ConcurrentHashMap.newKeySet();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            try (Watch watch = one.watch(KeyRange.prefix("f/"), one.revision() + 1, listener)) {
                assertThat(watch).isNotNull();
                for (int i = 0; i < 4; i++) {
                    Store store = i % 2 == 0 ? one : two;
                    String prefix = "f/" + i + "/";
                    writers.add(Thread.ofVirtual()
                            .start(() -> write(store, prefix, stop, acknowledged, unknown, surprises)));
                }
                for (int member = 0; member < 3; member++) {
                    awaitMore(acknowledged, 50);
                    cluster.kill(member);
                    awaitMore(acknowledged, 50);
                    cluster.restart(member);
                    awaitMore(acknowledged, 50);
                    cluster.freeze(member);
                    awaitMore(acknowledged, 20);
                    cluster.thaw(member);
                }
                stop.set(true);
                join(writers);
                assertThat(surprises).isEmpty();
                Set<String> watched = listener.await(two.revision()).stream()
                        .flatMap(batch -> batch.changes().stream())
                        .map(Change::key)
                        .collect(Collectors.toSet());
                Set<String> present = one.range(KeyRange.prefix("f/"), 0, 0).entries().stream()
                        .map(Entry::key)
                        .collect(Collectors.toSet());
                System.out.printf("%d acknowledged, %d unknown%n", acknowledged.size(), unknown.size());
                assertThat(unknown)
                        .describedAs("whether they happened was found out")
                        .isEmpty();
                assertThat(present).isEqualTo(acknowledged).isEqualTo(watched);
            } finally {
                stop.set(true);
                join(writers);
            }
        }
    }

    private static void write(
            Store store,
            String prefix,
            AtomicBoolean stop,
            Set<String> acknowledged,
            Set<String> unknown,
            Set<String> surprises) {
        for (int i = 0; !stop.get(); i++) {
            String key = prefix + i;
            try {
                CommitResult result = store.commit(
                        Transaction.builder().create(key, Bytes.utf8("v")).build());
                // A commit that was sent twice would be rejected by its own first attempt.
                (result instanceof CommitResult.Committed ? acknowledged : surprises).add(key);
            } catch (StoreException e) {
                if (e.error() == StoreError.OUTCOME_UNKNOWN) {
                    unknown.add(key);
                } else if (e.error() != StoreError.UNAVAILABLE) {
                    surprises.add(key + ": " + e);
                }
            }
        }
    }

    @Test
    void whatIsNotRepeatableIsDoneOnceThoughMembersDieUnderIt() {
        try (EtcdCluster cluster = EtcdCluster.start(3);
                EtcdStore one = EtcdStore.open(cluster.endpoints(), PATIENCE);
                EtcdStore two = EtcdStore.open(cluster.endpoints(), PATIENCE)) {
            one.commit(Transaction.builder()
                    .put("count", Bytes.utf8("0"))
                    .put("there", Bytes.EMPTY)
                    .build());
            Set<String> done = ConcurrentHashMap.newKeySet();
            Set<String> surprises = ConcurrentHashMap.newKeySet();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    Store store = i % 2 == 0 ? one : two;
                    String writer = i + "/";
                    writers.add(Thread.ofVirtual().start(() -> count(store, writer, stop, done, surprises)));
                }
                writers.add(Thread.ofVirtual().start(() -> putAndRemove(one, stop, done, surprises)));
                for (int round = 0; round < 6; round++) {
                    awaitMore(done, 40);
                    cluster.kill(round % 3);
                    awaitMore(done, 40);
                    cluster.restart(round % 3);
                }
            } finally {
                stop.set(true);
                join(writers);
            }
            assertThat(surprises).isEmpty();
            long counted =
                    done.stream().filter(name -> !name.startsWith("own/")).count();
            assertThat(two.get("count").orElseThrow().value().utf8()).isEqualTo(Long.toString(counted));
        }
    }

    /** Adds one to a number that others add to as well: done twice, it would be counted twice. */
    private static void count(Store store, String writer, AtomicBoolean stop, Set<String> done, Set<String> surprises) {
        for (int i = 0; !stop.get(); i++) {
            try {
                Entry read = store.get("count").orElseThrow();
                int next = Integer.parseInt(read.value().utf8()) + 1;
                Transaction add = Transaction.builder()
                        .replace(read, Bytes.utf8(Integer.toString(next)))
                        .build();
                if (store.commit(add) instanceof CommitResult.Committed) {
                    done.add(writer + i);
                }
            } catch (StoreException e) {
                surprises.add(writer + i + ": " + e);
            }
        }
    }

    /** Creates and removes a key that is its own: each succeeds, since nobody else touches it. */
    private static void putAndRemove(Store store, AtomicBoolean stop, Set<String> done, Set<String> surprises) {
        for (int i = 0; !stop.get(); i++) {
            Transaction next = i % 2 == 0
                    ? Transaction.builder().create("own", Bytes.EMPTY).build()
                    : Transaction.builder()
                            .require(Compare.exists("own"))
                            .delete("own")
                            .build();
            try {
                (store.commit(next) instanceof CommitResult.Committed ? done : surprises).add("own/" + i);
            } catch (StoreException e) {
                surprises.add("own/" + i + ": " + e);
                return;
            }
        }
    }

    private static void awaitMore(Set<String> acknowledged, int more) {
        int goal = acknowledged.size() + more;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (acknowledged.size() < goal) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void join(List<Thread> threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
