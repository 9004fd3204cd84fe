package io.weft.agent.container;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Holds answers for ten seconds, so that a hundred containers do not ask a hundred times. Any number of threads may use it. */
final class Recent<K, V> {
    private static final Duration HOLD = Duration.ofSeconds(10);
    private static final int MOST = 1000;

    private final Map<K, Known<V>> known = new ConcurrentHashMap<>();

    private record Known<V>(V value, long until) {}

    /** The value that is held, or else what is asked for. */
    V get(K key, Function<K, V> asking) {
        Known<V> held = known.get(key);
        if (held != null && held.until() - System.nanoTime() > 0) {
            return held.value();
        }
        V value = asking.apply(key);
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(key, new Known<>(value, System.nanoTime() + HOLD.toNanos()));
        return value;
    }

    void clear() {
        known.clear();
    }
}
