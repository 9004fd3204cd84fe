package io.weft.kernel.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.Foreign;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * A netlink socket: one request at a time, each answered before the next.
 *
 * <p>The lock guards socket and buffer for the length of a request.
 */
final class NetlinkSocket implements AutoCloseable {
    /** One message that came in. */
    record Message(int type, int flags, ByteBuffer body) {}

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int ERROR = 2;
    private static final int DONE = 3;
    private static final int DUMP_INTERRUPTED = 0x10;
    private static final int ACK_TLVS = 0x200;
    private static final int ERROR_MESSAGE = 1;
    private static final int HEADER = 16;
    private static final int MSG_DONTWAIT = 0x40;
    /** The kernel's dumps come in pieces of 32 KiB at most, and no other message is larger. */
    private static final int CAPACITY = 64 * 1024;

    private final FileDescriptor descriptor;
    /**
     * Buffers that no socket has at the moment. They are never freed, so there are as many as sockets were ever open at once: to free
     * memory that several threads may use stops all of them.
     */
    private static final ConcurrentLinkedQueue<MemorySegment> SPARE = new ConcurrentLinkedQueue<>();

    private final MemorySegment buffer =
            Optional.ofNullable(SPARE.poll()).orElseGet(() -> Arena.global().allocate(CAPACITY, 8));
    private final ByteBuffer view = buffer.asByteBuffer().order(ByteOrder.nativeOrder());
    private final ReentrantLock lock = new ReentrantLock();
    private int sequence;
    private boolean closed;

    /**
     * Opens a socket in the calling thread's namespace.
     *
     * @param groups mask of the multicast groups whose messages come unasked
     */
    NetlinkSocket(int protocol, int groups) {
        descriptor =
                FileDescriptor.of(Libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "open netlink socket");
        option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocate(12, 4);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            address.set(JAVA_INT, 8, groups);
            KernelException.check(Libc.bind(fd(), address), "bind netlink socket");
        }
    }

    int fd() {
        return descriptor.number();
    }

    /** Asks for more room for unasked messages than the system's limit, so that bursts are not lost. */
    void receiveBuffer(int bytes) {
        option(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
    }

    private void option(int level, int option, int value) {
        KernelException.check(Libc.setSocketOption(fd(), level, option, value), "set netlink option " + option);
    }

    /** Sends a request that changes something and waits for its acknowledgement. */
    void change(MessageWriter request, String operation) {
        ask(request, operation, message -> {});
    }

    /** Sends a request for a dump and decodes each object; decoders give empty for what is not of interest. */
    <T> List<T> dump(MessageWriter request, String operation, BiFunction<Integer, ByteBuffer, Optional<T>> decoder) {
        while (true) {
            List<T> found = new ArrayList<>();
            boolean torn = ask(
                    request,
                    operation,
                    message -> decoder.apply(message.type(), message.body()).ifPresent(found::add));
            if (!torn) {
                return List.copyOf(found);
            }
            // The kernel's list changed while it was read: what was read may have holes.
        }
    }

    /** Sends a request for one object. */
    <T> Optional<T> get(MessageWriter request, String operation, BiFunction<Integer, ByteBuffer, Optional<T>> decoder) {
        List<T> found = new ArrayList<>();
        ask(
                request,
                operation,
                message -> decoder.apply(message.type(), message.body()).ifPresent(found::add));
        return found.stream().findFirst();
    }

    private boolean ask(MessageWriter request, String operation, Consumer<Message> consumer) {
        lock.lock();
        try {
            int number = ++sequence;
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment kernel = scratch.allocate(12, 4);
                kernel.set(JAVA_SHORT, 0, (short) AF_NETLINK);
                KernelException.check(
                        Libc.sendTo(fd(), Foreign.copyExact(scratch, request.finish(number)), 0, kernel), operation);
            }
            return awaitEnd(number, operation, consumer);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitEnd(int number, String operation, Consumer<Message> consumer) {
        boolean interrupted = false;
        while (true) {
            int length = (int) KernelException.check(
                    Libc.receiveFrom(fd(), buffer, 0, MemorySegment.NULL, MemorySegment.NULL), operation);
            int at = 0;
            while (length - at >= HEADER) {
                int size = view.getInt(at);
                if (size < HEADER || size > length - at) {
                    break;
                }
                int type = Short.toUnsignedInt(view.getShort(at + 4));
                int flags = Short.toUnsignedInt(view.getShort(at + 6));
                if (view.getInt(at + 8) == number) {
                    interrupted |= (flags & DUMP_INTERRUPTED) != 0;
                    if (type == ERROR || type == DONE) {
                        requireSuccess(type, flags, at, size, operation);
                        return interrupted;
                    }
                    consumer.accept(message(at, size));
                }
                at += (size + 3) / 4 * 4;
            }
        }
    }

    private void requireSuccess(int type, int flags, int at, int size, String operation) {
        int error = size >= HEADER + 4 ? -view.getInt(at + HEADER) : 0;
        if (error <= 0) {
            return;
        }
        String detail = "";
        // After the number comes the head of the request, except at the end of a dump.
        int attributes = HEADER + 4 + (type == ERROR ? HEADER : 0);
        if ((flags & ACK_TLVS) != 0 && size > attributes) {
            detail = Attributes.of(
                            view.slice(at + attributes, size - attributes).order(ByteOrder.nativeOrder()))
                    .string(ERROR_MESSAGE);
        }
        throw new KernelException(operation, error, detail);
    }

    /** Reads what came unasked, without waiting; for the owner of a socket with groups, who asks nothing by it. */
    int receiveUnasked(Consumer<Message> consumer) {
        long length = Libc.receiveFrom(fd(), buffer, MSG_DONTWAIT, MemorySegment.NULL, MemorySegment.NULL);
        if (length < 0) {
            return (int) length;
        }
        int at = 0;
        while (length - at >= HEADER) {
            int size = view.getInt(at);
            if (size < HEADER || size > length - at) {
                return -Errno.EIO;
            }
            consumer.accept(message(at, size));
            at += (size + 3) / 4 * 4;
        }
        return (int) length;
    }

    private Message message(int at, int size) {
        return new Message(
                Short.toUnsignedInt(view.getShort(at + 4)),
                Short.toUnsignedInt(view.getShort(at + 6)),
                view.slice(at + HEADER, size - HEADER).order(ByteOrder.nativeOrder()));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                descriptor.close();
                SPARE.add(buffer);
            }
        } finally {
            lock.unlock();
        }
    }
}
