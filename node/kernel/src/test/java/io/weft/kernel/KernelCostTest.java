package io.weft.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.MapType;
import io.weft.kernel.bpf.UpdateMode;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.netlink.LinkEnd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the calls of this module cost, for the figures in its README. */
@Tag("bench")
class KernelCostTest {
    private static final int ENTRIES = 100_000;
    private static final int ROUNDS = 7;

    private interface Work {
        void run();
    }

    /** The best round's nanoseconds an operation: the machine's noise only ever adds. */
    private static void measure(String what, int operations, Work work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.printf(
                "cost: %-28s %,10d ns %,12d a second%n", what, best / operations, operations * 1_000_000_000L / best);
    }

    @Test
    void mapUpdates() {
        try (BpfMap map = BpfMap.create(MapType.HASH, "cost", 8, 16, 2 * ENTRIES, 0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(8L * ENTRIES, 8);
            MemorySegment values = arena.allocate(16L * ENTRIES, 8);
            for (int i = 0; i < ENTRIES; i++) {
                keys.set(JAVA_INT, 8L * i, i);
            }
            MemorySegment key = arena.allocate(8, 8);
            MemorySegment value = arena.allocate(16, 8);
            measure("update, segments", ENTRIES, () -> {
                for (int i = 0; i < ENTRIES; i++) {
                    key.set(JAVA_INT, 0, i);
                    map.update(key, value, UpdateMode.ANY);
                }
            });
            byte[] keyBytes = new byte[8];
            byte[] valueBytes = new byte[16];
            measure("update, arrays", ENTRIES, () -> {
                for (int i = 0; i < ENTRIES; i++) {
                    keyBytes[0] = (byte) i;
                    keyBytes[1] = (byte) (i >> 8);
                    map.update(keyBytes, valueBytes);
                }
            });
            measure("update, batch", ENTRIES, () -> map.updateBatch(keys, values, ENTRIES, UpdateMode.ANY));
            measure("visit", ENTRIES, () -> map.forEach((k, v) -> {}));
            measure("delete and update, batch", ENTRIES, () -> {
                map.deleteBatch(keys, ENTRIES);
                map.updateBatch(keys, values, ENTRIES, UpdateMode.ANY);
            });
        }
    }

    @Test
    void vethPairs() {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            Host guest = lab.host("guest");
            int pairs = 100;
            measure("veth pair, make and delete", pairs, () -> {
                for (int i = 0; i < pairs; i++) {
                    host.netlink()
                            .createVeth(LinkEnd.of("a" + i), LinkEnd.of("b" + i).in(guest.namespace()));
                }
                for (int i = 0; i < pairs; i++) {
                    host.netlink().deleteLink("a" + i);
                }
            });
            int[] next = {0};
            long[] made = {Long.MAX_VALUE};
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                for (int i = 0; i < pairs; i++) {
                    int number = next[0]++;
                    host.netlink()
                            .createVeth(
                                    LinkEnd.of("a" + number),
                                    LinkEnd.of("b" + number).in(guest.namespace()));
                }
                made[0] = Math.min(made[0], System.nanoTime() - start);
            }
            System.out.printf("cost: %-28s %,10d ns%n", "veth pair, make", made[0] / pairs);
            measure("link by name", 1000, () -> {
                for (int i = 0; i < 1000; i++) {
                    host.link("a1");
                }
            });
        }
    }
}
