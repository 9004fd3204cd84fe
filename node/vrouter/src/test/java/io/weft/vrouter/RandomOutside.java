package io.weft.vrouter;

import io.weft.model.Binding;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Ipv6Mode;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import io.weft.reference.LostNextHop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ways out of a {@link RandomWorld}: two external networks that not every node is connected to, routers that lead to one of
 * them or to both, with and without source translation and a watch of the routers outside, floating addresses and forwarded
 * ports.
 */
final class RandomOutside {
    static final int FIRST_NETWORK = 10;
    static final int NETWORKS = 2;
    static final int FIRST_VNI = 900;
    static final int FIRST_TRANSIT = 950;
    static final int FLOATING_IPS = 9;

    /** Whoever is there, as places in the network's block. */
    private static final int[] OUTSIDERS = {1, 99, 77};

    private static final int FIRST_GATEWAY_PORT = 300;
    private static final int FIRST_FLOATING_PORT = 400;

    private final Random random;
    private final World inside;
    private final WorldBuilder builder;

    private RandomOutside(World inside, Random random) {
        this.inside = inside;
        this.random = random;
        this.builder = new WorldBuilder(inside);
    }

    static World lead(World inside, Random random) {
        return new RandomOutside(inside, random).build();
    }

    /**
     * Somebody on an external network.
     *
     * @param network the network
     * @param address where it is
     * @param mac under which MAC
     */
    record Outsider(UUID network, IpAddress address, MacAddress mac) {}

    static List<Outsider> outsiders() {
        List<Outsider> outsiders = new ArrayList<>();
        for (int number = 0; number < NETWORKS; number++) {
            for (IpFamily family : IpFamily.values()) {
                for (int place : OUTSIDERS) {
                    MacAddress mac = new MacAddress(0xfa163ecc0000L | number << 8 | place);
                    outsiders.add(new Outsider(
                            network(number), prefix(number, family).first().plus(place), mac));
                }
            }
        }
        return outsiders;
    }

    static UUID network(int number) {
        return RandomWorld.id('n', FIRST_NETWORK + number);
    }

    static IpPrefix prefix(int number, IpFamily family) {
        if (family == IpFamily.IPV6) {
            return IpPrefix.parse("2001:db8:f" + number + "::/64");
        }
        return IpPrefix.parse(number == 0 ? "203.0.113.0/24" : "198.51.100.0/24");
    }

    private World build() {
        for (int number = 0; number < NETWORKS; number++) {
            externalNetwork(number);
        }
        List<List<Node>> connected = nodes();
        for (int number = 0; number < RandomWorld.ROUTERS; number++) {
            if (random.nextInt(5) > 0) {
                gateways(number, connected);
            }
        }
        World led = builder.build(inside.revision() + 1);
        floatingIps(led);
        return builder.build(inside.revision() + 1);
    }

    private void externalNetwork(int number) {
        builder.put(new Network(
                RandomWorld.meta(network(number)),
                random.nextInt(12) > 0,
                false,
                FIRST_VNI + number,
                random.nextInt(3) == 0 ? 1400 : 1500,
                true,
                "",
                true,
                Optional.of("physical" + number),
                Optional.empty()));
        for (IpFamily family : IpFamily.values()) {
            IpPrefix prefix = prefix(number, family);
            builder.put(new Subnet(
                    RandomWorld.meta(RandomWorld.subnetId(FIRST_NETWORK + number, family)),
                    network(number),
                    prefix,
                    random.nextInt(8) == 0
                            ? Optional.empty()
                            : Optional.of(prefix.first().plus(1)),
                    List.of(),
                    List.of(),
                    List.of(),
                    false,
                    Ipv6Mode.NONE,
                    Ipv6Mode.NONE));
        }
    }

    /** The hosts, and by the network who is connected to it. */
    private List<List<Node>> nodes() {
        List<List<Node>> connected = new ArrayList<>();
        for (int number = 0; number < NETWORKS; number++) {
            connected.add(new ArrayList<>());
        }
        for (int host = 0; host < RandomWorld.HOSTS.length; host++) {
            List<String> physical = new ArrayList<>();
            for (int number = 0; number < NETWORKS; number++) {
                // The third host is none of its own in the tests: it is connected as the second one is.
                if (host == 2
                        ? connected.get(number).stream()
                                .anyMatch(n -> n.meta().name().equals(RandomWorld.HOSTS[1]))
                        : random.nextInt(4) > 0) {
                    physical.add("physical" + number);
                }
            }
            Node node = new Node(
                    Meta.create(RandomWorld.id('h', host), "", RandomWorld.HOSTS[host], "", Instant.EPOCH),
                    List.of(),
                    physical);
            builder.put(node);
            for (int number = 0; number < NETWORKS; number++) {
                if (node.has("physical" + number)) {
                    connected.get(number).add(node);
                }
            }
        }
        return connected;
    }

