package io.weft.vrouter;

import static io.weft.vrouter.Connection.State.ANSWERED;
import static io.weft.vrouter.Connection.State.ESTABLISHED;
import static io.weft.vrouter.Connection.State.NEW;
import static io.weft.vrouter.DropReason.POLICY_EGRESS;
import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections of what has no states of its own: UDP, echoes, protocols without ports. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class PlainConnectionsTest {
    private static final int GRE = 47;
    private static final int SCTP = 132;

    private final GuardedPort port;

    PlainConnectionsTest(IpFamily family) {
        port = new GuardedPort(family);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void udpIsAnsweredAndThenEstablished() {
        port.allow(Direction.EGRESS, Packets.UDP, 53, 1);
        assertThat(port.udpIn(53, 4000)).contains(POLICY_INGRESS);
        assertThat(port.udpOut(4000, 53)).isEmpty();
        assertThat(port.state()).isEqualTo(NEW);
        assertThat(port.udpIn(53, 4000)).isEmpty();
        assertThat(port.state()).isEqualTo(ANSWERED);
        assertThat(port.udpIn(53, 4000)).isEmpty();
        assertThat(port.state()).isEqualTo(ANSWERED);
        assertThat(port.udpOut(4000, 53)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
        assertThat(port.udpIn(53, 4000)).isEmpty();
        assertThat(port.udpIn(53, 4001)).contains(POLICY_INGRESS);
        assertThat(port.udpIn(54, 4000)).contains(POLICY_INGRESS);
        Connection connection = port.connections().values().iterator().next();
        assertThat(connection.sentPackets()).isEqualTo(2);
        assertThat(connection.receivedPackets()).isEqualTo(3);
    }

    @Test
    void udpThatNobodyAnswersStaysHalfOpen() {
        port.allow(Direction.EGRESS, Packets.UDP, 514, 1);
        for (int i = 0; i < 5; i++) {
            assertThat(port.udpOut(4000, 514)).isEmpty();
        }
        assertThat(port.state()).isEqualTo(NEW);
        assertThat(port.connections().values().iterator().next().sentPackets()).isEqualTo(5);
        assertThat(port.rig.vrouter.ruleHits(1)).isEqualTo(1);
        port.deny(Direction.EGRESS, Packets.UDP, 514);
        port.nextEpoch();
        assertThat(port.udpOut(4000, 514)).contains(POLICY_EGRESS);
    }

    @Test
    void udpThatLostItsRuleIsAnotherFlowOfWhoeverSendsNext() {
        port.allow(Direction.INGRESS, Packets.UDP, 500, 1);
        port.allow(Direction.EGRESS, Packets.UDP, 600, 2);
        assertThat(port.udpIn(600, 500)).isEmpty();
        assertThat(port.udpOut(500, 600)).isEmpty();
        port.deny(Direction.INGRESS, Packets.UDP, 500);
        port.nextEpoch();
        assertThat(port.udpIn(600, 500)).contains(POLICY_INGRESS);
        assertThat(port.udpOut(500, 600)).isEmpty();
        assertThat(port.udpIn(600, 500)).as("an answer now").isEmpty();
        assertThat(port.connections().values().iterator().next().fromWorkload()).isTrue();
    }

    @Test
    void aReplyNeedsItsRequest() {
        port.allow(Direction.EGRESS, port.icmp(), port.echo() << 8, 1);
        byte[] request = port.icmp(port.alice, port.bob, port.echo(), 0x00070001, new byte[20]);
        byte[] reply = port.icmp(port.bob, port.alice, port.reply(), 0x00070001, new byte[20]);
        byte[] other = port.icmp(port.bob, port.alice, port.reply(), 0x00080001, new byte[20]);
        byte[] question = port.icmp(port.bob, port.alice, port.echo(), 0x00070001, new byte[20]);
        assertThat(port.in(port.icmp(), reply)).contains(POLICY_INGRESS);
        assertThat(port.out(port.icmp(), request)).isEmpty();
        assertThat(port.in(port.icmp(), other)).contains(POLICY_INGRESS);
        assertThat(port.in(port.icmp(), question))
                .as("a request of the other end with the same identifier")
                .contains(POLICY_INGRESS);
        assertThat(port.in(port.icmp(), reply)).isEmpty();
        assertThat(port.state()).isEqualTo(ANSWERED);
        ConnectionKey key = port.connections().keySet().iterator().next();
        assertThat(key)
                .isEqualTo(new ConnectionKey(Rig.ALICE_PORT, port.icmp(), port.alice, 7, port.bob, port.echo(), true));
        port.nextEpoch();
        assertThat(port.in(port.icmp(), reply))
                .as("judged again as the request")
                .isEmpty();
    }

    @Test
    void requestsFromBothEndsWithOneIdentifierAreTwo() {
        port.allow(Direction.EGRESS, port.icmp(), port.echo() << 8, 1);
        port.allow(Direction.INGRESS, port.icmp(), port.echo() << 8, 2);
        assertThat(port.out(port.icmp(), port.icmp(port.alice, port.bob, port.echo(), 0x00070001, new byte[8])))
                .isEmpty();
        assertThat(port.in(port.icmp(), port.icmp(port.bob, port.alice, port.echo(), 0x00070001, new byte[8])))
                .isEmpty();
        assertThat(port.connections()).hasSize(2);
        assertThat(port.out(port.icmp(), port.icmp(port.alice, port.bob, port.reply(), 0x00070001, new byte[8])))
                .isEmpty();
        assertThat(port.in(port.icmp(), port.icmp(port.bob, port.alice, port.reply(), 0x00070001, new byte[8])))
                .isEmpty();
        assertThat(port.connections().values()).allMatch(connection -> connection.state() == ANSWERED);
    }

    @Test
    void protocolsWithoutPortsGoByTheirAddresses() {
        port.allow(Direction.EGRESS, GRE, 0, 1);
        assertThat(port.in(GRE, new byte[30])).contains(POLICY_INGRESS);
        assertThat(port.out(GRE, new byte[30])).isEmpty();
        assertThat(port.in(GRE, new byte[30])).isEmpty();
        assertThat(port.out(GRE + 1, new byte[30])).contains(POLICY_EGRESS);
    }

    @Test
    void sctpHasPorts() {
        byte[] body = new byte[12];
        body[1] = 100;
        body[3] = 90;
        byte[] answer = new byte[12];
        answer[1] = 90;
        answer[3] = 100;
        port.allow(Direction.EGRESS, SCTP, 90, 1);
        assertThat(port.out(SCTP, answer)).contains(POLICY_EGRESS);
        assertThat(port.out(SCTP, body)).isEmpty();
        assertThat(port.in(SCTP, answer)).isEmpty();
        assertThat(port.in(SCTP, body)).contains(POLICY_INGRESS);
    }
}
