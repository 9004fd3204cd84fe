package io.weft.docker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an engine asked about a moment ago, which it may not show yet. Everything is recent for a while after the start,
 * since what was asked before is not known. Safe for several threads.
 */
final class Recent {
    /** Longer than an engine takes from an address to a container. */
    static final Duration USUAL = Duration.ofSeconds(30);

    private final long during;
    private final long started = System.nanoTime();
    private final Map<String, Long> seen = new ConcurrentHashMap<>();

    Recent(Duration during) {
        this.during = during.toNanos();
    }

    void mark(String id) {
        long now = System.nanoTime();
        seen.values().removeIf(since -> now - since > during);
        seen.put(id, now);
    }

    boolean contains(String id) {
        long now = System.nanoTime();
        Long since = seen.get(id);
        return now - started < during || since != null && now - since < during;
    }
}
