package io.weft.agent.tables;

import io.weft.agent.policy.PortBlock;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.PortMatch;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.SubnetFact;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.DomainGateway;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.ExternalNetwork;
import io.weft.vrouter.FloatingKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.Place;
import io.weft.vrouter.PortForwarding;
import io.weft.vrouter.PortForwardingKey;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.TunnelSourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** What leads out of routers and back in, as a function of the {@link State}. One method a unit. */
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

    private Optional<Exit> exit(UUID routerId) {
        RouterState router = state.routers.get(routerId);
        Optional<RouterGateway> gateway = router == null ? Optional.empty() : router.gateway();
        NetworkFact network = gateway.map(g -> state.fact(g.networkId())).orElse(null);
        if (router == null
                || gateway.isEmpty()
                || network == null
                || !gateway.get().adminUp()
                || !router.forwards()) {
            return Optional.empty();
        }
        OptionalInt domain = state.domain(router);
        if (domain.isEmpty()) {
            return Optional.empty();
        }
        boolean here = state.host.equals(state.holders.get(routerId))
                && gateway.get().hosts().contains(state.host)
                && device(network).isPresent();
        return Optional.of(new Exit(router, gateway.get(), network, domain.getAsInt(), here));
    }

    void leads(UUID routerId, Rules.Sink sink) {
        Optional<Exit> found = exit(routerId);
        if (found.isEmpty()) {
            return;
        }
        Exit exit = found.get();
        RouterGateway gateway = exit.gateway;
        int vni = exit.network.vni();
        IpAddress ipv4 = first(gateway, IpFamily.IPV4, NO_IPV4);
        IpAddress ipv6 = first(gateway, IpFamily.IPV6, NO_IPV6);
        sink.entry(
                tables.gateways(),
                exit.domain,
                new DomainGateway(
                        vni,
                        gateway.transitVni(),
                        place(exit),
                        gateway.mac(),
                        gateway.snat() && !ipv4.isUnspecified(),
                        ipv4));
        sink.entry(
                tables.routerInterfaces(),
                new MacKey(vni, gateway.mac()),
                new io.weft.vrouter.RouterInterface(exit.domain, exit.network.mtu(), ipv4, ipv6));
        routes(exit, sink);
        if (exit.here) {
            for (RouterInterface.InterfaceAddress address : gateway.addresses()) {
                sink.entry(
                        tables.externalAddresses(),
                        new AddressKey(vni, address.address()),
                        ExternalAddress.own(exit.domain, gateway.mac()));
            }
            transit(exit, sink);
        }
    }

    /** What is to be known of a gateway to find the node that it is on; empty while it leads nowhere. */
    Optional<WatchedGateway> watched(UUID routerId) {
        return exit(routerId).map(exit -> {
            RouterGateway gateway = exit.gateway;
            boolean listed = gateway.hosts().contains(state.host);
            Set<String> hosts = new HashSet<>(gateway.hosts());
            if (listed) {
                hosts.addAll(senders(exit));
            }
            hosts.remove(state.host);
            Map<String, List<IpAddress>> peers = new HashMap<>();
            for (String host : hosts) {
                NodeState node = state.nodes.get(host);
                peers.put(host, node == null ? List.of() : node.addresses());
            }
            return new WatchedGateway(
                    routerId,
                    gateway.transitVni(),
                    gateway.hosts(),
                    peers,
                    exit.network.vni(),
                    gateway.mac(),
                    gateway.addresses().getFirst().address(),
                    listed ? device(exit.network) : Optional.empty());
        });
    }

    /** All nodes with ports behind the router. */
    private Set<String> senders(Exit exit) {
        Set<String> hosts = new HashSet<>();
        exit.router.interfaces.values().forEach(face -> hosts.addAll(state.connectivity.hosts(face.networkId())));
        return hosts;
    }

    /** Where it is known to be; on the first of the ranked ones, as long as nobody has said. */
    private Place place(Exit exit) {
        Optional<String> host = Optional.ofNullable(state.holders.get(exit.router.id))
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

    private void routes(Exit exit, Rules.Sink sink) {
        NetworkState network = state.networks.get(exit.gateway.networkId());
        Set<IpPrefix> link = new HashSet<>();
        if (network != null) {
            network.subnets.values().stream().map(SubnetFact::cidr).forEach(link::add);
        }
        exit.gateway.addresses().stream()
                .map(RouterInterface.InterfaceAddress::subnet)
                .forEach(link::add);
        for (IpPrefix prefix : link) {
            route(exit, prefix, NextHop.ON_LINK, sink);
        }
        for (IpPrefix all : new IpPrefix[] {ALL_IPV4, ALL_IPV6}) {
            exit.gateway.nextHops().stream()
                    .filter(hop -> hop.family() == all.family())
                    .findFirst()
                    .ifPresent(hop -> route(exit, all, hop, sink));
        }
    }

    private void route(Exit exit, IpPrefix destination, IpAddress hop, Rules.Sink sink) {
        sink.entry(
                tables.routes(),
                new RouteKey(exit.domain, destination),
                new Route.External(new NextHop(exit.network.vni(), exit.gateway.mac(), exit.network.mtu(), hop)));
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
        Optional<Exit> exit = exit(routerId);
        FloatingIpFact fact = exit.map(e -> e.router.floating.get(id)).orElse(null);
        if (exit.isEmpty()
                || fact == null
                || !fact.gatewayId().equals(exit.get().gateway.portId())) {
            return;
        }
        boolean here = fact.host()
                .map(host ->
                        host.equals(state.host) && device(exit.get().network).isPresent())
                .orElse(exit.get().here);
        if (!here || !fact.floatingAddress().isIpv4()) {
            return;
        }
        int domain = exit.get().domain;
        sink.entry(tables.floatingAddresses(), new FloatingKey(domain, fact.fixedAddress()), fact.floatingAddress());
        sink.entry(
                tables.externalAddresses(),
                new AddressKey(exit.get().network.vni(), fact.floatingAddress()),
                new ExternalAddress(domain, fact.fixedAddress(), fact.mac()));
    }

    void forwarding(UUID routerId, UUID id, Rules.Sink sink) {
        Optional<Exit> exit = exit(routerId);
        PortForwardingFact fact = exit.map(e -> e.router.forwardings.get(id)).orElse(null);
        if (exit.isEmpty()
                || fact == null
                || !exit.get().here
                || !fact.externalAddress().isIpv4()
                || !fact.gatewayId().equals(exit.get().gateway.portId())) {
            return;
        }
        if (fact.protocol() == SCTP) {
            state.problems.add("port forwarding " + id + ": SCTP cannot be translated");
            return;
        }
        int vni = exit.get().network.vni();
        int domain = exit.get().domain;
        sink.entry(
                tables.externalAddresses(),
                new AddressKey(vni, fact.externalAddress()),
                ExternalAddress.own(domain, fact.mac()));
        int first = fact.externalPorts().first();
        int shift = fact.internalPorts().first() - first & 0xffff;
        for (PortBlock block :
                PortBlock.of(new PortMatch.Range(first, fact.externalPorts().last()))) {
            sink.entry(
                    tables.portForwardings(),
                    new PortForwardingKey(vni, fact.externalAddress(), fact.protocol(), block.bits(), block.length()),
                    new PortForwarding(domain, fact.internalAddress(), shift));
        }
    }

    private static IpAddress first(RouterGateway gateway, IpFamily family, IpAddress none) {
        return gateway.addresses().stream()
                .map(RouterInterface.InterfaceAddress::address)
                .filter(address -> address.family() == family)
                .findFirst()
                .orElse(none);
    }
}
