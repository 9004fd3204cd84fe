package io.weft.kernel.bpf;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the running kernel can do, found by trying. */
public final class BpfFeatures {
    /** {@code BPF_PROG_TYPE_SCHED_CLS}: traffic control classifiers, tcx among them. */
    public static final int CLASSIFIER = 3;

    private BpfFeatures() {}

    /** Whether programs can be attached by tcx links (Linux 6.6). */
    public static boolean tcx() {
        try (Arena arena = Arena.ofConfined()) {
            // r0 = 0; exit
            MemorySegment instructions = arena.allocateFrom(ValueLayout.JAVA_LONG, 0xb7L, 0x95L);
            try (BpfProgram program = BpfProgram.load(CLASSIFIER, "probe", instructions)) {
                // No interface has this number: a kernel that knows tcx says so, an older one refuses the type.
                BpfLink.attach(program.fd(), Integer.MAX_VALUE, AttachType.TCX_INGRESS, "probe")
                        .close();
                return true;
            } catch (KernelException e) {
                if (e.errno() == Errno.ENODEV) {
                    return true;
                }
                if (e.errno() == Errno.EINVAL) {
                    return false;
                }
                throw e;
            }
        }
    }
}
