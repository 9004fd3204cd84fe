package io.weft.protocol;

import io.weft.model.AddressPair;
import io.weft.model.AllowedCallers;
import io.weft.model.DhcpOption;
import io.weft.model.Direction;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Precedence;
import io.weft.model.Route;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One of everything. */
final class Samples {
    static final UUID NETWORK = new UUID(0, 1);
    static final UUID SUBNET = new UUID(0, 2);
    static final UUID ROUTER = new UUID(0, 3);
    static final UUID PORT = new UUID(0, 4);
    static final UUID GROUP = new UUID(0, 6);
    static final UUID TIERED = new UUID(0, 600);
    static final UUID ADDRESS_GROUP = new UUID(0, 7);
    static final UUID EXTERNAL = new UUID(0, 8);
    static final UUID GATEWAY = new UUID(0, 16);
    static final UUID FLOATING_IP = new UUID(0, 17);
    static final UUID FORWARDING = new UUID(0, 18);
    static final UUID SERVICE = new UUID(0, 19);
    static final UUID SERVICE_MEMBER = new UUID(0, 20);
    static final UUID POOL = new UUID(0, 21);
    static final Position POSITION = new Position(new UUID(0, 9), 1, 123, 0xabcdef0123456789L);

    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:01");
    private static final List<AddressPair> PAIRS = List.of(new AddressPair(IpPrefix.parse("10.0.9.0/24"), MAC));

