package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Broken and hostile bytes: whatever a guest sends, what gets through has a source that the guest owns. */
class MutatedPacketsTest {
    private static final int PACKETS = 3000;
    /** The kernel refuses test runs of less than an IPv6 header. */
    private static final int LEAST = 54;

    private static final Set<IpAddress> OWN = Set.of(Rig.ALICE4, Rig.ALICE6);

    private final long seed = Long.getLong("weft.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void nothingWithAForeignSourceIsForwarded() {
        try (Rig rig = new Rig()) {
            List<byte[]> seeds = seeds();
            for (int i = 0; i < PACKETS; i++) {
                byte[] frame = mutated(seeds.get(random.nextInt(seeds.size())));
                TestRun.Result result = rig.fromAlice(frame);
                assertThat(result.returned())
                        .as("seed %d, frame %s", seed, HexFormat.of().formatHex(frame))
                        .isIn(Rig.DROP, Rig.REDIRECT);
                if (result.returned() == Rig.REDIRECT && forwarded(frame, result.packet())) {
                    assertThat(isAlices(frame))
                            .as("seed %d, frame %s", seed, HexFormat.of().formatHex(frame))
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
                byte[] packet = mutated(whole);
                assertThat(rig.run("from_uplink", rig.uplink, packet, SkbContext.EMPTY)
                                .returned())
                        .as("seed %d, packet %s", seed, HexFormat.of().formatHex(packet))
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

    private byte[] mutated(byte[] seedFrame) {
        byte[] frame = seedFrame.clone();
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(5) != 0 || frame.length <= LEAST) {
            return frame;
        }
        return Arrays.copyOf(frame, LEAST + random.nextInt(frame.length - LEAST));
    }

    private static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (MacAddress to : new MacAddress[] {Rig.BOB, Rig.CAROL, Rig.RED_ROUTER}) {
            seeds.add(Packets.ip(
                    to,
                    Rig.ALICE,
                    Rig.ALICE4,
                    Rig.CAROL4,
                    Packets.TCP,
                    64,
                    Packets.tcp(Rig.ALICE4, Rig.CAROL4, 1, 2, new byte[20])));
            seeds.add(Packets.ip(
                    to,
                    Rig.ALICE,
                    Rig.ALICE6,
                    Rig.DAVE6,
                    Packets.UDP,
                    64,
                    Packets.udp(Rig.ALICE6, Rig.DAVE6, 1, 2, new byte[20])));
            // A chain of extension headers: hop-by-hop, destination options, fragment, then UDP.
            byte[] chain = new byte[24 + 16];
            chain[0] = 60;
            chain[8] = 44;
            chain[16] = 17;
            seeds.add(Packets.ip(to, Rig.ALICE, Rig.ALICE6, Rig.CAROL6, 0, 64, chain));
        }
        seeds.add(Packets.ethernet(
                Packets.EVERYONE,
                Rig.ALICE,
                Packets.ETHERTYPE_ARP,
                Packets.arp(1, Rig.ALICE, Rig.ALICE4, new MacAddress(0), Rig.BOB4)));
        seeds.add(Packets.ip(
                Rig.BOB,
                Rig.ALICE,
                Rig.ALICE6,
                Rig.BOB6,
                Packets.ICMPV6,
                255,
                Packets.neighbour(Rig.ALICE6, Rig.BOB6, 135, Rig.BOB6, 1, Rig.ALICE)));
        return seeds;
    }
}
