package io.weft.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The C library's calls that the JDK does not offer.
 *
 * <p>As the kernel itself does, each returns a result that is not negative, or the negated error number; callers that
 * cannot go on use {@link KernelException#check(int, String)}. Calls that wait block their platform thread.
 */
public final class Libc {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int LOCK_EX = 2;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final short POLLIN = 1;
    public static final int MS_BIND = 0x1000;
    public static final int MS_REC = 0x4000;
    public static final int MS_SHARED = 1 << 20;
    public static final int MNT_DETACH = 2;
    public static final int CLONE_NEWNET = 0x40000000;

    private static final MethodHandle OPEN = Foreign.variadicWithErrno(
            Foreign.libc(), "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MMAP = handle(
            "mmap", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle MOUNT =
            handle("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle UMOUNT = handle("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FLOCK = handle("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle UNSHARE = handle("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL = Foreign.variadicWithErrno(
            Foreign.libc(), "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SOCKET =
            handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDTO = handle(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVFROM = handle(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle RECVMSG =
            handle("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IF_NAMETOINDEX =
            handle("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle GETPAGESIZE =
            Foreign.plain(Foreign.libc(), "getpagesize", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle SYSCALL_BPF = Foreign.variadicWithErrno(
            Foreign.libc(), "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    /** The number of bpf(2), which depends on the processor. */
    private static final long SYS_BPF = switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> 321;
        case "aarch64" -> 280;
        default -> throw new IllegalStateException("no bpf(2) on " + System.getProperty("os.arch"));
    };

    private Libc() {}

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        return Foreign.withErrno(Foreign.libc(), name, type);
    }

    private static MemorySegment state(Arena arena) {
        return arena.allocate(Foreign.ERRNO_LAYOUT);
    }

    private static int result(int result, MemorySegment state) {
        return result < 0 ? -Foreign.errno(state) : result;
    }

    private static long result(long result, MemorySegment state) {
        return result < 0 ? -Foreign.errno(state) : result;
    }

    /** open(2); the mode of a new file is 0600. Gives a file descriptor. */
    public static int open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags, 0600), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** close(2). */
    public static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** read(2) into the whole segment; gives the bytes read. */
    public static long read(int fd, MemorySegment buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((long) READ.invokeExact(state, fd, buffer, buffer.byteSize()), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** write(2) of the whole segment; gives the bytes written. */
    public static long write(int fd, MemorySegment buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((long) WRITE.invokeExact(state, fd, buffer, buffer.byteSize()), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** mmap(2), shared, at an address of the kernel's choice; gives the address. */
    public static long mmapShared(int fd, long offset, long length, int protection) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            long address =
                    (long) MMAP.invokeExact(state, MemorySegment.NULL, length, protection, MAP_SHARED, fd, offset);
            return address == -1 ? -Foreign.errno(state) : address;
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** munmap(2). */
    public static int munmap(MemorySegment address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) MUNMAP.invokeExact(state, address, length), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /**
     * poll(2).
     *
     * @param descriptors an array of {@code struct pollfd}: int fd, short events, short revents
     * @param milliseconds how long to wait; -1 for ever
     */
    public static int poll(MemorySegment descriptors, int milliseconds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) POLL.invokeExact(state, descriptors, descriptors.byteSize() / 8, milliseconds), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** eventfd(2), closed on exec and not blocking. Gives a file descriptor. */
    public static int eventfd() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) EVENTFD.invokeExact(state, 0, O_CLOEXEC | O_NONBLOCK), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** mount(2) without data. */
    public static int mount(String source, Path target, String type, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result(
                    (int) MOUNT.invokeExact(
                            state,
                            arena.allocateFrom(source),
                            arena.allocateFrom(target.toString()),
                            arena.allocateFrom(type),
                            flags,
                            MemorySegment.NULL),
                    state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** umount2(2). */
    public static int umount(Path target, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) UMOUNT.invokeExact(state, arena.allocateFrom(target.toString()), flags), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** flock(2), which waits; the lock goes with the descriptor. */
    public static int flock(int fd, int operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) FLOCK.invokeExact(state, fd, operation), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** unshare(2): of the calling thread, so never on a virtual one. */
    public static int unshare(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) UNSHARE.invokeExact(state, flags), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** setns(2): of the calling thread, so never on a virtual one. */
    public static int setns(int fd, int type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) SETNS.invokeExact(state, fd, type), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** ioctl(2) with a pointer. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** socket(2), in the network namespace of the calling thread. Gives a file descriptor. */
    public static int socket(int domain, int type, int protocol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** bind(2). */
    public static int bind(int fd, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** setsockopt(2) with an int. */
    public static int setSocketOption(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment argument = arena.allocateFrom(JAVA_INT, value);
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, argument, 4), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** setsockopt(2) with a structure. */
    public static int setSocketOption(int fd, int level, int option, MemorySegment value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, (int) value.byteSize()), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** sendto(2); gives the bytes sent. */
    public static long sendTo(int fd, MemorySegment data, int flags, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result(
                    (long) SENDTO.invokeExact(
                            state, fd, data, data.byteSize(), flags, address, (int) address.byteSize()),
                    state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /**
     * recvfrom(2); gives the bytes received.
     *
     * @param address room for the sender's address, or {@link MemorySegment#NULL}
     * @param addressLength an int with the size of that room, or {@link MemorySegment#NULL}
     */
    public static long receiveFrom(
            int fd, MemorySegment data, int flags, MemorySegment address, MemorySegment addressLength) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result(
                    (long) RECVFROM.invokeExact(state, fd, data, data.byteSize(), flags, address, addressLength),
                    state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** recvmsg(2) with a {@code struct msghdr}; gives the bytes received. */
    public static long receiveMessage(int fd, MemorySegment header, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((long) RECVMSG.invokeExact(state, fd, header, flags), state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** if_nametoindex(3), in the network namespace of the calling thread. */
    public static int interfaceIndex(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int index = (int) IF_NAMETOINDEX.invokeExact(state, arena.allocateFrom(name));
            return index == 0 ? -Foreign.errno(state) : index;
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** getpagesize(2): bytes. */
    public static int pageSize() {
        try {
            return (int) GETPAGESIZE.invokeExact();
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** bpf(2) with a {@code union bpf_attr} of the segment's size. */
    public static int bpf(int command, MemorySegment attributes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return (int) result(
                    (long) SYSCALL_BPF.invokeExact(state, SYS_BPF, command, attributes, (int) attributes.byteSize()),
                    state);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }
}
