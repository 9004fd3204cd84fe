package io.weft.agent.drivers;

import java.time.Duration;

/** When something that failed may be tried again: after 100 ms, then twice as long each time, up to 30 s. */
public final class Retry {
    private static final long FIRST = Duration.ofMillis(100).toNanos();
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();

    private long length;
    private long notBefore;

    /** Whether it may be tried now, by {@link System#nanoTime}. */
    public boolean isDue(long now) {
        return length == 0 || now - notBefore >= 0;
    }

    /** Nanoseconds until it is due; 0 when it is. */
    public long pause(long now) {
        return isDue(now) ? 0 : notBefore - now;
    }

    /** It was tried, and failed. */
    public void failed(long now) {
        length = Math.min(LONGEST, length == 0 ? FIRST : length * 2);
        notBefore = now + length;
    }

    /** It was tried, and the next failure is a first one. */
    public void succeeded() {
        length = 0;
    }
}
