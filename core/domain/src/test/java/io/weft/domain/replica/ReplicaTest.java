package io.weft.domain.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.Caller;
import io.weft.domain.Domain;
import io.weft.domain.ForwardingStore;
import io.weft.domain.NetworkUpdate;
import io.weft.domain.NewNetwork;
import io.weft.domain.NewPort;
import io.weft.domain.NewSubnet;
import io.weft.domain.Settings;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.model.Change;
import io.weft.model.Network;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.store.Bytes;
import io.weft.store.CompactedException;
import io.weft.store.KeyRange;
import io.weft.store.Store;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaTest {
    private static final Caller CALLER = new Caller("p", true);

    private Store store;
    private Replica replica;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        domain = new Domain(store, replica, Settings.DEFAULTS, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        domain.close();
        replica.close();
        store.close();
    }

    private Network network(String name) {
        return domain.networks().create(CALLER, NewNetwork.of("p", name));
    }

    private static void assertSame(View expected, View actual) {
        World one = expected.world();
        World two = actual.world();
        assertThat(two.networks()).containsExactlyInAnyOrderElementsOf(one.networks());
        assertThat(two.subnets()).containsExactlyInAnyOrderElementsOf(one.subnets());
        assertThat(two.ports()).containsExactlyInAnyOrderElementsOf(one.ports());
        for (QuotaResource resource : QuotaResource.values()) {
            QuotaKey key = new QuotaKey("p", resource);
            assertThat(actual.quotas().shards(key).total())
                    .isEqualTo(expected.quotas().shards(key).total());
        }
        assertThat(actual.quotas().limits("p")).isEqualTo(expected.quotas().limits("p"));
    }

    @Test
    void aReplicaThatStartsLaterSeesTheSame() {
        Network network = network("n");
        domain.subnets().create(CALLER, NewSubnet.of("p", network.id(), "10.0.0.0/16"));
        domain.quotas().update("p", Map.of(QuotaResource.PORT, 20_000));
        for (int i = 0; i < 11; i++) {
            // More than one page.
            domain.ports().create(CALLER, Collections.nCopies(500, NewPort.of("p", network.id())));
        }
        try (Replica later = Replica.start(store)) {
            assertSame(replica.current(), later.current());
            assertThat(later.current().revision()).isEqualTo(store.revision());
            domain.networks().delete(CALLER, network("gone").id());
            assertSame(replica.refresh(), later.refresh());
        }
    }

    @Test
    void subscribersHearOfEveryChangeInOrder() throws InterruptedException {
        Recorder recorder = new Recorder();
        Network before = network("before");
        replica.subscribe("test", recorder);
        assertThat(recorder.started.take().world().networks()).containsExactly(before);
        List<Network> made = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            made.add(network("n" + i));
            domain.networks().update(CALLER, made.getLast().id(), NetworkUpdate.NONE.withName("m" + i));
        }
        domain.networks().delete(CALLER, before.id());
        recorder.awaitRevision(store.revision());
        assertThat(recorder.rebuilt().networks())
                .containsExactlyInAnyOrderElementsOf(domain.networks().list(CALLER));
    }

    @Test
    void aSlowSubscriberGetsOneChangeForEachResource() throws InterruptedException {
        Recorder recorder = new Recorder();
        replica.subscribe("test", recorder);
        recorder.busy = new CountDownLatch(1);
        recorder.started.take();
        Network kept = network("kept");
        recorder.entered.await();
        Network changing = network("a");
        for (String name : List.of("b", "c", "d")) {
            domain.networks().update(CALLER, changing.id(), NetworkUpdate.NONE.withName(name));
        }
        Network gone = network("gone");
        domain.networks().delete(CALLER, gone.id());
        // A request goes on once its view is published, a moment before subscribers are offered it. To subscribe waits.
        replica.subscribe("barrier", new Recorder()).close();
        recorder.busy.countDown();
        recorder.awaitRevision(store.revision());
        List<Change> changes = recorder.changes.stream()
                .filter(change -> change.subject() instanceof Network)
                .toList();
        assertThat(changes).hasSize(2);
        assertThat(changes.getFirst().subject()).isEqualTo(kept);
        Change last = changes.getLast();
        assertThat(last.before()).isEmpty();
        assertThat(last.subject().name()).isEqualTo("d");
    }

    @Test
    void aReplicaThatFellBehindReadsAnewAndTellsTheDifference() throws InterruptedException {
        Network changed = network("a");
        Network gone = network("gone");
        Cut cut = new Cut(store);
        Recorder recorder = new Recorder();
        try (Replica behind = Replica.start(cut)) {
            behind.subscribe("test", recorder);
            recorder.started.take();
            cut.cut();
            domain.networks().update(CALLER, changed.id(), NetworkUpdate.NONE.withName("b"));
            domain.networks().delete(CALLER, gone.id());
            Network fresh = network("fresh");
            store.compact(store.revision());
            cut.fail();

            assertSame(replica.refresh(), behind.refresh());
            recorder.awaitRevision(store.revision());
            assertThat(recorder.rebuilt().networks()).extracting(Network::name).containsExactlyInAnyOrder("b", "fresh");
            domain.networks().delete(CALLER, fresh.id());
            assertSame(replica.refresh(), behind.refresh());
        }
    }

    @Test
    void keysOfOtherBuildsMeanNothing() {
        store.commit(Transaction.builder()
                .put(Layout.STATE + "model/gadget/00000000-0000-4000-8000-000000000001", Bytes.utf8("x"))
                .put(Layout.STATE + "elsewhere/a", Bytes.utf8("x"))
                .put(Layout.STATE + "quota/p/gadget/3", Bytes.utf8("x"))
                .put(Layout.STATE + "x", Bytes.utf8("x"))
                .build());
        long revision = store.revision();
        assertThat(replica.refresh().revision()).isGreaterThanOrEqualTo(revision);
        try (Replica later = Replica.start(store)) {
            assertThat(later.current().world().count(Resource.Kind.NETWORK)).isZero();
        }
    }

    @Test
    void revisionsThatConcernNothingPassAsWell() {
        store.commit(Transaction.builder().put("other/key", Bytes.EMPTY).build());
        assertThat(replica.refresh().revision()).isEqualTo(store.revision());
    }

    @Test
    void whoWaitsWhenTheStoreEndsIsTold() throws InterruptedException {
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        long never = store.revision() + 1_000;
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                replica.awaitRevision(never);
            } catch (StoreException e) {
                told.add(e);
            }
        });
        while (waiter.getState() == Thread.State.RUNNABLE || waiter.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        store.close();
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(StoreException.class);
        assertThat(replica.failure()).isPresent();
        assertThatThrownBy(() -> replica.awaitRevision(never)).isInstanceOf(StoreException.class);
    }

    /** A store whose watch is cut and then fails as if it had fallen behind what is kept. */
    private static final class Cut extends ForwardingStore {
        private final BlockingQueue<WatchListener> listeners = new LinkedBlockingQueue<>();
        private final BlockingQueue<Watch> watches = new LinkedBlockingQueue<>();

        Cut(Store store) {
            super(store);
        }

        @Override
        public Watch watch(KeyRange range, long fromRevision, WatchListener listener) {
            listeners.add(listener);
            Watch watch = super.watch(range, fromRevision, listener);
            watches.add(watch);
            return watch;
        }

        void cut() {
            watches.remove().close();
        }

        void fail() {
            listeners.remove().failed(new CompactedException(1));
        }
    }

    /** Rebuilds the model from what it hears. */
    private static final class Recorder implements Subscriber {
        private final BlockingQueue<View> started = new LinkedBlockingQueue<>();
        private final BlockingQueue<Long> revisions = new LinkedBlockingQueue<>();
        private final List<Change> changes = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch entered = new CountDownLatch(1);
        private volatile World world = World.empty();
        private volatile View last = View.EMPTY;
        private volatile CountDownLatch busy = new CountDownLatch(0);

        @Override
        public void started(View view) {
            world = view.world();
            last = view;
            started.add(view);
        }

        @Override
        public void changed(View before, View after, List<Change> heard) {
            assertThat(before).isSameAs(last);
            last = after;
            changes.addAll(heard);
            entered.countDown();
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            for (Change change : heard) {
                assertThat(before.world()
                                .resource(
                                        change.subject().kind(),
                                        change.subject().id()))
                        .isEqualTo(change.before());
                world = change.after()
                        .map(world::with)
                        .orElseGet(() -> world.without(
                                change.subject().kind(), change.subject().id()));
            }
            revisions.add(after.revision());
        }

        void awaitRevision(long revision) throws InterruptedException {
            long reached = 0;
            while (reached < revision) {
                Long next = revisions.poll(20, TimeUnit.SECONDS);
                assertThat(next).describedAs("a revision arrives").isNotNull();
                reached = next;
            }
        }

        World rebuilt() {
            return world;
        }
    }
}
