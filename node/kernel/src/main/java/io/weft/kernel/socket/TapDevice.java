package io.weft.kernel.socket;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A tap: an interface whose wire is this object (Documentation/networking/tuntap.rst).
 *
 * <p>What the host sends to the interface is read here, what is written here the host receives. A tap that is not
 * persistent goes when it is closed; a persistent one stays for another to open, a virtual machine for instance. The
 * lock guards the read buffer.
 */
public final class TapDevice implements AutoCloseable {
    /** Bytes of {@code struct virtio_net_hdr} before each frame of a tap that was opened with it. */
    public static final int VIRTIO_HEADER = 10;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int TUN_F_CSUM = 0x1;
    private static final int TUN_F_TSO4 = 0x2;
    private static final int TUN_F_TSO6 = 0x4;
    private static final int IFF_TAP = 0x2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int NAME = 16;
    private static final int REQUEST = 40;
    private static final int CAPACITY = 64 * 1024 + 256;

    private final String name;
    private final FileDescriptor descriptor;
    private final Waiter waiter = new Waiter();
    private final ReentrantLock reading = new ReentrantLock();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(CAPACITY, 8);

    private TapDevice(String name, boolean virtioHeader) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= NAME) {
            throw new KernelException("open tap '" + name + "'", Errno.EINVAL, "no valid interface name");
        }
        this.name = name;
        this.descriptor = FileDescriptor.of(
                Libc.open(Path.of("/dev/net/tun"), Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NONBLOCK),
                "open /dev/net/tun");
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment request = scratch.allocate(REQUEST, 8);
            MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
            request.set(JAVA_SHORT, NAME, (short) (IFF_TAP | IFF_NO_PI | (virtioHeader ? IFF_VNET_HDR : 0)));
            KernelException.check(Libc.ioctl(descriptor.number(), TUNSETIFF, request), "open tap " + name);
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens a tap in a namespace, making it when it does not exist.
     *
     * @param virtioHeader whether a {@code struct virtio_net_hdr} goes before each frame, as virtual machines want it
     */
    public static TapDevice open(NetworkNamespace namespace, String name, boolean virtioHeader) {
        return namespace.call(() -> new TapDevice(name, virtioHeader));
    }

    /** Opens a tap in the calling thread's namespace. */
    public static TapDevice open(String name, boolean virtioHeader) {
        return new TapDevice(name, virtioHeader);
    }

    /** Its interface's name. */
    public String name() {
        return name;
    }

    /** Whether the interface outlives this object. */
    public void persistent(boolean persistent) {
        KernelException.check(
                Libc.ioctl(descriptor.number(), TUNSETPERSIST, MemorySegment.ofAddress(persistent ? 1 : 0)),
                "make tap " + name + (persistent ? " persistent" : " transient"));
    }

    /**
     * Lets the host leave checksums and the segmentation of TCP to whoever reads here, as virtual machines with virtio do.
     * Only for a tap with virtio headers, which say what is left to do.
     */
    public void acceptOffloads() {
        KernelException.check(
                Libc.ioctl(
                        descriptor.number(),
                        TUNSETOFFLOAD,
                        MemorySegment.ofAddress(TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)),
                "accept offloads on tap " + name);
    }

    /**
     * Hands each frame that arrives here to another tap, with its virtio header, until this one is closed. Both must have
     * virtio headers, or neither. Frames that the other tap refuses are lost, as on a wire.
     */
    public void relayTo(TapDevice other) {
        reading.lock();
        try {
            while (!waiter.isStopped()) {
                long length = Libc.read(descriptor.number(), buffer);
                if (length > 0) {
                    Libc.write(other.descriptor.number(), buffer.asSlice(0, length));
                } else if (length == -Errno.EAGAIN) {
                    waiter.await(descriptor.number(), Duration.ofHours(1));
                } else if (length != -Errno.EINTR) {
                    KernelException.check(length, "read from tap " + name);
                }
            }
        } finally {
            reading.unlock();
        }
    }

    /** Hands the host a frame, with its virtio header if the tap has them. The interface must be up (else EIO). */
    public void write(byte[] frame) {
        try (Arena scratch = Arena.ofConfined()) {
            KernelException.check(
                    Libc.write(descriptor.number(), Foreign.copyExact(scratch, frame)), "write to tap " + name);
        }
    }

    /** Hands the host a frame on a tap with virtio headers that asks for nothing. */
    public void writeWithEmptyHeader(byte[] frame) {
        byte[] headed = new byte[VIRTIO_HEADER + frame.length];
        System.arraycopy(frame, 0, headed, VIRTIO_HEADER, frame.length);
        write(headed);
    }

    /** Takes a frame that the host sent, with its virtio header if the tap has them; empty as time or tap ends. */
    public Optional<byte[]> read(Duration limit) {
        reading.lock();
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (!waiter.isStopped()) {
                if (!waiter.await(descriptor.number(), Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    return Optional.empty();
                }
                long length = Libc.read(descriptor.number(), buffer);
                if (length != -Errno.EAGAIN && length != -Errno.EINTR) {
                    KernelException.check(length, "read from tap " + name);
                    return Optional.of(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
                }
            }
            return Optional.empty();
        } finally {
            reading.unlock();
        }
    }

    /** A frame without the virtio header before it. */
    public static byte[] withoutHeader(byte[] headed) {
        return Arrays.copyOfRange(headed, VIRTIO_HEADER, headed.length);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        waiter.stop();
        reading.lock();
        try {
            if (arena.scope().isAlive()) {
                descriptor.close();
                waiter.release();
                arena.close();
            }
        } finally {
            reading.unlock();
        }
    }
}
