package io.weft.store.embedded;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Transaction;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prints durable commits a second and CPU time a commit, and what a million ports take: memory, and time to open. A
 * commit is shaped like the creation of a port: four keys are created, one guard is read.
 */
@Tag("bench")
class CommitBench {
    private static final byte[] RECORD = new byte[400];

    private static Transaction port(String id) {
        return Transaction.builder()
                .create("port/" + id, Bytes.copyOf(RECORD))
                .create("network/1/ip4/" + id, Bytes.utf8(id))
                .create("network/1/ip6/" + id, Bytes.utf8(id))
                .create("network/1/mac/" + id, Bytes.utf8(id))
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void durableCommits(int threads, @TempDir Path directory) throws Exception {
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            run(store, threads, 3);
            System.gc();
            double[] figures = run(store, threads, 8);
            System.out.printf(
                    "%d client threads: %.0f durable commits/s, %.1f us CPU each%n", threads, figures[0], figures[1]);
        }
    }

    /** Answers commits a second and microseconds of this process's CPU time a commit. */
    private static double[] run(EmbeddedStore store, int threads, int seconds) throws InterruptedException {
        long cpu = cpuNanos();
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        long[] counts = new long[threads];
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int client = i;
            clients.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() < end) {
                    String id = "%016x".formatted(ThreadLocalRandom.current().nextLong());
                    if (store.commit(port(id)) instanceof CommitResult.Committed) {
                        counts[client]++;
                    }
                }
            }));
        }
        long total = 0;
        for (int i = 0; i < threads; i++) {
            clients.get(i).join();
            total += counts[i];
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        return new double[] {total / elapsed, (cpuNanos() - cpu) / 1e3 / total};
    }

    @Test
    void aMillionPorts(@TempDir Path directory) {
        long start = System.nanoTime();
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            for (int i = 0; i < 1_000_000; i += 500) {
                Transaction.Builder bulk = Transaction.builder();
                for (int j = i; j < i + 500; j++) {
                    // Spread over the keys as UUIDs are.
                    String id = "%08x-1a2b-4c3d-8e9f-0123456789ab".formatted(Integer.reverse(j));
                    port(id).writes()
                            .forEach(write -> bulk.put(
                                    ((io.weft.store.Write.Put) write).key(),
                                    ((io.weft.store.Write.Put) write).value()));
                }
                store.commit(bulk.build());
            }
            System.out.printf("a million ports written in %.1f s%n", (System.nanoTime() - start) / 1e9);
        }
        long opening = System.nanoTime();
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            System.out.printf(
                    "opened in %.1f s at revision %d%n", (System.nanoTime() - opening) / 1e9, store.revision());
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.printf("%d MiB in use%n", runtime.totalMemory() - runtime.freeMemory() >> 20);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
