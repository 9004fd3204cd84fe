package io.weft.agent.tables;

import io.weft.model.HostAccess;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.SubnetFact;
import io.weft.vrouter.Pool;
import io.weft.vrouter.PoolKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The port that the node itself is behind, and what the node's own stack needs of it.
 *
 * @param port the port
 * @param mac its MAC
 * @param mtu bytes of an IP packet
 * @param addresses its addresses
 * @param routes what is reached by it: first what is on its link
 * @param nodePorts which connections to the node are handed to the network
 * @param healthChecks what the node tells of services, by port
 */
public record HostPort(
        UUID port,
        MacAddress mac,
        int mtu,
        List<IpAddress> addresses,
        List<Way> routes,
        Optional<NodePorts> nodePorts,
        List<HealthCheck> healthChecks) {
    public HostPort {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        healthChecks = List.copyOf(healthChecks);
    }

    /**
     * What the node tells at a port of its own about a service.
     *
     * @param name {@code NAMESPACE/NAME}
     * @param endpoints how many of the service's addresses are here, for each family in which it is served
     */
    public record HealthCheck(int port, String name, Map<IpFamily, Integer> endpoints) {
        public HealthCheck {
            endpoints = Map.copyOf(endpoints);
        }

        private HealthCheck and(HealthCheck other) {
            Map<IpFamily, Integer> both = new EnumMap<>(IpFamily.class);
            both.putAll(endpoints);
            both.putAll(other.endpoints);
            return new HealthCheck(port, name, both);
        }
    }

    /**
     * A route.
     *
     * @param gateway a router of the network; empty for what is on the link
     * @param source the port's address of the family
     */
    public record Way(IpPrefix destination, Optional<IpAddress> gateway, IpAddress source) {}

    /** The port's first address of a family. */
    public Optional<IpAddress> address(IpFamily family) {
        return first(addresses, family);
    }

    private static Optional<IpAddress> first(Collection<IpAddress> addresses, IpFamily family) {
        return addresses.stream().filter(address -> address.family() == family).findFirst();
    }

    /** The host ports of this node, by id: more than one is more than a node can have. */
    static List<UUID> all(State state) {
        return state.localPorts.values().stream()
                .filter(port -> port.host().isPresent())
                .map(LocalPort::portId)
                .sorted()
                .toList();
    }

    /** What this port needs; empty while its network is not known. */
    static Optional<HostPort> of(State state, DesiredTables tables, UUID id) {
        LocalPort port = state.localPorts.get(id);
        NetworkState network = port == null ? null : state.networks.get(port.networkId());
        NetworkFact fact = network == null ? null : network.fact;
        if (port == null || network == null || fact == null) {
            return Optional.empty();
        }
        List<IpAddress> addresses =
                port.addresses().stream().map(LocalPort.LocalAddress::address).toList();
        Map<IpPrefix, Way> ways = new TreeMap<>();
        List<Way> routes = new ArrayList<>();
        for (SubnetFact subnet : network.subnets.values()) {
            first(addresses, subnet.cidr().family())
                    .ifPresent(source -> ways.put(subnet.cidr(), new Way(subnet.cidr(), Optional.empty(), source)));
        }
        routes.addAll(ways.values());
        Map<IpPrefix, Way> behind = new TreeMap<>();
        network.interfaces.values().stream()
                .sorted(Comparator.comparing(RouterInterface::portId))
                .forEach(near -> behind(state, near, addresses).forEach(way -> {
                    if (!ways.containsKey(way.destination())) {
                        behind.putIfAbsent(way.destination(), way);
                    }
                }));
        routes.addAll(behind.values());
        Optional<NodePorts> nodePorts = port.host().flatMap(HostAccess::nodePorts);
        List<HealthCheck> checks = nodePorts
                .map(ports -> healthChecks(state, tables, port.networkId(), ports))
                .orElse(List.of());
        return Optional.of(new HostPort(id, port.mac(), fact.mtu(), addresses, routes, nodePorts, checks));
    }

    /**
     * Of the services to whose addresses the node's ports lead, and that are at such a port: those that take calls here are the
     * members of which this node's table says so. A stranger's service may have the same address on a network of its own.
     */
    private static List<HealthCheck> healthChecks(State state, DesiredTables tables, UUID network, NodePorts ports) {
        Set<UUID> reached = reached(state, network);
        Map<Integer, HealthCheck> checks = new TreeMap<>();
        for (ServiceFact service : state.balanced.answered()) {
            if (!reached.contains(service.networkId())
                    || service.port() < ports.first()
                    || service.port() > ports.last()) {
                continue;
            }
            for (IpAddress address : service.addresses()) {
                if (ports.addresses().contains(address)) {
                    HealthCheck check = new HealthCheck(
                            service.port(),
                            service.nodeHealth().orElse(""),
                            Map.of(address.family(), endpoints(tables, service, address.family())));
                    checks.merge(service.port(), check, HealthCheck::and);
                }
            }
        }
        return List.copyOf(checks.values());
    }

    /** A network and those behind its routers. */
    private static Set<UUID> reached(State state, UUID network) {
        Set<UUID> reached = new HashSet<>(Set.of(network));
        NetworkState known = state.networks.get(network);
        if (known != null) {
            known.interfaces.values().stream()
                    .map(near -> state.routers.get(near.routerId()))
                    .filter(Objects::nonNull)
                    .forEach(router -> router.interfaces.values().forEach(far -> reached.add(far.networkId())));
        }
        return reached;
    }

    private static int endpoints(DesiredTables tables, ServiceFact service, IpFamily family) {
        return service.poolId()
                .flatMap(pool -> tables.pools().get(new PoolKey(pool, family)))
                .map(pool -> (int) pool.members().values().stream()
                        .filter(member -> member.weight() > 0)
                        .map(Pool.Member::address)
                        .distinct()
                        .count())
                .orElse(0);
    }

    /** What is on the other links of the router that has this interface. */
    private static List<Way> behind(State state, RouterInterface near, List<IpAddress> addresses) {
        RouterState router = state.routers.get(near.routerId());
        if (router == null || !near.adminUp()) {
            return List.of();
        }
        List<Way> ways = new ArrayList<>();
        for (RouterInterface far : router.interfaces.values()) {
            if (far.networkId().equals(near.networkId()) || !far.adminUp()) {
                continue;
            }
            for (RouterInterface.InterfaceAddress there : far.addresses()) {
                IpFamily family = there.subnet().family();
                Optional<IpAddress> gateway = first(
                        near.addresses().stream()
                                .map(RouterInterface.InterfaceAddress::address)
                                .toList(),
                        family);
                Optional<IpAddress> source = first(addresses, family);
                if (gateway.isPresent() && source.isPresent()) {
                    ways.add(new Way(there.subnet(), gateway, source.get()));
                }
            }
        }
        return ways;
    }

    /** Addresses of nodes' tunnels: what leads to them must not lead into a tunnel. */
    static List<IpAddress> tunnels(State state) {
        return state.nodes.values().stream()
                .flatMap(node -> node.addresses().stream())
                .sorted()
                .toList();
    }
}
