package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.responders.NeighbourFrames.Heard;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeighbourFramesTest {
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:01");
    private static final MacAddress OTHER = MacAddress.parse("fa:16:3e:00:00:02");
    private static final IpAddress IPV4 = IpAddress.parse("203.0.113.2");
    private static final IpAddress IPV6 = IpAddress.parse("2001:db8::ab:cdef");

    @Test
    void whatIsWrittenIsReadAgain() {
        for (IpAddress address : new IpAddress[] {IPV4, IPV6}) {
            assertThat(NeighbourFrames.read(NeighbourFrames.announcement(MAC, address)))
                    .contains(new Heard.Held(address, MAC));
            assertThat(NeighbourFrames.read(NeighbourFrames.question(MAC, address, OTHER)))
                    .contains(new Heard.Asked(address, MAC, OTHER));
        }
    }

    @Test
    void framesForIpv6HaveRightChecksumsAndGroups() {
        byte[] question = NeighbourFrames.question(MAC, IPV6, OTHER);
        Packet packet = Packet.parse(question).orElseThrow();
        assertThat(packet.destination()).isEqualTo(IpAddress.parse("ff02::1:ffab:cdef"));
        assertThat(packet.source()).isEqualTo(IpAddress.parse("fe80::f816:3eff:fe00:1"));
        assertThat(question).startsWith(0x33, 0x33, 0xff, 0xab, 0xcd, 0xef);
        byte[] announcement = NeighbourFrames.announcement(MAC, IPV6);
        for (byte[] frame : new byte[][] {question, announcement}) {
            Packet sent = Packet.parse(frame).orElseThrow();
            byte[] message = Packet.bytes(sent.payload(), 0, sent.payload().limit());
            // A sum over everything, the checksum in it included, is nothing.
            assertThat(Packet.contentChecksum(sent.source(), sent.destination(), Packet.ICMPV6, message))
                    .isZero();
        }
    }

    @Test
    void aProbeHasNoSenderAndAnAnnouncementHasItself() {
        byte[] probe = NeighbourFrames.question(MAC, IPV4, OTHER);
        assertThat(probe).hasSize(60).containsSequence(0, 0, 0, 0, 0xfa, 0x16, 0x3e, 0, 0, 2, 203, 0, 113, 2);
        assertThat(NeighbourFrames.announcement(MAC, IPV4)).startsWith(-1, -1, -1, -1, -1, -1, 0xfa, 0x16, 0x3e);
    }

    @Test
    void garbageSaysNothing() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[][] frames = {
            NeighbourFrames.question(MAC, IPV4, OTHER),
            NeighbourFrames.question(MAC, IPV6, OTHER),
            NeighbourFrames.announcement(MAC, IPV6)
        };
        for (int round = 0; round < 100_000; round++) {
            byte[] whole = frames[random.nextInt(frames.length)];
            byte[] frame = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && frame.length > 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            assertThat(NeighbourFrames.read(frame)).isNotNull();
        }
        assertThat(NeighbourFrames.read(new byte[0])).isEmpty();
    }
}
