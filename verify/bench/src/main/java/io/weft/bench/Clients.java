package io.weft.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;

/** Clients that send one request after the other, each over a connection and on a thread of its own. */
final class Clients {
    private Clients() {}

    /** One request and the check of its answer. */
    @FunctionalInterface
    interface Operation {
        /**
         * Does it.
         *
         * @return false when there is nothing left to do
         */
        boolean perform(HttpConnection connection) throws IOException;
    }

    /**
     * What a run gave.
     *
     * @param seconds from the first request to the last answer
     * @param times of all requests
     */
    record Run(double seconds, Timings times) {
        double rate() {
            return times.count() / seconds;
        }
    }

    /** Lets so many clients repeat an operation for so long; throws what the first failure was. */
    static Run repeat(URI server, String project, int clients, double seconds, Operation operation) throws IOException {
        CyclicBarrier barrier = new CyclicBarrier(clients);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Timings> times = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long[] begin = new long[1];
        for (int i = 0; i < clients; i++) {
            Timings own = new Timings();
            times.add(own);
            threads.add(Thread.ofPlatform().start(() -> {
                try (HttpConnection connection = HttpConnection.toApi(server, project)) {
                    barrier.await();
                    long before = System.nanoTime();
                    begin[0] = before;
                    long end = before + (long) (seconds * 1e9);
                    boolean more = true;
                    while (more && before < end && failures.isEmpty()) {
                        more = operation.perform(connection);
                        long after = System.nanoTime();
                        if (more) {
                            own.add(after - before);
                        }
                        before = after;
                    }
                } catch (Exception e) {
                    failures.add(e);
                }
            }));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        long end = System.nanoTime();
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a client failed", failures.peek());
        }
        return new Run((end - begin[0]) / 1e9, Timings.merge(times));
    }
}
