package io.weft.agent.tables;

import io.weft.agent.policy.PortBlock;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.protocol.AddressQos;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.PortMatch;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.SubnetFact;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressLimits;
import io.weft.vrouter.DomainGateway;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.ExternalNetwork;
import io.weft.vrouter.FloatingKey;
import io.weft.vrouter.FurtherGateway;
import io.weft.vrouter.FurtherGatewayKey;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.Place;
import io.weft.vrouter.PortForwarding;
import io.weft.vrouter.PortForwardingKey;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.SourceGatewayKey;
import io.weft.vrouter.TunnelSourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What leads out of routers and back in, as a function of the {@link State}. One method a unit; it is longer than most
 * because all of them begin with the same exits.
 */
final class ExternalRules {
    private static final IpAddress NO_IPV4 = IpAddress.ofIpv4(0);
    private static final IpAddress NO_IPV6 = IpAddress.ofIpv6(0, 0);
    private static final IpPrefix ALL_IPV4 = IpPrefix.parse("0.0.0.0/0");
    private static final IpPrefix ALL_IPV6 = IpPrefix.parse("::/0");
    private static final int SCTP = 132;

    /** A gateway that forwards, with what it stands on. */
    private record Exit(RouterState router, RouterGateway gateway, NetworkFact network, int domain, boolean here) {}

    private final State state;
    private final DesiredTables tables;

    ExternalRules(State state, DesiredTables tables) {
        this.state = state;
        this.tables = tables;
    }

    /** This node's device into a network. */
    private Optional<PhysicalDevice> device(NetworkFact network) {
        return network.physicalNetwork().map(state.physical::get);
    }

    void external(UUID id, Rules.Sink sink) {
        NetworkFact fact = state.fact(id);
        Optional<PhysicalDevice> device = fact == null ? Optional.empty() : device(fact);
        if (fact == null || device.isEmpty()) {
            return;
        }
        int mtu = Math.min(fact.mtu(), device.get().mtu());
        sink.entry(
                tables.externalNetworks(),
                fact.vni(),
                new ExternalNetwork(device.get().ifindex(), mtu));
        sink.entry(tables.externalDevices(), device.get().ifindex(), fact.vni());
    }

    /** The gateways of a router that forward, in their order; of each network the first alone. */
    private List<Exit> exits(UUID routerId) {
        RouterState router = state.routers.get(routerId);
        if (router == null || router.gateways.isEmpty() || !router.forwards()) {
            return List.of();
        }
        List<Exit> exits = new ArrayList<>();
        Set<UUID> networks = new HashSet<>();
        for (RouterGateway gateway : router.ranked()) {
            NetworkFact network = state.fact(gateway.networkId());
            if (network == null || !gateway.adminUp() || !networks.add(gateway.networkId())) {
                continue;
            }
            OptionalInt domain = state.domain(router);
            if (domain.isEmpty()) {
                return List.of();
            }
            boolean here = state.host.equals(state.holders.get(gateway.portId()))
                    && gateway.hosts().contains(state.host)
                    && device(network).isPresent();
            exits.add(new Exit(router, gateway, network, domain.getAsInt(), here));
        }
        return exits;
    }

    /** The router's gateway with this port, if it forwards. */
    private static Optional<Exit> exit(List<Exit> exits, UUID gatewayId) {
        return exits.stream()
                .filter(exit -> exit.gateway.portId().equals(gatewayId))
                .findFirst();
    }

    void leads(UUID routerId, Rules.Sink sink) {
        List<Exit> exits = exits(routerId);
        boolean several = exits.size() > 1;
        for (Exit exit : exits) {
            RouterGateway gateway = exit.gateway;
            int vni = exit.network.vni();
            IpAddress ipv4 = first(gateway, IpFamily.IPV4, NO_IPV4);
            IpAddress ipv6 = first(gateway, IpFamily.IPV6, NO_IPV6);
            DomainGateway entry = new DomainGateway(
                    vni,
                    gateway.transitVni(),
                    place(exit),
                    gateway.mac(),
                    gateway.snat() && !ipv4.isUnspecified(),
                    ipv4,
                    several);
            if (exit.equals(exits.getFirst())) {
                sink.entry(tables.gateways(), exit.domain, entry);
            }
            if (several) {
                further(exit, entry, sink);
            }
            sink.entry(
                    tables.routerInterfaces(),
                    new MacKey(vni, gateway.mac()),
                    new io.weft.vrouter.RouterInterface(exit.domain, exit.network.mtu(), ipv4, ipv6));
            link(exit, sink);
            if (exit.here) {
                for (RouterInterface.InterfaceAddress address : gateway.addresses()) {
                    answer(
                            exit,
                            new AddressKey(vni, address.address()),
                            ExternalAddress.own(exit.domain, gateway.mac()),
                            sink);
                }
                transit(exit, sink);
            }
        }
        defaultRoute(exits, ALL_IPV4, sink);
        defaultRoute(exits, ALL_IPV6, sink);
    }

