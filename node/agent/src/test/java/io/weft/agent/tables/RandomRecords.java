package io.weft.agent.tables;

import io.weft.model.AddressPair;
import io.weft.model.AllowedCallers;
import io.weft.model.Direction;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.protocol.AddressQos;
import io.weft.protocol.Batch;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Fact;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Member;
import io.weft.protocol.Message;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.Peer;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.PortMatch;
import io.weft.protocol.PortName;
import io.weft.protocol.PortQos;
import io.weft.protocol.Position;
import io.weft.protocol.Remote;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.StaticRoute;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import io.weft.protocol.Trunking;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Batches of records out of a small world, so that they meet often; also such as contradict each other. */
final class RandomRecords {
    static final String HOST = "node0";
    private static final int NETWORKS = 4;
    private static final int ROUTERS = 2;
    private static final int PORTS = 12;
    private static final int NODES = 4;

    private final Random random;
    private long revision;

    RandomRecords(Random random) {
        this.random = random;
    }

    static UUID id(char kind, int number) {
        return new UUID(kind, number);
    }

    Batch batch(Set<Topic> held) {
        boolean full = revision == 0 || random.nextInt(15) == 0;
        Set<Topic> joined = new HashSet<>(full ? Set.of() : held);
        List<Message> messages = new ArrayList<>();
        for (int changes = random.nextInt(full ? 40 : 8); changes >= 0; changes--) {
            Topic topic = topic();
            if (random.nextInt(25) == 0) {
                joined.remove(topic);
                messages.add(new Message.Leave(topic));
                continue;
            }
            if (joined.add(topic)) {
                messages.add(new Message.Join(topic));
            }
            Fact fact = fact(topic);
            messages.add(random.nextInt(4) == 0 ? new Message.Delete(topic, fact.key()) : new Message.Put(topic, fact));
        }
        revision++;
        return new Batch.Changes(full, messages, revision, new Position(new UUID(1, 1), 1, revision, 0), List.of());
    }

    private Topic topic() {
        return switch (random.nextInt(10)) {
            case 0 -> Topic.peer("node" + random.nextInt(NODES));
            case 1, 2, 3 -> Topic.network(id('n', random.nextInt(NETWORKS)));
            case 4, 5 -> Topic.router(id('r', random.nextInt(ROUTERS)));
            case 6 -> Topic.members(id('g', random.nextInt(2)));
            case 7 -> Topic.group(id('g', random.nextInt(2)));
            default -> Topic.node(HOST);
        };
    }

    private Fact fact(Topic topic) {
        return switch (topic.kind()) {
            case MEMBERS -> member();
            case GROUP -> inGroup(UUID.fromString(topic.name()));
            case PEER -> new Peer(topic.name(), tunnelAddresses(topic.name()));
            case NETWORK -> inNetwork(UUID.fromString(topic.name()));
            case ROUTER -> inRouter(UUID.fromString(topic.name()));
            case NODE -> random.nextInt(3) == 0 ? limits() : localPort();
        };
    }

    private Member member() {
        String block = "10.0." + random.nextInt(3) + "." + random.nextInt(4) + "/" + (random.nextBoolean() ? 32 : 30);
        return new Member("m" + random.nextInt(5), List.of(IpPrefix.parse(block)));
    }

    private Fact inGroup(UUID group) {
        if (random.nextInt(3) == 0) {
            return new SecurityGroupFact(group, random.nextBoolean());
        }
        int number = random.nextInt(4);
        return new RuleFact(
                new UUID('x', group.getLeastSignificantBits() * 4 + number),
                group,
                random.nextBoolean() ? Direction.INGRESS : Direction.EGRESS,
                IpFamily.IPV4,
                Optional.of(6),
                new PortMatch.Range(random.nextInt(8), 8 + random.nextInt(8)),
                number == 0
                        ? new Remote.Anyone()
                        : number == 1
                                ? new Remote.Prefix(IpPrefix.parse("10.0.0.0/16"))
                                : new Remote.Members(id('g', random.nextInt(2))));
    }

