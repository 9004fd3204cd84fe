package io.weft.vrouter;

import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.CAROL;
import static io.weft.vrouter.Rig.RED_ROUTER;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of packets that the kernel refuses to write or to send. It does so when it has no memory left, which no packet can
 * bring about; so the programs ask here for what it always refuses: a place beyond the packet, and a flag that there is not.
 */
class RefusedPacketsTest {
    @Test
    void whatTheKernelRefusesIsCounted(@TempDir Path directory) throws IOException {
        byte[] image = new AlteredDataPath(directory)
                .with(
                        "tunnel.h",
                        "return bpf_skb_store_bytes(skb, 0, macs, sizeof(macs), 0) == 0;",
                        "return bpf_skb_store_bytes(skb, 0xfff0, macs, sizeof(macs), 0) == 0;")
                .with("tunnel.h", "sizeof(key), flags) == 0;", "sizeof(key), flags | 1 << 30) == 0;")
                .image();
        try (Rig rig = Rig.of(image)) {
            byte[] routed = Packets.ip(
                    RED_ROUTER, ALICE, ALICE4, BOB4, UDP, 64, Packets.udp(ALICE4, BOB4, 1000, 2000, new byte[32]));
            rig.drops(DropReason.DELIVERY_FAILED, routed);
            // What is not IP goes by the VXLAN device, which is told of the tunnel.
            rig.drops(DropReason.ENCAPSULATION_FAILED, Packets.ethernet(CAROL, ALICE, 0x88cc, new byte[46]));
        }
    }
}
