package io.weft.docker;

import io.weft.model.IpPrefix;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Subnets that an engine asked for and whose networks it makes in a moment. An engine asks for the subnets of a network one
 * by one before it names the network, and never says then how the driver called them: they are joined by their prefixes.
 * What is lost with the process makes the engine fail that one creation, and leaves nothing behind. Safe for several threads.
 */
final class PendingPools {
    private static final Duration LIFETIME = Duration.ofMinutes(1);
    private static final int MOST = 256;

    private final Deque<Pending> pending = new ArrayDeque<>();

    /**
     * A subnet to be.
     *
     * @param poolId by which the engine knows it
     * @param token by which the made subnet is found; empty for a subnet that is there
     * @param subnet the subnet that is there
     * @param range from which part addresses come
     * @param subnetPool from which subnet pool it is taken
     * @param chosen whether the driver chose the prefix, and not the user
     * @param since {@link System#nanoTime}
     */
    record Pending(
            String poolId,
            Optional<UUID> token,
            Optional<UUID> subnet,
            IpPrefix prefix,
            Optional<IpPrefix> range,
            Optional<UUID> subnetPool,
            boolean chosen,
            long since) {
        /** Whether a network with this prefix may be the one or the other. */
        boolean contradicts(Pending other) {
            return !subnet.equals(other.subnet) || !range.equals(other.range) || !subnetPool.equals(other.subnetPool);
        }
    }

    synchronized void add(Pending asked) {
        forgetOld();
        if (pending.size() == MOST) {
            pending.removeFirst();
        }
        pending.addLast(asked);
    }

    synchronized Optional<Pending> byId(String poolId) {
        forgetOld();
        return pending.stream().filter(p -> p.poolId().equals(poolId)).findFirst();
    }

    synchronized void remove(String poolId) {
        pending.removeIf(p -> p.poolId().equals(poolId));
    }

    /** The prefixes of all of them. */
    synchronized List<IpPrefix> prefixes() {
        forgetOld();
        return pending.stream().map(Pending::prefix).toList();
    }

    /** Takes out all that have this prefix, the youngest first. */
    synchronized List<Pending> take(IpPrefix prefix) {
        forgetOld();
        List<Pending> taken = new ArrayList<>();
        for (Iterator<Pending> each = pending.descendingIterator(); each.hasNext(); ) {
            Pending asked = each.next();
            if (asked.prefix().equals(prefix)) {
                taken.add(asked);
                each.remove();
            }
        }
        return taken;
    }

    private void forgetOld() {
        long now = System.nanoTime();
        pending.removeIf(p -> now - p.since() > LIFETIME.toNanos());
    }
}
