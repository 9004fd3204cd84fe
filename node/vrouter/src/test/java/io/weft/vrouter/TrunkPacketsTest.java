package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Frames with tags, packet by packet: bob's device has two subports behind it, eve on the red network and fred on the blue
 * one, who has bob's own MAC.
 */
class TrunkPacketsTest {
    private static final int EVE_PORT = 5;
    private static final int FRED_PORT = 6;
    private static final int EVE_VLAN = 101;
    private static final int FRED_VLAN = 4094;
    private static final int EVE = Tag.place(EVE_PORT);
    private static final int FRED = Tag.place(FRED_PORT);
    private static final MacAddress EVE_MAC = MacAddress.parse("fa:16:3e:00:00:05");
    private static final IpAddress EVE4 = IpAddress.parse("10.0.1.15");
    private static final IpAddress EVE6 = IpAddress.parse("2001:db8:1::15");
    private static final IpAddress FRED4 = IpAddress.parse("10.0.2.16");
    private static final IpAddress FRED6 = IpAddress.parse("2001:db8:2::16");

    private final Rig rig = new Rig();

    @BeforeEach
    void addSubports() {
        Set<Port.Flag> parent = EnumSet.copyOf(Rig.FLAGS);
        parent.add(Port.Flag.TRUNK);
        rig.port(rig.bob, Rig.BOB_PORT, Rig.BOB, Rig.BOB4, Rig.BOB6, parent);
        subport(EVE_PORT, Rig.RED, EVE_VLAN, EVE_MAC, EVE4, EVE6);
        subport(FRED_PORT, Rig.BLUE, FRED_VLAN, Rig.BOB, FRED4, FRED6);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void subport(int number, int network, int vlan, MacAddress mac, IpAddress ipv4, IpAddress ipv6) {
        int place = Tag.place(number);
        Tag tag = new Tag(rig.bob, vlan);
        rig.tables().subports().put(place, new Subport(tag, 0));
        rig.tables().ports().put(place, new Port(number, network, mac, Rig.FLAGS, Rig.MTU, ipv4, ipv6));
        rig.tables().places().put(tag, place);
        rig.guest(network, mac, ipv4, ipv6, Place.local(place));
    }

    private TestRun.Result fromBob(byte[] frame) {
        return rig.run("from_workload", rig.bob, frame, SkbContext.EMPTY);
    }

    private static byte[] datagram(MacAddress to, MacAddress from, IpAddress source, IpAddress destination) {
        return Packets.ip(
                to,
                from,
                source,
                destination,
                Packets.UDP,
                64,
                Packets.udp(source, destination, 4000, 53, new byte[20]));
    }

    @Test
    void aTaggedFrameIsTheSubportsAndArrivesWithoutItsTag() {
        for (boolean ipv4 : new boolean[] {true, false}) {
            byte[] frame = datagram(Rig.ALICE, EVE_MAC, ipv4 ? EVE4 : EVE6, ipv4 ? Rig.ALICE4 : Rig.ALICE6);
            long sent = rig.vrouter.counters(EVE_PORT).sentPackets();
            long parent = rig.vrouter.counters(Rig.BOB_PORT).sentPackets();
            TestRun.Result result = fromBob(Packets.tagged(frame, EVE_VLAN));
            assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
            assertThat(result.packet()).isEqualTo(frame);
            assertThat(rig.vrouter.counters(EVE_PORT).sentPackets()).isEqualTo(sent + 1);
            assertThat(rig.vrouter.counters(Rig.BOB_PORT).sentPackets()).isEqualTo(parent);
        }
    }

    @Test
    void aPrioritySaysNothingOfWhoseAFrameIs() {
        byte[] frame = datagram(Rig.ALICE, EVE_MAC, EVE4, Rig.ALICE4);
        for (int priority = 1; priority < 16; priority++) {
            TestRun.Result result = fromBob(Packets.tagged(frame, priority << 12 | EVE_VLAN));
            assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
            assertThat(result.packet()).isEqualTo(frame);
        }
        assertThat(rig.vrouter.counters(EVE_PORT).sentPackets()).isEqualTo(15);
    }

    @Test
    void aSubportWithTheParentsMacIsOnItsOwnNetwork() {
        byte[] frame = datagram(Rig.BLUE_ROUTER, Rig.BOB, FRED4, Rig.ALICE4);
        long received = rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets();
        assertThat(fromBob(Packets.tagged(frame, FRED_VLAN)).returned()).isEqualTo(Rig.REDIRECT);
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets()).isEqualTo(received + 1);
    }