    private void further(Exit exit, DomainGateway entry, Rules.Sink sink) {
        FurtherGateway further =
                new FurtherGateway(entry, nextHop(exit, IpFamily.IPV4).orElse(NO_IPV4), exit.network.mtu());
        sink.entry(tables.furtherGateways(), new FurtherGatewayKey(exit.domain, entry.network()), further);
        if (exit.here) {
            sink.entry(tables.furtherGateways(), new FurtherGatewayKey(exit.domain, entry.transit()), further);
        }
    }

    /** What is to be known of a router's gateways to find the nodes that they are on, by their ports. */
    Map<UUID, WatchedGateway> watched(UUID routerId) {
        Map<UUID, WatchedGateway> watched = new HashMap<>();
        exits(routerId).forEach(exit -> watched.put(exit.gateway.portId(), watched(exit)));
        return watched;
    }

    private WatchedGateway watched(Exit exit) {
        RouterGateway gateway = exit.gateway;
        boolean listed = gateway.hosts().contains(state.host);
        Set<String> hosts = new HashSet<>(gateway.hosts());
        if (listed) {
            hosts.addAll(senders(exit));
        }
        if (listed && gateway.bfd()) {
            // Those that the other gateways are on forward as this one's next hops are.
            exit.router.gateways.values().forEach(other -> hosts.addAll(other.hosts()));
        }
        hosts.remove(state.host);
        Map<String, List<IpAddress>> peers = new HashMap<>();
        for (String host : hosts) {
            NodeState node = state.nodes.get(host);
            peers.put(host, node == null ? List.of() : node.addresses());
        }
        return new WatchedGateway(
                exit.router.id,
                gateway.portId(),
                gateway.transitVni(),
                gateway.hosts(),
                peers,
                exit.network.vni(),
                gateway.mac(),
                gateway.addresses().getFirst().address(),
                listed ? device(exit.network) : Optional.empty(),
                gateway.bfd() ? outside(exit) : List.of());
    }

    /** The routers outside, as they are spoken to; nobody outside finds a router's link-local address. */
    private static List<WatchedGateway.Outside> outside(Exit exit) {
        return Stream.of(IpFamily.IPV4, IpFamily.IPV6)
                .flatMap(family -> nextHop(exit, family).stream())
                .filter(address -> !address.isLinkLocal())
                .flatMap(address -> own(exit, address).map(own -> new WatchedGateway.Outside(own, address)).stream())
                .toList();
    }

    /** The router's address in the subnet of another one. */
    private static Optional<IpAddress> own(Exit exit, IpAddress other) {
        return exit.gateway.addresses().stream()
                .filter(address -> address.subnet().contains(other))
                .map(RouterInterface.InterfaceAddress::address)
                .findFirst();
    }

    /** All nodes with ports behind the router. */
    private Set<String> senders(Exit exit) {
        Set<String> hosts = new HashSet<>();
        exit.router.interfaces.values().forEach(face -> hosts.addAll(state.connectivity.hosts(face.networkId())));
        return hosts;
    }

    /** Where it is known to be; on the first of the ranked ones, as long as nobody has said. */
    private Place place(Exit exit) {
        Optional<String> host = Optional.ofNullable(state.holders.get(exit.gateway.portId()))
                .filter(exit.gateway.hosts()::contains)
                .or(() -> exit.gateway.hosts().stream().findFirst());
        if (exit.here) {
            return DomainGateway.HERE;
        }
        NodeState node = host.map(state.nodes::get).orElse(null);
        if (node == null || node.peer == null || host.equals(Optional.of(state.host))) {
            return DomainGateway.NOWHERE;
        }
        OptionalInt index = state.nodeIndex(host.get());
        return index.isPresent() ? Place.remote(index.getAsInt()) : DomainGateway.NOWHERE;
    }

    /** The subnets outside. */
    private void link(Exit exit, Rules.Sink sink) {
        NetworkState network = state.networks.get(exit.gateway.networkId());
        Set<IpPrefix> link = new HashSet<>();
        if (network != null) {
            network.subnets.values().stream().map(SubnetFact::cidr).forEach(link::add);
        }
        exit.gateway.addresses().stream()
                .map(RouterInterface.InterfaceAddress::subnet)
                .forEach(link::add);
        for (IpPrefix prefix : link) {
            sink.entry(
                    tables.routes(), new RouteKey(exit.domain, prefix), new Route.External(hop(exit, NextHop.ON_LINK)));
        }
    }

