package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.vrouter.QosLimits.PacketRate;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of ports, packet by packet. */
class QosPacketsTest {
    private static final int EXPEDITED = 46;
    private static final int IPV4_HEADER = 20;

    /** So slow that no bucket fills while a test runs. */
    private static final PacketRate CRAWL = new PacketRate(1L << 50, 0);

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] toBob(boolean ipv4) {
        IpAddress from = ipv4 ? Rig.ALICE4 : Rig.ALICE6;
        IpAddress to = ipv4 ? Rig.BOB4 : Rig.BOB6;
        return Packets.ip(Rig.BOB, Rig.ALICE, from, to, Packets.UDP, 64, Packets.udp(from, to, 4000, 53, new byte[20]));
    }

    private void limit(int ifindex, int number, Port.Flag flag, QosLimits limits) {
        Set<Port.Flag> flags = EnumSet.copyOf(Rig.FLAGS);
        flags.add(flag);
        boolean alice = number == Rig.ALICE_PORT;
        rig.port(
                ifindex,
                number,
                alice ? Rig.ALICE : Rig.BOB,
                alice ? Rig.ALICE4 : Rig.BOB4,
                alice ? Rig.ALICE6 : Rig.BOB6,
                flags);
        rig.tables().qos().put(number, limits);
    }

    private void aliceSends(int shaper, Optional<Integer> mark, PacketRate rate) {
        limit(rig.alice, Rig.ALICE_PORT, Port.Flag.QOS_SENDS, new QosLimits(shaper, mark, rate, PacketRate.UNLIMITED));
    }

    @ParameterizedTest(name = "IPv4: {0}")
    @ValueSource(booleans = {true, false})
    void aMarkIsWrittenAndCongestionBitsAndTheRestStay(boolean ipv4) {
        byte[] frame = toBob(ipv4);
        // Explicit congestion notification, "congestion experienced".
        if (ipv4) {
            frame[15] = 3;
            frame[24] = 0;
            frame[25] = 0;
            short sum = Packets.checksum(0, frame, 14, IPV4_HEADER);
            frame[24] = (byte) (sum >> 8);
            frame[25] = (byte) sum;
        } else {
            frame[15] = 0x35;
        }
        aliceSends(0, Optional.of(EXPEDITED), PacketRate.UNLIMITED);
        TestRun.Result result = rig.fromAlice(frame);
        assertThat(result.returned()).isEqualTo(Rig.REDIRECT);

        byte[] expected = frame.clone();
        if (ipv4) {
            expected[15] = (byte) (EXPEDITED << 2 | 3);
            expected[24] = 0;
            expected[25] = 0;
            short sum = Packets.checksum(0, expected, 14, IPV4_HEADER);
            expected[24] = (byte) (sum >> 8);
            expected[25] = (byte) sum;
        } else {
            int traffic = EXPEDITED << 2 | 3;
            expected[14] = (byte) (0x60 | traffic >> 4);
            expected[15] = (byte) ((traffic & 15) << 4 | 5);
        }
        assertThat(result.packet()).isEqualTo(expected);
        assertThat(rig.fromAlice(expected).packet()).as("marked already").isEqualTo(expected);
    }

    @Test
    void whatIsNoIpIsNotMarked() {
        aliceSends(0, Optional.of(EXPEDITED), PacketRate.UNLIMITED);
        byte[] frame = Packets.ethernet(Rig.BOB, Rig.ALICE, 0x88b5, new byte[60]);
        assertThat(rig.fromAlice(frame).packet()).isEqualTo(frame);
    }

    @Test
    void whatIsHeldBackGoesToTheShaperOnceAndReturnsToItsDevice() {
        int shaper = rig.spare(1);
        aliceSends(shaper, Optional.empty(), PacketRate.UNLIMITED);
        long sent = rig.vrouter.counters(Rig.ALICE_PORT).sentPackets();

        TestRun.Result first = rig.fromAlice(toBob(true));
        assertThat(first.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(first.context().mark()).isEqualTo(rig.alice);
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).sentPackets()).isEqualTo(sent);

        TestRun.Result returned = rig.run("from_shaper", rig.spare(2), toBob(true), first.context());
        assertThat(returned.returned()).isEqualTo(Rig.REDIRECT);
        TestRun.Result second = rig.run("from_workload", rig.alice, toBob(true), returned.context());
        assertThat(second.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(second.context().mark()).as("nobody else sees the mark").isZero();
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).sentPackets()).isEqualTo(sent + 1);
    }

    @Test
    void aShaperPassesNothingThatNoPortSent() {
        assertThat(rig.run("from_shaper", rig.spare(1), toBob(true), SkbContext.EMPTY)
                        .returned())
                .isEqualTo(Rig.DROP);
    }

    @Test
    void aPortSendsNoMorePacketsThanItMay() {
        aliceSends(0, Optional.empty(), CRAWL);
        assertThat(rig.fromAlice(toBob(true)).returned()).isEqualTo(Rig.REDIRECT);
        rig.drops(DropReason.PACKET_RATE, toBob(true));
        rig.drops(DropReason.PACKET_RATE, toBob(false));
    }

    @Test
    void aBurstPassesAtOnce() {
        long second = 1_000_000_000L;
        // One packet in a thousand seconds, of which three may come at once.
        aliceSends(0, Optional.empty(), new PacketRate(1000 * second << 10, 2000 * second));
        for (int i = 0; i < 3; i++) {
            assertThat(rig.fromAlice(toBob(true)).returned()).isEqualTo(Rig.REDIRECT);
        }
        rig.drops(DropReason.PACKET_RATE, toBob(true));
    }

    @Test
    void segmentsCountAsPackets() {
        byte[] frame = Packets.ip(
                Rig.BOB,
                Rig.ALICE,
                Rig.ALICE4,
                Rig.BOB4,
                Packets.TCP,
                64,
                Packets.tcp(Rig.ALICE4, Rig.BOB4, 4000, 80, new byte[1000]));
        long second = 1_000_000_000L;
        aliceSends(0, Optional.empty(), new PacketRate(1000 * second << 10, 9500 * second));
        SkbContext segmented = SkbContext.EMPTY.withGso(10, 100);
        assertThat(rig.run("from_workload", rig.alice, frame, segmented).returned())
                .isEqualTo(Rig.REDIRECT);
        rig.drops(DropReason.PACKET_RATE, toBob(true));
    }

    @Test
    void aPortReceivesNoMorePacketsThanItMayAndIsChargedItself() {
        limit(
                rig.bob,
                Rig.BOB_PORT,
                Port.Flag.QOS_RECEIVES,
                new QosLimits(0, Optional.empty(), PacketRate.UNLIMITED, CRAWL));
        assertThat(rig.fromAlice(toBob(true)).returned()).isEqualTo(Rig.REDIRECT);
        assertThat(rig.fromAlice(toBob(true)).returned()).isEqualTo(Rig.DROP);
        assertThat(rig.counted(Rig.BOB_PORT, DropReason.PACKET_RATE)).isEqualTo(1);
        assertThat(rig.counted(Rig.ALICE_PORT, DropReason.PACKET_RATE)).isZero();
    }

    @Test
    void limitsOfWhatIsReceivedSayNothingOfWhatIsSent() {
        limit(
                rig.alice,
                Rig.ALICE_PORT,
                Port.Flag.QOS_RECEIVES,
                new QosLimits(rig.spare(1), Optional.of(EXPEDITED), CRAWL, CRAWL));
        byte[] frame = toBob(true);
        for (int i = 0; i < 3; i++) {
            TestRun.Result result = rig.fromAlice(frame);
            assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
            assertThat(result.packet()).isEqualTo(frame);
            assertThat(result.context().mark()).isZero();
        }
    }
}
