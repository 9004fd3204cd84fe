package io.weft.domain.replica;

import io.weft.domain.ipam.AddressBook;
import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.model.Change;
import io.weft.model.Resource;
import io.weft.store.Batch;
import io.weft.store.CompactedException;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Follows a store and keeps an immutable {@link View} of it. Reading it never waits; {@link #awaitRevision} does.
 *
 * <p>The store's watch thread alone makes new views and hands them to the subscriptions, in the order of revisions. When
 * the watch falls behind what the store keeps, everything is read anew and subscribers hear of the difference.
 */
public final class Replica implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Store store;
    private final RecordCodec codec = new RecordCodec();
    private final AddressBook addresses = new AddressBook();
    private final Waiters waiters = new Waiters();
    private final CopyOnWriteArrayList<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    // Held while a view is published and while a subscription begins, so that it misses nothing.
    private final Object publication = new Object();

    private volatile View current = View.EMPTY;
    private volatile @Nullable Watch watch;
    private volatile @Nullable StoreException failure;
    private volatile boolean closed;

    private Replica(Store store) {
        this.store = store;
    }

    /**
     * Loads everything and begins to follow.
     *
     * @throws StoreException when the store cannot be read
     */
    public static Replica start(Store store) {
        Replica replica = new Replica(store);
        View loaded = new Loader(store, replica.codec).load();
        loaded.world().ports().forEach(replica.addresses::add);
        replica.current = loaded;
        replica.follow(loaded.revision() + 1);
        return replica;
    }

    /** The latest view. */
    public View current() {
        return current;
    }

    /** Which addresses are in use, as far as this replica knows. */
    public AddressBook addresses() {
        return addresses;
    }

    /** The codec of the records. */
    public RecordCodec codec() {
        return codec;
    }

    /**
     * Waits until the view is at least as new as a revision of the store.
     *
     * @throws StoreException {@link StoreError#UNAVAILABLE} when it does not come in half a minute
     */
    public View awaitRevision(long revision) {
        View view = current;
        if (view.revision() >= revision) {
            return view;
        }
        Waiters.Waiter waiter = waiters.add(revision);
        try {
            if (current.revision() < revision && failure == null && !waiter.await(PATIENCE.toNanos())) {
                throw new StoreException(StoreError.UNAVAILABLE, "revision " + revision + " has not arrived");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreError.UNAVAILABLE, "interrupted while waiting for a revision", e);
        } finally {
            if (current.revision() < revision) {
                waiters.remove(waiter);
            }
        }
        View reached = current;
        StoreException reason = failure;
        if (reached.revision() < revision && reason != null) {
            throw new StoreException(reason.error(), "the replica follows no more", reason);
        }
        return reached;
    }

    /** A view that holds every commit that was acknowledged before this call, by any server. */
    public View refresh() {
        return awaitRevision(store.revision());
    }

    /** Begins to deliver to a subscriber, on a thread with this name. */
    public Subscription subscribe(String name, Subscriber subscriber) {
        synchronized (publication) {
            Subscription subscription = new Subscription(name, subscriber, current);
            subscriptions.add(subscription);
            subscription.start();
            return subscription;
        }
    }

    /** Stops to follow; views stay readable. */
    @Override
    public void close() {
        closed = true;
        Watch following = watch;
        if (following != null) {
            following.close();
        }
        subscriptions.forEach(Subscription::close);
    }

    private void follow(long fromRevision) {
        watch = store.watch(Layout.state(), fromRevision, new Listener());
    }

    private void publish(View view, List<Change> changes) {
        synchronized (publication) {
            for (Change change : changes) {
                addresses.apply(change);
            }
            current = view;
            for (Subscription subscription : subscriptions) {
                subscription.offer(view, changes);
            }
        }
        waiters.reached(view.revision());
    }

    private void reload() {
        View loaded = new Loader(store, codec).load();
        publish(loaded, difference(current, loaded));
        follow(loaded.revision() + 1);
    }

    private static List<Change> difference(View before, View after) {
        Map<UUID, Resource> old = new HashMap<>();
        all(before).forEach(resource -> old.put(resource.id(), resource));
        List<Change> changes = new ArrayList<>();
        for (Resource resource : all(after)) {
            Resource earlier = old.remove(resource.id());
            if (!resource.equals(earlier)) {
                changes.add(new Change(Optional.ofNullable(earlier), Optional.of(resource)));
            }
        }
        old.values().forEach(gone -> changes.add(new Change(Optional.of(gone), Optional.empty())));
        return changes;
    }

    private static List<Resource> all(View view) {
        List<Resource> all = new ArrayList<>(view.world().count(Resource.Kind.PORT) + 64);
        view.world().everything().forEach(all::addAll);
        return all;
    }

    private final class Listener implements WatchListener {
        @Override
        public void changed(Batch batch) {
            List<Change> changes = new ArrayList<>(batch.changes().size());
            View.Builder builder = new View.Builder(current, codec, changes::add);
            for (io.weft.store.Change change : batch.changes()) {
                switch (change) {
                    case io.weft.store.Change.Put(var entry) -> builder.apply(entry.key(), entry.value());
                    case io.weft.store.Change.Delete(String key) -> builder.apply(key, null);
                }
            }
            publish(builder.build(batch.revision()), changes);
        }

        @Override
        public void progress(long revision) {
            if (revision > current.revision()) {
                publish(current.at(revision), List.of());
            }
        }

        @Override
        public void failed(StoreException reason) {
            if (closed) {
                return;
            }
            if (reason instanceof CompactedException) {
                Thread.ofVirtual().name("replica-reload").start(this::reloadOrFail);
            } else {
                fail(reason);
            }
        }

        private void reloadOrFail() {
            try {
                reload();
            } catch (StoreException e) {
                fail(e);
            }
        }

        private void fail(StoreException reason) {
            failure = reason;
            waiters.reached(Long.MAX_VALUE);
        }
    }

    /** The failure that ended following, if it has ended by itself. */
    public Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }
}
