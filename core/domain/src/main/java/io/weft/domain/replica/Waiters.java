package io.weft.domain.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Threads that wait for a revision, each woken once and only when it is there. */
final class Waiters {
    private final PriorityQueue<Waiter> queue = new PriorityQueue<>((a, b) -> Long.compare(a.revision, b.revision));

    /** One that waits. */
    static final class Waiter {
        private final long revision;
        private final CountDownLatch reached = new CountDownLatch(1);

        private Waiter(long revision) {
            this.revision = revision;
        }

        /** Whether the revision came within the time. */
        boolean await(long nanoseconds) throws InterruptedException {
            return reached.await(nanoseconds, TimeUnit.NANOSECONDS);
        }
    }

    /** Begins to wait; the caller then looks again whether the revision has come meanwhile. */
    synchronized Waiter add(long revision) {
        Waiter waiter = new Waiter(revision);
        queue.add(waiter);
        return waiter;
    }

    synchronized void remove(Waiter waiter) {
        queue.remove(waiter);
    }

    /** Wakes those that waited for this revision or an earlier one. */
    void reached(long revision) {
        for (Waiter waiter : take(revision)) {
            waiter.reached.countDown();
        }
    }

    private synchronized List<Waiter> take(long revision) {
        List<Waiter> woken = new ArrayList<>();
        while (!queue.isEmpty() && queue.peek().revision <= revision) {
            woken.add(queue.poll());
        }
        return woken;
    }
}
