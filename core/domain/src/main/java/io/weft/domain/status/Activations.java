package io.weft.domain.status;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.function.ToLongFunction;

/**
 * The ports that lately came to be used on a node, until every connected node that needs to know of them has that in
 * force, or half a second has passed. Looking again costs a look at each of these nodes for each network concerned, and
 * nothing for ports that are older. Owned by whoever holds its lock.
 */
public final class Activations {
    /** How long a port waits for other nodes. */
    static final Duration PATIENCE = Duration.ofMillis(500);

    private static final class Activation {
        private final UUID port;
        private final UUID network;
        private final long revision;
        private final long deadline;
        private boolean here;

        private Activation(UUID port, UUID network, long revision, long deadline) {
            this.port = port;
            this.network = network;
            this.revision = revision;
            this.deadline = deadline;
        }
    }

    private final Deque<Activation> waiting = new ArrayDeque<>();
    private final Set<UUID> ports = new HashSet<>();
    private long latest = -1;

    /**
     * A port came to be used.
     *
     * @param revision the revision that made it so, or a later one; not lower than at the last call
     * @param now by {@link System#nanoTime}
     */
    public void began(UUID port, UUID network, long revision, long now) {
        if (!ports.add(port)) {
            waiting.removeIf(activation -> activation.port.equals(port));
        }
        waiting.add(new Activation(port, network, revision, now + PATIENCE.toNanos()));
        latest = now;
    }

    /** Whether other nodes are still to confirm this port. */
    public boolean waitsFor(UUID port) {
        return ports.contains(port);
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether other servers may still wait for what is in force here. */
    public boolean isRecent(long now) {
        return latest != -1 && now - latest < 2 * PATIENCE.toNanos();
    }

    /**
     * Looks which ports need to wait no longer.
     *
     * @param inForce the revision in force on the nodes of this server that need a network
     * @param elsewhere whether other servers have said that a revision is in force on their nodes
     */
    public void look(ToLongFunction<UUID> inForce, LongPredicate elsewhere, long now) {
        Map<UUID, Long> known = new HashMap<>();
        for (Iterator<Activation> rest = waiting.iterator(); rest.hasNext(); ) {
            Activation activation = rest.next();
            boolean late = now - activation.deadline >= 0;
            if (!activation.here && !late) {
                activation.here =
                        known.computeIfAbsent(activation.network, inForce::applyAsLong) >= activation.revision;
            }
            if (late || (activation.here && elsewhere.test(activation.revision))) {
                ports.remove(activation.port);
                rest.remove();
            }
        }
    }

    /**
     * Up to which revision nothing waits for a node of this server.
     *
     * @param revision up to which this server knows of ports
     */
    public long inForceHere(long revision) {
        for (Activation activation : waiting) {
            if (!activation.here) {
                return Math.min(revision, activation.revision - 1);
            }
        }
        return revision;
    }
}