    @Test
    void whatIsUntaggedStaysTheParents() {
        byte[] frame = datagram(Rig.ALICE, Rig.BOB, Rig.BOB4, Rig.ALICE4);
        long sent = rig.vrouter.counters(Rig.BOB_PORT).sentPackets();
        assertThat(fromBob(frame).packet()).isEqualTo(frame);
        assertThat(rig.vrouter.counters(Rig.BOB_PORT).sentPackets()).isEqualTo(sent + 1);
    }

    @Test
    void aTagThatNobodyHasEndsAtTheParent() {
        byte[] frame = datagram(Rig.ALICE, EVE_MAC, EVE4, Rig.ALICE4);
        for (int vlan : List.of(0, 1, EVE_VLAN + 1, 4095)) {
            long before = rig.counted(Rig.BOB_PORT, DropReason.VLAN_UNKNOWN);
            assertThat(fromBob(Packets.tagged(frame, vlan)).returned()).isEqualTo(Rig.DROP);
            assertThat(rig.counted(Rig.BOB_PORT, DropReason.VLAN_UNKNOWN)).isEqualTo(before + 1);
        }
        rig.drops(DropReason.VLAN_TAGGED, Packets.tagged(frame, EVE_VLAN));
        long before = rig.counted(EVE_PORT, DropReason.VLAN_TAGGED);
        assertThat(fromBob(Packets.tagged(Packets.tagged(frame, 7), EVE_VLAN)).returned())
                .as("a second tag")
                .isEqualTo(Rig.DROP);
        assertThat(rig.counted(EVE_PORT, DropReason.VLAN_TAGGED)).isEqualTo(before + 1);
    }

    @Test
    void aSubportIsHeldToItsOwnAddresses() {
        long before = rig.counted(EVE_PORT, DropReason.SPOOFED_IPV4);
        byte[] stolen = datagram(Rig.ALICE, EVE_MAC, Rig.BOB4, Rig.ALICE4);
        assertThat(fromBob(Packets.tagged(stolen, EVE_VLAN)).returned()).isEqualTo(Rig.DROP);
        assertThat(rig.counted(EVE_PORT, DropReason.SPOOFED_IPV4)).isEqualTo(before + 1);
        long macs = rig.counted(EVE_PORT, DropReason.SPOOFED_MAC);
        byte[] parents = datagram(Rig.ALICE, Rig.BOB, Rig.BOB4, Rig.ALICE4);
        assertThat(fromBob(Packets.tagged(parents, EVE_VLAN)).returned()).isEqualTo(Rig.DROP);
        assertThat(rig.counted(EVE_PORT, DropReason.SPOOFED_MAC)).isEqualTo(macs + 1);
    }

