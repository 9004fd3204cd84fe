package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.replica.NodeStatus;
import io.weft.domain.replica.NodeStatusCodec;
import io.weft.domain.replica.PortReport;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.model.Node;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.Store;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what nodes report, one key for a node, several nodes and several reports of a node at once. A report that says
 * nothing new but a later revision is written only when a port waits for that revision to be confirmed, or the last one
 * is old.
 */
public final class NodeReports implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration OLD = Duration.ofSeconds(30);
    private static final int NODES_AT_ONCE = 32;

    private final Store store;
    private final Replica replica;
    private final Stamp stamp;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock: what each node last said, what of it was last worth writing, and what is still to be
    // written.
    private final Map<UUID, NodeStatus> latest = new HashMap<>();
    private final Map<UUID, NodeStatus> worthy = new HashMap<>();
    private final Map<UUID, NodeStatus> unwritten = new LinkedHashMap<>();
    private boolean closed;

    NodeReports(Store store, Replica replica, Stamp stamp) {
        this.store = store;
        this.replica = replica;
        this.stamp = stamp;
        writer = Thread.ofVirtual().name("node-reports").unstarted(this::write);
    }

    /**
     * Takes a report. It is stored a moment later.
     *
     * @throws io.weft.domain.error.DomainException {@link Problem#NODE_NOT_FOUND} when no node has this name
     */
    public void report(NodeReport report) {
        // The node may have heard of a revision from another server.
        View view = replica.refresh();
        Node node = view.world().node(report.host()).orElseThrow(() -> Problem.NODE_NOT_FOUND.with(report.host()));
        lock.lock();
        try {
            @Nullable NodeStatus before = latest.get(node.id());
            if (before == null) {
                before = view.status(node.id()).orElse(null);
            }
            NodeStatus after = merge(node.id(), before, report);
            latest.put(node.id(), after);
            @Nullable NodeStatus stored = worthy.getOrDefault(node.id(), before);
            if (stored == null || unwritten.containsKey(node.id()) || isNews(view, stored, after)) {
                worthy.put(node.id(), after);
                unwritten.put(node.id(), after);
                if (writer.getState() == Thread.State.NEW) {
                    writer.start();
                }
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what a node said, since it will say everything anew to whichever server it connects to. */
    public void forget(UUID nodeId) {
        lock.lock();
        try {
            latest.remove(nodeId);
            worthy.remove(nodeId);
        } finally {
            lock.unlock();
        }
    }

    private NodeStatus merge(UUID nodeId, @Nullable NodeStatus before, NodeReport report) {
        Map<UUID, PortReport> ports = new HashMap<>();
        if (before != null && !report.full()) {
            ports.putAll(before.ports());
        }
        report.ports().forEach(port -> ports.put(port.portId(), port));
        return new NodeStatus(nodeId, report.revision(), report.version(), stamp.now(), ports, report.problems());
    }

    private static boolean isNews(View view, NodeStatus before, NodeStatus after) {
        boolean same = before.version().equals(after.version())
                && before.ports().equals(after.ports())
                && before.problems().equals(after.problems());
        boolean old = Duration.between(before.reportedAt(), after.reportedAt()).compareTo(OLD) > 0;
        return !same || old || view.waitsFor(after);
    }

    private void write() {
        while (true) {
            List<NodeStatus> batch = next();
            if (batch.isEmpty()) {
                return;
            }
            try {
                writeOrKeep(batch);
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void writeOrKeep(List<NodeStatus> batch) {
        try {
            write(batch);
        } catch (StoreException e) {
            // The store is out of reach: what is not outdated by then is written later.
            keep(batch);
        }
    }

    /** Waits for something to write; empty when there is nothing more to come. */
    private List<NodeStatus> next() {
        lock.lock();
        try {
            while (unwritten.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<NodeStatus> batch =
                    unwritten.values().stream().limit(NODES_AT_ONCE).toList();
            batch.forEach(status -> unwritten.remove(status.nodeId()));
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void write(List<NodeStatus> batch) {
        if (!commit(batch) && batch.size() > 1) {
            // One of the nodes was removed; the others are written one by one.
            batch.forEach(status -> commit(List.of(status)));
        }
    }

    private boolean commit(List<NodeStatus> batch) {
        Transaction.Builder transaction = Transaction.builder();
        for (NodeStatus status : batch) {
            transaction
                    .require(Compare.exists(Layout.node(status.nodeId())))
                    .put(Layout.status(status.nodeId()), NodeStatusCodec.encode(status));
        }
        return store.commit(transaction.build()) instanceof CommitResult.Committed;
    }

    private void keep(List<NodeStatus> batch) {
        lock.lock();
        try {
            if (closed) {
                unwritten.clear();
            } else {
                batch.forEach(status -> unwritten.putIfAbsent(status.nodeId(), status));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is left and ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (writer.getState() != Thread.State.NEW) {
                writer.join(OLD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
