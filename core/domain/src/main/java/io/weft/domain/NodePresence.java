package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.store.Bytes;
import io.weft.store.Compare;
import io.weft.store.Lease;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says which nodes are connected to this server, by a key for each that lives by one lease of the server: when the
 * server dies, all of them vanish. A node that has moved on to another server is not touched any more.
 */
public final class NodePresence implements AutoCloseable {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    private final Store store;
    private final Bytes server = Bytes.utf8(Stamp.newId().toString());
    private final Thread renewer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    // Guarded by the lock, which is held while the store is written: what it holds is what the store has.
    private final Set<UUID> connected = new HashSet<>();
    private long lease;
    private boolean closed;

    NodePresence(Store store) {
        this.store = store;
        renewer = Thread.ofVirtual().name("node-presence").unstarted(this::renew);
    }

    /** How this server calls itself in the store. */
    Bytes server() {
        return server;
    }

    /** Says up to which revision everything is in force on the nodes of this server, as long as it lives. */
    void inForce(long revision) {
        lock.lock();
        try {
            if (lease != 0 && !closed) {
                store.commit(Transaction.builder()
                        .put(Layout.inForce(server.utf8()), Bytes.utf8(Long.toString(revision)), lease)
                        .build());
            }
        } finally {
            lock.unlock();
        }
    }

    /** A node is connected to this server from now on. */
    public void connected(UUID nodeId) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            boolean first = connected.isEmpty() && lease == 0;
            if (first) {
                lease = store.grantLease(TIME_TO_LIVE).id();
                if (renewer.getState() == Thread.State.NEW) {
                    renewer.start();
                }
            }
            connected.add(nodeId);
            announce(nodeId);
        } finally {
            lock.unlock();
        }
    }

    /** A node is not connected to this server any more. */
    public void disconnected(UUID nodeId) {
        lock.lock();
        try {
            if (connected.remove(nodeId)) {
                String key = Layout.alive(nodeId);
                store.commit(Transaction.builder()
                        .require(new Compare.ValueEquals(key, server))
                        .delete(key)
                        .build());
            }
        } finally {
            lock.unlock();
        }
    }

    private void announce(UUID nodeId) {
        try {
            put(nodeId);
        } catch (StoreException e) {
            if (e.error() != StoreError.LEASE_NOT_FOUND) {
                connected.remove(nodeId);
                throw e;
            }
            beginAnew();
        }
    }

    private void put(UUID nodeId) {
        store.commit(
                Transaction.builder().put(Layout.alive(nodeId), server, lease).build());
    }

    /** The lease has ended, and with it all keys: the server was away for long. */
    private void beginAnew() {
        Lease granted = store.grantLease(TIME_TO_LIVE);
        lease = granted.id();
        connected.forEach(this::put);
    }

    private void renew() {
        lock.lock();
        try {
            long left = RENEWAL.toNanos();
            while (!closed) {
                left = left > 0 ? ended.awaitNanos(left) : left;
                if (left <= 0 && !closed) {
                    keepAlive();
                    left = RENEWAL.toNanos();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void keepAlive() {
        try {
            store.keepAlive(lease);
        } catch (StoreException e) {
            if (e.error() == StoreError.LEASE_NOT_FOUND) {
                retryLater(this::beginAnew);
            }
            // Otherwise the store is out of reach, and the next renewal tries again.
        }
    }

    private static void retryLater(Runnable action) {
        try {
            action.run();
        } catch (StoreException e) {
            // The next renewal finds the lease gone and tries again.
            return;
        }
    }

    /** Takes all nodes of this server away. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ended.signal();
            if (lease != 0) {
                retryLater(() -> store.revokeLease(lease));
            }
        } finally {
            lock.unlock();
        }
    }
}
