package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private static final int LOOPBACK = 1;

    @Test
    void runsOnACraftedPacketAndItsContext() {
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("first"))) {
            byte[] packet = new byte[100];
            packet[99] = 42;
            TestRun.Result result =
                    run.run(packet, SkbContext.EMPTY.withInterface(0, LOOPBACK).withMark(7));
            assertThat(result.returned()).isZero();
            assertThat(result.packet()).isEqualTo(packet);
            assertThat(result.context().mark()).isEqualTo(8);
            assertThat(result.context().cb()).containsExactly(LOOPBACK, 0, 0, 0, 0);

            TestRun.Result many = run.run(packet, SkbContext.EMPTY, 1000);
            assertThat(many.nanoseconds()).isBetween(0, 100_000);
            long total = 0;
            byte[] counts = object.map("counters").lookup(BpfMap.intKey(0)).orElseThrow();
            for (int cpu = 0; cpu < BpfMap.possibleCpus(); cpu++) {
                total += ByteBuffer.wrap(counts).order(ByteOrder.nativeOrder()).getLong(8 * cpu);
            }
            assertThat(total).isEqualTo(1001);
        }
    }

    @Test
    void takesPacketsOfUpToAPageThatAreToBeCut() {
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("first"))) {
            SkbContext cut = SkbContext.EMPTY.withGso(3, 1400);
            TestRun.Result result = run.run(new byte[TestRun.LONGEST_PACKET], cut);
            assertThat(result.packet()).hasSize(TestRun.LONGEST_PACKET);
            assertThat(result.context().gsoSize()).isEqualTo(1400);
            assertThat(result.context().gsoSegments()).isEqualTo(3);
            assertThatThrownBy(() -> run.run(new byte[4096])).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void refusesAPacketWithoutAnEthernetHeader() {
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("first"))) {
            assertThatThrownBy(() -> run.run(new byte[5])).isInstanceOf(KernelException.class);
        }
    }

    @Test
    void jumpsToWhatStandsInTheProgramArray() {
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("jump"))) {
            assertThat(run.run(new byte[64]).returned()).isEqualTo(2);
            object.map("stages").update(1, object.program("first"));
            assertThat(run.run(new byte[64]).returned()).isZero();
            assertThat(object.map("stages").delete(BpfMap.intKey(1))).isTrue();
            assertThat(run.run(new byte[64]).returned()).isEqualTo(2);
        }
    }

    @Test
    void deliversWhatProgramsWriteIntoTheRingBuffer() throws Exception {
        LinkedBlockingQueue<int[]> events = new LinkedBlockingQueue<>();
        try (BpfObject object = SampleObject.open().load();
                TestRun run = new TestRun(object.program("report"))) {
            run.run(new byte[60], SkbContext.EMPTY.withMark(-1));
            try (RingBuffer ring = RingBuffer.start(
                    object.map("events"),
                    "test-events",
                    event -> events.add(
                            new int[] {event.get(JAVA_INT_UNALIGNED, 0), event.get(JAVA_INT_UNALIGNED, 4)}))) {
                assertThat(ring.map()).isSameAs(object.map("events"));
                assertThat(events.poll(5, TimeUnit.SECONDS)).containsExactly(-1, 60);
                // Several rounds of the buffer, so that records lie over its end.
                for (int i = 0; i < 3000; i++) {
                    assertThat(run.run(new byte[64], SkbContext.EMPTY.withMark(i))
                                    .returned())
                            .isZero();
                    assertThat(events.poll(5, TimeUnit.SECONDS)).containsExactly(i, 64);
                }
            }
            run.run(new byte[64]);
            assertThat(events).isEmpty();
        }
    }

    @Test
    void acceptsSegmentsAsValues() {
        try (BpfMap map = BpfMap.create(MapType.ARRAY, "t_array", 4, 4, 2, 0);
                Arena arena = Arena.ofConfined()) {
            var key = arena.allocateFrom(JAVA_INT, 1);
            var value = arena.allocateFrom(JAVA_INT, 99);
            map.update(key, value, UpdateMode.ANY);
            value.set(JAVA_INT, 0, 0);
            assertThat(map.lookup(key, value)).isTrue();
            assertThat(value.get(JAVA_INT, 0)).isEqualTo(99);
            key.set(JAVA_INT, 0, 2);
            assertThat(map.lookup(key, value)).isFalse();
        }
    }
}
