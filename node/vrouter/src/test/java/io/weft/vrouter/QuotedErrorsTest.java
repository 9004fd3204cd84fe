package io.weft.vrouter;

import static io.weft.vrouter.DropReason.POLICY_EGRESS;
import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** ICMP errors pass when they quote a packet of a connection, and not otherwise. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class QuotedErrorsTest {
    private static final int MUTATIONS = 3000;

    private final long seed = Long.getLong("weft.seed", System.nanoTime());
    private final GuardedPort port;
    private final IpAddress stranger;

    QuotedErrorsTest(IpFamily family) {
        port = new GuardedPort(family);
        port.allow(Direction.EGRESS, Packets.UDP, 53, 1);
        port.allow(Direction.INGRESS, Packets.TCP, 22, 2);
        stranger = family == IpFamily.IPV4 ? Rig.CAROL4 : Rig.CAROL6;
    }

    @AfterEach
    void close() {
        port.close();
    }

    private byte[] quote(IpAddress source, IpAddress destination, int protocol, byte[] body) {
        return port.family == IpFamily.IPV4
                ? Packets.ipv4(source, destination, protocol, 60, body)
                : Packets.ipv6(source, destination, protocol, 60, body);
    }

    private int unreachable() {
        return port.family == IpFamily.IPV4 ? 3 : 1;
    }

    private byte[] errorTo(IpAddress source, IpAddress destination, byte[] quote) {
        return port.icmp(source, destination, unreachable(), 0, quote);
    }

    private byte[] asked(int from, int to) {
        return quote(port.alice, port.bob, Packets.UDP, Packets.udp(port.alice, port.bob, from, to, new byte[20]));
    }

    @Test
    void anErrorAboutWhatAliceSentReachesHer() {
        assertThat(port.udpOut(4000, 53)).isEmpty();
        byte[] quoted = asked(4000, 53);
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, quoted))).isEmpty();
        int least = quoted.length - 20;
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, Arrays.copyOf(quoted, least))))
                .as("the header and eight bytes are enough")
                .isEmpty();
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, Arrays.copyOf(quoted, least - 1))))
                .contains(POLICY_INGRESS);
        assertThat(port.state()).as("an error is no answer").isEqualTo(Connection.State.NEW);
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, asked(4001, 53))))
                .contains(POLICY_INGRESS);
    }

    @Test
    void anErrorAboutWhatAliceWasSentLeaves() {
        assertThat(port.tcpIn(5000, 22, GuardedPort.SYN, 1, 0)).isEmpty();
        byte[] quoted = quote(
                port.bob,
                port.alice,
                Packets.TCP,
                Packets.segment(port.bob, port.alice, 5000, 22, GuardedPort.SYN, 1, 0));
        assertThat(port.out(port.icmp(), errorTo(port.alice, port.bob, quoted))).isEmpty();
        byte[] other = quote(
                port.bob,
                port.alice,
                Packets.TCP,
                Packets.segment(port.bob, port.alice, 5000, 23, GuardedPort.SYN, 1, 0));
        assertThat(port.out(port.icmp(), errorTo(port.alice, port.bob, other))).contains(POLICY_EGRESS);
    }

    @Test
    void aQuoteMustHaveGoneTheOtherWay() {
        assertThat(port.udpOut(4000, 53)).isEmpty();
        byte[] turned =
                quote(port.bob, port.alice, Packets.UDP, Packets.udp(port.bob, port.alice, 53, 4000, new byte[20]));
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, turned))).contains(POLICY_INGRESS);
        assertThat(port.out(port.icmp(), errorTo(port.alice, port.bob, asked(4000, 53))))
                .contains(POLICY_EGRESS);
        byte[] foreign =
                quote(stranger, port.bob, Packets.UDP, Packets.udp(stranger, port.bob, 4000, 53, new byte[20]));
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, foreign))).contains(POLICY_INGRESS);
    }

    @Test
    void anErrorAboutAnEchoBelongsToIt() {
        port.allow(Direction.EGRESS, port.icmp(), port.echo() << 8, 3);
        byte[] request = port.icmp(port.alice, port.bob, port.echo(), 0x00070001, new byte[20]);
        assertThat(port.out(port.icmp(), request)).isEmpty();
        assertThat(port.in(
                        port.icmp(), errorTo(port.bob, port.alice, quote(port.alice, port.bob, port.icmp(), request))))
                .isEmpty();
        byte[] error = errorTo(port.alice, port.bob, request);
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, quote(port.alice, port.bob, port.icmp(), error))))
                .as("an error about an error")
                .contains(POLICY_INGRESS);
    }

    @Test
    void anErrorAboutALostRuleIsDenied() {
        assertThat(port.udpOut(4000, 53)).isEmpty();
        port.deny(Direction.EGRESS, Packets.UDP, 53);
        port.nextEpoch();
        assertThat(port.in(port.icmp(), errorTo(port.bob, port.alice, asked(4000, 53))))
                .contains(POLICY_INGRESS);
    }

    /** Bytes of the quote change at random: whatever passes still quotes the one connection. */
    @Test
    void hostileQuotesDoNotPass() {
        assertThat(port.udpOut(4000, 53)).isEmpty();
        byte[] good = asked(4000, 53);
        int header = port.family == IpFamily.IPV4 ? 20 : 40;
        int named = port.family == IpFamily.IPV4 ? 9 : 6;
        Random random = new Random(seed);
        int passed = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] quote = Arrays.copyOf(good, 8 + random.nextInt(good.length - 8));
            for (int change = random.nextInt(3); change > 0; change--) {
                quote[random.nextInt(quote.length)] = (byte) random.nextInt();
            }
            if (port.in(port.icmp(), errorTo(port.bob, port.alice, quote)).isEmpty()) {
                passed++;
                assertThat(quote.length).isGreaterThanOrEqualTo(header + 8);
                String text = "seed " + seed + ", quote " + HexFormat.of().formatHex(quote);
                assertThat(quote[named]).as(text).isEqualTo(good[named]);
                assertThat(Arrays.copyOfRange(quote, header - 2 * port.family.bytes(), header + 4))
                        .as(text)
                        .isEqualTo(Arrays.copyOfRange(good, header - 2 * port.family.bytes(), header + 4));
            }
        }
        assertThat(passed).as("not all are refused").isPositive();
        assertThat(port.state()).isEqualTo(Connection.State.NEW);
    }
}
