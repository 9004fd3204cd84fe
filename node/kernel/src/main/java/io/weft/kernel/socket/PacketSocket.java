package io.weft.kernel.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.Foreign;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import io.weft.kernel.namespace.NetworkNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends and receives whole Ethernet frames (packet(7)).
 *
 * <p>One thread may receive while others send; two that receive take turns. {@link #close()} from any thread ends a
 * wait. The lock guards the receive buffer.
 */
public final class PacketSocket implements AutoCloseable {
    /** Frames of all protocols. */
    public static final int ALL_PROTOCOLS = 3;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final int ADDRESS_SIZE = 20;

    /** The largest segment that offloads hand over, with its headers. */
    private static final int CAPACITY = 64 * 1024 + 256;

    private final FileDescriptor descriptor;
    private final Waiter waiter = new Waiter();
    private final ReentrantLock receiving = new ReentrantLock();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(CAPACITY, 8);
    private final MemorySegment sender = arena.allocate(ADDRESS_SIZE, 4);
    private final MemorySegment senderLength = arena.allocate(JAVA_INT);

    /**
     * One instruction of a filter, as the kernel's classic BPF has them (Documentation/networking/filter.rst).
     *
     * @param code what it does
     * @param ifTrue how many instructions a jump skips when its condition holds
     * @param ifFalse the same when not
     * @param value an offset, a number to compare with, or the bytes to keep
     */
    public record FilterInstruction(int code, int ifTrue, int ifFalse, int value) {
        /** Loads two bytes of the frame. */
        public static final int LOAD_SHORT = 0x28;

        /** Loads a byte of the frame. */
        public static final int LOAD_BYTE = 0x30;

        /** Jumps when what was loaded equals the value. */
        public static final int JUMP_EQUAL = 0x15;

        /** Ends: keeps that many bytes of the frame, 0 for none of it. */
        public static final int RETURN = 0x06;
    }

    private PacketSocket(int interfaceIndex, int protocol) {
        this(interfaceIndex, protocol, List.of());
    }

    private PacketSocket(int interfaceIndex, int protocol, List<FilterInstruction> filter) {
        // Protocol 0 first: nothing arrives from other interfaces before the socket is bound to its own.
        descriptor = FileDescriptor.of(Libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "open packet socket");
        try (Arena scratch = Arena.ofConfined()) {
            KernelException.check(
                    Libc.setSocketOption(descriptor.number(), SOL_PACKET, PACKET_IGNORE_OUTGOING, 1),
                    "ignore outgoing frames");
            if (!filter.isEmpty()) {
                KernelException.check(
                        Libc.setSocketOption(
                                descriptor.number(), SOL_SOCKET, SO_ATTACH_FILTER, program(scratch, filter)),
                        "attach filter");
            }
            KernelException.check(
                    Libc.bind(descriptor.number(), address(scratch, interfaceIndex, protocol)),
                    "bind packet socket to interface " + interfaceIndex);
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens a socket in a namespace.
     *
     * @param interfaceIndex whose frames to receive; 0 for all
     * @param protocol the EtherType to receive, {@link #ALL_PROTOCOLS}, or 0 for a socket that only sends
     */
    public static PacketSocket open(NetworkNamespace namespace, int interfaceIndex, int protocol) {
        return namespace.call(() -> new PacketSocket(interfaceIndex, protocol));
    }

    /** Opens a socket in the calling thread's namespace. */
    public static PacketSocket open(int interfaceIndex, int protocol) {
        return new PacketSocket(interfaceIndex, protocol);
    }

    /** The same; receives only frames that pass a filter, others cost next to nothing. */
    public static PacketSocket open(int interfaceIndex, int protocol, List<FilterInstruction> filter) {
        return new PacketSocket(interfaceIndex, protocol, filter);
    }

    /** {@code struct sock_fprog}. */
    private static MemorySegment program(Arena arena, List<FilterInstruction> filter) {
        MemorySegment instructions = arena.allocate(filter.size() * 8L, 8);
        for (int i = 0; i < filter.size(); i++) {
            FilterInstruction instruction = filter.get(i);
            instructions.set(JAVA_SHORT, i * 8L, (short) instruction.code());
            instructions.set(ValueLayout.JAVA_BYTE, i * 8L + 2, (byte) instruction.ifTrue());
            instructions.set(ValueLayout.JAVA_BYTE, i * 8L + 3, (byte) instruction.ifFalse());
            instructions.set(JAVA_INT, i * 8L + 4, instruction.value());
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(JAVA_SHORT, 0, (short) filter.size());
        program.set(ValueLayout.ADDRESS, 8, instructions);
        return program;
    }

    /**
     * Sends a frame out of an interface.
     *
     * @param frame from its Ethernet header on
     * @throws KernelException ENETDOWN when the interface is down, ENOBUFS when its queue is full, EMSGSIZE when the
     *     frame is longer than its MTU allows
     */
    public void send(int interfaceIndex, byte[] frame) {
        try (Arena scratch = Arena.ofConfined()) {
            KernelException.check(
                    Libc.sendTo(
                            descriptor.number(),
                            Foreign.copyExact(scratch, frame),
                            0,
                            address(scratch, interfaceIndex, 0)),
                    "send frame to interface " + interfaceIndex);
        }
    }

    /** Receives a frame; empty when none came in time or the socket was closed. Frames sent by this host do not come. */
    public Optional<Frame> receive(Duration limit) {
        receiving.lock();
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (!waiter.isStopped()) {
                Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                if (!waiter.await(descriptor.number(), left)) {
                    return Optional.empty();
                }
                Optional<Frame> frame = take();
                if (frame.isPresent()) {
                    return frame;
                }
            }
            return Optional.empty();
        } finally {
            receiving.unlock();
        }
    }

    private Optional<Frame> take() {
        senderLength.set(JAVA_INT, 0, ADDRESS_SIZE);
        long length = Libc.receiveFrom(descriptor.number(), buffer, MSG_DONTWAIT | MSG_TRUNC, sender, senderLength);
        // ENETDOWN: the interface went down, and may come up again.
        if (length == -Errno.EAGAIN || length == -Errno.EINTR || length == -Errno.ENETDOWN) {
            return Optional.empty();
        }
        KernelException.check(length, "receive frame");
        return Optional.of(new Frame(
                sender.get(JAVA_INT, 4),
                PacketType.of(Byte.toUnsignedInt(sender.get(ValueLayout.JAVA_BYTE, 10))),
                buffer.asSlice(0, Math.min(length, CAPACITY)).toArray(ValueLayout.JAVA_BYTE)));
    }

    /** The file descriptor, valid until this object is closed. */
    public int fd() {
        return descriptor.number();
    }

    private static MemorySegment address(Arena arena, int interfaceIndex, int protocol) {
        MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
        address.set(JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(ValueLayout.JAVA_BYTE, 2, (byte) (protocol >> 8));
        address.set(ValueLayout.JAVA_BYTE, 3, (byte) protocol);
        address.set(JAVA_INT, 4, interfaceIndex);
        return address;
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        waiter.stop();
        receiving.lock();
        try {
            if (arena.scope().isAlive()) {
                descriptor.close();
                waiter.release();
                arena.close();
            }
        } finally {
            receiving.unlock();
        }
    }
}