    private Optional<List<UUID>> securityGroups() {
        return switch (random.nextInt(4)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(List.of());
            case 2 -> Optional.of(List.of(id('g', random.nextInt(2))));
            default -> Optional.of(List.of(id('g', 0), id('g', 1)));
        };
    }

    private List<IpAddress> tunnelAddresses(String host) {
        int number = host.charAt(4) - '0';
        IpAddress ipv4 = IpAddress.parse("192.0.2." + (10 + number));
        return random.nextBoolean() ? List.of(ipv4) : List.of(ipv4, IpAddress.parse("2001:db8:f::" + number));
    }

    private Fact inNetwork(UUID network) {
        int number = (int) network.getLeastSignificantBits();
        return switch (random.nextInt(7)) {
            case 5 -> service(network, number);
            case 6 -> member(number);
            case 0 ->
                new NetworkFact(
                        network,
                        100 + number,
                        random.nextBoolean() ? 1450 : 1400,
                        true,
                        random.nextInt(3) > 0 ? Optional.empty() : Optional.of("uplink" + random.nextInt(3)),
                        new NetworkNames("project" + random.nextInt(2), "cloud.example.", domain()));
            case 1 ->
                new SubnetFact(
                        id('s', number),
                        network,
                        subnet(number),
                        random.nextBoolean() ? Optional.of(address(number, 1)) : Optional.empty(),
                        random.nextBoolean(),
                        Ipv6Mode.NONE,
                        Ipv6Mode.NONE,
                        List.of(),
                        List.of(),
                        random.nextBoolean() ? Optional.of(id('c', random.nextInt(2))) : Optional.empty());
            default -> endpoint(network, number);
        };
    }

    /** One of a few, often at the address of another. */
    private ServiceFact service(UUID network, int number) {
        return new ServiceFact(
                new UUID('v', 4L * number + random.nextInt(4)),
                network,
                id('b', number),
                new MacAddress(0xfa163eaa0000L + number),
                List.of(address(number, 150 + random.nextInt(2))),
                random.nextBoolean() ? 6 : random.nextBoolean() ? 17 : 132,
                80 + random.nextInt(2),
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(id('o', random.nextInt(3))),
                random.nextBoolean() ? 0 : 60,
                List.of(MemberLocality.values()).get(random.nextInt(MemberLocality.values().length)),
                new AllowedCallers(
                        random.nextBoolean()
                                ? List.of()
                                : List.of(IpPrefix.parse("10.0.0.0/" + (8 + random.nextInt(3)))),
                        random.nextBoolean() ? AllowedCallers.Scope.ALL : AllowedCallers.Scope.FLOATING),
                random.nextInt(4) == 0 ? Optional.of("shop/web") : Optional.empty());
    }

    /** Two networks may have the same pool; then they say the same of its members. */
    private static ServiceMember member(int network, int number, int weight) {
        return new ServiceMember(
                new UUID('m', 8L * network + number),
                id('o', network % 3),
                address(network, 10 + number),
                8080,
                weight);
    }

    private ServiceMember member(int network) {
        int shared = network == 3 ? 0 : network;
        int number = random.nextInt(5);
        return member(shared, number, network == shared && shared != 0 ? random.nextInt(3) : number % 3);
    }

    private static IpPrefix subnet(int network) {
        return IpPrefix.parse("10.0." + network + ".0/24");
    }

    private static IpAddress address(int network, int host) {
        return IpAddress.parse("10.0." + network + "." + host);
    }

    private Endpoint endpoint(UUID network, int number) {
        int port = random.nextInt(PORTS);
        return new Endpoint(
                id('p', port),
                network,
                "node" + random.nextInt(NODES),
                mac(port),
                List.of(address(number, 10 + random.nextInt(PORTS))),
                pairs(number, port),
                random.nextInt(4) > 0,
                random.nextBoolean(),
                new PortName(random.nextBoolean() ? "" : "name" + random.nextInt(3), domain()));
    }

    private String domain() {
        return random.nextBoolean() ? "" : "example.org.";
    }

