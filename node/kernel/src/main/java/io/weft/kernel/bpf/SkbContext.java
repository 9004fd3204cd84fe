package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The fields of {@code struct __sk_buff} that a test run may set and gives back; the kernel refuses the others.
 *
 * @param mark the packet's mark
 * @param priority its traffic class
 * @param ingressInterface index of the interface where it came in, or 0
 * @param interfaceIndex index of the interface where the program runs, in the calling thread's namespace; 0 for its
 *     loopback
 * @param cb five words of scratch, as tail-called programs hand them on
 * @param timestamp nanoseconds
 * @param wireLength bytes on the wire of a segmented packet; 0 for the data's length
 * @param gsoSegments segments of a packet that is to be cut, or 0
 * @param gsoSize payload bytes a segment, or 0
 */
public record SkbContext(
        int mark,
        int priority,
        int ingressInterface,
        int interfaceIndex,
        List<Integer> cb,
        long timestamp,
        int wireLength,
        int gsoSegments,
        int gsoSize) {
    static final int SIZE = 192;

    /** All zero: a plain packet on loopback. */
    public static final SkbContext EMPTY = new SkbContext(0, 0, 0, 0, List.of(0, 0, 0, 0, 0), 0, 0, 0, 0);

    public SkbContext {
        cb = List.copyOf(cb);
        if (cb.size() != 5) {
            throw new IllegalArgumentException("cb has five words");
        }
    }

    /** The same with another mark. */
    public SkbContext withMark(int value) {
        return new SkbContext(
                value, priority, ingressInterface, interfaceIndex, cb, timestamp, wireLength, gsoSegments, gsoSize);
    }

    /** The same on another interface. */
    public SkbContext withInterface(int ingress, int current) {
        return new SkbContext(mark, priority, ingress, current, cb, timestamp, wireLength, gsoSegments, gsoSize);
    }

    /** The same with other scratch words. */
    public SkbContext withCb(int... words) {
        return new SkbContext(
                mark,
                priority,
                ingressInterface,
                interfaceIndex,
                Arrays.stream(words).boxed().toList(),
                timestamp,
                wireLength,
                gsoSegments,
                gsoSize);
    }

    /** The same as a packet that is to be cut into segments. */
    public SkbContext withGso(int segments, int size) {
        return new SkbContext(
                mark, priority, ingressInterface, interfaceIndex, cb, timestamp, wireLength, segments, size);
    }

    void write(MemorySegment context) {
        context.fill((byte) 0);
        context.set(JAVA_INT, 8, mark);
        context.set(JAVA_INT, 32, priority);
        context.set(JAVA_INT, 36, ingressInterface);
        context.set(JAVA_INT, 40, interfaceIndex);
        for (int i = 0; i < 5; i++) {
            context.set(JAVA_INT, 48 + 4L * i, cb.get(i));
        }
        context.set(JAVA_LONG, 152, timestamp);
        context.set(JAVA_INT, 160, wireLength);
        context.set(JAVA_INT, 164, gsoSegments);
        context.set(JAVA_INT, 176, gsoSize);
    }

    static SkbContext read(MemorySegment context) {
        return new SkbContext(
                context.get(JAVA_INT, 8),
                context.get(JAVA_INT, 32),
                context.get(JAVA_INT, 36),
                context.get(JAVA_INT, 40),
                List.of(
                        context.get(JAVA_INT, 48),
                        context.get(JAVA_INT, 52),
                        context.get(JAVA_INT, 56),
                        context.get(JAVA_INT, 60),
                        context.get(JAVA_INT, 64)),
                context.get(JAVA_LONG, 152),
                context.get(JAVA_INT, 160),
                context.get(JAVA_INT, 164),
                context.get(JAVA_INT, 176));
    }
}
