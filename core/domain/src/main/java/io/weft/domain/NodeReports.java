package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.replica.AddressClaim;
import io.weft.domain.replica.NodeStatus;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.Subscriber;
import io.weft.domain.replica.Subscription;
import io.weft.domain.replica.View;
import io.weft.domain.status.Acknowledgements;
import io.weft.domain.status.Activations;
import io.weft.domain.status.ReportedNode;
import io.weft.model.Change;
import io.weft.model.Node;
import io.weft.model.Port;
import io.weft.store.Store;
import io.weft.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes what nodes report, and writes what becomes of it: which ports are in use, and now and then how each node is. A
 * report that says nothing new but a later revision is written only when the last one is old.
 *
 * <p>One thread of its own writes; reports and changes of the model only leave notes for it. What it does costs nothing
 * for nodes and ports that wait for nothing. Longer than most, since all of it shares one lock.
 */
public final class NodeReports implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration LONGEST_TICK = Duration.ofMillis(250);
    private static final Duration STATUS_PAUSE = Duration.ofMillis(100);
    private static final Duration SAYING_PAUSE = Duration.ofMillis(50);
    private static final Duration OLD = Duration.ofSeconds(30);
    private static final int NODES_AT_ONCE = 32;
    private static final int PORTS_AT_ONCE = 512;

    private final Replica replica;
    private final Stamp stamp;
    private final Acknowledgements acknowledgements;
    private final NodePresence presence;
    private final StatusWriter writer;
    private final Thread thread;
    private final Subscription subscription;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final Map<UUID, ReportedNode> nodes = new HashMap<>();
    private final Map<String, ReportedNode> byHost = new HashMap<>();
    /** Those with ports that are to be looked at, and perhaps some whose last such port has just gone. */
    private final Set<ReportedNode> waiting = new LinkedHashSet<>();

    private final Map<UUID, NodeStatus> lastWritten = new HashMap<>();
    private final Map<UUID, NodeStatus> unwritten = new LinkedHashMap<>();
    private final Activations activations = new Activations();
    private boolean noted;
    private boolean closed;

    // The thread's own.
    private long tick = TICK.toNanos();
    private long statusNotBefore = System.nanoTime();
    private long sayNotBefore = System.nanoTime();
    private long said = -1;

    NodeReports(Store store, Replica replica, Stamp stamp, NodePresence presence, Acknowledgements acknowledgements) {
        this.replica = replica;
        this.stamp = stamp;
        this.acknowledgements = acknowledgements;
        this.presence = presence;
        writer = new StatusWriter(store, replica, presence.server());
        thread = Thread.ofVirtual().name("node-reports").start(this::run);
        subscription = replica.subscribe("port-status", new Changes());
    }

    /**
     * Takes a report. What follows from it is stored a moment later.
     *
     * @throws io.weft.domain.error.DomainException {@link Problem#NODE_NOT_FOUND} when no node has this name
     */
    public void report(NodeReport report) {
        View view = replica.current();
        if (view.revision() < report.revision()
                || view.world().node(report.host()).isEmpty()) {
            // The node may have heard of a revision from another server.
            view = replica.refresh();
        }
        Node node = view.world().node(report.host()).orElseThrow(() -> Problem.NODE_NOT_FOUND.with(report.host()));
        lock.lock();
        try {
            @Nullable ReportedNode known = nodes.get(node.id());
            ReportedNode reported = known == null ? add(node, view.revision()) : known;
            boolean errors = reported.reported(report.revision(), report.full(), report.ports(), view);
            @Nullable
            NodeStatus before =
                    lastWritten.getOrDefault(node.id(), view.status(node.id()).orElse(null));
            List<AddressClaim> claims = report.claims().orElse(before == null ? List.of() : before.claims());
            if (unwritten.containsKey(node.id()) || isNews(before, report, errors, claims)) {
                NodeStatus status = new NodeStatus(
                        node.id(),
                        report.revision(),
                        report.version(),
                        stamp.now(),
                        reported.errors(),
                        report.problems(),
                        claims);
                unwritten.put(node.id(), status);
                lastWritten.put(node.id(), status);
                wake();
            }
            if (!reported.due().isEmpty()) {
                waiting.add(reported);
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    private ReportedNode add(Node node, long revision) {
        ReportedNode added = new ReportedNode(node.id(), node.name(), revision);
        nodes.put(node.id(), added);
        byHost.put(node.name(), added);
        return added;
    }

    private boolean isNews(@Nullable NodeStatus before, NodeReport report, boolean errors, List<AddressClaim> claims) {
        return before == null
                || errors
                || !before.version().equals(report.version())
                || !before.problems().equals(report.problems())
                || !before.claims().equals(claims)
                || Duration.between(before.reportedAt(), stamp.now()).compareTo(OLD) > 0;
    }

    /** Forgets what a node said, since it will say everything anew to whichever server it connects to. */
    public void forget(UUID nodeId) {
        lock.lock();
        try {
            @Nullable ReportedNode node = nodes.remove(nodeId);
            if (node != null) {
                byHost.remove(node.host(), node);
                waiting.remove(node);
            }
            lastWritten.remove(nodeId);
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        noted = true;
        changed.signal();
    }

    /** What came of the model. */
    private final class Changes implements Subscriber {
        @Override
        public void started(View view) {
            // What was so before this server began has had its half second.
        }

        @Override
        public void changed(View before, View after, List<Change> changes) {
            lock.lock();
            try {
                for (Change change : changes) {
                    if (change.subject() instanceof Port) {
                        portChanged(
                                change.before().map(Port.class::cast).orElse(null),
                                change.after().map(Port.class::cast).orElse(null),
                                before,
                                after);
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void portChanged(@Nullable Port old, @Nullable Port now, View before, View after) {
        String oldHost = old == null ? "" : old.binding().host();
        String newHost = now == null ? "" : now.binding().host();
        if (old != null && !oldHost.equals(newHost)) {
            @Nullable ReportedNode node = byHost.get(oldHost);
            if (node != null && now == null) {
                node.deleted(old.id());
            } else if (node != null) {
                node.lost(old.id(), after.revision());
            }
        }
        if (now == null || newHost.isEmpty() || !now.adminStateUp() || now.isRouterInterface()) {
            return;
        }
        boolean same = old != null && oldHost.equals(newHost) && old.adminStateUp();
        boolean betweenTimes = before.isUp(now.id()) && !after.isUp(now.id());
        if (!same || betweenTimes) {
            activations.began(now.id(), now.networkId(), after.revision(), System.nanoTime());
            @Nullable ReportedNode node = byHost.get(newHost);
            if (node != null) {
                node.began(now.id(), after.revision());
                waiting.add(node);
            }
            wake();
        }
    }

    private void run() {
        try {
            while (waitForWork()) {
                if (work()) {
                    tick = TICK.toNanos();
                    Thread.sleep(PAUSE);
                } else {
                    tick = Math.min(LONGEST_TICK.toNanos(), 2 * tick);
                }
            }
            writer.writeStatuses(nextStatuses(Integer.MAX_VALUE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException e) {
            // What nodes said last is lost with this server; they will say it to another one.
            return;
        }
    }

    /** Waits until something was noted, or what waits is to be looked at; false when there is nothing more to come. */
    private boolean waitForWork() throws InterruptedException {
        lock.lock();
        try {
            long left = isWaiting() ? (activations.isEmpty() ? tick : TICK.toNanos()) : Long.MAX_VALUE;
            while (!noted && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (noted) {
                tick = TICK.toNanos();
            }
            noted = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWaiting() {
        return !activations.isEmpty()
                || !unwritten.isEmpty()
                || activations.isRecent(System.nanoTime())
                || !waiting.isEmpty();
    }

    /** Writes what can be said by now; whether there was anything. */
    private boolean work() {
        View view = replica.current();
        boolean worked = false;
        try {
            List<StatusWriter.Turn> turns = turns(view);
            if (!turns.isEmpty()) {
                writer.writeTurns(turns, view);
                worked = true;
            }
            say(view);
            long now = System.nanoTime();
            if (now - statusNotBefore >= 0) {
                List<NodeStatus> statuses = nextStatuses(NODES_AT_ONCE);
                if (!statuses.isEmpty()) {
                    statusNotBefore = now + STATUS_PAUSE.toNanos();
                    keepUnless(writer.writeStatuses(statuses), statuses);
                }
            }
        } catch (StoreException e) {
            // The store is out of reach: ports are still due, and are looked at again.
            return false;
        }
        return worked;
    }

    /** The ports whose state is to be another. */
    private List<StatusWriter.Turn> turns(View view) {
        List<StatusWriter.Turn> turns = new ArrayList<>();
        lock.lock();
        try {
            activations.look(
                    network -> acknowledgements.ofNetwork(network, this::reported),
                    revision -> view.inForceElsewhere(presence.server()) >= revision,
                    System.nanoTime());
            waiting.removeIf(node -> node.due().isEmpty());
            for (ReportedNode node : waiting) {
                if (turns.size() >= PORTS_AT_ONCE || !view.isConnectedTo(node.id(), presence.server())) {
                    continue;
                }
                long inForce = acknowledgements.ofNode(node.host(), node.revision());
                node.due().removeIf(port -> {
                    if (turns.size() >= PORTS_AT_ONCE) {
                        return false;
                    }
                    ReportedNode.Verdict verdict = node.judge(port, view, inForce, activations.waitsFor(port));
                    if (verdict == ReportedNode.Verdict.UP || verdict == ReportedNode.Verdict.DOWN) {
                        turns.add(new StatusWriter.Turn(node.id(), port, verdict == ReportedNode.Verdict.UP));
                    }
                    // What is written now is due until it is seen in the view.
                    return verdict == ReportedNode.Verdict.RIGHT;
                });
            }
        } finally {
            lock.unlock();
        }
        return turns;
    }

    private long reported(String host) {
        @Nullable ReportedNode node = byHost.get(host);
        return node == null ? -1 : node.revision();
    }

    /** Tells other servers what is in force on the nodes of this one, while they may wait for it. */
    private void say(View view) {
        long now = System.nanoTime();
        if (now - sayNotBefore < 0 || !view.hasNodesElsewhere(presence.server())) {
            return;
        }
        long inForce;
        lock.lock();
        try {
            if (!activations.isRecent(now)) {
                return;
            }
            inForce = activations.inForceHere(view.revision());
        } finally {
            lock.unlock();
        }
        if (inForce > said) {
            sayNotBefore = now + SAYING_PAUSE.toNanos();
            presence.inForce(inForce);
            said = inForce;
        }
    }

    private List<NodeStatus> nextStatuses(int most) {
        lock.lock();
        try {
            List<NodeStatus> statuses = unwritten.values().stream().limit(most).toList();
            statuses.forEach(status -> unwritten.remove(status.nodeId()));
            return statuses;
        } finally {
            lock.unlock();
        }
    }

    /** What was not written is written later, unless it is outdated by then. */
    private void keepUnless(boolean written, List<NodeStatus> statuses) {
        if (!written) {
            lock.lock();
            try {
                statuses.forEach(status -> unwritten.putIfAbsent(status.nodeId(), status));
            } finally {
                lock.unlock();
            }
        }
    }

    /** Writes what is left and ends. */
    @Override
    public void close() {
        subscription.close();
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(OLD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
