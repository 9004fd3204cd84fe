package io.weft.vrouter;

import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.PoolMember;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.reference.LostNextHop;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The tables of the ways out of a {@link RandomOutside} on one host, by the plainest way. */
final class OutsideTables {
    private static final int FIRST_DEVICE = 80;
    /** Above those of static routes. */
    private static final int FIRST_GROUP = 10_000;

    private final Rig rig;
    private final World world;
    private final Node node;
    private final Set<LostNextHop> lost;

    private OutsideTables(Rig rig, World world, Node node, Set<LostNextHop> lost) {
        this.rig = rig;
        this.world = world;
        this.node = node;
        this.lost = lost;
    }

    /** Writes them behind those of {@link WorldTables}. */
    static void fill(Rig rig, World world, String host, Set<LostNextHop> lost) {
        new OutsideTables(rig, world, world.node(host).orElseThrow(), lost).fill();
    }

    /** The number of the device into an external network. */
    static int device(int number) {
        return FIRST_DEVICE + number;
    }

    private void fill() {
        rig.tables().underlayAddresses().put(Rig.OWN_TUNNEL, 1);
        rig.tables().underlayAddresses().put(Rig.OTHER_TUNNEL, 1);
        for (int number = 0; number < RandomOutside.NETWORKS; number++) {
            Network network = world.network(RandomOutside.network(number)).orElseThrow();
            if (isConnected(network)) {
                int device = rig.spare(device(number));
                rig.tables().externalNetworks().put(network.vni(), new ExternalNetwork(device, network.mtu()));
                rig.tables().externalDevices().put(device, network.vni());
            }
        }
        for (int number = 0; number < RandomWorld.ROUTERS; number++) {
            Router router = world.router(RandomWorld.id('r', number)).orElseThrow();
            leads(router);
        }
    }

    /** The gateways of a router that are up with their networks, in their order. */
    static List<ExternalGateway> up(World world, Router router) {
        return router.gateways().stream()
                .filter(gateway -> world.port(gateway.portId()).orElseThrow().adminStateUp()
                        && world.network(gateway.networkId()).orElseThrow().adminStateUp())
                .toList();
    }

    private boolean isConnected(Network network) {
        return node.has(network.physicalNetwork().orElseThrow());
    }

    private void leads(Router router) {
        List<ExternalGateway> gateways = up(world, router);
        if (!router.adminStateUp()) {
            return;
        }
        int domain = WorldTables.domain(router.id());
        boolean several = gateways.size() > 1;
        for (ExternalGateway gateway : gateways) {
            leads(router, gateway, domain, several);
        }
        for (IpPrefix all : List.of(IpPrefix.parse("0.0.0.0/0"), IpPrefix.parse("::/0"))) {
            List<NextHop> hops = defaultHops(gateways, all);
            List<NextHop> alive = defaultHops(
                    gateways.stream()
                            .filter(gateway -> !lost.contains(new LostNextHop(gateway.portId(), all.family())))
                            .toList(),
                    all);
            if (router.defaultRouteBfd() && !alive.isEmpty()) {
                hops = alive;
            }
            if (!hops.isEmpty()) {
                route(domain, all, hops, router.defaultRouteEcmp());
            }
        }
    }

    private List<NextHop> defaultHops(List<ExternalGateway> gateways, IpPrefix all) {
        return gateways.stream()
                .flatMap(gateway -> defaultHop(gateway, all).stream())
                .toList();
    }

    private Optional<NextHop> defaultHop(ExternalGateway gateway, IpPrefix all) {
        Network network = world.network(gateway.networkId()).orElseThrow();
        io.weft.model.Port port = world.port(gateway.portId()).orElseThrow();
        return world.subnetsOf(network.id()).stream()
                .filter(subnet -> subnet.family() == all.family())
                .flatMap(subnet -> subnet.gateway().stream())
                .findFirst()
                .map(hop -> new NextHop(network.vni(), port.mac(), network.mtu(), hop));
    }

    private void leads(Router router, ExternalGateway gateway, int domain, boolean several) {
        Network network = world.network(gateway.networkId()).orElseThrow();
        io.weft.model.Port port = world.port(gateway.portId()).orElseThrow();
        Tables tables = rig.tables();
        IpAddress ipv4 = port.fixedIps().get(0).address();
        IpAddress ipv6 = port.fixedIps().get(1).address();
        Optional<UUID> chosen = gateway.nodes().stream().findFirst();
        boolean here = chosen.equals(Optional.of(node.id())) && isConnected(network);
        Place place =
                here ? DomainGateway.HERE : chosen.isPresent() ? Place.remote(Rig.OTHER_NODE) : DomainGateway.NOWHERE;
        DomainGateway entry = new DomainGateway(
                network.vni(), gateway.transitVni(), place, port.mac(), gateway.enableSnat(), ipv4, several);
        if (gateway.equals(up(world, router).getFirst())) {
            tables.gateways().put(domain, entry);
        }
        if (several) {
            IpAddress next = defaultHop(gateway, IpPrefix.parse("0.0.0.0/0"))
                    .map(NextHop::address)
                    .orElse(IpAddress.ofIpv4(0));
            FurtherGateway further = new FurtherGateway(entry, next, network.mtu());
            tables.furtherGateways().put(new FurtherGatewayKey(domain, network.vni()), further);
            if (here) {
                tables.furtherGateways().put(new FurtherGatewayKey(domain, gateway.transitVni()), further);
            }
        }
        tables.routerInterfaces()
                .put(new MacKey(network.vni(), port.mac()), new RouterInterface(domain, network.mtu(), ipv4, ipv6));
        for (Subnet subnet : world.subnetsOf(network.id())) {
            NextHop link = new NextHop(network.vni(), port.mac(), network.mtu(), NextHop.ON_LINK);
            route(domain, subnet.cidr(), List.of(link), false);
        }
        if (here) {
            for (FixedIp ip : port.fixedIps()) {
                tables.externalAddresses()
                        .put(new AddressKey(network.vni(), ip.address()), ExternalAddress.own(domain, port.mac()));
            }
            tables.macs().put(new MacKey(gateway.transitVni(), port.mac()), Place.router(domain));
            tables.tunnelSources().put(new TunnelSourceKey(Rig.OTHER_TUNNEL, gateway.transitVni()), Rig.OTHER_NODE);
        }
        for (FloatingIp floatingIp : world.floatingIpsOfRouter(router.id())) {
            if (floatingIp.networkId().equals(network.id())) {
                floating(floatingIp, network, domain, here, several);
            }
        }
    }

