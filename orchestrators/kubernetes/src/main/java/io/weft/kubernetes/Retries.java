package io.weft.kubernetes;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** When what failed is tried again: after a tenth of a second, then twice as long each time, at most a minute. */
final class Retries<T> {
    private static final long FIRST = Duration.ofMillis(100).toNanos();
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();

    private final Map<T, Attempt> failed = new HashMap<>();

    /**
     * @param due in nanoseconds of {@link System#nanoTime}
     * @param pause before it, in nanoseconds
     */
    private record Attempt(long due, long pause) {}

    void failed(T item, long now) {
        long pause = Optional.ofNullable(failed.get(item))
                .map(last -> Math.min(Math.max(FIRST, last.pause() * 2), LONGEST))
                .orElse(FIRST);
        failed.put(item, new Attempt(now + pause, pause));
    }

    /** It counts as failed and may be tried at once. */
    void suspect(T item, long now) {
        failed.put(item, new Attempt(now, 0));
    }

    /** Whether it had failed before. */
    boolean done(T item) {
        return failed.remove(item) != null;
    }

    boolean hasFailed(T item) {
        return failed.containsKey(item);
    }

    boolean isDue(T item, long now) {
        Attempt attempt = failed.get(item);
        return attempt == null || attempt.due() - now <= 0;
    }

    /** How many nanoseconds from now the next of them is due; empty when none has failed. */
    OptionalLong untilNext(long now) {
        return failed.values().stream()
                .mapToLong(attempt -> Math.max(0, attempt.due() - now))
                .min();
    }
}
