package io.weft.kernel.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import io.weft.kernel.namespace.NetworkNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** What an interface does instead of the stack, switched through ethtool's ioctl (linux/ethtool.h). */
public enum Offload {
    RECEIVE_CHECKSUM(0x14, 0x15),
    /** Without it neither segmentation works: the kernel switches them off with it. */
    TRANSMIT_CHECKSUM(0x16, 0x17),
    SCATTER_GATHER(0x18, 0x19),
    TCP_SEGMENTATION(0x1e, 0x1f),
    GENERIC_SEGMENTATION(0x23, 0x24),
    GENERIC_RECEIVE(0x2b, 0x2c);

    private static final long SIOCETHTOOL = 0x8946;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NAME = 16;

    private final int get;
    private final int set;

    Offload(int get, int set) {
        this.get = get;
        this.set = set;
    }

    /** Whether it is on for an interface of a namespace. */
    public boolean isOn(NetworkNamespace namespace, String link) {
        return namespace.call(() -> call(link, get, 0) != 0);
    }

    /** Switches it for an interface of a namespace. */
    public void set(NetworkNamespace namespace, String link, boolean on) {
        namespace.call(() -> call(link, set, on ? 1 : 0));
    }

    private int call(String link, int command, int value) {
        byte[] name = link.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= NAME) {
            throw new KernelException("link '" + link + "'", Errno.EINVAL, "no valid interface name");
        }
        String operation = this + " of " + link;
        try (FileDescriptor socket = FileDescriptor.of(Libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), operation);
                Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(40, 8);
            MemorySegment argument = arena.allocate(8, 4);
            MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, 0, name.length);
            request.set(JAVA_LONG, NAME, argument.address());
            argument.set(JAVA_INT, 0, command);
            argument.set(JAVA_INT, 4, value);
            KernelException.check(Libc.ioctl(socket.number(), SIOCETHTOOL, request), operation);
            return argument.get(JAVA_INT, 4);
        }
    }
}