    /** That of the first gateway with a next hop that lives, or of all these. */
    private void defaultRoute(List<Exit> exits, IpPrefix all, Rules.Sink sink) {
        List<Exit> leading = exits.stream()
                .filter(exit -> nextHop(exit, all.family()).isPresent())
                .toList();
        List<Exit> alive = leading.stream().filter(exit -> !isLost(exit, all)).toList();
        // With none alive all stay in use, as without a watch: to send nothing at all would help nobody.
        List<NextHop> hops = (alive.isEmpty() ? leading : alive)
                .stream()
                        .map(exit -> hop(exit, nextHop(exit, all.family()).orElseThrow()))
                        .toList();
        if (hops.isEmpty()) {
            return;
        }
        RouterState router = exits.getFirst().router;
        RouteKey key = new RouteKey(exits.getFirst().domain, all);
        if (hops.size() == 1 || !exits.getFirst().gateway.sharesDefault()) {
            sink.entry(tables.routes(), key, new Route.External(hops.getFirst()));
            return;
        }
        // A static default route goes before, and the group is its own.
        OptionalInt group = router.routes.containsKey(all) ? OptionalInt.empty() : state.group(router, key);
        if (group.isPresent()) {
            for (int slot = 0; slot < hops.size(); slot++) {
                sink.entry(tables.groupMembers(), new GroupMemberKey(group.getAsInt(), slot), hops.get(slot));
            }
            sink.entry(tables.routes(), key, new Route.ExternalGroup(group.getAsInt(), hops.size()));
        }
    }

    /** Whether a gateway has lost its next hop; what nobody has said yet is as a former process left it. */
    private boolean isLost(Exit exit, IpPrefix all) {
        if (!exit.gateway.bfd()) {
            return false;
        }
        Set<IpFamily> known = state.lost.get(exit.gateway.portId());
        if (known != null) {
            return known.contains(all.family());
        }
        Set<Integer> ways = state.remembered.ways().get(new RouteKey(exit.domain, all));
        return ways != null && !ways.contains(exit.network.vni());
    }

    private static Optional<IpAddress> nextHop(Exit exit, IpFamily family) {
        return exit.gateway.nextHops().stream()
                .filter(hop -> hop.family() == family)
                .findFirst();
    }

    private static NextHop hop(Exit exit, IpAddress address) {
        return new NextHop(exit.network.vni(), exit.gateway.mac(), exit.network.mtu(), address);
    }

    /** All nodes with ports behind the router may send to be let out. */
    private void transit(Exit exit, Rules.Sink sink) {
        int vni = exit.gateway.transitVni();
        sink.entry(tables.macs(), new MacKey(vni, exit.gateway.mac()), Place.router(exit.domain));
        Set<String> hosts = senders(exit);
        hosts.remove(state.host);
        for (String host : hosts) {
            NodeState node = state.nodes.get(host);
            OptionalInt index = node == null ? OptionalInt.empty() : state.nodeIndex(host);
            if (node != null && index.isPresent()) {
                for (IpAddress address : node.addresses()) {
                    sink.entry(tables.tunnelSources(), new TunnelSourceKey(address, vni), index.getAsInt());
                }
            }
        }
    }

    void floating(UUID routerId, UUID id, Rules.Sink sink) {
        RouterState router = state.routers.get(routerId);
        FloatingIpFact fact = router == null ? null : router.floating.get(id);
        List<Exit> exits = exits(routerId);
        Optional<Exit> found = fact == null ? Optional.empty() : exit(exits, fact.gatewayId());
        if (router == null
                || fact == null
                || found.isEmpty()
                || !fact.floatingAddress().isIpv4()) {
            return;
        }
        Exit exit = found.get();
        List<ServiceFact> services = services(router, fact);
        if (!services.isEmpty()) {
            services.forEach(service -> listen(exit, fact, service, exits.size() > 1, sink));
            return;
        }
        if (exits.size() > 1) {
            sink.entry(
                    tables.sourceGateways(),
                    SourceGatewayKey.all(exit.domain, fact.fixedAddress()),
                    exit.network.vni());
        }
        boolean here = fact.host()
                .map(host -> host.equals(state.host) && device(exit.network).isPresent())
                .orElse(exit.here);
        if (!here) {
            return;
        }
        sink.entry(
                tables.floatingAddresses(), new FloatingKey(exit.domain, fact.fixedAddress()), fact.floatingAddress());
        answer(
                exit,
                new AddressKey(exit.network.vni(), fact.floatingAddress()),
                new ExternalAddress(exit.domain, fact.fixedAddress(), fact.mac()),
                sink);
    }

    /** The services at a floating address, if a virtual address is what it stands for. */
    private List<ServiceFact> services(RouterState router, FloatingIpFact fact) {
        return router.interfaces.values().stream()
                .map(RouterInterface::networkId)
                .distinct()
                .flatMap(network -> state.balanced.of(network).stream())
                .filter(service -> leadsTo(fact, service))
                .toList();
    }

