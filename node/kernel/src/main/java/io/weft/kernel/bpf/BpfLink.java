package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A program's attachment as an object of the kernel: it ends when the last descriptor and the last pin are gone.
 *
 * <p>A pinned link outlives its interface, then does nothing.
 */
public final class BpfLink implements AutoCloseable {
    private static final int LINK_CREATE = 28;
    private static final int LINK_UPDATE = 29;
    private static final int LINK_DETACH = 34;
    private static final int ATTRIBUTES = 64;

    private final FileDescriptor descriptor;

    private BpfLink(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Attaches a program to an interface, after those that are there.
     *
     * @param interfaceIndex in the network namespace of the calling thread
     * @throws KernelException EINVAL where the kernel does not know the type (tcx is of Linux 6.6), ENODEV where there
     *     is no such interface
     */
    public static BpfLink attach(BpfProgram program, int interfaceIndex, AttachType type) {
        return attach(
                program.fd(), interfaceIndex, type, "attach " + program.info().name());
    }

    static BpfLink attach(int program, int interfaceIndex, AttachType type, String operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 4, interfaceIndex);
            attributes.set(JAVA_INT, 8, type.number());
            return new BpfLink(FileDescriptor.of(
                    Libc.bpf(LINK_CREATE, attributes), operation + " to interface " + interfaceIndex + " at " + type));
        }
    }

    /** Opens a pinned link. */
    public static BpfLink openPinned(Path path) {
        return new BpfLink(FileDescriptor.of(Libbpf.get(path), "open link " + path));
    }

    /** What the kernel says of it now. */
    public LinkInfo info() {
        return BpfInfo.link(fd());
    }

    /** The file descriptor, valid until this object is closed. */
    public int fd() {
        return descriptor.number();
    }

    /** Puts another program in the place of the present one; each packet sees the one or the other. */
    public void update(BpfProgram program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            attributes.set(JAVA_INT, 0, fd());
            attributes.set(JAVA_INT, 4, program.fd());
            KernelException.check(
                    Libc.bpf(LINK_UPDATE, attributes),
                    "update link to " + program.info().name());
        }
    }

    /** Ends the attachment although descriptors or pins remain. */
    public void detach() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
            attributes.set(JAVA_INT, 0, fd());
            KernelException.check(Libc.bpf(LINK_DETACH, attributes), "detach link");
        }
    }

    /** Pins it, which keeps the program attached after this process. */
    public void pin(Path path) {
        BpfFileSystem.pin(fd(), path);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