    private static MacAddress mac(int port) {
        return new MacAddress(0xfa163e000000L + port);
    }

    private List<AddressPair> pairs(int network, int port) {
        return switch (random.nextInt(6)) {
            case 0 ->
                List.of(new AddressPair(IpPrefix.parse(address(network, 10).toString()), mac(port)));
            case 1 -> List.of(new AddressPair(subnet(network), mac(random.nextInt(PORTS))));
            case 2 ->
                List.of(new AddressPair(
                        IpPrefix.parse(address(network, 200).toString()), new MacAddress(0x00005e000101L)));
            default -> List.of();
        };
    }

    private Fact inRouter(UUID router) {
        int number = random.nextInt(NETWORKS);
        return switch (random.nextInt(8)) {
            case 7 -> addressLimits(router, number);
            case 4 -> gateway(router, number);
            case 5 -> floating(router, number);
            case 6 -> forwarding(router, number);
            case 0 -> new RouterFact(router, random.nextInt(4) > 0);
            case 1 -> {
                List<StaticRoute.NextHop> hops = new ArrayList<>();
                for (int hop = random.nextInt(3); hop >= 0; hop--) {
                    int side = random.nextInt(4) == 0 ? random.nextInt(NETWORKS) : number;
                    hops.add(new StaticRoute.NextHop(id('n', side), address(side, 20 + hop)));
                }
                int block = random.nextInt(4);
                yield new StaticRoute(
                        router, IpPrefix.parse(block == 3 ? "0.0.0.0/0" : "172.16." + block + ".0/24"), hops);
            }
            default -> {
                int face = (int) router.getLeastSignificantBits() * 8 + random.nextInt(4);
                yield new RouterInterface(
                        id('i', face),
                        router,
                        id('n', number),
                        new MacAddress(0xfa163eff0000L + face),
                        List.of(new RouterInterface.InterfaceAddress(address(number, 1), subnet(number))),
                        random.nextInt(5) > 0);
            }
        };
    }

