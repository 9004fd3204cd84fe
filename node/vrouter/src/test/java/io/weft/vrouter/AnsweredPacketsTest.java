package io.weft.vrouter;

import static io.weft.vrouter.Packets.ETHERTYPE_ARP;
import static io.weft.vrouter.Packets.EVERYONE;
import static io.weft.vrouter.Packets.ICMP;
import static io.weft.vrouter.Packets.ICMPV6;
import static io.weft.vrouter.Packets.TCP;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.ALICE6;
import static io.weft.vrouter.Rig.BLUE_GATEWAY4;
import static io.weft.vrouter.Rig.BLUE_GATEWAY6;
import static io.weft.vrouter.Rig.BOB;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.CAROL;
import static io.weft.vrouter.Rig.CAROL4;
import static io.weft.vrouter.Rig.CAROL6;
import static io.weft.vrouter.Rig.DAVE;
import static io.weft.vrouter.Rig.DAVE4;
import static io.weft.vrouter.Rig.DAVE6;
import static io.weft.vrouter.Rig.OTHER_TUNNEL;
import static io.weft.vrouter.Rig.OWN_TUNNEL;
import static io.weft.vrouter.Rig.RED;
import static io.weft.vrouter.Rig.REDIRECT;
import static io.weft.vrouter.Rig.RED_GATEWAY4;
import static io.weft.vrouter.Rig.RED_GATEWAY6;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The life of packets that arrive: what is answered, switched, routed and sent through the tunnel. */
class AnsweredPacketsTest {
    private static Rig rig;

