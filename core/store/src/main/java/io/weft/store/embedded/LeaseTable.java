package io.weft.store.embedded;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The leases, when they end and which keys live by them. Owned by the thread that writes. */
final class LeaseTable {
    private static final class Held {
        final long seconds;
        final Set<ByteBuffer> keys = new HashSet<>();
        long deadline;

        Held(long seconds) {
            this.seconds = seconds;
        }
    }

    private final Map<Long, Held> leases = new HashMap<>();
    // At most the earliest deadline: leases that are kept alive move theirs without being looked for here.
    private long earliest = Long.MAX_VALUE;

    boolean contains(long id) {
        return leases.containsKey(id);
    }

    /**
     * @param now a reading of {@link System#nanoTime}, from a start that makes it rise from 0
     */
    void grant(long id, long seconds, long now) {
        leases.put(id, new Held(seconds));
        keepAlive(id, now);
    }

    /** Answers false when there is no such lease. */
    boolean keepAlive(long id, long now) {
        Held held = leases.get(id);
        if (held == null) {
            return false;
        }
        held.deadline = now + held.seconds * 1_000_000_000L;
        earliest = Math.min(earliest, held.deadline);
        return true;
    }

    /** The keys of a lease, in no order. */
    List<byte[]> keys(long id) {
        Held held = leases.get(id);
        return held == null
                ? List.of()
                : held.keys.stream().map(ByteBuffer::array).toList();
    }

    void end(long id) {
        leases.remove(id);
    }

    /** A key lives by a lease from now on; false when there is no such lease. */
    boolean attach(long id, byte[] key) {
        Held held = leases.get(id);
        if (held != null) {
            held.keys.add(ByteBuffer.wrap(key));
        }
        return held != null;
    }

    void detach(long id, byte[] key) {
        Held held = leases.get(id);
        if (held != null) {
            held.keys.remove(ByteBuffer.wrap(key));
        }
    }

    /** A time before which no lease ends, or {@link Long#MAX_VALUE}. */
    long earliest() {
        return earliest;
    }

    /** The leases whose time is over. */
    List<Long> expired(long now) {
        if (now < earliest) {
            return List.of();
        }
        List<Long> expired = new ArrayList<>();
        earliest = Long.MAX_VALUE;
        leases.forEach((id, held) -> {
            if (held.deadline <= now) {
                expired.add(id);
            } else {
                earliest = Math.min(earliest, held.deadline);
            }
        });
        return expired;
    }

    /** Times to live in seconds, by lease. */
    Map<Long, Long> granted() {
        Map<Long, Long> granted = new TreeMap<>();
        leases.forEach((id, held) -> granted.put(id, held.seconds));
        return granted;
    }
}
