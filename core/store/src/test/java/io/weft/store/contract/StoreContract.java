package io.weft.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Batch;
import io.weft.store.Bytes;
import io.weft.store.Change;
import io.weft.store.CommitResult;
import io.weft.store.CommitResult.Committed;
import io.weft.store.CommitResult.Rejected;
import io.weft.store.CompactedException;
import io.weft.store.Compare;
import io.weft.store.Compare.Relation;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Lease;
import io.weft.store.Limits;
import io.weft.store.MinWriter;
import io.weft.store.Range;
import io.weft.store.Snapshot;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link Store}, as etcd keeps it. */
public abstract class StoreContract {
    private static final AtomicInteger TESTS = new AtomicInteger();

    /** Keys of this test begin so. */
    private String prefix = "";

    @BeforeEach
    final void chooseKeys() {
        prefix = "contract/" + System.nanoTime() + "-" + TESTS.incrementAndGet() + "/";
    }

    /** The store under test. */
    protected abstract Store store();

    /** The same store as another client sees it, which may be the same object. */
    protected abstract Store other();

    private String key(String name) {
        return prefix + name;
    }

    private KeyRange all() {
        return KeyRange.prefix(prefix);
    }

    private static Bytes value(String text) {
        return Bytes.utf8(text);
    }

    private long put(String name, String text) {
        return committed(Transaction.builder().put(key(name), value(text)).build());
    }

    private long delete(String name) {
        return committed(Transaction.builder().delete(key(name)).build());
    }

    private long committed(Transaction transaction) {
        CommitResult result = store().commit(transaction);
        assertThat(result).isInstanceOf(Committed.class);
        return result.revision();
    }

    private Rejected rejected(Transaction.Builder transaction) {
        CommitResult result = store().commit(transaction.build());
        assertThat(result).isInstanceOf(Rejected.class);
        return (Rejected) result;
    }

    private List<String> names(Range range) {
        return range.entries().stream()
                .map(entry -> entry.key().substring(prefix.length()))
                .toList();
    }

    private static void refused(StoreError error, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    @Test
    void anEntryTellsItsHistory() {
        assertThat(store().get(key("a"))).isEmpty();
        long created = put("a", "one");
        long changed = put("a", "two");
        assertThat(changed).isGreaterThan(created);
        assertThat(store().get(key("a"))).contains(new Entry(key("a"), value("two"), created, changed, 2, 0));
        delete("a");
        assertThat(store().get(key("a"))).isEmpty();
        long again = put("a", "three");
        assertThat(store().get(key("a"))).contains(new Entry(key("a"), value("three"), again, again, 1, 0));
    }

    @Test
    void aTransactionIsOneRevision() {
        put("old", "x");
        long revision = committed(Transaction.builder()
                .put(key("a"), value("1"))
                .put(key("b"), value("2"))
                .delete(key("old"))
                .build());
        Range range = store().range(all(), 0, 0);
        assertThat(names(range)).containsExactly("a", "b");
        assertThat(range.entries()).allMatch(entry -> entry.modRevision() == revision);
        assertThat(range.revision()).isGreaterThanOrEqualTo(revision);
        assertThat(store().revision()).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void whatChangesNothingMakesNoRevision() {
        long before = put("a", "1");
        assertThat(committed(Transaction.builder().build())).isEqualTo(before);
        assertThat(committed(
                        Transaction.builder().require(Compare.exists(key("a"))).build()))
                .isEqualTo(before);
        assertThat(store().revision()).isEqualTo(before);
        assertThat(committed(Transaction.builder().delete(key("none")).build())).isGreaterThanOrEqualTo(before);
        assertThat(store().get(key("a")).orElseThrow().modRevision()).isEqualTo(before);
    }

    @Test
    void valuesMayBeEmptyAndHoldAnyByte() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < 256; i++) {
            bytes[i] = (byte) i;
        }
        committed(Transaction.builder()
                .put(key("empty"), Bytes.EMPTY)
                .put(key("bytes"), Bytes.copyOf(bytes))
                .build());
        assertThat(store().get(key("empty")).orElseThrow().value()).isEqualTo(Bytes.EMPTY);
        assertThat(store().get(key("bytes")).orElseThrow().value().toByteArray())
                .isEqualTo(bytes);
    }

