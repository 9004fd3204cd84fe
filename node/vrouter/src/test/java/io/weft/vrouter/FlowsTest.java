package io.weft.vrouter;

import static io.weft.vrouter.GuardedPort.ACK;
import static io.weft.vrouter.GuardedPort.FIN;
import static io.weft.vrouter.GuardedPort.RST;
import static io.weft.vrouter.GuardedPort.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.vrouter.PolicyKey.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What ends the short way of a flow: each test takes it first, changes one thing, and expects the whole way's outcome. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class FlowsTest {
    private static final int VNI_VALID = 0x08000000;
    private static final int STEPS = 50;

    private final GuardedPort port;
    private final Rig rig;
    private final ConnectionKey key;

    FlowsTest(IpFamily family) {
        port = new GuardedPort(family);
        rig = port.rig;
        port.allowAll(Direction.EGRESS, 1);
        key = new ConnectionKey(Rig.ALICE_PORT, Packets.TCP, port.alice, 4000, port.bob, 80);
        assertThat(port.tcpOut(4000, 80, SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, 4000, SYN | ACK, 1, 2)).isEmpty();
        assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).isEmpty();
        // The next packets are sent by alice and by bob, the short way.
        await(() -> port.tcpOut(4000, 80, ACK, 2, 2).isEmpty() && pending().sentPackets() > 0);
        await(() -> port.tcpIn(80, 4000, ACK, 2, 2).isEmpty() && pending().receivedPackets() > 0);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private Flows.Counts pending() {
        return rig.vrouter.flows().counts().getOrDefault(key, new Flows.Counts(0, 0, 0, 0, 0));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
        }
    }

    private Connection connection() {
        return port.connections().values().iterator().next();
    }

    private boolean isIpv4() {
        return port.family == IpFamily.IPV4;
    }

    /** Some segments from alice to bob; why the last one was dropped, if it was. */
    private void passesNoMore(DropReason reason) {
        for (int i = 0; i < STEPS; i++) {
            assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).contains(reason);
        }
    }

    private void alice(Set<Port.Flag> flags, IpAddress ipv4, IpAddress ipv6) {
        rig.tables()
                .ports()
                .put(
                        rig.alice,
                        new Port(Rig.ALICE_PORT, Rig.RED, Rig.ALICE, flags, Rig.MTU, ipv4, ipv6)
                                .withRules(GuardedPort.SET, GuardedPort.SCOPE));
    }

    @Test
    void sizesAreThoseOfTheHeader() throws IOException {
        assertThat(Files.readString(Path.of("src/main/bpf/weft/tables.h")))
                .contains("#define FLOW_BITS " + Integer.numberOfTrailingZeros(Flows.SLOTS) + "\n")
                .contains("#define FLOW_STAMP_BITS " + Integer.numberOfTrailingZeros(Flows.STAMPS) + "\n")
                .contains("_Static_assert(sizeof(struct flow) == " + Flows.SIZE + ",");
    }

    @Test
    void noPacketIsCountedTwiceOrNotAtAll() {
        Connection before = connection();
        long port1 = rig.vrouter.counters(Rig.ALICE_PORT).sentPackets();
        long port2 = rig.vrouter.counters(Rig.BOB_PORT).receivedBytes();
        for (int i = 0; i < 300; i++) {
            assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).isEmpty();
            if (i % 100 == 99) {
                rig.vrouter.flows().forget();
            }
        }
        Connection after = connection();
        int bytes = isIpv4() ? 54 : 74;
        assertThat(after.sentPackets() - before.sentPackets()).isEqualTo(300);
        assertThat(after.sentBytes() - before.sentBytes()).isEqualTo(300L * bytes);
        assertThat(after.receivedPackets()).isEqualTo(before.receivedPackets());
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).sentPackets() - port1).isEqualTo(300);
        assertThat(rig.vrouter.counters(Rig.BOB_PORT).receivedBytes() - port2).isEqualTo(300L * bytes);
    }

    @Test
    void ofAShortConnectionNothingIsRemembered() {
        assertThat(port.tcpOut(4001, 80, SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, 4001, SYN | ACK, 1, 2)).isEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(port.tcpOut(4001, 80, ACK, 2, 2)).isEmpty();
        }
        ConnectionKey brief = new ConnectionKey(Rig.ALICE_PORT, Packets.TCP, port.alice, 4001, port.bob, 80);
        assertThat(rig.vrouter.flows().counts()).doesNotContainKey(brief);
        await(() -> port.tcpOut(4001, 80, ACK, 2, 2).isEmpty()
                && rig.vrouter.flows().counts().containsKey(brief));
    }

    @Test
    void theConnectionIsKeptAlive() {
        int before = connection().seen();
        await(() -> port.tcpOut(4000, 80, ACK, 2, 2).isEmpty() && connection().seen() > before);
    }

    @Test
    void aRuleThatGoesEndsIt() {
        rig.tables()
                .policy()
                .remove(PolicyKey.allPorts(
                        GuardedPort.SET, PeerClassKey.NOBODY, Direction.EGRESS, port.family, PolicyKey.ANY_PROTOCOL));
        port.nextEpoch();
        passesNoMore(DropReason.CONNECTION_CUT);
        assertThat(port.tcpIn(80, 4000, ACK, 2, 2)).contains(DropReason.CONNECTION_CUT);
    }

    @Test
    void aCutByHandEndsIt() {
        assertThat(rig.vrouter.connections().cut((name, connection) -> name.equals(key)))
                .isEqualTo(1);
        passesNoMore(DropReason.CONNECTION_CUT);
    }

    @Test
    void aPortThatIsForgottenBeginsAnew() {
        rig.vrouter.connections().forget(Rig.ALICE_PORT);
        assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.PICKED_UP);
    }

    @Test
    void aPortThatGoesDownSendsNothing() {
        alice(EnumSet.of(Port.Flag.PORT_SECURITY), Rig.ALICE4, Rig.ALICE6);
        passesNoMore(DropReason.PORT_DOWN);
    }

    @Test
    void aReceiverThatGoesDownGetsNothing() {
        rig.port(rig.bob, Rig.BOB_PORT, Rig.BOB, Rig.BOB4, Rig.BOB6, Set.of());
        passesNoMore(DropReason.DESTINATION_DOWN);
    }

    @Test
    void anAddressThatIsTakenAwayIsSpoofed() {
        alice(Rig.FLAGS, Rig.DAVE4, Rig.DAVE6);
        passesNoMore(isIpv4() ? DropReason.SPOOFED_IPV4 : DropReason.SPOOFED_IPV6);
    }

    @Test
    void aPlaceThatIsTakenAwayEndsIt() {
        rig.tables().macs().remove(new MacKey(Rig.RED, Rig.BOB));
        passesNoMore(DropReason.UNKNOWN_MAC);
    }

    @Test
    void aPlaceThatMovesIsFollowed() {
        rig.tables().macs().put(new MacKey(Rig.RED, Rig.BOB), Place.remote(Rig.OTHER_NODE));
        long before = rig.vrouter.counters(Rig.BOB_PORT).receivedPackets();
        for (int i = 0; i < STEPS; i++) {
            assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).isEmpty();
        }
        assertThat(rig.vrouter.counters(Rig.BOB_PORT).receivedPackets()).isEqualTo(before);
    }

    @Test
    void aPlaceThatMayBeLearnedIsNotRemembered() {
        rig.tables()
                .macs()
                .put(new MacKey(Rig.RED, Rig.BOB), Place.local(rig.bob).asShared());
        long before = pending().sentPackets();
        for (int i = 0; i < STEPS; i++) {
            assertThat(port.tcpOut(4000, 80, ACK, 2, 2)).isEmpty();
            assertThat(pending().sentPackets()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void anotherSenderOfTheSameTupleIsSpoofed() {
        MacAddress other = MacAddress.parse("fa:16:3e:00:00:77");
        byte[] segment = Packets.segment(port.alice, port.bob, 4000, 80, ACK, 2, 2);
        assertThat(port.out(Packets.ip(Rig.BOB, other, port.alice, port.bob, Packets.TCP, 64, segment)))
                .contains(DropReason.SPOOFED_MAC);
        assertThat(rig.run(
                                "from_workload",
                                rig.bob,
                                Packets.ip(Rig.BOB, Rig.ALICE, port.alice, port.bob, Packets.TCP, 64, segment),
                                SkbContext.EMPTY)
                        .returned())
                .isEqualTo(Rig.DROP);
    }

    @Test
    void anotherDestinationMacIsNotBobs() {
        byte[] segment = Packets.segment(port.alice, port.bob, 4000, 80, ACK, 2, 2);
        assertThat(port.out(Packets.ip(
                        MacAddress.parse("fa:16:3e:00:00:77"),
                        Rig.ALICE,
                        port.alice,
                        port.bob,
                        Packets.TCP,
                        64,
                        segment)))
                .contains(DropReason.UNKNOWN_MAC);
    }

    @Test
    void theEndOfAConnectionIsSeen() {
        assertThat(port.tcpOut(4000, 80, FIN | ACK, 2, 2)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.CLOSING);
        assertThat(port.tcpIn(80, 4000, FIN | ACK, 2, 3)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.CLOSED);
    }

    @Test
    void aForgedResetIsDisprovedByTheNextSegment() {
        assertThat(port.tcpIn(80, 4000, RST, 2, 0)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.RESET);
        assertThat(port.tcpIn(80, 4000, ACK, 2, 2)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.ESTABLISHED);
    }

    @Test
    void anotherConnectionOfTheSameTupleIsFollowedFromItsBeginning() {
        assertThat(port.tcpOut(4000, 80, RST, 2, 0)).isEmpty();
        assertThat(port.tcpOut(4000, 80, SYN, 100, 0)).isEmpty();
        assertThat(port.tcpIn(80, 4000, SYN | ACK, 1, 101)).isEmpty();
        assertThat(port.tcpOut(4000, 80, ACK, 101, 2)).isEmpty();
        assertThat(port.state()).isEqualTo(Connection.State.ESTABLISHED);
    }

    @Test
    void whatTheTunnelNoLongerTakesIsAnswered() {
        rig.tables().macs().put(new MacKey(Rig.RED, Rig.BOB), Place.remote(Rig.OTHER_NODE));
        await(() -> port.tcpOut(4000, 80, ACK, 2, 2).isEmpty() && pending().sentPackets() > 0);
        rig.tables().underlay().put(0, new Underlay(rig.tunnel, rig.uplink, 100, Rig.OWN_TUNNEL, NextHop.ON_LINK));
        long before = rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets();
        byte[] large = Packets.ip(
                Rig.BOB,
                Rig.ALICE,
                port.alice,
                port.bob,
                Packets.TCP,
                64,
                Arrays.copyOf(Packets.segment(port.alice, port.bob, 4000, 80, ACK, 2, 2), 200));
        rig.run("from_workload", rig.alice, large, SkbContext.EMPTY);
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets())
                .as("too big")
                .isEqualTo(before + 1);
    }

    /** What arrives through the tunnel has a short way of its own. */
    @Test
    void theTunnelIsEnteredOnlyByThoseWhoMay() {
        Set<Port.Flag> flags = EnumSet.copyOf(Rig.FLAGS);
        flags.add(Port.Flag.PEER_REDIRECT);
        alice(flags, Rig.ALICE4, Rig.ALICE6);
        rig.tables().macs().put(new MacKey(Rig.RED, Rig.BOB), Place.remote(Rig.OTHER_NODE));
        byte[] frame = Packets.ip(
                Rig.ALICE,
                Rig.BOB,
                port.bob,
                port.alice,
                Packets.TCP,
                64,
                Packets.segment(port.bob, port.alice, 80, 4000, ACK, 2, 2));
        rig.vrouter.flows().forget();
        long settled = connection().receivedPackets();
        await(() -> arrives(Rig.OTHER_TUNNEL, Rig.RED, frame) && pending().receivedPackets() > 0);
        assertThat(connection().receivedPackets()).isGreaterThan(settled);

        IpAddress stranger = IpAddress.parse("192.168.7.7");
        for (int i = 0; i < STEPS; i++) {
            assertThat(arrives(stranger, Rig.RED, frame)).isFalse();
            assertThat(arrives(Rig.OTHER_TUNNEL, Rig.BLUE, frame)).isFalse();
        }
        rig.tables().tunnelSources().remove(new TunnelSourceKey(Rig.OTHER_TUNNEL, Rig.RED));
        for (int i = 0; i < STEPS; i++) {
            assertThat(arrives(Rig.OTHER_TUNNEL, Rig.RED, frame)).isFalse();
        }
    }

    private boolean arrives(IpAddress node, int network, byte[] frame) {
        return rig.run(
                                "from_uplink",
                                rig.uplink,
                                Packets.vxlan(node, Rig.OWN_TUNNEL, VNI_VALID, network, frame),
                                SkbContext.EMPTY)
                        .returned()
                == Rig.REDIRECT;
    }
}