    /** What the router's own routes say counts more. */
    private void route(int domain, IpPrefix prefix, List<NextHop> hops, boolean shared) {
        RouteKey key = new RouteKey(domain, prefix);
        if (rig.tables().routes().dump().containsKey(key)) {
            return;
        }
        if (hops.size() == 1 || !shared) {
            rig.tables().routes().put(key, new Route.External(hops.getFirst()));
            return;
        }
        int group = FIRST_GROUP + domain * 2 + (prefix.family() == IpFamily.IPV4 ? 0 : 1);
        for (int slot = 0; slot < hops.size(); slot++) {
            rig.tables().groupMembers().put(new GroupMemberKey(group, slot), hops.get(slot));
        }
        rig.tables().routes().put(key, new Route.ExternalGroup(group, hops.size()));
    }

    private void floating(FloatingIp floatingIp, Network network, int domain, boolean gatewayHere, boolean several) {
        io.weft.model.Port outside = world.port(floatingIp.portId()).orElseThrow();
        if (!outside.adminStateUp()) {
            return;
        }
        Tables tables = rig.tables();
        Optional<LoadBalancer> balancer = floatingIp.fixed().flatMap(fixed -> world.loadBalancerOfPort(fixed.portId()));
        if (balancer.isPresent()) {
            AddressKey key = new AddressKey(network.vni(), floatingIp.address());
            if (gatewayHere) {
                tables.externalAddresses().put(key, ExternalAddress.own(domain, outside.mac()));
            }
            listen(key, balancer.get(), domain, gatewayHere, several);
            return;
        }
        if (several) {
            floatingIp
                    .fixed()
                    .ifPresent(fixed ->
                            tables.sourceGateways().put(SourceGatewayKey.all(domain, fixed.address()), network.vni()));
            floatingIp.forwardings().forEach(forwarding -> {
                for (int port = forwarding.internal().first();
                        port <= forwarding.internal().last();
                        port++) {
                    tables.sourceGateways()
                            .put(
                                    new SourceGatewayKey(
                                            domain,
                                            forwarding.address(),
                                            forwarding.protocol().number(),
                                            port,
                                            16),
                                    network.vni());
                }
            });
        }
        AddressKey key = new AddressKey(network.vni(), floatingIp.address());
        floatingIp.fixed().ifPresent(fixed -> {
            String host = world.port(fixed.portId()).orElseThrow().binding().host();
            Node own = world.node(host).orElseThrow();
            boolean isOwn = own.has(network.physicalNetwork().orElseThrow());
            if (isOwn ? isOn(host) : gatewayHere) {
                tables.floatingAddresses().put(new FloatingKey(domain, fixed.address()), floatingIp.address());
                tables.externalAddresses().put(key, new ExternalAddress(domain, fixed.address(), outside.mac()));
            }
        });
        if (gatewayHere && !floatingIp.forwardings().isEmpty()) {
            tables.externalAddresses().put(key, ExternalAddress.own(domain, outside.mac()));
            floatingIp.forwardings().forEach(forwarding -> {
                int shift =
                        forwarding.internal().first() - forwarding.external().first() & 0xffff;
                for (int port = forwarding.external().first();
                        port <= forwarding.external().last();
                        port++) {
                    tables.portForwardings()
                            .put(
                                    new PortForwardingKey(
                                            network.vni(),
                                            floatingIp.address(),
                                            forwarding.protocol().number(),
                                            port,
                                            16),
                                    new PortForwarding(domain, forwarding.address(), shift));
                }
            });
        }
    }

    /** The listeners that a floating address has, and by which gateway their members answer. */
    private void listen(AddressKey floating, LoadBalancer balancer, int domain, boolean here, boolean several) {
        for (io.weft.model.Listener listener : world.listenersOf(balancer.id())) {
            Optional<UUID> pool = RandomServices.pool(world, balancer, listener);
            int protocol = listener.protocol().number();
            if (here) {
                ListenerKey key = new ListenerKey(floating.network(), floating.address(), protocol, listener.port());
                RandomServices.allow(rig, key, listener.callers().cidrs());
                rig.tables()
                        .listeners()
                        .put(
                                key,
                                new Listener(
                                        pool, 0, !listener.callers().cidrs().isEmpty(), IpAddress.ofIpv6(0, 0)));
            }
            for (PoolMember member : pool.map(world::membersOf).orElse(List.of())) {
                if (several && member.adminStateUp()) {
                    rig.tables()
                            .sourceGateways()
                            .put(
                                    new SourceGatewayKey(domain, member.address(), protocol, member.port(), 16),
                                    floating.network());
                }
            }
        }
    }

    private boolean isOn(String host) {
        return TwoHosts.of(host).equals(node.meta().name());
    }
}