    @Test
    void rangesAreInTheOrderOfUtf8() {
        List<String> ordered = List.of("a", "a/", "a/b", "a0", "\u00e9", "\ue000", "\uffff", "\ud83d\ude00");
        List<String> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled);
        shuffled.forEach(name -> put(name, name));
        assertThat(names(store().range(all(), 0, 0))).isEqualTo(ordered);
        assertThat(names(store().range(KeyRange.prefix(key("a")), 0, 0))).containsExactly("a", "a/", "a/b", "a0");
        assertThat(names(store().range(KeyRange.prefix(key("a/")), 0, 0))).containsExactly("a/", "a/b");
        assertThat(names(store().range(KeyRange.between(key("a/"), key("a0")), 0, 0)))
                .containsExactly("a/", "a/b");
        assertThat(names(store().range(KeyRange.single(key("a")), 0, 0))).containsExactly("a");
        assertThat(names(store().range(KeyRange.prefix(key("\uffff")), 0, 0))).containsExactly("\uffff");
        assertThat(store().range(KeyRange.startingAt(key("\uffff")), 0, 2).entries())
                .hasSize(2);
        assertThat(store().range(KeyRange.between(key("a"), key("a")), 0, 0).entries())
                .isEmpty();
    }

    @Test
    void aLimitSaysWhetherThereIsMore() {
        for (int i = 0; i < 5; i++) {
            put("k" + i, "v");
        }
        Range some = store().range(all(), 0, 3);
        assertThat(names(some)).containsExactly("k0", "k1", "k2");
        assertThat(some.more()).isTrue();
        assertThat(store().range(all(), 0, 5).more()).isFalse();
        assertThat(store().range(all(), 0, 0).entries()).hasSize(5);
    }

    @Test
    void theRecentPastCanBeRead() {
        long first = put("a", "1");
        long second = put("a", "2");
        long third = put("b", "3");
        long gone = delete("a");
        assertThat(store().range(all(), first, 0).entries())
                .containsExactly(new Entry(key("a"), value("1"), first, first, 1, 0));
        assertThat(store().range(all(), second, 0).entries())
                .containsExactly(new Entry(key("a"), value("2"), first, second, 2, 0));
        Range past = store().range(all(), third, 0);
        assertThat(names(past)).containsExactly("a", "b");
        assertThat(past.revision()).isEqualTo(third);
        assertThat(names(store().range(all(), gone, 0))).containsExactly("b");
        refused(StoreError.FUTURE_REVISION, () -> store().range(all(), store().revision() + 1000, 0));
        refused(StoreError.INVALID_REQUEST, () -> store().range(all(), -1, 0));
    }

    @Test
    void aSnapshotStandsStill() {
        for (int i = 0; i < 2500; i++) {
            if (i % 250 == 0) {
                Transaction.Builder some = Transaction.builder();
                for (int j = i; j < i + 250; j++) {
                    some.put(key("k%04d".formatted(j)), value("old"));
                }
                committed(some.build());
            }
        }
        try (Snapshot snapshot = store().snapshot()) {
            committed(Transaction.builder().delete(all()).build());
            put("new", "new");
            List<Entry> entries = new ArrayList<>();
            snapshot.read(all(), entries::add);
            assertThat(entries).hasSize(2500).allMatch(entry -> entry.modRevision() <= snapshot.revision());
            assertThat(entries).extracting(Entry::key).isSorted().doesNotHaveDuplicates();
        }
        assertThat(names(store().range(all(), 0, 0))).containsExactly("new");
    }

    @Test
    void comparesOfAKeyHoldAsTheySay() {
        long created = put("a", "1");
        long changed = put("a", "2");
        String a = key("a");
        String none = key("none");
        List<Compare> hold = List.of(
                Compare.exists(a),
                Compare.absent(none),
                Compare.unchanged(a, changed),
                Compare.unchanged(none, 0),
                new Compare.ModRevision(a, Relation.GREATER, created),
                new Compare.ModRevision(a, Relation.LESS, changed + 1),
                new Compare.ModRevision(a, Relation.NOT_EQUAL, created),
                new Compare.CreateRevision(a, Relation.EQUAL, created),
                new Compare.Version(a, Relation.EQUAL, 2),
                new Compare.Version(none, Relation.EQUAL, 0),
                new Compare.Version(none, Relation.LESS, 1),
                new Compare.ValueEquals(a, value("2")));
        CommitResult result = store().commit(new Transaction(hold, List.of()));
        assertThat(result).isEqualTo(new Committed(changed));

        Entry entry = store().get(a).orElseThrow();
        List<Compare> fail = List.of(
                Compare.absent(a),
                Compare.unchanged(a, created),
                new Compare.ModRevision(a, Relation.LESS, changed),
                new Compare.CreateRevision(a, Relation.NOT_EQUAL, created),
                new Compare.Version(a, Relation.GREATER, 2),
                new Compare.ValueEquals(a, value("1")),
                new Compare.ValueEquals(a, Bytes.EMPTY));
        for (Compare compare : fail) {
            assertThat(rejected(Transaction.builder().require(compare)).failures())
                    .containsExactly(new CommitResult.Failure(0, compare, List.of(entry)));
        }
        List<Compare> failOnNothing = List.of(
                Compare.exists(none),
                Compare.unchanged(none, changed),
                new Compare.Version(none, Relation.GREATER, 0),
                new Compare.ValueEquals(none, value("1")),
                new Compare.ValueEquals(none, Bytes.EMPTY));
        for (Compare compare : failOnNothing) {
            assertThat(rejected(Transaction.builder().require(compare)).failures())
                    .containsExactly(new CommitResult.Failure(0, compare, List.of()));
        }
    }

    @Test
    void aRejectedTransactionChangesNothingAndNamesEveryFailure() {
        long revision = put("a", "1");
        Rejected rejected = rejected(Transaction.builder()
                .require(Compare.exists(key("a")))
                .require(Compare.absent(key("a")))
                .require(Compare.absent(key("b")))
                .require(Compare.exists(key("c")))
                .put(key("b"), value("2"))
                .delete(key("a")));
        assertThat(rejected.revision()).isEqualTo(revision);
        assertThat(rejected.failures()).extracting(CommitResult.Failure::index).containsExactly(1, 3);
        assertThat(rejected.failed(1)).isTrue();
        assertThat(rejected.failed(2)).isFalse();
        assertThat(rejected.failures().getFirst().current())
                .containsExactly(store().get(key("a")).orElseThrow());
        assertThat(rejected.failures().getLast().current()).isEmpty();
        assertThat(names(store().range(all(), 0, 0))).containsExactly("a");
        assertThat(store().revision()).isEqualTo(revision);
    }

    @Test
    void comparesOfARangeSeeEveryKeyInIt() {
        KeyRange ports = KeyRange.prefix(key("ports/"));
        committed(Transaction.builder()
                .require(new Compare.RangeEmpty(ports))
                .require(new Compare.UnmodifiedSince(ports, 1))
                .put(key("other"), value("x"))
                .build());
        put("ports/1", "a");
        long second = put("ports/2", "b");
        long third = put("ports/3", "c");
        long later = put("other", "y");

        Rejected notEmpty = rejected(Transaction.builder().require(new Compare.RangeEmpty(ports)));
        assertThat(notEmpty.failures().getFirst().current())
                .extracting(Entry::key)
                .containsExactly(key("ports/1"));
        Rejected modified = rejected(Transaction.builder().require(new Compare.UnmodifiedSince(ports, second)));
        assertThat(modified.failures().getFirst().current())
                .extracting(Entry::key)
                .containsExactly(key("ports/3"));
        assertThat(committed(Transaction.builder()
                        .require(new Compare.UnmodifiedSince(ports, third))
                        .build()))
                .isEqualTo(later);
        committed(Transaction.builder().delete(ports).build());
        committed(Transaction.builder()
                .require(new Compare.RangeEmpty(ports))
                .require(new Compare.UnmodifiedSince(ports, 1))
                .put(key("ports/4"), value("d"))
                .build());
    }

    @Test
    void aRangeIsDeletedWhole() {
        committed(Transaction.builder()
                .put(key("a/1"), value("1"))
                .put(key("a/2"), value("2"))
                .put(key("b"), value("3"))
                .build());
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(all(), store().revision() + 1, listener)) {
            assertThat(watch).isNotNull();
            // Both ranges cover a/2; it goes once.
            long revision = committed(Transaction.builder()
                    .delete(KeyRange.prefix(key("a/")))
                    .delete(key("a/2"))
                    .put(key("c"), value("4"))
                    .build());
            Batch batch = listener.await(revision).getFirst();
            assertThat(batch.changes())
                    .containsExactlyInAnyOrder(
                            new Change.Delete(key("a/1")),
                            new Change.Delete(key("a/2")),
                            new Change.Put(store().get(key("c")).orElseThrow()));
        }
        assertThat(names(store().range(all(), 0, 0))).containsExactly("b", "c");
    }

    @Test
    void transactionsOverTheLimitsAreRefusedAndThoseAtThemAreNot() {
        Limits limits = store().limits();
        assertThat(limits).isEqualTo(Limits.STANDARD);
        Transaction.Builder most = Transaction.builder();
        for (int i = 0; i < limits.maxOperations(); i++) {
            most.create(key("%05d".formatted(i)), value("v"));
        }
        committed(most.build());
        most.put(key("one too many"), value("v"));
        refused(StoreError.TOO_LARGE, () -> store().commit(most.build()));
        Transaction.Builder compares = Transaction.builder();
        for (int i = 0; i <= limits.maxOperations(); i++) {
            compares.require(Compare.absent(key("none" + i)));
        }
        refused(StoreError.TOO_LARGE, () -> store().commit(compares.build()));

        Transaction empty = Transaction.builder().put(key("large"), Bytes.EMPTY).build();
        byte[] largest = new byte[(int) (limits.maxBytes() - empty.size())];
        committed(Transaction.builder().put(key("large"), Bytes.owned(largest)).build());
        assertThat(store().get(key("large")).orElseThrow().value().length()).isEqualTo(largest.length);
        Bytes tooLarge = Bytes.owned(new byte[largest.length + 1]);
        Transaction over = Transaction.builder().put(key("large"), tooLarge).build();
        refused(StoreError.TOO_LARGE, () -> store().commit(over));
        committed(Transaction.builder().delete(all()).build());
    }

    @Test
    void fiftyDualStackPortsAreOneTransaction() {
        String network = "network/7";
        put(network + "/guard", "0");
        put("quota/1", "0");
        Entry guard = store().get(key(network + "/guard")).orElseThrow();
        Entry quota = store().get(key("quota/1")).orElseThrow();
        Transaction bulk = bulk(network, guard, quota, 0);
        assertThat(bulk.writes()).hasSize(50 * 4 + 2);
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(all(), store().revision() + 1, listener)) {
            assertThat(watch).isNotNull();
            long revision = committed(bulk);
            assertThat(listener.await(revision))
                    .singleElement()
                    .satisfies(batch ->
                            assertThat(batch.changes()).hasSize(bulk.writes().size()));
        }
        assertThat(store().range(KeyRange.prefix(key("port/")), 0, 0).entries()).hasSize(50);
        // The same again fails on every address, on the guards, and leaves nothing behind.
        Rejected again = (Rejected) store().commit(bulk(network, guard, quota, 49));
        assertThat(again.failures()).hasSize(4 + 2);
        assertThat(store().range(KeyRange.prefix(key("port/")), 0, 0).entries()).hasSize(50);
    }

    private Transaction bulk(String network, Entry guard, Entry quota, int from) {
        Transaction.Builder bulk = Transaction.builder();
        for (int i = from; i < from + 50; i++) {
            bulk.create(key("port/" + i), value("{\"id\":" + i + ",\"text\":\"" + "x".repeat(400) + "\"}"))
                    .create(key(network + "/ip/10.0.0." + i), value("port/" + i))
                    .create(key(network + "/ip/fd00::" + i), value("port/" + i))
                    .create(key(network + "/mac/" + i), value("port/" + i));
        }
        return bulk.replace(guard, value("1")).replace(quota, value("50")).build();
    }

    @Test
    void aWatchDeliversThePastThenThePresent() {
        long first = put("a", "1");
        put("b", "2");
        RecordingListener listener = new RecordingListener();
        try (Watch watch = other().watch(all(), first, listener)) {
            assertThat(watch).isNotNull();
            delete("a");
            long last = put("c", "3");
            List<Batch> batches = listener.await(last);
            assertThat(batches)
                    .extracting(batch -> batch.changes().getFirst().key())
                    .containsExactly(key("a"), key("b"), key("a"), key("c"));
            assertThat(batches.get(2).changes()).containsExactly(new Change.Delete(key("a")));
            assertThat(batches.getFirst().changes())
                    .containsExactly(new Change.Put(new Entry(key("a"), value("1"), first, first, 1, 0)));
        }
    }

    @Test
    void aWatchHearsOfItsRangeOnlyAndOfProgressBeyond() {
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(KeyRange.prefix(key("in/")), store().revision() + 1, listener)) {
            assertThat(watch).isNotNull();
            put("out/1", "x");
            long inside = committed(Transaction.builder()
                    .put(key("in/1"), value("a"))
                    .put(key("out/1"), value("b"))
                    .build());
            long outside = put("out/2", "y");
            List<Batch> batches = listener.await(outside);
            assertThat(batches).singleElement().satisfies(batch -> {
                assertThat(batch.revision()).isEqualTo(inside);
                assertThat(batch.changes()).extracting(Change::key).containsExactly(key("in/1"));
            });
        }
    }

    @Test
    void aWatchMayBeginInTheFuture() {
        long now = put("a", "1");
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(all(), now + 3, listener)) {
            assertThat(watch).isNotNull();
            put("a", "2");
            put("a", "3");
            long third = put("a", "4");
            assertThat(listener.await(third)).extracting(Batch::revision).containsExactly(third);
        }
    }

    @Test
    void aClosedWatchIsQuietAndAFailingListenerEndsItsOwn() {
        RecordingListener closed = new RecordingListener();
        store().watch(all(), store().revision() + 1, closed).close();
        RecordingListener open = new RecordingListener();
        RecordingListener failing = new RecordingListener() {
            @Override
            public synchronized void changed(Batch batch) {
                throw new IllegalStateException("a fault of the listener");
            }
        };
        try (Watch watch = store().watch(all(), store().revision() + 1, open);
                Watch bad = store().watch(all(), store().revision() + 1, failing)) {
            assertThat(watch).isNotNull();
            assertThat(bad).isNotNull();
            long revision = put("a", "1");
            assertThat(open.await(revision)).hasSize(1);
            assertThat(failing.awaitFailure().error()).isEqualTo(StoreError.INTERNAL);
            assertThat(open.await(put("a", "2"))).hasSize(2);
        }
        assertThat(closed.batches()).isEmpty();
    }

    @Test
    void compactionEndsThePast() {
        long first = put("a", "1");
        long second = put("a", "2");
        long third = put("a", "3");
        store().compact(second);
        store().compact(second);
        assertThat(store().get(key("a")).orElseThrow().version()).isEqualTo(3);
        assertThat(store().range(all(), second, 0).entries())
                .extracting(Entry::value)
                .containsExactly(value("2"));
        assertThatThrownBy(() -> store().range(all(), first, 0)).isInstanceOf(CompactedException.class);
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(all(), first, listener)) {
            assertThat(watch).isNotNull();
            assertThat(listener.awaitFailure())
                    .isInstanceOfSatisfying(
                            CompactedException.class,
                            e -> assertThat(e.oldestRevision()).isGreaterThan(first));
        }
        RecordingListener later = new RecordingListener();
        try (Watch watch = store().watch(all(), second + 1, later)) {
            assertThat(watch).isNotNull();
            assertThat(later.await(third)).extracting(Batch::revision).containsExactly(third);
        }
        refused(StoreError.FUTURE_REVISION, () -> store().compact(store().revision() + 1000));
    }

    @Test
    void keysOfALeaseVanishTogetherWhenItEnds() {
        Lease lease = store().grantLease(Duration.ofSeconds(60));
        assertThat(lease.id()).isNotZero();
        assertThat(lease.timeToLive()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
        committed(Transaction.builder()
                .put(key("a"), value("1"), lease.id())
                .put(key("b"), value("2"), lease.id())
                .put(key("freed"), value("3"), lease.id())
                .put(key("other"), value("4"))
                .build());
        assertThat(store().get(key("a")).orElseThrow().lease()).isEqualTo(lease.id());
        put("freed", "stays");
        assertThat(store().get(key("freed")).orElseThrow().lease()).isZero();
        store().keepAlive(lease.id());
        RecordingListener listener = new RecordingListener();
        try (Watch watch = store().watch(all(), store().revision() + 1, listener)) {
            assertThat(watch).isNotNull();
            store().revokeLease(lease.id());
            List<Batch> batches = listener.await(store().revision());
            assertThat(batches)
                    .singleElement()
                    .satisfies(batch -> assertThat(batch.changes())
                            .containsExactlyInAnyOrder(new Change.Delete(key("a")), new Change.Delete(key("b"))));
        }
        assertThat(names(store().range(all(), 0, 0))).containsExactly("freed", "other");
        refused(StoreError.LEASE_NOT_FOUND, () -> store().keepAlive(lease.id()));
        refused(StoreError.LEASE_NOT_FOUND, () -> store().revokeLease(lease.id()));
        refused(
                StoreError.LEASE_NOT_FOUND,
                () -> store().commit(Transaction.builder()
                        .put(key("c"), value("5"), lease.id())
                        .build()));
        assertThat(store().get(key("c"))).isEmpty();
    }

    @Test
    void aLeaseThatIsNotKeptAliveEnds() {
        Lease shorter = store().grantLease(Duration.ofMillis(900));
        Lease longer = store().grantLease(Duration.ofSeconds(60));
        committed(Transaction.builder()
                .put(key("short"), value("1"), shorter.id())
                .put(key("long"), value("2"), longer.id())
                .build());
        RecordingListener listener = new RecordingListener();
        long before = store().revision();
        try (Watch watch = other().watch(KeyRange.single(key("short")), before + 1, listener)) {
            assertThat(watch).isNotNull();
            List<Batch> batches = listener.await(before + 1);
            assertThat(batches).extracting(Batch::changes).containsExactly(List.of(new Change.Delete(key("short"))));
        }
        assertThat(names(store().range(all(), 0, 0))).containsExactly("long");
        store().revokeLease(longer.id());
    }

    @Test
    void ofManyCreatorsOneWins() throws Exception {
        List<Callable<CommitResult>> creators = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Store store = i % 2 == 0 ? store() : other();
            Transaction create = Transaction.builder()
                    .create(key("one"), value("creator " + i))
                    .put(key("trace/" + i), value("x"))
                    .build();
            creators.add(() -> store.commit(create));
        }
        List<CommitResult> results = together(creators);
        assertThat(results).filteredOn(Committed.class::isInstance).hasSize(1);
        assertThat(store().range(KeyRange.prefix(key("trace/")), 0, 0).entries())
                .hasSize(1);
        for (CommitResult result : results) {
            if (result instanceof Rejected rejected) {
                assertThat(rejected.failures().getFirst().current())
                        .containsExactly(store().get(key("one")).orElseThrow());
            }
        }
    }

    @Test
    void concurrentCountersLoseNothing() throws Exception {
        put("counter", "0");
        List<Callable<Integer>> counters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Store store = i % 2 == 0 ? store() : other();
            counters.add(() -> count(store, 25));
        }
        together(counters);
        Entry counter = store().get(key("counter")).orElseThrow();
        assertThat(counter.value()).isEqualTo(value("200"));
        assertThat(counter.version()).isEqualTo(201);
    }

    private int count(Store store, int times) {
        int retries = 0;
        for (int done = 0; done < times; ) {
            Entry read = store.get(key("counter")).orElseThrow();
            Bytes next = value(Integer.toString(Integer.parseInt(read.value().utf8()) + 1));
            if (store.commit(Transaction.builder().replace(read, next).build()) instanceof Committed) {
                done++;
            } else {
                retries++;
            }
        }
        return retries;
    }

    @Test
    void whatOneClientCommittedTheOtherReads() {
        for (int i = 0; i < 50; i++) {
            long revision = put("a", "v" + i);
            assertThat(other().revision()).isGreaterThanOrEqualTo(revision);
            assertThat(other().get(key("a")).orElseThrow().value()).isEqualTo(value("v" + i));
        }
        assertThat(other().epoch()).isEqualTo(store().epoch());
    }

    @Test
    void aStoreRefusesWritersThatAreTooOld() {
        MinWriter.raise(store(), 3);
        MinWriter.raise(other(), 2);
        assertThat(MinWriter.required(other())).isEqualTo(3);
        MinWriter.check(other(), 3);
        MinWriter.check(other(), 4);
        refused(StoreError.NEWER_FORMAT, () -> MinWriter.check(other(), 2));
        committed(Transaction.builder().delete(Keys.MIN_WRITER).build());
        MinWriter.check(other(), 1);
    }

    @Test
    void watchesOfManyWritersSeeTheSameOrder() throws Exception {
        long start = store().revision();
        RecordingListener one = new RecordingListener();
        RecordingListener two = new RecordingListener();
        try (Watch first = store().watch(all(), start + 1, one);
                Watch second = other().watch(all(), start + 1, two)) {
            assertThat(first).isNotSameAs(second);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int writer = i;
                Store store = i % 2 == 0 ? store() : other();
                writers.add(() -> {
                    for (int j = 0; j < 25; j++) {
                        store.commit(Transaction.builder()
                                .put(key("w" + writer), value("" + j))
                                .put(key("shared"), value(writer + "/" + j))
                                .build());
                    }
                    return 0;
                });
            }
            together(writers);
            long end = store().revision();
            assertThat(one.await(end))
                    .hasSize(200)
                    .isEqualTo(two.await(end))
                    .allMatch(batch -> batch.changes().size() == 2);
        }
    }

    private static <T> List<T> together(List<Callable<T>> calls) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
