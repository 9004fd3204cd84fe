package io.weft.vrouter;

import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static io.weft.vrouter.GuardedPort.ACK;
import static io.weft.vrouter.GuardedPort.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections under builds that keep them in different layouts, packet by packet: alice may call bob's port 80 and ask his
 * port 53, and nobody may call her, so what bob sends passes as an answer only.
 */
class HandOverTest {
    private static final int ISN = 1000;
    private static final int PEER = 7000;

    private static byte[] other;
    private static byte[] stops;

    private final byte[] own = KernelVrouter.image();
    private GuardedPort port;

    @BeforeAll
    static void compile(@TempDir Path directory) throws IOException {
        other = AlteredDataPath.ofAnotherLayout(directory).image();
        // Its loader gives up as soon as its programs have the packets.
        stops = AlteredDataPath.ofAnotherLayout(directory)
                .with("collect.h", "return bpf_timer_start(&own->timer, 0, 0) ? 3 : 0;", "return 4;")
                .image();
    }

    @BeforeEach
    void build() {
        port = new GuardedPort(IpFamily.IPV4);
        port.allow(Direction.EGRESS, Packets.TCP, 80, 1);
        port.allow(Direction.EGRESS, Packets.UDP, 53, 2);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private void call(int from) {
        assertThat(port.tcpOut(from, 80, SYN, ISN, 0)).isEmpty();
    }

    private void answer(int from) {
        assertThat(port.tcpIn(80, from, SYN | ACK, PEER, ISN + 1)).isEmpty();
        assertThat(port.tcpOut(from, 80, ACK, ISN + 1, PEER + 1)).isEmpty();
    }

    private void speaks(int from) {
        assertThat(port.tcpIn(80, from, ACK, PEER + 1, ISN + 1))
                .as("from %s", from)
                .isEmpty();
    }

    private int connections() {
        return port.rig.vrouter.connections().answered(Rig.ALICE_PORT);
    }

    /** What stands at the end of an answered connection's entry. */
    private int last(int from) {
        ConnectionKey key = new ConnectionKey(Rig.ALICE_PORT, Packets.TCP, port.alice, from, port.bob, 80);
        ByteBuffer value = ByteBuffer.wrap(
                        port.rig.vrouter.connectionTable().find(key).orElseThrow())
                .order(ByteOrder.nativeOrder());
        return value.getInt(value.capacity() - Integer.BYTES);
    }

    @Test
    void balancedConnectionsStayWithTheirMembersUpAndDown() {
        try (Balancing world = new Balancing(IpFamily.IPV4)) {
            world.pool(Balancing.member(world.bob));
            world.left(world.call(Packets.TCP, 5000, SYN));
            world.answered(Packets.TCP, 5000, SYN | ACK);
            world.left(world.call(Packets.UDP, 5001, 0));
            world.pool(Balancing.member(world.carol), Balancing.member(world.bob, 0));
            for (byte[] image : new byte[][] {other, own, own}) {
                world.rig.load(image);
                for (int protocol : new int[] {Packets.TCP, Packets.UDP}) {
                    int from = protocol == Packets.TCP ? 5000 : 5001;
                    assertThat(Header.of(world.answered(protocol, from, ACK)).source())
                            .isEqualTo(world.red);
                    assertThat(world.sent(world.call(protocol, from, ACK)).destination())
                            .isEqualTo(world.bob);
                }
                assertThat(world.sent(world.call(Packets.TCP, 6000, SYN)).destination())
                        .isEqualTo(world.carol);
            }
        }
    }

    @Test
    void connectionsOfAllKindsGoOnUpAndDown() {
        call(5000);
        answer(5000);
        call(5001);
        assertThat(port.udpOut(5002, 53)).isEmpty();
        assertThat(connections()).isEqualTo(1);

        port.rig.load(other);
        assertThat(port.rig.pinned())
                .contains("connection_sets_v2", "translations_v2")
                .doesNotContain("connection_sets_v1", "translations_v1", "handover");
        assertThat(connections()).isEqualTo(1);
        speaks(5000);
        answer(5001);
        speaks(5001);
        assertThat(port.udpIn(53, 5002)).isEmpty();
        call(5003);
        answer(5003);
        assertThat(last(5000)).isZero();
        assertThat(last(5003)).isEqualTo(4711);
        assertThat(connections()).isEqualTo(3);
        assertThat(port.tcpIn(80, 5009, ACK, 1, 1)).as("a stranger").contains(POLICY_INGRESS);

        port.rig.load(own);
        assertThat(port.rig.pinned()).contains("connection_sets_v1").doesNotContain("connection_sets_v2");
        speaks(5000);
        speaks(5001);
        speaks(5003);
        assertThat(port.udpIn(53, 5002)).isEmpty();
        assertThat(port.udpOut(5002, 53)).isEmpty();
        assertThat(connections()).isEqualTo(4);
        assertThat(port.connections()).hasSize(4).values().allMatch(each -> each.receivedPackets() > 0);
        assertThat(port.rig.vrouter.ruleHits(1)).as("each was judged once").isEqualTo(3);

        port.rig.load(other);
        speaks(5003);
        assertThat(last(5003)).as("the build in between does not know it").isZero();
        assertThat(port.tcpIn(80, 5009, ACK, 1, 1)).as("a stranger").contains(POLICY_INGRESS);
    }

    @Test
    void moreConnectionsThanAreMovedAtOnceAreAllMoved() {
        for (int from = 5000; from < 5200; from++) {
            call(from);
            answer(from);
        }
        for (int from = 6000; from < 6200; from++) {
            assertThat(port.udpOut(from, 53)).isEmpty();
        }
        port.rig.load(other);
        assertThat(connections()).isEqualTo(200);
        for (int from = 5000; from < 5200; from++) {
            speaks(from);
        }
        for (int from = 6000; from < 6200; from++) {
            assertThat(port.udpIn(53, from)).isEmpty();
        }
    }

    /** A packet through what the device runs now: bob's answer to a call. */
    private int arrives(BpfProgram program, int to) {
        return port.rig
                .run(
                        program,
                        port.rig.bob,
                        Packets.ip(
                                Rig.ALICE,
                                Rig.BOB,
                                port.bob,
                                port.alice,
                                Packets.TCP,
                                64,
                                Packets.segment(port.bob, port.alice, 80, to, ACK, PEER + 1, ISN + 1)))
                .returned();
    }

    @Test
    void aLoaderThatDiesInBetweenLeavesWhatForwardsAndTheNextOneGoesOn() {
        port.rig.attach(port.rig.bob);
        for (int from = 5000; from < 5004; from++) {
            call(from);
        }
        answer(5000);
        answer(5001);
        assertThatThrownBy(() -> port.rig.load(stops)).isInstanceOf(KernelException.class);

        BpfProgram running = port.rig.attached(port.rig.bob);
        assertThat(arrives(running, 5000)).isEqualTo(Rig.REDIRECT);
        assertThat(arrives(running, 5002)).as("half open").isEqualTo(Rig.REDIRECT);
        assertThat(arrives(running, 5009)).as("a stranger").isEqualTo(Rig.DROP);
        assertThat(port.rig.pinned()).contains("connection_sets_v1", "connection_sets_v2", "handover");

        port.rig.load(own);
        assertThat(port.rig.pinned()).contains("connection_sets_v1").doesNotContain("connection_sets_v2", "handover");
        assertThat(connections()).isEqualTo(2);
        speaks(5000);
        speaks(5001);
        answer(5002);
        answer(5003);
        assertThat(connections()).isEqualTo(4);

        assertThatThrownBy(() -> port.rig.load(stops)).isInstanceOf(KernelException.class);
        assertThat(arrives(port.rig.attached(port.rig.bob), 5003)).isEqualTo(Rig.REDIRECT);
        port.rig.load(other);
        for (int from = 5000; from < 5004; from++) {
            speaks(from);
            assertThat(arrives(port.rig.attached(port.rig.bob), from)).isEqualTo(Rig.REDIRECT);
        }
        assertThat(connections()).isEqualTo(4);
    }
}