    static final List<Message.Put> PUTS = List.of(
            new Message.Put(
                    Topic.members(ADDRESS_GROUP), new Member("10.7.0.0/16", List.of(IpPrefix.parse("10.7.0.0/16")))),
            new Message.Put(
                    Topic.members(GROUP),
                    new Member(
                            PORT.toString(),
                            List.of(IpPrefix.parse("10.0.0.5/32"), IpPrefix.parse("2001:db8:1::5/128")))),
            new Message.Put(Topic.group(GROUP), new SecurityGroupFact(GROUP, true)),
            rule(11),
            rule(12),
            rule(13),
            rule(14),
            rule(15),
            rule(16),
            new Message.Put(Topic.group(TIERED), new SecurityGroupFact(TIERED, true, new Precedence(Tier.ADMIN, 7))),
            new Message.Put(
                    Topic.peer("host-1"),
                    new Peer("host-1", List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("2001:db8::1")))),
            new Message.Put(
                    Topic.network(NETWORK),
                    new NetworkFact(
                            NETWORK,
                            100,
                            1450,
                            true,
                            Optional.empty(),
                            new NetworkNames("5ae5a5b1b3d24b8c8a8b0b5d0c4a1f7e", "cloud.example.", "example.org."))),
            new Message.Put(
                    Topic.network(EXTERNAL),
                    new NetworkFact(EXTERNAL, 101, 1500, true, Optional.of("physnet1"), NetworkNames.NONE)),
            new Message.Put(
                    Topic.network(NETWORK),
                    new SubnetFact(
                            SUBNET,
                            NETWORK,
                            IpPrefix.parse("10.0.0.0/24"),
                            Optional.of(IpAddress.parse("10.0.0.1")),
                            true,
                            Ipv6Mode.NONE,
                            Ipv6Mode.NONE,
                            List.of(IpAddress.parse("10.0.0.2")),
                            List.of(new Route(IpPrefix.parse("10.9.0.0/16"), IpAddress.parse("10.0.0.9"))))),
            new Message.Put(
                    Topic.network(NETWORK),
                    new SubnetFact(
                            new UUID(0, 5),
                            NETWORK,
                            IpPrefix.parse("2001:db8:1::/64"),
                            Optional.empty(),
                            true,
                            Ipv6Mode.SLAAC,
                            Ipv6Mode.DHCPV6_STATELESS,
                            List.of(),
                            List.of(),
                            Optional.of(new UUID(0, 77)))),
            new Message.Put(Topic.router(ROUTER), new RouterFact(ROUTER, false)),
            new Message.Put(
                    Topic.router(ROUTER),
                    new RouterInterface(
                            PORT,
                            ROUTER,
                            NETWORK,
                            MAC,
                            List.of(new RouterInterface.InterfaceAddress(
                                    IpAddress.parse("10.0.0.1"), IpPrefix.parse("10.0.0.0/24"))),
                            true)),
            new Message.Put(
                    Topic.router(ROUTER),
                    new StaticRoute(
                            ROUTER,
                            IpPrefix.parse("::/0"),
                            List.of(new StaticRoute.NextHop(NETWORK, IpAddress.parse("2001:db8:1::9"))))),
            new Message.Put(
                    Topic.router(ROUTER),
                    new RouterGateway(
                            GATEWAY,
                            ROUTER,
                            EXTERNAL,
                            MAC,
                            List.of(new RouterInterface.InterfaceAddress(
                                    IpAddress.parse("203.0.113.9"), IpPrefix.parse("203.0.113.0/24"))),
                            List.of(IpAddress.parse("203.0.113.1")),
                            true,
                            102,
                            List.of("host-2", "host-1"),
                            true)),
            new Message.Put(
                    Topic.router(ROUTER),
                    new RouterGateway(
                            new UUID(1, 88),
                            ROUTER,
                            EXTERNAL,
                            MAC,
                            List.of(new RouterInterface.InterfaceAddress(
                                    IpAddress.parse("203.0.113.10"), IpPrefix.parse("203.0.113.0/24"))),
                            List.of(),
                            false,
                            103,
                            List.of(),
                            true,
                            1,
                            true,
                            true)),
            new Message.Put(
                    Topic.router(ROUTER),
                    new FloatingIpFact(
                            FLOATING_IP,
                            ROUTER,
                            GATEWAY,
                            EXTERNAL,
                            MAC,
                            IpAddress.parse("203.0.113.20"),
                            PORT,
                            IpAddress.parse("10.0.0.5"),
                            Optional.of("host-1"))),
            new Message.Put(
                    Topic.router(ROUTER),
                    new PortForwardingFact(
                            FORWARDING,
                            ROUTER,
                            GATEWAY,
                            EXTERNAL,
                            MAC,
                            IpAddress.parse("203.0.113.21"),
                            6,
                            new PortForwardingFact.Ports(8080, 8089),
                            IpAddress.parse("10.0.0.5"),
                            new PortForwardingFact.Ports(80, 89))),
            new Message.Put(
                    Topic.network(NETWORK),
                    new Endpoint(
                            PORT,
                            NETWORK,
                            "host-1",
                            MAC,
                            List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("2001:db8:1::5")),
                            PAIRS,
                            true,
                            true,
                            new PortName("www", "example.net."))),
            new Message.Put(
                    Topic.network(NETWORK),
                    new ServiceMember(SERVICE_MEMBER, POOL, IpAddress.parse("10.0.0.5"), 8080, 0)),
            new Message.Put(
                    Topic.network(NETWORK),
                    new ServiceFact(
                            SERVICE,
                            NETWORK,
                            new UUID(0, 22),
                            MAC,
                            List.of(IpAddress.parse("10.0.0.80"), IpAddress.parse("2001:db8:1::80")),
                            6,
                            80,
                            Optional.of(POOL),
                            10_800,
                            MemberLocality.LOCAL,
                            new AllowedCallers(
                                    List.of(IpPrefix.parse("192.0.2.0/24"), IpPrefix.parse("2001:db8:2::/48")),
                                    AllowedCallers.Scope.FLOATING),
                            Optional.of("shop/web"))),
            new Message.Put(
                    Topic.network(NETWORK),
                    new ServiceFact(
                            new UUID(1, 19),
                            NETWORK,
                            new UUID(0, 22),
                            MAC,
                            List.of(IpAddress.parse("2001:db8:1::80")),
                            132,
                            65535,
                            Optional.empty(),
                            0,
                            MemberLocality.ANY,
                            AllowedCallers.EVERYONE,
                            Optional.empty())),
            new Message.Put(
                    Topic.router(ROUTER),
                    new AddressQos(
                            PORT,
                            ROUTER,
                            IpAddress.parse("203.0.113.5"),
                            new PortQos.Limits(10_000, 800, 0, 0),
                            PortQos.Limits.NONE,
                            Optional.of(10))),
            new Message.Put(
                    Topic.node("host-1"),
                    new PortQos(
                            PORT,
                            new PortQos.Limits(10_000, 0, 20, 3),
                            new PortQos.Limits(0, 0, 1, 0),
                            5_000,
                            Optional.of(46))),
            new Message.Put(
                    Topic.node("host-1"),
                    new LocalPort(
                            PORT,
                            NETWORK,
                            true,
                            MAC,
                            List.of(new LocalPort.LocalAddress(SUBNET, IpAddress.parse("10.0.0.5"))),
                            PAIRS,
                            true,
                            Optional.of(List.of(GROUP)),
                            "host-10-0-0-5",
                            List.of(new DhcpOption(IpFamily.IPV6, "bootfile-url", "tftp://[2001:db8::2]/\u00fc\"")),
                            "vm-1",
                            "compute:nova",
                            "5ae5a5b1b3d24b8c8a8b0b5d0c4a1f7e",
                            "example.net.",
                            Trunking.NONE,
                            Optional.empty())),
            new Message.Put(Topic.node("host-1"), host(Optional.empty())),
            new Message.Put(
                    Topic.node("host-1"),
                    host(Optional.of(new HostAccess.NodePorts(
                            30000,
                            32767,
                            List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("2001:db8::fffe")))))),
            new Message.Put(Topic.node("host-1"), trunked(Trunking.PARENT)),
            new Message.Put(Topic.node("host-1"), trunked(new Trunking.Subport(SUBNET, 4094))));

    private static LocalPort trunked(Trunking trunking) {
        return new LocalPort(
                PORT,
                NETWORK,
                true,
                MAC,
                List.of(),
                List.of(),
                false,
                Optional.empty(),
                "",
                List.of(),
                "",
                "trunk:subport",
                "",
                "",
                trunking,
                Optional.empty());
    }

    private static LocalPort host(Optional<HostAccess.NodePorts> nodePorts) {
        return new LocalPort(
                PORT,
                NETWORK,
                true,
                MAC,
                List.of(),
                PAIRS,
                true,
                Optional.empty(),
                "",
                List.of(),
                "",
                "compute:kubernetes-host",
                "",
                "",
                Trunking.NONE,
                Optional.of(new HostAccess(nodePorts)));
    }

    static final List<Message> OTHERS = List.of(
            new Message.BatchBegin(true),
            new Message.BatchBegin(false),
            new Message.Join(Topic.network(NETWORK)),
            new Message.Delete(Topic.network(NETWORK), "endpoint/" + PORT),
            new Message.Leave(Topic.peer("host/with a slash")),
            new Message.Commit(123, POSITION),
            new Message.Alive(Long.MAX_VALUE));

    static final NodeReport REPORT = new NodeReport(
            123,
            "0.1.0",
            true,
            List.of(
                    new PortReport(PORT, PortReport.State.UP, ""),
                    new PortReport(SUBNET, PortReport.State.ERROR, "no such device")),
            List.of("the clock jumps"),
            Optional.of(List.of(new AddressClaim(PORT, IpAddress.parse("2001:db8::100"), MAC))),
            Optional.of(List.of("physnet1", "physnet2")));

    private Samples() {}

    /** Rules that allow each in another way, numbers 11 to 14; one that denies and one that passes, 15 and 16. */
    static Message.Put rule(int number) {
        return switch (number) {
            case 11 -> rule(11, Optional.empty(), new PortMatch.Any(), new Remote.Anyone());
            case 12 ->
                rule(
                        12,
                        Optional.of(6),
                        new PortMatch.Range(80, 443),
                        new Remote.Prefix(IpPrefix.parse("192.0.2.0/24")));
            case 13 -> rule(13, Optional.of(1), new PortMatch.Icmp(8, Optional.of(0)), new Remote.Members(GROUP));
            case 14 ->
                rule(14, Optional.of(1), new PortMatch.Icmp(3, Optional.empty()), new Remote.Members(ADDRESS_GROUP));
            case 15 -> tiered(15, RuleAction.DENY, 0);
            case 16 -> tiered(16, RuleAction.PASS, 3);
            default -> throw new IllegalArgumentException("no rule " + number);
        };
    }

    private static Message.Put tiered(int number, RuleAction action, int position) {
        RuleFact rule = new RuleFact(
                new UUID(0, number),
                TIERED,
                Direction.EGRESS,
                IpFamily.IPV6,
                Optional.empty(),
                new PortMatch.Any(),
                new Remote.Anyone());
        return new Message.Put(Topic.group(TIERED), rule.withAction(action, position));
    }

    private static Message.Put rule(int number, Optional<Integer> protocol, PortMatch ports, Remote remote) {
        return new Message.Put(
                Topic.group(GROUP),
                new RuleFact(new UUID(0, number), GROUP, Direction.INGRESS, IpFamily.IPV4, protocol, ports, remote));
    }
}