    private void gateways(int router, List<List<Node>> connected) {
        List<Integer> networks = new ArrayList<>(List.of(0, 1));
        Collections.shuffle(networks, random);
        List<ExternalGateway> gateways = new ArrayList<>();
        for (int network : networks.subList(0, random.nextInt(3) == 0 ? 1 : 2)) {
            gateways.add(gateway(router, network, connected));
        }
        Router plain = inside.router(RandomWorld.id('r', router)).orElseThrow();
        List<Route> routes = new ArrayList<>(plain.routes());
        if (random.nextInt(3) > 0) {
            // They would go before the gateways' default routes.
            routes.removeIf(route -> route.destination().length() == 0);
        }
        if (random.nextInt(3) == 0) {
            IpAddress hop = prefix(networks.getFirst(), IpFamily.IPV4).first().plus(OUTSIDERS[1]);
            routes.add(new Route(IpPrefix.parse("192.168.0.0/24"), hop));
        }
        builder.put(plain.withRoutes(routes)
                .withGateways(gateways)
                .withDefaultRouteEcmp(random.nextInt(3) == 0)
                .withDefaultRouteBfd(random.nextInt(3) > 0));
    }

    /** Which routers outside do not live, by the gateways that lead to them; some of these watch them. */
    static Set<LostNextHop> lost(World world, Random random) {
        Set<LostNextHop> lost = new HashSet<>();
        for (int number = 0; number < RandomWorld.ROUTERS; number++) {
            Router router = world.router(RandomWorld.id('r', number)).orElseThrow();
            for (ExternalGateway gateway : router.gateways()) {
                for (IpFamily family : IpFamily.values()) {
                    if (random.nextInt(5) < 2) {
                        lost.add(new LostNextHop(gateway.portId(), family));
                    }
                }
            }
        }
        return lost;
    }

    private ExternalGateway gateway(int router, int network, List<List<Node>> connected) {
        int number = router * NETWORKS + network;
        UUID port = served(
                FIRST_GATEWAY_PORT + number,
                network,
                2 + router,
                RandomWorld.id('r', router),
                Port.ROUTER_GATEWAY,
                random.nextInt(12) > 0,
                IpFamily.values());
        List<UUID> nodes = new ArrayList<>(connected.get(network).stream()
                .filter(node -> !node.meta().name().equals(RandomWorld.HOSTS[2]))
                .map(Node::id)
                .toList());
        Collections.shuffle(nodes, random);
        return new ExternalGateway(network(network), port, random.nextInt(3) > 0, FIRST_TRANSIT + number, nodes);
    }

    private UUID served(
            int number, int network, int place, UUID device, String owner, boolean up, IpFamily... families) {
        List<FixedIp> ips = new ArrayList<>();
        for (IpFamily family : families) {
            ips.add(new FixedIp(
                    RandomWorld.subnetId(FIRST_NETWORK + network, family),
                    prefix(network, family).first().plus(place)));
        }
        UUID id = RandomWorld.id('p', number);
        builder.put(new Port(
                RandomWorld.meta(id),
                network(network),
                up,
                new MacAddress(0xfa163e000000L + number),
                ips,
                device.toString(),
                owner,
                List.of(),
                false,
                List.of(),
                Binding.NONE));
        return id;
    }

