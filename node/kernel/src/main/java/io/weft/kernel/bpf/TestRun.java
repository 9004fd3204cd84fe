package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs a loaded classifier on a crafted packet (BPF_PROG_TEST_RUN), with its real maps and real effects on them.
 *
 * <p>Buffers are made once and used again; one thread at a time.
 */
public final class TestRun implements AutoCloseable {
    /** Bytes that fit: the kernel wants packet, head room and tail in one page of 4 KiB, else EINVAL. */
    public static final int LONGEST_PACKET = 3500;

    private static final int PROG_TEST_RUN = 10;
    private static final int ATTRIBUTES = 80;

    /** Room for whatever a program may make of a packet. */
    private static final int CAPACITY = 64 * 1024 + 4096;

    private final BpfProgram program;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
    private final MemorySegment packetIn = arena.allocate(CAPACITY, 64);
    private final MemorySegment packetOut = arena.allocate(CAPACITY, 64);
    private final MemorySegment contextIn = arena.allocate(SkbContext.SIZE, 8);
    private final MemorySegment contextOut = arena.allocate(SkbContext.SIZE, 8);

    /** Prepares runs of a program, which must stay open. */
    public TestRun(BpfProgram program) {
        this.program = program;
    }

    /**
     * How a run ended.
     *
     * @param returned what the program returned, such as TC_ACT_SHOT (2)
     * @param nanoseconds mean time of a repetition
     * @param packet the packet afterwards
     * @param context its fields afterwards
     */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are this result's own and nobody compares results
    public record Result(int returned, int nanoseconds, byte[] packet, SkbContext context) {}

    /** Runs it once on a plain packet. */
    public Result run(byte[] packet) {
        return run(packet, SkbContext.EMPTY, 1);
    }

    /** Runs it once. */
    public Result run(byte[] packet, SkbContext context) {
        return run(packet, context, 1);
    }

    /**
     * Runs it.
     *
     * @param packet from its Ethernet header on, 14 bytes at least; {@link #LONGEST_PACKET} at most
     * @param repeat how often; each repetition sees the packet as the one before left it
     */
    public Result run(byte[] packet, SkbContext context, int repeat) {
        if (packet.length > CAPACITY) {
            throw new IllegalArgumentException("a packet of " + packet.length + " bytes is too long");
        }
        MemorySegment.copy(packet, 0, packetIn, ValueLayout.JAVA_BYTE, 0, packet.length);
        context.write(contextIn);
        attributes.fill((byte) 0);
        attributes.set(JAVA_INT, 0, program.fd());
        attributes.set(JAVA_INT, 8, packet.length);
        attributes.set(JAVA_INT, 12, CAPACITY);
        attributes.set(JAVA_LONG, 16, packetIn.address());
        attributes.set(JAVA_LONG, 24, packetOut.address());
        attributes.set(JAVA_INT, 32, repeat);
        attributes.set(JAVA_INT, 40, SkbContext.SIZE);
        attributes.set(JAVA_INT, 44, SkbContext.SIZE);
        attributes.set(JAVA_LONG, 48, contextIn.address());
        attributes.set(JAVA_LONG, 56, contextOut.address());
        KernelException.check(
                Libc.bpf(PROG_TEST_RUN, attributes),
                "test run of " + program.info().name());
        int length = attributes.get(JAVA_INT, 12);
        return new Result(
                attributes.get(JAVA_INT, 4),
                attributes.get(JAVA_INT, 36),
                packetOut.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                SkbContext.read(contextOut));
    }

    @Override
    public void close() {
        arena.close();
    }
}
