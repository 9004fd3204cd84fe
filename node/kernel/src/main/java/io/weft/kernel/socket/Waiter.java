package io.weft.kernel.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Waits until a descriptor can be read, and can be told from another thread to wait no more. */
final class Waiter {
    private final FileDescriptor wake = FileDescriptor.of(Libc.eventfd(), "eventfd");
    private volatile boolean stopped;

    /** True when there is something to read, false when the time is over or the waiter was stopped. */
    boolean await(int fd, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocate(16, 4);
            descriptors.set(JAVA_INT, 0, fd);
            descriptors.set(JAVA_SHORT, 4, Libc.POLLIN);
            descriptors.set(JAVA_INT, 8, wake.number());
            descriptors.set(JAVA_SHORT, 12, Libc.POLLIN);
            while (!stopped) {
                long left = Math.max(0, end - System.nanoTime());
                int milliseconds = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
                int ready = Libc.poll(descriptors, milliseconds);
                if (ready != -Errno.EINTR) {
                    KernelException.check(ready, "poll");
                    return !stopped && descriptors.get(JAVA_SHORT, 6) != 0;
                }
            }
            return false;
        }
    }

    boolean isStopped() {
        return stopped;
    }

    /** Ends the waits of all threads, now and later. */
    void stop() {
        stopped = true;
        try (Arena arena = Arena.ofConfined()) {
            KernelException.check(Libc.write(wake.number(), arena.allocateFrom(JAVA_LONG, 1)), "wake");
        }
    }

    /** Releases the descriptor once nobody waits. */
    void release() {
        wake.close();
    }
}