    @Test
    void whatIsForASubportIsCountedThereAndLeavesByTheParentsDevice() {
        long received = rig.vrouter.counters(EVE_PORT).receivedPackets();
        TestRun.Result local = rig.fromAlice(datagram(EVE_MAC, Rig.ALICE, Rig.ALICE4, EVE4));
        assertThat(local.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(rig.vrouter.counters(EVE_PORT).receivedPackets()).isEqualTo(received + 1);
        rig.tables().subports().remove(EVE);
        assertThat(rig.fromAlice(datagram(EVE_MAC, Rig.ALICE, Rig.ALICE4, EVE4)).returned())
                .as("its parent has just gone")
                .isEqualTo(Rig.DROP);
        assertThat(rig.counted(EVE_PORT, DropReason.DELIVERY_FAILED)).isEqualTo(1);
    }

    @Test
    void neighboursOfAParentAndItsSubportsReachEachOther() {
        long eve = rig.vrouter.counters(EVE_PORT).receivedPackets();
        assertThat(fromBob(datagram(EVE_MAC, Rig.BOB, Rig.BOB4, EVE4)).returned())
                .isEqualTo(Rig.REDIRECT);
        assertThat(rig.vrouter.counters(EVE_PORT).receivedPackets()).isEqualTo(eve + 1);
        long bob = rig.vrouter.counters(Rig.BOB_PORT).receivedPackets();
        byte[] back = datagram(Rig.BOB, EVE_MAC, EVE4, Rig.BOB4);
        assertThat(fromBob(Packets.tagged(back, EVE_VLAN)).returned()).isEqualTo(Rig.REDIRECT);
        assertThat(rig.vrouter.counters(Rig.BOB_PORT).receivedPackets()).isEqualTo(bob + 1);
        long hairpin = rig.counted(EVE_PORT, DropReason.HAIRPIN);
        byte[] self = datagram(EVE_MAC, EVE_MAC, EVE4, EVE4);
        assertThat(fromBob(Packets.tagged(self, EVE_VLAN)).returned()).isEqualTo(Rig.DROP);
        assertThat(rig.counted(EVE_PORT, DropReason.HAIRPIN)).isEqualTo(hairpin + 1);
    }

    @Test
    void whatASubportSendsIsHeldBackByAShaperOfItsOwnAndReturnsWithItsTag() {
        int shaper = rig.spare(1);
        Set<Port.Flag> flags = EnumSet.copyOf(Rig.FLAGS);
        flags.add(Port.Flag.QOS_SENDS);
        rig.tables().ports().put(EVE, new Port(EVE_PORT, Rig.RED, EVE_MAC, flags, Rig.MTU, EVE4, EVE6));
        rig.tables()
                .qos()
                .put(
                        EVE_PORT,
                        new QosLimits(
                                shaper,
                                Optional.empty(),
                                QosLimits.PacketRate.UNLIMITED,
                                QosLimits.PacketRate.UNLIMITED));
        byte[] frame = Packets.tagged(datagram(Rig.ALICE, EVE_MAC, EVE4, Rig.ALICE4), EVE_VLAN);
        TestRun.Result first = fromBob(frame);
        assertThat(first.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(first.context().mark()).isEqualTo(EVE);
        assertThat(rig.vrouter.counters(EVE_PORT).sentPackets()).isZero();
        assertThat(rig.run("from_shaper", rig.spare(2), frame, first.context()).returned())
                .isEqualTo(Rig.REDIRECT);
        TestRun.Result again = rig.run("from_workload", rig.bob, frame, first.context());
        assertThat(again.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(again.context().mark()).isZero();
        assertThat(rig.vrouter.counters(EVE_PORT).sentPackets()).isEqualTo(1);
    }

    @Test
    void whatASubportReceivesIsHeldBackBeforeItGetsItsTag() {
        rig.tables().subports().put(FRED, new Subport(new Tag(rig.bob, FRED_VLAN), rig.spare(1)));
        byte[] frame = datagram(Rig.RED_ROUTER, Rig.ALICE, Rig.ALICE4, FRED4);
        TestRun.Result held = rig.fromAlice(frame);
        assertThat(held.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(held.context().mark()).isEqualTo(FRED | 1 << 29);
        TestRun.Result released = rig.run("from_shaper", rig.spare(2), held.packet(), held.context());
        assertThat(released.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(released.context().mark()).isZero();
    }
}
