package io.weft.compiler;

import static io.weft.compiler.Fixtures.host;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.weft.compiler.Fixtures.Step;
import io.weft.model.Port;
import io.weft.model.World;
import io.weft.protocol.Cursor;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the fabric costs in the two shapes of a thousand nodes, without sockets. Prints; asserts only sanity. */
@Tag("bench")
class FabricBenchTest {
    private static final int HOSTS = 1_000;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /** Whether ports that change are in the security group of their world. */
    private boolean grouped;

    @Test
    void manyNetworks() throws Exception {
        measure("1,000 networks of 10 nodes, 100,000 ports", Shapes.manyNetworks(100_000, 100, 10), HOSTS, false);
    }

    @Test
    void oneRoutedNetwork() throws Exception {
        measure("one router, 50,000 ports on 1,000 nodes", Shapes.oneRouter(50_000, 10, HOSTS), 10, true);
    }

    @Test
    void oneGroup() throws Exception {
        grouped = true;
        World world = Shapes.inOneGroup(Shapes.oneRouter(10_000, 10, HOSTS));
        measure("one group that names itself, 10,000 ports on 1,000 nodes", world, 10, true);
    }

    private void measure(String shape, World world, int networks, boolean everyNode) throws Exception {
        Fabric fabric = new Fabric(Fixtures.EPOCH, Fixtures.DOMAIN);
        long cpu = cpu();
        fabric.onWorld(World.empty(), world, Fabric.everything(world));
        say(shape, "load", String.format(Locale.ROOT, "%.1f s of CPU, %d MB in use", (cpu() - cpu) / 1e9, memory()));

        cpu = cpu();
        long bytes = 0;
        List<Cursor> cursors = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            Cursor cursor = fabric.open(host(i), Optional.empty());
            Counter counter = new Counter();
            cursor.writeTo(counter);
            bytes += counter.bytes;
            cursors.add(cursor);
        }
        say(
                shape,
                "cold start of 1,000 nodes",
                String.format(Locale.ROOT, "%.2f s of CPU, %d MB", (cpu() - cpu) / 1e9, bytes >> 20));

        for (int round = 0; round < 2; round++) {
            world = publishOnly(shape, fabric, world, networks);
            for (Cursor cursor : cursors) {
                cursor.writeTo(OutputStream.nullOutputStream());
            }
            world = writeOnly(shape, fabric, world, networks, cursors);
        }
        deliver(shape, fabric, world, cursors, networks, everyNode);
        assertThat(fabric.log().cursors()).isZero();
    }

    /** A port moves to another host of its network: one endpoint and the own records of two nodes. */
    private Step change(World world, int number, int networks) {
        int port = 30_000_000 + number % 50;
        int network = port % networks;
        Port moved = Fixtures.port(
                port,
                network,
                networks == HOSTS ? Shapes.hostOf(network, number / 50 % 10, 10, HOSTS) : host(number % HOSTS),
                Fixtures.ip(network, "10." + network % 250 + ".250." + number % 250));
        return Step.of(world, grouped ? Shapes.inFirstGroup(moved) : moved);
    }

    /** What a change costs until all whom it concerns are woken. */
    private World publishOnly(String shape, Fabric fabric, World world, int networks) {
        List<Step> steps = new ArrayList<>();
        World last = world;
        for (int i = 0; i < 2_000; i++) {
            Step step = change(last, i, networks);
            steps.add(step);
            last = step.after();
        }
        long cpu = threads.getCurrentThreadCpuTime();
        for (Step step : steps) {
            fabric.onWorld(step.before(), step.after(), step.changes());
        }
        say(
                shape,
                "change compiled and published",
                String.format(
                        Locale.ROOT, "%.1f us of CPU", (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / steps.size()));
        return last;
    }

    /** What a batch of one change costs for each host that is given it. */
    private World writeOnly(String shape, Fabric fabric, World world, int networks, List<Cursor> cursors)
            throws Exception {
        World last = world;
        long spent = 0;
        int batches = 0;
        for (int i = 0; i < 200; i++) {
            Step step = change(last, i, networks);
            fabric.onWorld(step.before(), step.after(), step.changes());
            last = step.after();
            long start = threads.getCurrentThreadCpuTime();
            for (Cursor cursor : cursors) {
                if (cursor.isDue()) {
                    cursor.writeTo(OutputStream.nullOutputStream());
                    batches++;
                }
            }
            spent += threads.getCurrentThreadCpuTime() - start;
        }
        say(
                shape,
                "batch of one change collected and written",
                String.format(Locale.ROOT, "%.2f us of CPU", spent / 1e3 / batches));
        return last;
    }

    /** What a change costs with 1,000 threads that wait for it, at 50 changes a second. */
    private void deliver(String shape, Fabric fabric, World world, List<Cursor> cursors, int networks, boolean all)
            throws Exception {
        AtomicLong batches = new AtomicLong();
        AtomicLong worst = new AtomicLong();
        AtomicLong published = new AtomicLong(System.nanoTime());
        List<Thread> threads = new ArrayList<>();
        for (Cursor cursor : cursors) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    while (!cursor.isClosed()) {
                        if (cursor.await(Duration.ofSeconds(5))
                                && cursor.writeTo(new ByteArrayOutputStream()) == Cursor.Written.BATCH) {
                            batches.incrementAndGet();
                            worst.accumulateAndGet(System.nanoTime() - published.get(), Math::max);
                        }
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        int changes = 200;
        for (int warm = 0; warm < 2; warm++) {
            batches.set(0);
            worst.set(0);
            long cpu = cpu();
            long start = System.nanoTime();
            for (int i = 0; i < changes; i++) {
                Step step = change(world, i, networks);
                published.set(System.nanoTime());
                fabric.onWorld(step.before(), step.after(), step.changes());
                world = step.after();
                long wait = start + (i + 1) * TimeUnit.MILLISECONDS.toNanos(20) - System.nanoTime();
                LockSupport.parkNanos(wait);
            }
            long spent = cpu() - cpu;
            say(
                    shape,
                    "50 changes a second to waiting nodes",
                    String.format(
                            Locale.ROOT,
                            "%.0f us of CPU a change, %.1f batches a change, %.2f us a batch, worst %.1f ms",
                            spent / 1e3 / changes,
                            batches.get() / (double) changes,
                            spent / 1e3 / Math.max(1, batches.get()),
                            worst.get() / 1e6));
            assertThat(batches.get()).isGreaterThan(all ? changes * 100L : changes * 5L);
        }
        cursors.forEach(Cursor::close);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private long cpu() {
        return system.getProcessCpuTime();
    }

    private static long memory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private static void say(String shape, String what, String figures) {
        System.out.println(shape + ": " + what + ": " + figures);
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes += length;
        }
    }
}
