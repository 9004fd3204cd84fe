package io.weft.store.etcd;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Store;
import io.weft.store.Transaction;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prints commits a second through etcd, and this process's CPU time for each; etcd's own comes on top. */
@Tag("bench")
class EtcdBench {
    private static final byte[] RECORD = new byte[400];

    @ParameterizedTest
    @CsvSource({"1,1", "1,16", "3,1", "3,16"})
    void commits(int members, int threads) throws InterruptedException {
        try (EtcdCluster cluster = EtcdCluster.start(members);
                EtcdStore store = EtcdStore.open(cluster.endpoints(), Duration.ofSeconds(10))) {
            run(store, threads, 2);
            double[] figures = run(store, threads, 5);
            System.out.printf(
                    "%d members, %d client threads: %.0f commits/s, %.0f us of client CPU each%n",
                    members, threads, figures[0], figures[1]);
        }
    }

    private static double[] run(Store store, int threads, int seconds) throws InterruptedException {
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
                    Transaction port = Transaction.builder()
                            .create("port/" + id, Bytes.copyOf(RECORD))
                            .create("network/1/ip4/" + id, Bytes.utf8(id))
                            .create("network/1/ip6/" + id, Bytes.utf8(id))
                            .create("network/1/mac/" + id, Bytes.utf8(id))
                            .build();
                    if (store.commit(port) instanceof CommitResult.Committed) {
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

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
