package io.weft.vrouter;

import static io.weft.vrouter.Packets.ETHERTYPE_ARP;
import static io.weft.vrouter.Packets.EVERYONE;
import static io.weft.vrouter.Packets.ICMPV6;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.ALICE6;
import static io.weft.vrouter.Rig.ALICE_PORT;
import static io.weft.vrouter.Rig.BOB;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.BOB6;
import static io.weft.vrouter.Rig.BOB_PORT;
import static io.weft.vrouter.Rig.DAVE4;
import static io.weft.vrouter.Rig.DROP;
import static io.weft.vrouter.Rig.FLAGS;
import static io.weft.vrouter.Rig.OTHER_TUNNEL;
import static io.weft.vrouter.Rig.OWN_TUNNEL;
import static io.weft.vrouter.Rig.RED;
import static io.weft.vrouter.Rig.RED_GATEWAY4;
import static io.weft.vrouter.Rig.RED_GATEWAY6;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each way in which a packet ends, and that it is counted under its name. */
class DroppedPacketsTest {
    private static final MacAddress STRANGER = MacAddress.parse("fa:16:3e:99:99:99");
    private static final IpAddress STRANGER4 = IpAddress.parse("10.0.1.99");
    private static final IpAddress STRANGER6 = IpAddress.parse("2001:db8:1::99");
    private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
    private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");
    private static final IpAddress ANY4 = IpAddress.parse("0.0.0.0");
    private static final IpAddress EVERYWHERE4 = IpAddress.parse("255.255.255.255");

    private static Rig rig;

    @BeforeAll
    static void build() {
        rig = new Rig();
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static byte[] udp(MacAddress to, MacAddress from, IpAddress source, IpAddress destination, int... ports) {
        int sourcePort = ports.length > 0 ? ports[0] : 1000;
        int destinationPort = ports.length > 0 ? ports[1] : 2000;
        return Packets.ip(
                to,
                from,
                source,
                destination,
                UDP,
                64,
                Packets.udp(source, destination, sourcePort, destinationPort, new byte[32]));
    }

    private static byte[] arp(int operation, MacAddress sender, IpAddress senderIp, IpAddress target) {
        return Packets.ethernet(
                EVERYONE, ALICE, ETHERTYPE_ARP, Packets.arp(operation, sender, senderIp, new MacAddress(0), target));
    }

    @Test
    void aDeviceInNoTable() {
        long before = rig.counted(0, DropReason.UNKNOWN_PORT);
        assertThat(rig.run("from_workload", rig.uplink, udp(BOB, ALICE, ALICE4, BOB4), SkbContext.EMPTY)
                        .returned())
                .isEqualTo(DROP);
        assertThat(rig.counted(0, DropReason.UNKNOWN_PORT)).isEqualTo(before + 1);
    }

    @Test
    void aPortThatIsDown() {
        rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, Set.of());
        try {
            rig.run("from_workload", rig.bob, udp(ALICE, BOB, BOB4, ALICE4), SkbContext.EMPTY);
            assertThat(rig.counted(BOB_PORT, DropReason.PORT_DOWN)).isEqualTo(1);
            rig.drops(DropReason.DESTINATION_DOWN, udp(BOB, ALICE, ALICE4, BOB4));
        } finally {
            rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
        }
    }

