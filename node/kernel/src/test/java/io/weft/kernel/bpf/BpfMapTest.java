package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BpfMapTest {
    private static byte[] key(int network, int port) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(network)
                .putInt(port)
                .array();
    }

    private static byte[] value(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }

    @Test
    void keepsReplacesAndForgetsEntries() {
        try (BpfMap map = BpfMap.create(MapType.HASH, "t_ports", 8, 8, 16, 0)) {
            assertThat(map.lookup(key(1, 1))).isEmpty();
            map.update(key(1, 1), value(10));
            assertThat(map.lookup(key(1, 1))).contains(value(10));
            map.update(key(1, 1), value(11), UpdateMode.REPLACE);
            assertThat(map.lookupAndDelete(key(1, 1))).contains(value(11));
            assertThat(map.lookupAndDelete(key(1, 1))).isEmpty();
            assertThat(map.delete(key(1, 1))).isFalse();
            map.update(key(1, 1), value(12), UpdateMode.CREATE);
            assertThat(map.delete(key(1, 1))).isTrue();
        }
    }

    @Test
    void saysWhyAnUpdateIsRefused() {
        try (BpfMap map = BpfMap.create(MapType.HASH, "t_ports", 8, 8, 2, 0)) {
            map.update(key(1, 1), value(10));
            map.update(key(1, 2), value(10));
            assertThatThrownBy(() -> map.update(key(1, 1), value(1), UpdateMode.CREATE))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
            assertThatThrownBy(() -> map.update(key(1, 3), value(1), UpdateMode.REPLACE))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
            assertThatThrownBy(() -> map.update(key(1, 3), value(1)))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.E2BIG))
                    .hasMessage("map t_ports update: E2BIG");
            assertThatThrownBy(() -> map.update(new byte[4], value(1))).hasMessageContaining("keys of 8 bytes");
            assertThatThrownBy(() -> map.update(key(1, 1), new byte[9])).hasMessageContaining("values of 8 bytes");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "PER_CPU_HASH", "LPM_TRIE"})
    void writesVisitsAndDeletesInBatches(MapType type) {
        int count = 3000;
        int flags = type == MapType.LPM_TRIE ? BpfMap.NO_PREALLOCATION : 0;
        try (BpfMap map = BpfMap.create(type, "t_batch", 8, 8, 10_000, flags);
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(8L * count, 8);
            MemorySegment values = arena.allocate((long) map.valueBytes() * count, 8);
            for (int i = 0; i < count; i++) {
                keys.set(JAVA_INT, 8L * i, 32);
                keys.set(JAVA_INT, 8L * i + 4, i);
                values.set(JAVA_LONG, (long) map.valueBytes() * i, i * 7L);
            }
            map.updateBatch(keys, values, count, UpdateMode.ANY);

            Map<Integer, Long> seen = new HashMap<>();
            map.forEach((key, value) -> seen.put(key.get(JAVA_INT, 4), value.get(JAVA_LONG, 0)));
            assertThat(seen).hasSize(count).containsEntry(2999, 2999 * 7L);

            assertThat(map.delete(key(32, 1))).isTrue();
            assertThat(map.delete(key(32, 2999))).isTrue();
            assertThat(map.deleteBatch(keys, count)).isEqualTo(count - 2);
            assertThat(map.forEach((key, value) -> {})).isZero();
        }
    }

    @Test
    void tellsHowFarABatchCame() {
        try (BpfMap map = BpfMap.create(MapType.HASH, "t_batch", 4, 4, 4, 0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocateFrom(JAVA_INT, 1, 2, 3, 4, 5, 6);
            assertThatThrownBy(() -> map.updateBatch(keys, keys, 6, UpdateMode.ANY))
                    .hasMessage("map t_batch update batch: E2BIG: after 4 of 6 entries");
            assertThat(map.forEach((key, value) -> {})).isEqualTo(4);
        }
    }

    @Test
    void holdsAValueForEveryCpu() {
        try (BpfMap map = BpfMap.create(MapType.PER_CPU_ARRAY, "t_counters", 4, 4, 2, 0)) {
            int cpus = BpfMap.possibleCpus();
            assertThat(map.valueBytes()).isEqualTo(8 * cpus);
            byte[] values = new byte[8 * cpus];
            for (int i = 0; i < cpus; i++) {
                values[8 * i] = (byte) (i + 1);
            }
            map.update(BpfMap.intKey(1), values);
            assertThat(map.lookup(BpfMap.intKey(1))).contains(values);
            assertThat(map.lookup(BpfMap.intKey(2))).isEmpty();
        }
    }

    @Test
    void putsMapsIntoMaps() {
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("route"));
                BpfMap trie = BpfMap.create(MapType.LPM_TRIE, "t_trie", 8, 4, 16, BpfMap.NO_PREALLOCATION)) {
            // 10.0.0.0/8 in network 7 answers 9, 10.1.0.0/16 answers 8.
            trie.update(new byte[] {8, 0, 0, 0, 10, 0, 0, 0}, BpfMap.intKey(9));
            trie.update(new byte[] {16, 0, 0, 0, 10, 1, 0, 0}, BpfMap.intKey(8));
            BpfMap routes = object.map("routes");
            routes.update(BpfMap.intKey(7), trie);

            byte[] packet = new byte[64];
            SkbContext network7 = SkbContext.EMPTY.withCb(0, 7, 0, 0, 0);
            assertThat(run.run(packet, network7.withMark(0x0a020304)).returned())
                    .isEqualTo(9);
            assertThat(run.run(packet, network7.withMark(0x0a010304)).returned())
                    .isEqualTo(8);
            assertThat(run.run(packet, network7.withMark(0x0b010304)).returned())
                    .isEqualTo(2);

            byte[] id = routes.lookup(BpfMap.intKey(7)).orElseThrow();
            try (BpfMap again = BpfMap.byId(
                    ByteBuffer.wrap(id).order(ByteOrder.nativeOrder()).getInt())) {
                assertThat(again.info().id()).isEqualTo(trie.info().id());
            }
            assertThat(routes.forEach((key, value) -> {})).isEqualTo(1);
            assertThat(routes.delete(BpfMap.intKey(7))).isTrue();
            assertThat(run.run(packet, network7.withMark(0x0a020304)).returned())
                    .isEqualTo(2);
        }
    }

    @Test
    void makesMapsOfMapsByThemselves() {
        try (BpfMap template = BpfMap.create(MapType.HASH, "t_inner", 4, 4, 16, 0);
                BpfMap outer = BpfMap.createOfMaps(MapType.ARRAY_OF_MAPS, "t_outer", 4, 4, template)) {
            outer.update(BpfMap.intKey(3), template);
            assertThat(outer.lookup(BpfMap.intKey(3))).isPresent();
            assertThat(outer.lookup(BpfMap.intKey(2))).isEmpty();
        }
    }

    @Test
    void aQueueGivesWhatItWasGivenInThatOrderAndSaysWhenItIsFull() {
        try (BpfMap queue = BpfMap.create(MapType.QUEUE, "t_queue", 0, 4, 2, 0)) {
            queue.push(BpfMap.intKey(7));
            queue.push(BpfMap.intKey(8));
            assertThatThrownBy(() -> queue.push(BpfMap.intKey(9))).hasMessageContaining("E2BIG");
            assertThat(queue.pop()).contains(BpfMap.intKey(7));
            assertThat(queue.pop()).contains(BpfMap.intKey(8));
            assertThat(queue.pop()).isEmpty();
        }
    }
}
