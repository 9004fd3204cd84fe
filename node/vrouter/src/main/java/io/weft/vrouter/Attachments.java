package io.weft.vrouter;

import io.weft.kernel.Errno;
import io.weft.kernel.GracePeriods;
import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.AttachType;
import io.weft.kernel.bpf.BpfFeatures;
import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.bpf.BpfLink;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.ClsactAttachment;
import io.weft.kernel.bpf.LinkInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Programs at the ingress of devices, one a device. A pin named after the ifindex keeps each: a tcx link where the
 * kernel has them, otherwise the program that a clsact filter runs. Calls wait for each other; the devices are those of the
 * calling thread's network namespace.
 */
final class Attachments {
    private static final int CLSACT_HANDLE = 0x7765;
    private static final int CLSACT_PRIORITY = 1;

    private final Path pins;
    private final boolean tcx = BpfFeatures.tcx();

    Attachments(Path pins) {
        this.pins = pins;
    }

    synchronized void attach(int ifindex, BpfProgram program) {
        if (tcx) {
            attachLink(ifindex, program);
        } else {
            ClsactAttachment.attach(program, ifindex, AttachType.TCX_INGRESS, CLSACT_HANDLE, CLSACT_PRIORITY);
            BpfFileSystem.unpin(pin(ifindex));
            program.pin(pin(ifindex));
        }
    }

    private void attachLink(int ifindex, BpfProgram program) {
        Path pin = pin(ifindex);
        if (Files.exists(pin)) {
            try (BpfLink link = BpfLink.openPinned(pin)) {
                // A link outlives its device, whose number may have been given to another since.
                if (link.info().interfaceIndex() == ifindex) {
                    link.update(program);
                    return;
                }
            }
            BpfFileSystem.unpin(pin);
        }
        try (BpfLink link =
                GracePeriods.SYSTEM.hurried(() -> BpfLink.attach(program, ifindex, AttachType.TCX_INGRESS))) {
            link.pin(pin);
        }
    }

    synchronized void detach(int ifindex) {
        if (!tcx && Files.exists(pin(ifindex))) {
            try {
                ClsactAttachment.detach(ifindex, AttachType.TCX_INGRESS, CLSACT_HANDLE, CLSACT_PRIORITY);
            } catch (KernelException e) {
                if (e.errno() != Errno.ENODEV) {
                    throw e;
                }
            }
        }
        BpfFileSystem.unpin(pin(ifindex));
    }

    /**
     * Puts a program in the place of another, without a packet in between that meets none.
     *
     * @return false when the device does not run that other program, or is gone
     */
    synchronized boolean replace(int ifindex, BpfProgram present, BpfProgram next) {
        Path pin = pin(ifindex);
        if (!Files.exists(pin)) {
            return false;
        }
        if (!tcx) {
            try (BpfProgram pinned = BpfProgram.openPinned(pin)) {
                if (pinned.info().id() != present.info().id()) {
                    return false;
                }
            }
            try {
                attach(ifindex, next);
                return true;
            } catch (KernelException e) {
                if (e.errno() == Errno.ENODEV) {
                    return false;
                }
                throw e;
            }
        }
        try (BpfLink link = BpfLink.openPinned(pin)) {
            // A link outlives its device, and then names none.
            boolean runs = link.info().interfaceIndex() == ifindex
                    && link.info().programId() == present.info().id();
            if (runs) {
                link.update(next);
            }
            return runs;
        }
    }

    /** The program that a device runs; none when nothing is attached or the device is gone. The caller closes it. */
    synchronized Optional<BpfProgram> program(int ifindex) {
        Path pin = pin(ifindex);
        if (!Files.exists(pin)) {
            return Optional.empty();
        }
        if (!tcx) {
            return Optional.of(BpfProgram.openPinned(pin));
        }
        try (BpfLink link = BpfLink.openPinned(pin)) {
            LinkInfo info = link.info();
            return info.interfaceIndex() == ifindex ? Optional.of(BpfProgram.byId(info.programId())) : Optional.empty();
        }
    }

    Set<Integer> attached() {
        return BpfFileSystem.list(pins).stream().map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    private Path pin(int ifindex) {
        return pins.resolve(Integer.toString(ifindex));
    }
}