    /** To a node's own port: what is for one of its addresses enters, all else ends there and counts there. */
    @Test
    void whatIsNotForTheNodeItself() {
        Set<Port.Flag> flags = EnumSet.copyOf(FLAGS);
        flags.add(Port.Flag.HOST);
        IpAddress node4 = IpAddress.parse("192.0.2.7");
        IpAddress node6 = IpAddress.parse("2001:db8:77::7");
        rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, flags);
        List<PortAddressKey> pairs = Stream.of(node4, node6)
                .map(address -> new PortAddressKey(
                        BOB_PORT, BOB, new IpPrefix(address, address.family().bits())))
                .toList();
        pairs.forEach(pair -> rig.tables().portAddresses().put(pair, PortAddress.SHARED));
        try {
            IpAddress linkLocal = BOB.eui64Address(IpPrefix.parse("fe80::/64"));
            for (IpAddress own : List.of(BOB4, node4, BOB6, node6, linkLocal)) {
                IpAddress source = own.isIpv4() ? ALICE4 : ALICE6;
                assertThat(rig.fromAlice(udp(BOB, ALICE, source, own)).returned())
                        .as(own.toString())
                        .isNotEqualTo(DROP);
            }
            refusedByHost(udp(BOB, ALICE, ALICE4, IpAddress.parse("198.51.100.9")));
            refusedByHost(udp(BOB, ALICE, ALICE4, IpAddress.parse("127.0.0.1")));
            refusedByHost(udp(BOB, ALICE, ALICE4, EVERYWHERE4));
            refusedByHost(udp(BOB, ALICE, ALICE6, IpAddress.parse("2001:db8:99::9")));
            refusedByHost(udp(BOB, ALICE, ALICE6, IpAddress.parse("::1")));
            refusedByHost(udp(BOB, ALICE, ALICE6, ALL_NODES));
            // In the name of a tunnel's other end: only a port without anti-spoofing could send it.
            rig.tables().underlayAddresses().put(ALICE4, 1);
            refusedByHost(udp(BOB, ALICE, ALICE4, node4, 1000, 4789));
            refusedByHost(udp(BOB, ALICE, ALICE4, BOB4, 1000, 4789));
            assertThat(rig.fromAlice(udp(BOB, ALICE, ALICE4, node4)).returned())
                    .as("as another node's services answer")
                    .isNotEqualTo(DROP);
            rig.tables().underlayAddresses().put(node4, 1);
            refusedByHost(udp(BOB, ALICE, ALICE4, node4));
        } finally {
            rig.tables().underlayAddresses().remove(ALICE4);
            rig.tables().underlayAddresses().remove(node4);
            pairs.forEach(rig.tables().portAddresses()::remove);
            rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
        }
    }

    private static void refusedByHost(byte[] frame) {
        long before = rig.counted(BOB_PORT, DropReason.HOST_REFUSED);
        assertThat(rig.fromAlice(frame).returned()).isEqualTo(DROP);
        assertThat(rig.counted(BOB_PORT, DropReason.HOST_REFUSED)).isEqualTo(before + 1);
    }

    @Test
    void headersThatAreCutShort() {
        byte[] whole = udp(BOB, ALICE, ALICE4, BOB4);
        byte[] cut = new byte[40];
        System.arraycopy(whole, 0, cut, 0, cut.length);
        rig.drops(DropReason.MALFORMED, cut);
        whole[14] = 0x46;
        whole[17] = 22;
        rig.drops(DropReason.MALFORMED, whole);
    }

    @Test
    void spoofedSources() {
        rig.drops(DropReason.SPOOFED_MAC, udp(BOB, STRANGER, ALICE4, BOB4));
        rig.drops(DropReason.SPOOFED_MAC, Packets.ethernet(BOB, STRANGER, 0x88cc, new byte[40]));
        rig.drops(DropReason.SPOOFED_IPV4, udp(BOB, ALICE, STRANGER4, BOB4));
        rig.drops(DropReason.SPOOFED_IPV4, udp(BOB, ALICE, ANY4, BOB4));
        rig.drops(DropReason.SPOOFED_IPV6, udp(BOB, ALICE, STRANGER6, BOB6));
        rig.drops(DropReason.SPOOFED_IPV6, udp(BOB, ALICE, BOB.eui64Address(IpPrefix.parse("fe80::/64")), BOB6));
        rig.drops(DropReason.SPOOFED_ARP, arp(1, STRANGER, ALICE4, BOB4));
        rig.drops(DropReason.SPOOFED_ARP, arp(1, ALICE, BOB4, RED_GATEWAY4));
        rig.drops(DropReason.SPOOFED_ARP, arp(2, ALICE, RED_GATEWAY4, BOB4));
        byte[] stolen = Packets.neighbour(ALICE6, ALL_NODES, 136, RED_GATEWAY6, 2, ALICE);
        rig.drops(DropReason.SPOOFED_ND, Packets.ip(ALL_NODES_MAC, ALICE, ALICE6, ALL_NODES, ICMPV6, 255, stolen));
        byte[] foreignOption = Packets.neighbour(ALICE6, ALL_NODES, 135, BOB6, 1, STRANGER);
        rig.drops(
                DropReason.SPOOFED_ND, Packets.ip(ALL_NODES_MAC, ALICE, ALICE6, ALL_NODES, ICMPV6, 255, foreignOption));
        rig.drops(DropReason.SPOOFED_DHCP_SERVER, udp(BOB, ALICE, ALICE4, BOB4, 67, 68));
        rig.drops(DropReason.SPOOFED_DHCP_SERVER, udp(BOB, ALICE, ALICE6, BOB6, 547, 546));
        byte[] advertisement = Packets.icmpv6(ALICE6, ALL_NODES, 134, 0, 0x40000708, new byte[8]);
        rig.drops(
                DropReason.SPOOFED_ROUTER,
                Packets.ip(ALL_NODES_MAC, ALICE, ALICE6, ALL_NODES, ICMPV6, 255, advertisement));
    }

    @Test
    void withoutPortSecurityNothingIsSpoofed() {
        Set<Port.Flag> open = EnumSet.copyOf(FLAGS);
        open.remove(Port.Flag.PORT_SECURITY);
        rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, open);
        try {
            assertThat(rig.run("from_workload", rig.bob, udp(ALICE, STRANGER, STRANGER4, ALICE4), SkbContext.EMPTY)
                            .returned())
                    .isEqualTo(Rig.REDIRECT);
        } finally {
            rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
        }
    }

    @Test
    void questionsThatTheProxyDoesNotAnswer() {
        rig.drops(DropReason.PROXY_SILENT, arp(1, ALICE, ALICE4, ALICE4));
        rig.drops(DropReason.PROXY_SILENT, arp(1, ALICE, ANY4, BOB4));
        byte[] probe = Packets.neighbour(NextHop.ON_LINK, ALL_NODES, 135, BOB6, 1, ALICE);
        rig.drops(
                DropReason.PROXY_SILENT,
                Packets.ip(ALL_NODES_MAC, ALICE, NextHop.ON_LINK, ALL_NODES, ICMPV6, 255, probe));
        rig.drops(DropReason.UNKNOWN_ADDRESS, arp(1, ALICE, ALICE4, STRANGER4));
    }

    @Test
    void questionsToResponders() {
        byte[] discover = udp(EVERYONE, ALICE, ANY4, EVERYWHERE4, 68, 67);
        for (int i = 0; i < 60; i++) {
            assertThat(rig.fromAlice(discover).returned()).isEqualTo(DROP);
        }
        assertThat(rig.counted(ALICE_PORT, DropReason.PUNT_POLICED)).isBetween(10L, 20L);
        rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, Set.of(Port.Flag.ADMIN_UP));
        try {
            rig.run("from_workload", rig.bob, udp(EVERYONE, BOB, ANY4, EVERYWHERE4, 68, 67), SkbContext.EMPTY);
            assertThat(rig.counted(BOB_PORT, DropReason.NO_RESPONDER)).isEqualTo(1);
        } finally {
            rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
        }
    }

    @Test
    void anAgentThatDoesNotRead() {
        byte[] data = new byte[1300];
        byte[] discover =
                Packets.ip(EVERYONE, BOB, ANY4, EVERYWHERE4, UDP, 64, Packets.udp(ANY4, EVERYWHERE4, 68, 67, data));
        for (int port = 10; rig.counted(BOB_PORT, DropReason.PUNT_FULL) == 0 && port < 20; port++) {
            // Numbers of their own have buckets of their own.
            rig.port(rig.bob, port, BOB, BOB4, BOB6, FLAGS);
            for (int i = 0; i < 40; i++) {
                rig.run("from_workload", rig.bob, discover, SkbContext.EMPTY);
            }
            if (rig.counted(port, DropReason.PUNT_FULL) > 0) {
                rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
                return;
            }
        }
        throw new AssertionError("the ring buffer never filled");
    }

    @Test
    void switchingWithoutADestination() {
        rig.drops(DropReason.UNKNOWN_MAC, udp(STRANGER, ALICE, ALICE4, BOB4));
        rig.drops(DropReason.BROADCAST, udp(EVERYONE, ALICE, ALICE4, EVERYWHERE4));
        rig.drops(
                DropReason.MULTICAST,
                udp(MacAddress.parse("01:00:5e:00:00:12"), ALICE, ALICE4, IpAddress.parse("224.0.0.18")));
        rig.drops(DropReason.HAIRPIN, udp(ALICE, ALICE, ALICE4, BOB4));
        rig.drops(DropReason.VLAN_TAGGED, Packets.ethernet(BOB, ALICE, 0x8100, new byte[46]));
        rig.tables().macs().put(new MacKey(RED, STRANGER), Place.remote(9));
        rig.drops(DropReason.NODE_UNKNOWN, udp(STRANGER, ALICE, ALICE4, BOB4));
        rig.tables().macs().remove(new MacKey(RED, STRANGER));
    }

    @Test
    void aFrameThatBecameCopiesIsCountedAsThat() {
        rig.tables().networks().put(RED, new NetworkFacts(true, false, false, Rig.MTU));
        rig.tables().flood().put(new FloodKey(RED, FloodKey.List.EVERYONE, 0), Place.local(rig.bob));
        try {
            rig.drops(DropReason.FLOODED, udp(EVERYONE, ALICE, ALICE4, EVERYWHERE4));
        } finally {
            rig.tables().networks().put(RED, new NetworkFacts(false, false, false, Rig.MTU));
        }
    }

    @Test
    void aPortCannotClaimWithoutEnd() {
        rig.tables().networks().put(RED, new NetworkFacts(false, false, true, Rig.MTU));
        rig.port(rig.bob, 30, BOB, BOB4, BOB6, Set.of(Port.Flag.ADMIN_UP));
        try {
            assertThat(IntStream.range(0, 20_000).filter(i -> !learns(i)).findFirst())
                    .as("a claim that comes too soon after the others")
                    .isPresent();
            assertThat(rig.tables().learnedMacs().dump()).isNotEmpty();
        } finally {
            rig.port(rig.bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
            rig.tables().networks().put(RED, new NetworkFacts(false, false, false, Rig.MTU));
        }
    }

    /** Whether what bob's device claims with a MAC of its own is noted. */
    private static boolean learns(int number) {
        MacAddress mac = new MacAddress(0x020000000000L + number);
        byte[] claim = Packets.arp(1, mac, STRANGER4, new MacAddress(0), STRANGER4);
        rig.run("from_workload", rig.bob, Packets.ethernet(EVERYONE, mac, ETHERTYPE_ARP, claim), SkbContext.EMPTY);
        return rig.tables().learnedMacs().get(new MacKey(RED, mac)).isPresent();
    }

    @Test
    void aNodesOwnAddressIsNotReachable() {
        // The overlay has no such destination, whatever the underlay has.
        byte[] injection = Packets.ip(
                RED_ROUTER,
                ALICE,
                ALICE4,
                OWN_TUNNEL,
                UDP,
                64,
                Packets.udp(ALICE4, OWN_TUNNEL, 1000, 4789, new byte[64]));
        long before = rig.counted(ALICE_PORT, DropReason.NO_ROUTE);
        rig.fromAlice(injection);
        assertThat(rig.counted(ALICE_PORT, DropReason.NO_ROUTE)).isEqualTo(before + 1);
    }

    @Test
    void routingToAnotherAddressScope() {
        UUID scope = new UUID(1, 2);
        rig.tables().networkScopes().put(new NetworkScopeKey(Rig.BLUE, IpFamily.IPV4), scope);
        rig.drops(DropReason.ADDRESS_SCOPE, udp(RED_ROUTER, ALICE, ALICE4, DAVE4));
        rig.tables().networkScopes().put(new NetworkScopeKey(RED, IpFamily.IPV4), new UUID(1, 3));
        rig.drops(DropReason.ADDRESS_SCOPE, udp(RED_ROUTER, ALICE, ALICE4, DAVE4));
        rig.tables().networkScopes().put(new NetworkScopeKey(RED, IpFamily.IPV4), scope);
        long before = rig.counted(ALICE_PORT, DropReason.ADDRESS_SCOPE);
        rig.fromAlice(udp(RED_ROUTER, ALICE, ALICE4, DAVE4));
        assertThat(rig.counted(ALICE_PORT, DropReason.ADDRESS_SCOPE)).isEqualTo(before);
        List.of(RED, Rig.BLUE)
                .forEach(network -> rig.tables().networkScopes().remove(new NetworkScopeKey(network, IpFamily.IPV4)));
    }

    @Test
    void routingWithoutADestination() {
        rig.drops(DropReason.NOT_ROUTABLE, Packets.ethernet(RED_ROUTER, ALICE, 0x88cc, new byte[46]));
        rig.drops(DropReason.NOT_ROUTABLE, udp(RED_ROUTER, ALICE, ALICE6, IpAddress.parse("fe80::1")));
        rig.drops(DropReason.ROUTER_ADDRESS, udp(RED_ROUTER, ALICE, ALICE4, RED_GATEWAY4));
        rig.route(Rig.DOMAIN, "203.0.113.0/24", new Route.Blackhole());
        rig.drops(DropReason.BLACKHOLE, udp(RED_ROUTER, ALICE, ALICE4, IpAddress.parse("203.0.113.1")));
    }

    @Test
    void routersThatSendToEachOther() {
        MacAddress one = MacAddress.parse("fa:16:3e:ff:01:01");
        MacAddress two = MacAddress.parse("fa:16:3e:ff:01:02");
        IpAddress oneAddress = IpAddress.parse("10.9.0.1");
        IpAddress twoAddress = IpAddress.parse("10.9.0.2");
        rig.guest(RED, one, oneAddress, IpAddress.parse("2001:db8:9::1"), Place.router(51));
        rig.guest(RED, two, twoAddress, IpAddress.parse("2001:db8:9::2"), Place.router(52));
        rig.route(51, "198.51.100.0/24", new Route.Via(new NextHop(RED, one, 1450, twoAddress)));
        rig.route(52, "198.51.100.0/24", new Route.Via(new NextHop(RED, two, 1450, oneAddress)));
        rig.drops(DropReason.ROUTER_LOOP, udp(one, ALICE, ALICE4, IpAddress.parse("198.51.100.1")));
    }

    @Test
    void aSharedAddressThatNobodyHasClaimed() {
        IpAddress shared = IpAddress.parse("10.0.2.200");
        rig.tables().sharedAddresses().put(new SharedAddressKey(Rig.BLUE, IpPrefix.parse("10.0.2.200/32")), 1);
        rig.drops(DropReason.RESOLVING, udp(RED_ROUTER, ALICE, ALICE4, shared));
    }

    @Test
    void errorsThatCannotOrMayNotBeSent() {
        MacAddress nameless = MacAddress.parse("fa:16:3e:ff:02:01");
        rig.tables().macs().put(new MacKey(RED, nameless), Place.router(60));
        rig.drops(DropReason.ANSWER_FAILED, udp(nameless, ALICE, ALICE4, DAVE4));
        byte[] late = Packets.ip(RED_ROUTER, BOB, BOB4, DAVE4, UDP, 1, Packets.udp(BOB4, DAVE4, 1, 2, new byte[8]));
        for (int i = 0; i < 700; i++) {
            rig.run("from_workload", rig.bob, late, SkbContext.EMPTY);
        }
        assertThat(rig.counted(BOB_PORT, DropReason.ANSWER_POLICED)).isPositive();
        assertThat(rig.counted(BOB_PORT, DropReason.TTL_EXPIRED)).isGreaterThanOrEqualTo(700);
    }

    @Test
    void theTunnelIsEnteredOnlyByThoseWhoMay() {
        byte[] frame = udp(BOB, Rig.CAROL, DAVE4, BOB4);
        fromUplink(
                DropReason.TUNNEL_SOURCE,
                Packets.vxlan(IpAddress.parse("192.168.7.7"), OWN_TUNNEL, 0x08000000, RED, frame));
        fromUplink(DropReason.TUNNEL_SOURCE, Packets.vxlan(OTHER_TUNNEL, OWN_TUNNEL, 0x08000000, Rig.BLUE, frame));
        fromUplink(DropReason.TUNNEL_MALFORMED, Packets.vxlan(OTHER_TUNNEL, OWN_TUNNEL, 0, RED, frame));
    }

    private static void fromUplink(DropReason reason, byte[] packet) {
        long before = rig.counted(0, reason);
        assertThat(rig.run("from_uplink", rig.uplink, packet, SkbContext.EMPTY).returned())
                .as(reason.name())
                .isEqualTo(DROP);
        assertThat(rig.counted(0, reason)).isEqualTo(before + 1);
    }
}