    /** Whether a floating address stands for the virtual address of a service. */
    static boolean leadsTo(FloatingIpFact fact, ServiceFact service) {
        return service.portId().equals(fact.portId()) && service.addresses().contains(fact.fixedAddress());
    }

    /** The floating address has the listener, too, on the node of the gateway; members answer by that gateway. */
    private void listen(Exit exit, FloatingIpFact fact, ServiceFact service, boolean several, Rules.Sink sink) {
        int vni = exit.network.vni();
        if (several) {
            service.poolId()
                    .map(pool -> state.balanced.sockets(pool, IpFamily.IPV4))
                    .orElse(Set.of())
                    .forEach(socket -> sink.entry(
                            tables.sourceGateways(),
                            new SourceGatewayKey(
                                    exit.domain, socket.address(), service.protocol(), socket.port(), Short.SIZE),
                            vni));
        }
        if (exit.here) {
            answer(
                    exit,
                    new AddressKey(vni, fact.floatingAddress()),
                    ExternalAddress.own(exit.domain, fact.mac()),
                    sink);
            ServiceRules.listen(
                    tables,
                    new ListenerKey(vni, fact.floatingAddress(), service.protocol(), service.port()),
                    service,
                    service.callers().cidrs(),
                    NO_IPV6,
                    sink);
        }
    }

    /** This node answers for an address outside, within its limits. */
    private void answer(Exit exit, AddressKey key, ExternalAddress address, Rules.Sink sink) {
        AddressQos qos = exit.router.limits.get(key.address());
        OptionalInt number = qos == null ? OptionalInt.empty() : state.limitNumber(exit.router, key);
        if (qos == null || number.isEmpty()) {
            sink.entry(tables.externalAddresses(), key, address);
            return;
        }
        Shaping shaping = Shaping.of(qos);
        if (!shaping.equals(Shaping.NONE)) {
            sink.entry(tables.addressShaping(), number.getAsInt(), shaping);
        }
        Optional<AddressShaper> shaper = state.addressShaper;
        sink.entry(
                tables.addressLimits(),
                number.getAsInt(),
                new AddressLimits(
                        shaping.sends().isEmpty()
                                ? 0
                                : shaper.map(AddressShaper::sends).orElse(0),
                        shaping.receives().isEmpty()
                                ? 0
                                : shaper.map(AddressShaper::receives).orElse(0),
                        qos.dscp(),
                        Rules.packets(qos.egress()),
                        Rules.packets(qos.ingress())));
        sink.entry(tables.externalAddresses(), key, address.withLimits(number.getAsInt()));
    }

    void forwarding(UUID routerId, UUID id, Rules.Sink sink) {
        RouterState router = state.routers.get(routerId);
        PortForwardingFact fact = router == null ? null : router.forwardings.get(id);
        List<Exit> exits = exits(routerId);
        Optional<Exit> found = fact == null ? Optional.empty() : exit(exits, fact.gatewayId());
        if (fact == null || found.isEmpty() || !fact.externalAddress().isIpv4()) {
            return;
        }
        Exit exit = found.get();
        if (exits.size() > 1) {
            for (PortBlock block : blocks(fact.internalPorts())) {
                sink.entry(
                        tables.sourceGateways(),
                        new SourceGatewayKey(
                                exit.domain, fact.internalAddress(), fact.protocol(), block.bits(), block.length()),
                        exit.network.vni());
            }
        }
        if (!exit.here) {
            return;
        }
        if (fact.protocol() == SCTP) {
            state.problems.add("port forwarding " + id + ": SCTP cannot be translated");
            return;
        }
        int vni = exit.network.vni();
        answer(exit, new AddressKey(vni, fact.externalAddress()), ExternalAddress.own(exit.domain, fact.mac()), sink);
        int shift = fact.internalPorts().first() - fact.externalPorts().first() & 0xffff;
        for (PortBlock block : blocks(fact.externalPorts())) {
            sink.entry(
                    tables.portForwardings(),
                    new PortForwardingKey(vni, fact.externalAddress(), fact.protocol(), block.bits(), block.length()),
                    new PortForwarding(exit.domain, fact.internalAddress(), shift));
        }
    }

    private static List<PortBlock> blocks(PortForwardingFact.Ports ports) {
        return PortBlock.of(new PortMatch.Range(ports.first(), ports.last()));
    }

    private static IpAddress first(RouterGateway gateway, IpFamily family, IpAddress none) {
        return gateway.addresses().stream()
                .map(RouterInterface.InterfaceAddress::address)
                .filter(address -> address.family() == family)
                .findFirst()
                .orElse(none);
    }
}
