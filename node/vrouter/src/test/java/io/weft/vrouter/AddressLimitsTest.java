package io.weft.vrouter;

import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.DROP;
import static io.weft.vrouter.Rig.REDIRECT;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.QosLimits.PacketRate;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may pass by addresses outside, packet by packet. */
class AddressLimitsTest {
    private static final int EXTERNAL = 900;
    private static final int NUMBER = 7;
    private static final int EXPEDITED = 46;
    private static final int CLASS = AddressLimits.CLASSES | NUMBER;
    private static final MacAddress GATEWAY_MAC = MacAddress.parse("fa:16:3e:ee:00:01");
    private static final MacAddress FLOATING_MAC = MacAddress.parse("fa:16:3e:ee:00:02");
    private static final MacAddress OTHER_MAC = MacAddress.parse("fa:16:3e:ee:00:03");
    private static final MacAddress OUTSIDE_MAC = MacAddress.parse("fa:16:3e:ee:00:99");
    private static final IpAddress SHARED = IpAddress.parse("203.0.113.2");
    private static final IpAddress FLOATING = IpAddress.parse("203.0.113.3");
    private static final IpAddress OTHER = IpAddress.parse("203.0.113.4");
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.1");

    /** So slow that no bucket fills while a test runs. */
    private static final PacketRate CRAWL = new PacketRate(1L << 50, 0);

    private Rig rig;
    private int device;
    private int sends;
    private int receives;

    @BeforeEach
    void build() {
        rig = new Rig();
        device = rig.spare(1);
        sends = rig.spare(2);
        receives = rig.spare(3);
        Tables tables = rig.tables();
        tables.externalNetworks().put(EXTERNAL, new ExternalNetwork(device, 1500));
        tables.externalDevices().put(device, EXTERNAL);
        tables.externalAddresses().put(new AddressKey(EXTERNAL, SHARED), ExternalAddress.own(Rig.DOMAIN, GATEWAY_MAC));
        floating(ALICE4, FLOATING, FLOATING_MAC, NUMBER);
        floating(BOB4, OTHER, OTHER_MAC, 0);
        tables.neighbours().put(new AddressKey(EXTERNAL, OUTSIDE), new Neighbour(OUTSIDE_MAC, System.nanoTime(), 0));
        NextHop onLink = new NextHop(EXTERNAL, GATEWAY_MAC, 1500, NextHop.ON_LINK);
        rig.route(Rig.DOMAIN, "203.0.113.0/24", new Route.External(onLink));
        tables.gateways()
                .put(
                        Rig.DOMAIN,
                        new DomainGateway(EXTERNAL, EXTERNAL + 1, DomainGateway.HERE, GATEWAY_MAC, true, SHARED));
    }

