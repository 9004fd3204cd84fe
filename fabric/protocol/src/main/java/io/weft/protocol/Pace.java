package io.weft.protocol;

import java.util.concurrent.TimeUnit;

/**
 * Tells how soon the next batch may follow: single changes at once, a flood of them gathered into ten batches a second,
 * so that a node in a large network is not written to for every change there (a generic cell rate algorithm). What is
 * about the node's own ports does not wait for it, since a workload does. Owned by one thread.
 */
final class Pace {
    /** The time between batches when changes do not cease, in nanoseconds. */
    static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    /** How many batches may follow at once after a rest. */
    static final int BURST = 5;

    private boolean used;
    /** When everything spent so far is made up for. */
    private long even;

    /** How long to rest from now, in nanoseconds; nothing to wait for when not positive. */
    long rest(long now) {
        return used ? even - now - (BURST - 1) * INTERVAL : 0;
    }

    /** A batch was written now, rested or not. */
    void spend(long now) {
        long owed = used ? Math.clamp(even - now, 0, (BURST - 1) * INTERVAL) : 0;
        even = now + owed + INTERVAL;
        used = true;
    }
}
