package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Broken and hostile bytes: whatever a guest sends, what gets through has a source that the guest owns. */
class MutatedPacketsTest {
    private static final int PACKETS = 3000;
    private static final Set<IpAddress> OWN = Set.of(Rig.ALICE4, Rig.ALICE6);

    private final FrameFuzz fuzz = new FrameFuzz();

    @Test
    void nothingWithAForeignSourceIsForwarded() {
        try (Rig rig = new Rig()) {
            for (int i = 0; i < PACKETS; i++) {
                byte[] frame = fuzz.next();
                TestRun.Result result = rig.fromAlice(frame);
                assertThat(result.returned())
                        .as("%s, frame %s", fuzz, HexFormat.of().formatHex(frame))
                        .isIn(Rig.DROP, Rig.REDIRECT);
                if (result.returned() == Rig.REDIRECT && forwarded(frame, result.packet())) {
                    assertThat(isAlices(frame))
                            .as("%s, frame %s", fuzz, HexFormat.of().formatHex(frame))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void theUplinkNeverBreaks() {
        try (Rig rig = new Rig()) {
            byte[] inner = Packets.ip(Rig.BOB, Rig.CAROL, Rig.CAROL4, Rig.BOB4, Packets.UDP, 64, new byte[40]);
            byte[] whole = Packets.vxlan(Rig.OTHER_TUNNEL, Rig.OWN_TUNNEL, 0x08000000, Rig.RED, inner);
            for (int i = 0; i < PACKETS; i++) {
                byte[] packet = fuzz.mutated(whole);
                assertThat(rig.run("from_uplink", rig.uplink, packet, SkbContext.EMPTY)
                                .returned())
                        .as("%s, packet %s", fuzz, HexFormat.of().formatHex(packet))
                        .isIn(Rig.DROP, Rig.REDIRECT, Rig.GO_ON);
            }
        }
    }

    /** Whether a frame left towards others, and was not turned into an answer. */
    private static boolean forwarded(byte[] sent, byte[] left) {
        return left.length > sent.length + 40 && Packets.number(left, 36, 2) == 4789 || Arrays.equals(sent, left);
    }

    private static boolean isAlices(byte[] frame) {
        if (!Packets.sourceMac(frame).equals(Rig.ALICE)) {
            return false;
        }
        int type = Packets.number(frame, 12, 2);
        if (type != Packets.ETHERTYPE_IPV4 && type != Packets.ETHERTYPE_IPV6) {
            return true;
        }
        IpAddress source = Packets.addresses(frame)[0];
        return OWN.contains(source) || source.isLinkLocal();
    }
}