    private void floating(IpAddress fixed, IpAddress floating, MacAddress mac, int limits) {
        rig.tables().floatingAddresses().put(new FloatingKey(Rig.DOMAIN, fixed), floating);
        rig.tables()
                .externalAddresses()
                .put(new AddressKey(EXTERNAL, floating), new ExternalAddress(Rig.DOMAIN, fixed, mac, limits));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void limit(int out, int in, Optional<Integer> mark, PacketRate sent, PacketRate received) {
        rig.tables().addressLimits().put(NUMBER, new AddressLimits(out, in, mark, sent, received));
    }

    private static byte[] out(IpAddress to) {
        return Packets.ip(
                RED_ROUTER, ALICE, ALICE4, to, Packets.UDP, 64, Packets.udp(ALICE4, to, 4000, 53, new byte[20]));
    }

    private static byte[] in() {
        return Packets.ip(
                FLOATING_MAC,
                OUTSIDE_MAC,
                OUTSIDE,
                FLOATING,
                Packets.UDP,
                64,
                Packets.udp(OUTSIDE, FLOATING, 53, 4000, new byte[20]));
    }

    private TestRun.Result shaper(TestRun.Result from) {
        return rig.run("from_shaper", rig.spare(4), from.packet(), from.context());
    }

    @Test
    void whatLeavesWaitsInItsClassAndThenLeavesByTheDevice() {
        limit(sends, receives, Optional.of(EXPEDITED), PacketRate.UNLIMITED, PacketRate.UNLIMITED);
        TestRun.Result held = rig.fromAlice(out(OUTSIDE));
        assertThat(held.returned()).isEqualTo(REDIRECT);
        assertThat(held.context().mark()).isEqualTo(1 << 28 | device);
        assertThat(held.context().priority()).isEqualTo(CLASS);
        assertThat(Packets.addresses(held.packet())).containsExactly(FLOATING, OUTSIDE);
        assertThat(Packets.destinationMac(held.packet())).isEqualTo(OUTSIDE_MAC);
        assertThat(held.packet()[15]).isEqualTo((byte) (EXPEDITED << 2));
        assertThat(Packets.checksumsHold(held.packet())).isTrue();
        TestRun.Result left = shaper(held);
        assertThat(left.returned()).isEqualTo(REDIRECT);
        assertThat(left.context().mark()).isZero();
    }

    @Test
    void whatArrivesWaitsInItsClassAndThenComesInOnce() {
        limit(sends, receives, Optional.of(EXPEDITED), PacketRate.UNLIMITED, PacketRate.UNLIMITED);
        TestRun.Result held = rig.run("from_external", device, in(), SkbContext.EMPTY);
        assertThat(held.returned()).isEqualTo(REDIRECT);
        assertThat(held.context().mark()).isEqualTo(device);
        assertThat(held.context().priority()).isEqualTo(CLASS);
        assertThat(held.packet()).isEqualTo(in());
        TestRun.Result returned = shaper(held);
        assertThat(returned.returned()).isEqualTo(REDIRECT);
        TestRun.Result second = rig.run("from_external", device, in(), returned.context());
        assertThat(second.returned()).isEqualTo(REDIRECT);
        assertThat(second.context().mark()).isZero();
        assertThat(Packets.addresses(second.packet())).containsExactly(OUTSIDE, ALICE4);
    }

    @Test
    void betweenTwoAddressesOfANodeBothLimitsHold() {
        limit(sends, receives, Optional.empty(), PacketRate.UNLIMITED, PacketRate.UNLIMITED);
        TestRun.Result held = rig.fromAlice(out(OTHER));
        assertThat(held.returned()).isEqualTo(REDIRECT);
        assertThat(held.context().mark()).isEqualTo(1 << 29 | device);
        assertThat(Packets.addresses(held.packet())).containsExactly(FLOATING, OTHER);
        assertThat(Packets.sourceMac(held.packet())).isEqualTo(FLOATING_MAC);
        assertThat(Packets.destinationMac(held.packet())).isEqualTo(OTHER_MAC);
        TestRun.Result around = shaper(held);
        assertThat(around.context().mark()).as("it comes in as from outside").isZero();
        TestRun.Result entered = rig.run("from_external", device, held.packet(), around.context());
        assertThat(entered.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.addresses(entered.packet())).containsExactly(FLOATING, BOB4);
        assertThat(Packets.checksumsHold(entered.packet())).isTrue();
    }

    @Test
    void packetsAreCountedEachWay() {
        limit(0, 0, Optional.empty(), CRAWL, CRAWL);
        assertThat(rig.fromAlice(out(OUTSIDE)).returned()).isEqualTo(REDIRECT);
        rig.drops(DropReason.PACKET_RATE, out(OUTSIDE));
        assertThat(rig.run("from_external", device, in(), SkbContext.EMPTY).returned())
                .isEqualTo(REDIRECT);
        assertThat(rig.run("from_external", device, in(), SkbContext.EMPTY).returned())
                .isEqualTo(DROP);
    }

    @Test
    void anAddressWithoutLimitsIsNotHeldBack() {
        TestRun.Result plain = rig.fromAlice(out(OUTSIDE));
        assertThat(plain.returned()).isEqualTo(REDIRECT);
        assertThat(plain.context().mark()).isZero();
        assertThat(plain.context().priority()).isZero();
    }
}
