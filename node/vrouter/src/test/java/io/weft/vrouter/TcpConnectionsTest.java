package io.weft.vrouter;

import static io.weft.vrouter.Connection.State.CLOSED;
import static io.weft.vrouter.Connection.State.CLOSING;
import static io.weft.vrouter.Connection.State.CUT;
import static io.weft.vrouter.Connection.State.ESTABLISHED;
import static io.weft.vrouter.Connection.State.PICKED_UP;
import static io.weft.vrouter.Connection.State.RESET;
import static io.weft.vrouter.Connection.State.SYN_CROSSED;
import static io.weft.vrouter.Connection.State.SYN_RECEIVED;
import static io.weft.vrouter.Connection.State.SYN_SENT;
import static io.weft.vrouter.DropReason.CONNECTION_CUT;
import static io.weft.vrouter.DropReason.CONNECTION_INVALID;
import static io.weft.vrouter.DropReason.POLICY_EGRESS;
import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static io.weft.vrouter.GuardedPort.ACK;
import static io.weft.vrouter.GuardedPort.FIN;
import static io.weft.vrouter.GuardedPort.RST;
import static io.weft.vrouter.GuardedPort.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of TCP connections, segment by segment: alice may be called on port 22, and may call port 80. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class TcpConnectionsTest {
    private static final int ISN = 1000;
    private static final int PEER = 7000;

    private final GuardedPort port;

    TcpConnectionsTest(IpFamily family) {
        port = new GuardedPort(family);
        port.allow(Direction.INGRESS, Packets.TCP, 22, 1);
        port.allow(Direction.EGRESS, Packets.TCP, 80, 2);
    }

    @AfterEach
    void close() {
        port.close();
    }

    /** Alice calls bob's port 80 from 5000, as far as the handshake goes. */
    private void establish() {
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
    }

    @Test
    void aHandshakeEstablishesAndFinsClose() {
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_SENT);
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).as("sent again").isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_RECEIVED);
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 1))
                .as("sent again")
                .isEmpty();
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isZero();
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
        assertThat(port.tcpIn(80, 5000, FIN | ACK, PEER + 1, ISN + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(CLOSING);
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 1, PEER + 2)).isEmpty();
        assertThat(port.state()).isEqualTo(CLOSING);
        assertThat(port.tcpOut(5000, 80, FIN | ACK, ISN + 1, PEER + 2)).isEmpty();
        assertThat(port.state()).isEqualTo(CLOSED);
        assertThat(port.tcpIn(80, 5000, ACK, PEER + 2, ISN + 2)).isEmpty();
        Connection connection = port.connections().values().iterator().next();
        assertThat(connection.fromWorkload()).isTrue();
        assertThat(connection.rule()).isEqualTo(2);
        assertThat(connection.sentPackets()).isEqualTo(5);
        assertThat(connection.receivedPackets()).isEqualTo(4);
        assertThat(connection.sentBytes()).isEqualTo(5L * (14 + 20 + (port.family == IpFamily.IPV4 ? 20 : 40)));
        assertThat(port.rig.vrouter.ruleHits(2)).as("judged once").isEqualTo(1);
    }

    @Test
    void whatNoRuleAllowsDoesNotBegin() {
        assertThat(port.tcpIn(5000, 23, SYN, ISN, 0)).contains(POLICY_INGRESS);
        assertThat(port.tcpOut(5000, 81, SYN, ISN, 0)).contains(POLICY_EGRESS);
        assertThat(port.tcpOut(22, 5000, SYN, ISN, 0)).as("the other direction").contains(POLICY_EGRESS);
        assertThat(port.connections()).isEmpty();
        assertThat(port.tcpIn(5000, 22, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpOut(22, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.tcpOut(22, 5001, SYN | ACK, PEER, ISN + 1)).contains(POLICY_EGRESS);
    }

    @Test
    void flagsThatNoTcpSendsAreInvalid() {
        for (int flags : new int[] {0, FIN, SYN | FIN, SYN | RST, FIN | RST, FIN | SYN | RST | ACK}) {
            assertThat(port.tcpOut(5000, 80, flags, ISN, 0))
                    .as("flags %x", flags)
                    .contains(CONNECTION_INVALID);
        }
        assertThat(port.tcpOut(5000, 80, SYN | ACK, ISN, 1)).contains(CONNECTION_INVALID);
        establish();
        assertThat(port.tcpIn(80, 5000, SYN | FIN, PEER, 0)).contains(POLICY_INGRESS);
    }

    @Test
    void aRefusalEndsAnAttemptOnlyIfItAnswersIt() {
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpIn(80, 5000, RST, PEER, 0)).contains(CONNECTION_INVALID);
        assertThat(port.tcpIn(80, 5000, RST | ACK, 0, ISN + 70000)).contains(CONNECTION_INVALID);
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN)).contains(CONNECTION_INVALID);
        assertThat(port.state()).isEqualTo(SYN_SENT);
        assertThat(port.tcpIn(80, 5000, RST | ACK, 0, ISN + 1)).isEmpty();
        assertThat(port.connections()).isEmpty();
        assertThat(port.tcpIn(80, 5000, RST | ACK, 0, ISN + 1)).contains(POLICY_INGRESS);
    }

    @Test
    void aResetEndsAConnectionUnlessItsSenderGoesOn() {
        establish();
        assertThat(port.tcpIn(80, 5000, RST, PEER + 99, 0)).isEmpty();
        assertThat(port.state()).isEqualTo(RESET);
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 1, PEER + 1))
                .as("on its way")
                .isEmpty();
        assertThat(port.state()).isEqualTo(RESET);
        assertThat(port.tcpIn(80, 5000, ACK, PEER + 1, ISN + 1)).isEmpty();
        assertThat(port.state()).as("the reset was not bob's").isEqualTo(ESTABLISHED);
        assertThat(port.tcpOut(5000, 80, RST | ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(RESET);
    }

    @Test
    void bothEndsMayOpenAtOnce() {
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN, PEER, 0)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_CROSSED);
        assertThat(port.tcpOut(5000, 80, SYN | ACK, ISN, PEER + 1)).isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_RECEIVED);
        assertThat(port.tcpIn(80, 5000, ACK, PEER + 1, ISN + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
    }

    @Test
    void aTupleIsUsedAgainAfterItsEnd() {
        establish();
        assertThat(port.tcpOut(5000, 80, FIN | ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.tcpIn(80, 5000, FIN | ACK, PEER + 1, ISN + 2)).isEmpty();
        assertThat(port.state()).isEqualTo(CLOSED);
        assertThat(port.tcpIn(80, 5000, SYN, PEER, 0)).as("not from this end").contains(POLICY_INGRESS);
        assertThat(port.state()).isEqualTo(CLOSED);
        assertThat(port.tcpOut(5000, 80, SYN, ISN + 9, 0)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_SENT);
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 10)).isEmpty();
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 10, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
    }

    @Test
    void anEndThatForgotMayBeginAnewWhereTheRulesLetIt() {
        establish();
        assertThat(port.tcpIn(80, 5000, SYN, PEER, 0)).contains(POLICY_INGRESS);
        assertThat(port.tcpOut(5000, 80, SYN, ISN + 5000, 0)).isEmpty();
        assertThat(port.state()).as("bob has not agreed").isEqualTo(ESTABLISHED);
        assertThat(port.tcpIn(80, 5000, ACK, PEER + 1, ISN + 1))
                .as("bob remembers")
                .isEmpty();
        assertThat(port.tcpOut(5000, 80, RST, ISN + 1, 0)).isEmpty();
        assertThat(port.tcpOut(5000, 80, SYN, ISN + 5000, 0)).isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER + 400, ISN + 5001)).isEmpty();
        assertThat(port.state()).isEqualTo(SYN_RECEIVED);
    }

    @Test
    void aConnectionThatBeganElsewhereIsPickedUpWhereTheRulesAllowIt() {
        assertThat(port.tcpIn(80, 5000, ACK, PEER, ISN)).contains(POLICY_INGRESS);
        assertThat(port.tcpOut(5000, 80, ACK, ISN, PEER)).isEmpty();
        assertThat(port.state()).isEqualTo(PICKED_UP);
        assertThat(port.tcpOut(5000, 80, ACK, ISN, PEER)).isEmpty();
        assertThat(port.state()).as("one end alone").isEqualTo(PICKED_UP);
        assertThat(port.tcpIn(80, 5000, ACK, PEER, ISN)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
        assertThat(port.tcpOut(5001, 80, RST, ISN, 0)).isEmpty();
        assertThat(port.tcpOut(5001, 80, FIN | ACK, ISN, PEER)).isEmpty();
        assertThat(port.connections()).as("ends begin nothing").hasSize(1);
    }

    @Test
    void aRuleThatIsTakenAwayCutsBothDirections() {
        port.allowAll(Direction.EGRESS, 3);
        assertThat(port.tcpIn(5000, 22, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpOut(22, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
        port.nextEpoch();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1))
                .as("still allowed")
                .isEmpty();
        port.deny(Direction.INGRESS, Packets.TCP, 22);
        assertThat(port.tcpOut(22, 5000, ACK, PEER + 1, ISN + 1))
                .as("no new epoch")
                .isEmpty();
        port.nextEpoch();
        assertThat(port.tcpOut(22, 5000, ACK, PEER + 1, ISN + 1))
                .as("although alice may send anything")
                .contains(CONNECTION_CUT);
        assertThat(port.state()).isEqualTo(CUT);
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).contains(CONNECTION_CUT);
        assertThat(port.tcpIn(5000, 22, SYN, ISN, 0)).contains(POLICY_INGRESS);
        assertThat(port.tcpOut(22, 5000, SYN, PEER, 0)).as("a call of her own").isEmpty();
    }

    @Test
    void aRuleThatComesBackRevivesWhatItsAbsenceCut() {
        assertThat(port.tcpIn(5000, 22, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpOut(22, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).isEmpty();
        port.deny(Direction.INGRESS, Packets.TCP, 22);
        port.nextEpoch();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).contains(CONNECTION_CUT);
        port.allow(Direction.INGRESS, Packets.TCP, 22, 8);
        port.nextEpoch();
        assertThat(port.tcpOut(22, 5000, ACK, PEER + 1, ISN + 1)).isEmpty();
        assertThat(port.connections().values().iterator().next().rule()).isEqualTo(8);
    }

    @Test
    void aHalfOpenConnectionThatIsRevivedStillWaitsForTheOtherEnd() {
        assertThat(port.tcpIn(5000, 22, SYN, ISN, 0)).isEmpty();
        assertThat(port.tcpOut(22, 5000, SYN | ACK, PEER, ISN + 1)).isEmpty();
        port.deny(Direction.INGRESS, Packets.TCP, 22);
        port.nextEpoch();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).contains(CONNECTION_CUT);
        port.allow(Direction.INGRESS, Packets.TCP, 22, 8);
        port.nextEpoch();
        assertThat(port.tcpIn(5000, 22, ACK, ISN + 1, PEER + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(PICKED_UP);
        assertThat(port.tcpOut(22, 5000, ACK, PEER + 1, ISN + 1)).isEmpty();
        assertThat(port.state()).isEqualTo(ESTABLISHED);
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
    }

    @Test
    void whatIsCutByHandStaysCut() {
        establish();
        assertThat(port.rig.vrouter.connections().cut((key, connection) -> key.remotePort() == 80))
                .isEqualTo(1);
        assertThat(port.tcpOut(5000, 80, ACK, ISN + 1, PEER + 1)).contains(CONNECTION_CUT);
        port.nextEpoch();
        assertThat(port.tcpIn(80, 5000, ACK, PEER + 1, ISN + 1)).contains(CONNECTION_CUT);
        assertThat(port.tcpOut(5000, 80, SYN, ISN, 0)).isEmpty();
        port.rig.vrouter.connections().forget(Rig.ALICE_PORT);
        assertThat(port.connections()).isEmpty();
        assertThat(port.tcpIn(80, 5000, SYN | ACK, PEER, ISN + 1)).contains(POLICY_INGRESS);
    }
}
