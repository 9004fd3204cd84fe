package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Programs on the clsact qdisc, for kernels without tcx.
 *
 * <p>Such an attachment belongs to the interface: it stays when this process ends and needs no pin. A filter is known
 * by its handle and priority, so attaching again with the same numbers replaces the program without a gap. Interface
 * indexes are of the calling thread's network namespace.
 */
public final class ClsactAttachment {
    private static final int REPLACE = 1;

    private ClsactAttachment() {}

    /**
     * Attaches or replaces a program in direct-action mode and makes the qdisc when it is missing.
     *
     * @param handle from 1; with the priority it names the filter
     * @param priority from 1; lower ones run first
     */
    public static void attach(BpfProgram program, int interfaceIndex, AttachType direction, int handle, int priority) {
        try (Arena arena = Arena.ofConfined();
                LibbpfLog.Capture log = LibbpfLog.capture()) {
            MemorySegment hook = hook(arena, interfaceIndex, direction);
            int created = Libbpf.tcHookCreate(hook);
            if (created != -Errno.EEXIST) {
                check(created, "make clsact on interface " + interfaceIndex, log);
            }
            MemorySegment options = options(arena, handle, priority);
            options.set(JAVA_INT, 8, program.fd());
            options.set(JAVA_INT, 12, REPLACE);
            check(
                    Libbpf.tcAttach(hook, options),
                    "attach " + program.info().name() + " to clsact of interface " + interfaceIndex,
                    log);
        }
    }

    /** The id of the program that is attached under these numbers, or 0. */
    public static int programId(int interfaceIndex, AttachType direction, int handle, int priority) {
        try (Arena arena = Arena.ofConfined();
                LibbpfLog.Capture log = LibbpfLog.capture()) {
            MemorySegment options = options(arena, handle, priority);
            int result = Libbpf.tcQuery(hook(arena, interfaceIndex, direction), options);
            if (result == -Errno.ENOENT || result == -Errno.EINVAL) {
                return 0;
            }
            check(result, "query clsact of interface " + interfaceIndex, log);
            return options.get(JAVA_INT, 16);
        }
    }

    /** Detaches what is attached under these numbers; false when nothing was. */
    public static boolean detach(int interfaceIndex, AttachType direction, int handle, int priority) {
        try (Arena arena = Arena.ofConfined();
                LibbpfLog.Capture log = LibbpfLog.capture()) {
            int result = Libbpf.tcDetach(hook(arena, interfaceIndex, direction), options(arena, handle, priority));
            if (result == -Errno.ENOENT || result == -Errno.EINVAL) {
                return false;
            }
            check(result, "detach from clsact of interface " + interfaceIndex, log);
            return true;
        }
    }

    private static MemorySegment hook(Arena arena, int interfaceIndex, AttachType direction) {
        MemorySegment hook = arena.allocate(24, 8);
        hook.set(JAVA_LONG, 0, 24);
        hook.set(JAVA_INT, 8, interfaceIndex);
        hook.set(
                JAVA_INT,
                12,
                switch (direction) {
                    case TCX_INGRESS -> 1;
                    case TCX_EGRESS -> 2;
                    case XDP -> throw new IllegalArgumentException("clsact has no XDP");
                });
        return hook;
    }

    private static MemorySegment options(Arena arena, int handle, int priority) {
        MemorySegment options = arena.allocate(32, 8);
        options.set(JAVA_LONG, 0, 32);
        options.set(JAVA_INT, 20, handle);
        options.set(JAVA_INT, 24, priority);
        return options;
    }

    private static void check(int result, String operation, LibbpfLog.Capture log) {
        if (result < 0) {
            throw new KernelException(operation, -result, log.text());
        }
    }
}