    private RouterGateway gateway(UUID router, int number) {
        int gateway = (int) router.getLeastSignificantBits() * 2 + random.nextInt(2);
        Set<String> hosts = new LinkedHashSet<>();
        for (int host = random.nextInt(3); host > 0; host--) {
            hosts.add("node" + random.nextInt(NODES));
        }
        return new RouterGateway(
                id('e', gateway),
                router,
                id('n', number),
                new MacAddress(0xfa163edd0000L + gateway),
                List.of(new RouterInterface.InterfaceAddress(address(number, 2 + gateway), subnet(number))),
                random.nextBoolean() ? List.of(address(number, 1)) : List.of(),
                random.nextBoolean(),
                5000 + gateway,
                List.copyOf(hosts),
                random.nextInt(5) > 0,
                random.nextInt(2),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private FloatingIpFact floating(UUID router, int number) {
        int floating = random.nextInt(4);
        int inside = random.nextInt(NETWORKS);
        // Some lead to the address of a service.
        boolean balanced = random.nextInt(3) == 0;
        return new FloatingIpFact(
                new UUID('f', router.getLeastSignificantBits() * 4 + floating),
                router,
                id('e', (int) router.getLeastSignificantBits() * 2 + random.nextInt(2)),
                id('n', number),
                new MacAddress(0xfa163ecc0000L + floating),
                address(number, 100 + floating),
                balanced ? id('b', inside) : id('p', random.nextInt(PORTS)),
                address(inside, balanced ? 150 + random.nextInt(2) : 10 + random.nextInt(PORTS)),
                random.nextBoolean() ? Optional.empty() : Optional.of("node" + random.nextInt(NODES)));
    }

    /** Of one of the addresses that floating IPs, port forwardings and gateways have. */
    private AddressQos addressLimits(UUID router, int number) {
        int address = random.nextInt(4) == 0
                ? 2 + (int) router.getLeastSignificantBits() * 2 + random.nextInt(2)
                : 100 + random.nextInt(4);
        return new AddressQos(
                new UUID('l', (router.getLeastSignificantBits() * NETWORKS + number) * 256 + address),
                router,
                address(number, address),
                random.nextBoolean() ? PortQos.Limits.NONE : new PortQos.Limits(random.nextInt(2), 0, 1, 0),
                random.nextBoolean() ? PortQos.Limits.NONE : new PortQos.Limits(1000, 3, random.nextInt(2), 4),
                random.nextBoolean() ? Optional.empty() : Optional.of(random.nextInt(64)));
    }

    private PortForwardingFact forwarding(UUID router, int number) {
        int forwarding = random.nextInt(4);
        int first = 1 + random.nextInt(20);
        int many = random.nextInt(10);
        return new PortForwardingFact(
                new UUID('w', router.getLeastSignificantBits() * 4 + forwarding),
                router,
                id('e', (int) router.getLeastSignificantBits() * 2 + random.nextInt(2)),
                id('n', number),
                new MacAddress(0xfa163ebb0000L + forwarding),
                address(number, 100 + random.nextInt(4)),
                random.nextBoolean() ? 6 : 17,
                new PortForwardingFact.Ports(first, first + many),
                address(random.nextInt(NETWORKS), 10 + random.nextInt(PORTS)),
                new PortForwardingFact.Ports(100, 100 + many));
    }

    private LocalPort localPort() {
        int port = random.nextInt(PORTS);
        int network = random.nextInt(NETWORKS);
        return new LocalPort(
                id('p', port),
                id('n', network),
                random.nextInt(4) > 0,
                mac(port),
                List.of(new LocalPort.LocalAddress(id('s', network), address(network, 10 + port))),
                pairs(network, port),
                random.nextInt(4) > 0,
                securityGroups(),
                "",
                List.of(),
                "",
                "",
                "",
                "",
                trunking(port),
                random.nextInt(5) > 0 ? Optional.empty() : Optional.of(new HostAccess(Optional.empty())));
    }

    /** Often behind a tag of another port, which has a device or not. */
    private Trunking trunking(int port) {
        return switch (random.nextInt(4)) {
            case 0 -> Trunking.PARENT;
            case 1 -> new Trunking.Subport(id('p', random.nextInt(PORTS)), 1 + port);
            default -> Trunking.NONE;
        };
    }

    private PortQos limits() {
        return new PortQos(
                id('p', random.nextInt(PORTS)),
                random.nextBoolean() ? PortQos.Limits.NONE : new PortQos.Limits(random.nextInt(2), 0, 1, 0),
                random.nextBoolean() ? PortQos.Limits.NONE : new PortQos.Limits(1000, 3, random.nextInt(2), 4),
                random.nextInt(2),
                random.nextBoolean() ? Optional.empty() : Optional.of(random.nextInt(64)));
    }

    /** A port whose device comes, changes or goes. */
    UUID anyPort() {
        return id('p', random.nextInt(PORTS));
    }

    UUID anyRouter() {
        return id('r', random.nextInt(ROUTERS));
    }

    /** One of a router's gateways. */
    UUID anyGateway(UUID router) {
        return id('e', (int) router.getLeastSignificantBits() * 2 + random.nextInt(2));
    }

    /** The families whose next hop a gateway has lost, if somebody says so. */
    Optional<Set<IpFamily>> anyLost() {
        return switch (random.nextInt(4)) {
            case 0 -> Optional.of(Set.of());
            case 1 -> Optional.of(Set.of(IpFamily.IPV4));
            case 2 -> Optional.of(Set.of(IpFamily.IPV4, IpFamily.IPV6));
            default -> Optional.empty();
        };
    }

    /** Where a gateway may be said to be. */
    Optional<String> anyHolder() {
        return random.nextInt(3) == 0 ? Optional.empty() : Optional.of("node" + random.nextInt(NODES));
    }

    Optional<Device> anyDevice(UUID port) {
        return random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(new Device(
                        1000 + 2 * (int) port.getLeastSignificantBits() + random.nextInt(2), random.nextBoolean()));
    }
}
