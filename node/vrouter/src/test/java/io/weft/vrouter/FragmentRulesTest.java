package io.weft.vrouter;

import static io.weft.vrouter.DropReason.FRAGMENT_UNTRACKED;
import static io.weft.vrouter.DropReason.MALFORMED;
import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Fragments under rules: the later ones go where the first one went. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class FragmentRulesTest {
    private static final int FRAGMENT_HEADER = 44;

    private final GuardedPort port;

    FragmentRulesTest(IpFamily family) {
        port = new GuardedPort(family);
        port.allow(Direction.INGRESS, Packets.UDP, 53, 1);
    }

    @AfterEach
    void close() {
        port.close();
    }

    /** A piece of a datagram from bob to alice. */
    private byte[] fragment(int identifier, int protocol, int offset, boolean more, byte[] piece) {
        if (port.family == IpFamily.IPV4) {
            byte[] frame = Packets.ip(Rig.ALICE, Rig.BOB, port.bob, port.alice, protocol, 64, piece);
            ByteBuffer.wrap(frame).putShort(18, (short) identifier).putShort(20, (short)
                    ((more ? 0x2000 : 0) | offset / 8));
            return frame;
        }
        byte[] body = ByteBuffer.allocate(8 + piece.length)
                .put((byte) protocol)
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(identifier)
                .put(piece)
                .array();
        return Packets.ip(Rig.ALICE, Rig.BOB, port.bob, port.alice, FRAGMENT_HEADER, 64, body);
    }

    private byte[] first(int identifier, int destination) {
        byte[] datagram = Packets.udp(port.bob, port.alice, 1000, destination, new byte[56]);
        return fragment(identifier, Packets.UDP, 0, true, Arrays.copyOf(datagram, 32));
    }

    private byte[] later(int identifier) {
        return fragment(identifier, Packets.UDP, 32, false, new byte[32]);
    }

    @Test
    void laterFragmentsFollowTheFirst() {
        assertThat(port.in(later(7))).as("before the first").contains(FRAGMENT_UNTRACKED);
        assertThat(port.in(first(7, 53))).isEmpty();
        assertThat(port.in(later(7))).isEmpty();
        assertThat(port.in(later(8))).contains(FRAGMENT_UNTRACKED);
        assertThat(port.in(first(8, 54))).contains(POLICY_INGRESS);
        assertThat(port.in(later(8))).contains(FRAGMENT_UNTRACKED);
        assertThat(port.connections()).hasSize(1);
    }

    @Test
    void aFirstFragmentThatIsDeniedTakesTheLeaveOfTheOneBeforeItAway() {
        assertThat(port.in(first(7, 53))).isEmpty();
        assertThat(port.in(first(7, 54))).contains(POLICY_INGRESS);
        assertThat(port.in(later(7))).contains(FRAGMENT_UNTRACKED);
    }

    @Test
    void theLeaveIsForOneDirectionAndOneProtocol() {
        assertThat(port.in(first(7, 53))).isEmpty();
        if (port.family == IpFamily.IPV4) {
            assertThat(port.in(fragment(7, 99, 32, false, new byte[32]))).contains(FRAGMENT_UNTRACKED);
        }
        byte[] back = later(7);
        byte[] turned = back.clone();
        int size = port.family.bytes();
        int at = port.family == IpFamily.IPV4 ? 26 : 22;
        System.arraycopy(back, 0, turned, 6, 6);
        System.arraycopy(back, 6, turned, 0, 6);
        System.arraycopy(back, at, turned, at + size, size);
        System.arraycopy(back, at + size, turned, at, size);
        assertThat(port.out(turned)).contains(FRAGMENT_UNTRACKED);
    }

    @Test
    void aFragmentCannotOverwriteTheHeaderThatRulesHaveSeen() {
        port.allow(Direction.INGRESS, Packets.TCP, 80, 1);
        byte[] overlap = fragment(9, Packets.TCP, 8, false, new byte[32]);
        long before = port.rig.counted(Rig.BOB_PORT, MALFORMED);
        port.rig.run("from_workload", port.rig.bob, overlap, SkbContext.EMPTY);
        assertThat(port.rig.counted(Rig.BOB_PORT, MALFORMED)).isEqualTo(before + 1);
    }
}