    @BeforeAll
    static void build() {
        rig = new Rig();
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static byte[] taken(byte[] frame) {
        TestRun.Result result = rig.fromAlice(frame);
        assertThat(result.returned())
                .as(rig.vrouter.counters(Rig.ALICE_PORT).toString())
                .isEqualTo(REDIRECT);
        return result.packet();
    }

    private static byte[] udp(MacAddress to, IpAddress source, IpAddress destination, int hops, int size) {
        return Packets.ip(
                to,
                ALICE,
                source,
                destination,
                UDP,
                hops,
                Packets.udp(source, destination, 1000, 2000, new byte[size]));
    }

    @Test
    void arpIsAnsweredForGuestsAndGateways() {
        for (var known : new Object[][] {{CAROL4, CAROL}, {BOB4, BOB}, {RED_GATEWAY4, RED_ROUTER}}) {
            byte[] question = Packets.arp(1, ALICE, ALICE4, new MacAddress(0), (IpAddress) known[0]);
            byte[] answer = taken(Packets.ethernet(EVERYONE, ALICE, ETHERTYPE_ARP, question));
            assertThat(Packets.destinationMac(answer)).isEqualTo(ALICE);
            assertThat(Packets.sourceMac(answer)).isEqualTo(known[1]);
            assertThat(Arrays.copyOfRange(answer, 14, 42))
                    .isEqualTo(Packets.arp(2, (MacAddress) known[1], (IpAddress) known[0], ALICE, ALICE4));
        }
    }

    @Test
    void neighbourSolicitationsAreAnsweredForGuestsGatewaysAndLinkLocalAddresses() {
        IpPrefix linkLocal = IpPrefix.parse("fe80::/64");
        for (var known : new Object[][] {
            {CAROL6, CAROL},
            {RED_GATEWAY6, RED_ROUTER},
            {CAROL.eui64Address(linkLocal), CAROL},
            {RED_ROUTER.eui64Address(linkLocal), RED_ROUTER}
        }) {
            IpAddress target = (IpAddress) known[0];
            IpAddress group = IpAddress.ofIpv6(0xff02L << 48, 0x1ff000000L | target.low() & 0xffffff);
            byte[] body = Packets.neighbour(ALICE6, group, 135, target, 1, ALICE);
            byte[] answer = taken(Packets.ip(
                    new MacAddress(0x3333ff000000L | target.low() & 0xffffff),
                    ALICE,
                    ALICE6,
                    group,
                    ICMPV6,
                    255,
                    body));
            assertThat(Packets.addresses(answer)).containsExactly(target, ALICE6);
            assertThat(answer[54] & 0xff).isEqualTo(136);
            assertThat(answer[58] & 0x80).isEqualTo(known[1].equals(RED_ROUTER) ? 0x80 : 0);
            assertThat(Packets.sourceMac(answer)).isEqualTo(known[1]);
            assertThat(Arrays.copyOfRange(answer, 80, 86)).isEqualTo(((MacAddress) known[1]).toBytes());
            assertThat(Packets.checksumsHold(answer)).isTrue();
        }
    }

    @Test
    void gatewaysAnswerEchoRequestsOnAllTheirAddresses() {
        for (IpAddress gateway : new IpAddress[] {RED_GATEWAY4, BLUE_GATEWAY4}) {
            byte[] answer = taken(
                    Packets.ip(RED_ROUTER, ALICE, ALICE4, gateway, ICMP, 1, Packets.icmp(8, 0, 0x10001, new byte[56])));
            assertThat(Packets.addresses(answer)).containsExactly(gateway, ALICE4);
            assertThat(answer[34]).isZero();
            assertThat(Packets.checksumsHold(answer)).isTrue();
        }
        IpAddress linkLocal = RED_ROUTER.eui64Address(IpPrefix.parse("fe80::/64"));
        for (IpAddress gateway : new IpAddress[] {RED_GATEWAY6, BLUE_GATEWAY6, linkLocal}) {
            byte[] answer = taken(Packets.ip(
                    RED_ROUTER,
                    ALICE,
                    ALICE6,
                    gateway,
                    ICMPV6,
                    64,
                    Packets.icmpv6(ALICE6, gateway, 128, 0, 0x10001, new byte[56])));
            assertThat(Packets.addresses(answer)).containsExactly(gateway, ALICE6);
            assertThat(answer[54] & 0xff).isEqualTo(129);
            assertThat(Packets.checksumsHold(answer)).isTrue();
        }
    }

    @Test
    void aLocalFrameIsDeliveredAsItIs() {
        byte[] frame = udp(BOB, ALICE4, BOB4, 64, 100);
        assertThat(taken(frame)).isEqualTo(frame);
        assertThat(rig.vrouter.counters(Rig.BOB_PORT).receivedPackets()).isPositive();
        byte[] strange = Packets.ethernet(BOB, ALICE, 0x88b5, new byte[60]);
        assertThat(taken(strange)).isEqualTo(strange);
    }

    @Test
    void aRemoteFrameLeavesInATunnel() {
        byte[] frame = udp(CAROL, ALICE4, CAROL4, 64, 100);
        byte[] outer = taken(frame);
        assertThat(outer).hasSize(frame.length + 50);
        assertThat(Packets.addresses(outer)).containsExactly(OWN_TUNNEL, OTHER_TUNNEL);
        assertThat(Packets.number(outer, 36, 2)).isEqualTo(4789);
        assertThat(Packets.number(outer, 34, 2)).isGreaterThanOrEqualTo(0xc000);
        assertThat(Packets.number(outer, 46, 3)).isEqualTo(RED);
        assertThat(Packets.number(outer, 40, 2)).as("no UDP checksum").isZero();
        assertThat(Arrays.copyOfRange(outer, 50, outer.length)).isEqualTo(frame);
    }

    @Test
    void aRoutedPacketLeavesInTheNetworkOfItsDestination() {
        byte[] outer = taken(udp(RED_ROUTER, ALICE4, DAVE4, 64, 100));
        assertThat(Packets.number(outer, 46, 3)).isEqualTo(Rig.BLUE);
        byte[] inner = Arrays.copyOfRange(outer, 50, outer.length);
        assertThat(Packets.destinationMac(inner)).isEqualTo(DAVE);
        assertThat(Packets.sourceMac(inner)).isEqualTo(Rig.BLUE_ROUTER);
        assertThat(inner[22]).isEqualTo((byte) 63);
        assertThat(Packets.checksumsHold(inner)).isTrue();

        byte[] outer6 = taken(udp(RED_ROUTER, ALICE6, DAVE6, 64, 100));
        assertThat(outer6[50 + 21]).isEqualTo((byte) 63);
        assertThat(Packets.checksumsHold(Arrays.copyOfRange(outer6, 50, outer6.length)))
                .isTrue();
    }

    @Test
    void anExpiredPacketIsAnsweredByTheGateway() {
        byte[] late = udp(RED_ROUTER, ALICE4, DAVE4, 1, 200);
        byte[] error = taken(late);
        assertThat(Packets.addresses(error)).containsExactly(RED_GATEWAY4, ALICE4);
        assertThat(Packets.sourceMac(error)).isEqualTo(RED_ROUTER);
        assertThat(error[34]).isEqualTo((byte) 11);
        assertThat(Arrays.copyOfRange(error, 42, 42 + 128)).isEqualTo(Arrays.copyOfRange(late, 14, 14 + 128));
        assertThat(Packets.checksumsHold(error)).isTrue();

        byte[] error6 = taken(udp(RED_ROUTER, ALICE6, DAVE6, 1, 20));
        assertThat(Packets.addresses(error6)).containsExactly(RED_GATEWAY6, ALICE6);
        assertThat(error6[54]).isEqualTo((byte) 3);
        assertThat(Packets.checksumsHold(error6)).isTrue();
    }

    @Test
    void aPacketThatIsTooBigIsAnsweredWithTheMtuAhead() {
        byte[] error = taken(udp(RED_ROUTER, ALICE4, DAVE4, 64, 1440));
        assertThat(Packets.addresses(error)).containsExactly(RED_GATEWAY4, ALICE4);
        assertThat(Packets.number(error, 34, 2)).isEqualTo(0x0304);
        assertThat(Packets.number(error, 40, 2)).isEqualTo(1450);
        assertThat(Packets.checksumsHold(error)).isTrue();

        byte[] error6 = taken(udp(RED_ROUTER, ALICE6, DAVE6, 64, 1440));
        assertThat(error6[54]).isEqualTo((byte) 2);
        assertThat(Packets.number(error6, 58, 4)).isEqualTo(1450);
        assertThat(Packets.checksumsHold(error6)).isTrue();

        // Without a router the destination itself signs, as no one else is in the way.
        byte[] switched = taken(udp(CAROL, ALICE4, CAROL4, 64, 1440));
        assertThat(Packets.addresses(switched)).containsExactly(CAROL4, ALICE4);
        assertThat(rig.vrouter.counters(Rig.ALICE_PORT).drops(DropReason.TOO_BIG))
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void whatJustFitsIsForwardedAndAByteMoreIsNot() {
        for (int over = 0; over < 2; over++) {
            long before = rig.counted(Rig.ALICE_PORT, DropReason.TOO_BIG);
            taken(udp(RED_ROUTER, ALICE4, DAVE4, 64, 1450 - 28 + over));
            taken(udp(RED_ROUTER, ALICE6, DAVE6, 64, 1450 - 48 + over));
            taken(udp(CAROL, ALICE4, CAROL4, 64, 1450 - 28 + over));
            assertThat(rig.counted(Rig.ALICE_PORT, DropReason.TOO_BIG)).isEqualTo(before + 3L * over);
        }
    }

    @Test
    void aDestinationWithoutRouteIsUnreachable() {
        byte[] error = taken(udp(RED_ROUTER, ALICE4, IpAddress.parse("203.0.113.9"), 64, 20));
        assertThat(Packets.number(error, 34, 2)).isEqualTo(0x0300);
        assertThat(Packets.checksumsHold(error)).isTrue();
        byte[] absent = taken(udp(RED_ROUTER, ALICE6, IpAddress.parse("2001:db8:2::77"), 64, 20));
        assertThat(Packets.number(absent, 54, 2)).isEqualTo(0x0103);
    }

    @Test
    void anIpv6DefaultRouteDoesNotCatchIpv4() {
        rig.route(7, "::/0", new Route.Blackhole());
        MacAddress router = MacAddress.parse("fa:16:3e:ff:07:01");
        rig.tables().macs().put(new MacKey(RED, router), Place.router(7));
        rig.tables()
                .routerInterfaces()
                .put(new MacKey(RED, router), new RouterInterface(7, 1450, RED_GATEWAY4, RED_GATEWAY6));
        long before = rig.counted(Rig.ALICE_PORT, DropReason.NO_ROUTE);
        taken(udp(router, ALICE4, DAVE4, 64, 20));
        assertThat(rig.counted(Rig.ALICE_PORT, DropReason.NO_ROUTE)).isEqualTo(before + 1);
        rig.drops(DropReason.BLACKHOLE, udp(router, ALICE6, DAVE6, 64, 20));
    }

    @Test
    void aChainOfRoutersIsPassedInOneGo() {
        // Domain 1 hands 198.51.100.0/24 to a router of domain 2 on red, which has it as its own network, blue.
        MacAddress second = MacAddress.parse("fa:16:3e:ff:08:01");
        IpAddress secondAddress = IpAddress.parse("10.0.1.254");
        rig.guest(RED, second, secondAddress, IpAddress.parse("2001:db8:1::254"), Place.router(2));
        rig.tables()
                .routerInterfaces()
                .put(new MacKey(RED, second), new RouterInterface(2, 1450, secondAddress, NextHop.ON_LINK));
        rig.route(1, "198.51.100.0/24", new Route.Via(new NextHop(RED, RED_ROUTER, 1450, secondAddress)));
        rig.route(2, "198.51.100.0/24", new Route.Via(new NextHop(Rig.BLUE, Rig.BLUE_ROUTER, 1450, DAVE4)));
        IpAddress target = IpAddress.parse("198.51.100.5");
        byte[] outer = taken(udp(RED_ROUTER, ALICE4, target, 64, 20));
        assertThat(outer[50 + 22]).isEqualTo((byte) 62);
        assertThat(Packets.destinationMac(Arrays.copyOfRange(outer, 50, 64))).isEqualTo(DAVE);
        byte[] error = taken(udp(RED_ROUTER, ALICE4, target, 2, 20));
        assertThat(Packets.addresses(error)).as("the second router signs").containsExactly(secondAddress, ALICE4);
    }

    @Test
    void flowsSpreadOverAnEqualCostGroup() {
        rig.guest(
                Rig.BLUE,
                new MacAddress(0xfa163e000051L),
                IpAddress.parse("10.0.2.51"),
                IpAddress.parse("2001:db8:2::51"),
                Place.remote(Rig.OTHER_NODE));
        rig.guest(
                Rig.BLUE,
                new MacAddress(0xfa163e000052L),
                IpAddress.parse("10.0.2.52"),
                IpAddress.parse("2001:db8:2::52"),
                Place.remote(Rig.OTHER_NODE));
        for (int slot = 0; slot < 2; slot++) {
            rig.tables()
                    .groupMembers()
                    .put(
                            new GroupMemberKey(5, slot),
                            new NextHop(Rig.BLUE, Rig.BLUE_ROUTER, 1450, IpAddress.parse("10.0.2.5" + (slot + 1))));
        }
        rig.route(1, "192.0.2.0/24", new Route.Group(5, 2));
        IpAddress target = IpAddress.parse("192.0.2.1");
        int[] chosen = new int[2];
        for (int port = 0; port < 200; port++) {
            byte[] segment = Packets.tcp(ALICE4, target, 10000 + port, 80, new byte[10]);
            byte[] outer = taken(Packets.ip(RED_ROUTER, ALICE, ALICE4, target, TCP, 64, segment));
            chosen[(outer[55] & 0xff) - 0x51]++;
            byte[] again = taken(Packets.ip(RED_ROUTER, ALICE, ALICE4, target, TCP, 64, segment));
            assertThat(again[55]).isEqualTo(outer[55]);
        }
        assertThat(chosen[0]).isBetween(60, 140);
    }

    @Test
    void dhcpAndRouterSolicitationsReachTheAgent() throws Exception {
        LinkedBlockingQueue<VrouterEvent> events = new LinkedBlockingQueue<>();
        try (AutoCloseable listening = rig.vrouter.listen(events::add)) {
            IpAddress any = IpAddress.parse("0.0.0.0");
            IpAddress everywhere = IpAddress.parse("255.255.255.255");
            byte[] discover = Packets.ip(
                    EVERYONE, ALICE, any, everywhere, UDP, 64, Packets.udp(any, everywhere, 68, 67, new byte[240]));
            rig.fromAlice(discover);
            assertThat(events.poll(5, TimeUnit.SECONDS)).isInstanceOfSatisfying(VrouterEvent.Punt.class, punt -> {
                assertThat(punt.question()).isEqualTo(VrouterEvent.Question.DHCPV4);
                assertThat(punt.ifindex()).isEqualTo(rig.alice);
                assertThat(punt.port()).isEqualTo(Rig.ALICE_PORT);
                assertThat(punt.network()).isEqualTo(RED);
                assertThat(punt.frame()).isEqualTo(discover);
            });
            IpAddress own = ALICE.eui64Address(IpPrefix.parse("fe80::/64"));
            IpAddress servers = IpAddress.parse("ff02::1:2");
            rig.fromAlice(Packets.ip(
                    MacAddress.parse("33:33:00:01:00:02"),
                    ALICE,
                    own,
                    servers,
                    UDP,
                    64,
                    Packets.udp(own, servers, 546, 547, new byte[40])));
            assertThat(events.poll(5, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            VrouterEvent.Punt.class,
                            punt -> assertThat(punt.question()).isEqualTo(VrouterEvent.Question.DHCPV6));
            IpAddress routers = IpAddress.parse("ff02::2");
            rig.fromAlice(Packets.ip(
                    MacAddress.parse("33:33:00:00:00:02"),
                    ALICE,
                    own,
                    routers,
                    ICMPV6,
                    255,
                    Packets.icmpv6(own, routers, 133, 0, 0, new byte[8])));
            assertThat(events.poll(5, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            VrouterEvent.Punt.class,
                            punt -> assertThat(punt.question()).isEqualTo(VrouterEvent.Question.ROUTER_SOLICITATION));
            assertThat(listening).isNotNull();
        }
    }

    @Test
    void aSharedAddressFollowsItsAnnouncement() throws Exception {
        IpAddress shared = IpAddress.parse("10.0.1.100");
        rig.tables().sharedAddresses().put(new SharedAddressKey(RED, IpPrefix.parse("10.0.1.100/32")), 1);
        for (int port : new int[] {Rig.ALICE_PORT, Rig.BOB_PORT}) {
            MacAddress mac = port == Rig.ALICE_PORT ? ALICE : BOB;
            rig.tables()
                    .portAddresses()
                    .put(new PortAddressKey(port, mac, IpPrefix.parse("10.0.1.100/32")), PortAddress.SHARED);
        }
        LinkedBlockingQueue<VrouterEvent> events = new LinkedBlockingQueue<>();
        try (AutoCloseable listening = rig.vrouter.listen(events::add)) {
            assertThat(listening).isNotNull();
            announce(rig.alice, ALICE, shared);
            assertThat(events.poll(5, TimeUnit.SECONDS))
                    .isEqualTo(new VrouterEvent.Learned(RED, shared, ALICE, Place.local(rig.alice)));
            announce(rig.bob, BOB, shared);
            assertThat(events.poll(5, TimeUnit.SECONDS))
                    .isEqualTo(new VrouterEvent.Learned(RED, shared, BOB, Place.local(rig.bob)));
        }
        assertThat(rig.tables().learnedAddresses().get(new AddressKey(RED, shared)))
                .get()
                .extracting(LearnedAddress::mac, LearnedAddress::place)
                .containsExactly(BOB, Place.local(rig.bob));
        byte[] question = Packets.arp(1, ALICE, ALICE4, new MacAddress(0), shared);
        byte[] answer = taken(Packets.ethernet(EVERYONE, ALICE, ETHERTYPE_ARP, question));
        assertThat(Packets.sourceMac(answer)).isEqualTo(BOB);
    }

    private static void announce(int ifindex, MacAddress mac, IpAddress address) {
        byte[] frame = Packets.ethernet(
                EVERYONE, mac, ETHERTYPE_ARP, Packets.arp(1, mac, address, new MacAddress(0), address));
        assertThat(rig.run("from_workload", ifindex, frame, SkbContext.EMPTY).returned())
                .isEqualTo(Rig.DROP);
    }

    @Test
    void aNonIpFrameToAnotherNodeTakesTheTunnelDevice() {
        byte[] frame = Packets.ethernet(CAROL, ALICE, 0x88b5, new byte[60]);
        assertThat(taken(frame)).isEqualTo(frame);
    }

    @Test
    void whatIsNoTunnelGoesOnToTheHost() {
        byte[] ordinary = udp(new MacAddress(2), OTHER_TUNNEL, OWN_TUNNEL, 64, 20);
        assertThat(rig.run("from_uplink", rig.uplink, ordinary, SkbContext.EMPTY)
                        .returned())
                .isEqualTo(Rig.GO_ON);
        byte[] foreign = Packets.vxlan(OTHER_TUNNEL, IpAddress.parse("192.168.1.77"), 0x08000000, RED, ordinary);
        assertThat(rig.run("from_uplink", rig.uplink, foreign, SkbContext.EMPTY).returned())
                .isEqualTo(Rig.GO_ON);
    }
}
