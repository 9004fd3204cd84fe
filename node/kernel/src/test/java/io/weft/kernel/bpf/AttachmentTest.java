package io.weft.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.fixture.PinDirectory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AttachmentTest {
    private static final int LOOPBACK = 1;

    /** Runs it in a namespace of its own. */
    private static void aside(Runnable action) {
        try (Lab lab = new Lab()) {
            lab.host("aside").namespace().run(action);
        }
    }

    @Test
    void attachesReplacesAndDetachesByTcxLinks() {
        assumeTrue(BpfFeatures.tcx(), "this kernel has no tcx");
        aside(() -> {
            try (PinDirectory pins = new PinDirectory();
                    BpfObject object = SampleObject.open().load()) {
                Path path = pins.path().resolve("links").resolve("lo_in");
                BpfProgram first = object.program("first");
                BpfProgram jump = object.program("jump");
                try (BpfLink link = BpfLink.attach(first, LOOPBACK, AttachType.TCX_INGRESS)) {
                    assertThat(link.info().programId()).isEqualTo(first.info().id());
                    assertThat(link.info().interfaceIndex()).isEqualTo(LOOPBACK);
                    assertThat(link.info().attachType()).isEqualTo(AttachType.TCX_INGRESS.number());
                    link.pin(path);
                }
                try (BpfLink link = BpfLink.openPinned(path)) {
                    link.update(jump);
                    assertThat(link.info().programId()).isEqualTo(jump.info().id());
                    assertThat(link.info().interfaceIndex()).isEqualTo(LOOPBACK);
                    link.detach();
                    assertThat(link.info().interfaceIndex()).isZero();
                }
                assertThatThrownBy(() -> BpfLink.attach(first, 999, AttachType.TCX_EGRESS))
                        .isInstanceOfSatisfying(
                                KernelException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV))
                        .hasMessage("attach first to interface 999 at TCX_EGRESS: ENODEV");
            }
        });
    }

    @Test
    void attachesWhereTheDriverTakesFramesIn() {
        aside(() -> {
            try (BpfObject object = SampleObject.open().load();
                    BpfLink link = BpfLink.attach(object.program("take"), LOOPBACK, AttachType.XDP)) {
                assertThat(link.info().interfaceIndex()).isEqualTo(LOOPBACK);
                assertThatThrownBy(() -> BpfLink.attach(object.program("take"), LOOPBACK, AttachType.XDP))
                        .isInstanceOfSatisfying(
                                KernelException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
            }
        });
    }

    @Test
    void attachesReplacesAndDetachesOnClsact() {
        aside(() -> {
            try (BpfObject object = SampleObject.open().load()) {
                BpfProgram first = object.program("first");
                BpfProgram jump = object.program("jump");
                AttachType egress = AttachType.TCX_EGRESS;
                assertThat(ClsactAttachment.programId(LOOPBACK, egress, 1, 1)).isZero();
                assertThat(ClsactAttachment.detach(LOOPBACK, egress, 1, 1)).isFalse();
                ClsactAttachment.attach(first, LOOPBACK, egress, 1, 1);
                assertThat(ClsactAttachment.programId(LOOPBACK, egress, 1, 1))
                        .isEqualTo(first.info().id());
                ClsactAttachment.attach(jump, LOOPBACK, egress, 1, 1);
                assertThat(ClsactAttachment.programId(LOOPBACK, egress, 1, 1))
                        .isEqualTo(jump.info().id());
                assertThat(ClsactAttachment.programId(LOOPBACK, AttachType.TCX_INGRESS, 1, 1))
                        .isZero();
                assertThat(ClsactAttachment.detach(LOOPBACK, egress, 1, 1)).isTrue();
                assertThat(ClsactAttachment.programId(LOOPBACK, egress, 1, 1)).isZero();
                assertThatThrownBy(() -> ClsactAttachment.attach(first, 999, egress, 1, 1))
                        .isInstanceOf(KernelException.class);
            }
        });
    }
}