    private void floatingIps(World led) {
        Set<String> taken = new HashSet<>();
        Set<IpAddress> floating = new HashSet<>();
        Set<IpAddress> forwarded = new HashSet<>();
        Map<String, Integer> networks = new HashMap<>();
        for (int number = 0; number < FLOATING_IPS; number++) {
            Router router = led.router(RandomWorld.id('r', random.nextInt(RandomWorld.ROUTERS)))
                    .orElseThrow();
            List<Port> guests = RandomWorld.ports(led).stream()
                    .filter(port -> !port.isRouterInterface())
                    .filter(port -> led.interfacesOf(router.id()).stream()
                            .anyMatch(face -> face.networkId().equals(port.networkId())))
                    .toList();
            if (router.gateway().isEmpty() || guests.isEmpty()) {
                continue;
            }
            Port guest = guests.get(random.nextInt(guests.size()));
            Optional<LoadBalancer> balancer = led.loadBalancers().stream()
                    .filter(each -> each.address().isIpv4())
                    .filter(each -> led.interfacesOf(router.id()).stream()
                            .anyMatch(face -> face.networkId().equals(each.networkId())))
                    .sorted(Comparator.comparing(LoadBalancer::id))
                    .skip(random.nextInt(6))
                    .findFirst();
            UUID id = RandomWorld.id('f', number);
            ExternalGateway by =
                    router.gateways().get(random.nextInt(router.gateways().size()));
            int network = by.networkId().equals(network(0)) ? 0 : 1;
            UUID port = served(
                    FIRST_FLOATING_PORT + number,
                    network,
                    20 + number,
                    id,
                    Port.FLOATING_IP,
                    random.nextInt(10) > 0,
                    IpFamily.IPV4);
            FloatingIp free = new FloatingIp(
                    RandomWorld.meta(id),
                    network(network),
                    port,
                    prefix(network, IpFamily.IPV4).first().plus(20 + number),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
            if (balancer.isPresent()) {
                Set<IpAddress> members = members(led, balancer.get());
                boolean fits =
                        Stream.concat(members.stream(), Stream.of(balancer.get().address()))
                                        .map(address -> router.id() + " " + address)
                                        .allMatch(source ->
                                                networks.merge(source, network, (known, _) -> known) == network)
                                && members.stream().noneMatch(floating::contains)
                                && taken.add(router.id() + " " + balancer.get().address());
                forwarded.addAll(members);
                builder.put(
                        fits
                                ? free.withFixed(
                                        router.id(),
                                        new FloatingIp.Fixed(
                                                balancer.get().portId(),
                                                balancer.get().address()))
                                : free);
                continue;
            }
            IpAddress fixed = guest.fixedIps().get(0).address();
            Port other = guests.get(random.nextInt(guests.size()));
            IpAddress another = other.fixedIps().get(0).address();
            // Behind one router an address is stood for on one network alone.
            boolean one = Stream.of(fixed, another)
                    .map(address -> router.id() + " " + address)
                    .allMatch(source -> networks.merge(source, network, (known, _) -> known) == network);
            // What has a floating address has no ports forwarded to it.
            boolean forwards = random.nextInt(3) == 0 && !floating.contains(fixed) && !floating.contains(another);
            if (one && forwards) {
                forwarded.addAll(List.of(fixed, another));
                builder.put(free.withForwardings(router.id(), forwardings(number, guest, other)));
            } else if (one && !forwarded.contains(fixed) && taken.add(router.id() + " " + fixed)) {
                floating.add(fixed);
                builder.put(free.withFixed(router.id(), new FloatingIp.Fixed(guest.id(), fixed)));
            } else {
                builder.put(free);
            }
        }
    }

    private static Set<IpAddress> members(World world, LoadBalancer balancer) {
        return world.poolsOf(balancer.id()).stream()
                .flatMap(pool -> world.membersOf(pool.id()).stream())
                .map(PoolMember::address)
                .collect(Collectors.toSet());
    }

    private static List<PortForwarding> forwardings(int number, Port guest, Port other) {
        return List.of(
                forwarding(number * 10, "tcp", guest, new PortRange(2080, 2080), new PortRange(80, 80)),
                forwarding(number * 10 + 1, "udp", guest, new PortRange(5000, 5006), new PortRange(60, 66)),
                forwarding(number * 10 + 2, "tcp", other, new PortRange(443, 443), new PortRange(443, 443)));
    }

    private static PortForwarding forwarding(
            int number, String protocol, Port guest, PortRange external, PortRange internal) {
        return new PortForwarding(
                RandomWorld.id('w', number),
                "",
                IpProtocol.parse(protocol),
                external,
                guest.id(),
                guest.fixedIps().get(0).address(),
                internal);
    }

    /** Ports of gateways and of floating addresses, by their MACs. */
    static Map<MacAddress, Port> served(World world) {
        Map<MacAddress, Port> served = new HashMap<>();
        for (int number = 0; number < NETWORKS; number++) {
            world.portsOf(network(number)).forEach(port -> served.put(port.mac(), port));
        }
        return served;
    }
}
