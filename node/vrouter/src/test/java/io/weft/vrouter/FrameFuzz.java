package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames as alice might send them, most of them broken in a few bytes. */
final class FrameFuzz {
    /** The kernel refuses test runs of less than an IPv6 header. */
    private static final int LEAST = 54;

    private final long seed = Long.getLong("weft.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<byte[]> seeds = seeds();

    /** Another frame. */
    byte[] next() {
        return mutated(seeds.get(random.nextInt(seeds.size())));
    }

    /** A frame with some bytes changed, and perhaps cut short. */
    byte[] mutated(byte[] seedFrame) {
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

    @Override
    public String toString() {
        return "seed " + seed;
    }
}
