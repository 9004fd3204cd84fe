package io.weft.agent.tables;

import io.weft.agent.numbers.NumberPool;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.PortQos;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.Trunking;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressLimits;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.Services;
import io.weft.vrouter.Tag;
import io.weft.vrouter.Underlay;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The records and devices by what the rules look for, and the numbers that the node has given out. */
final class State {
    final String host;
    final Map<UUID, NetworkState> networks = new HashMap<>();
    final Map<UUID, RouterState> routers = new HashMap<>();
    final Map<String, NodeState> nodes = new HashMap<>();
    final Map<UUID, LocalPort> localPorts = new HashMap<>();
    private final Map<UUID, Device> devices = new HashMap<>();
    /** The subports of this node, by their parents. */
    private final Map<UUID, Set<UUID>> subports = new HashMap<>();

    final Map<UUID, PortQos> qos = new HashMap<>();
    final ServicesState balanced = new ServicesState();
    final Map<UUID, Integer> portNumbers = new HashMap<>();
    final Connectivity connectivity = new Connectivity();
    final Set<String> problems = new TreeSet<>();
    Optional<Underlay> underlay = Optional.empty();
    Neighbourhood neighbourhood = Neighbourhood.NONE;
    Optional<Services> services = Optional.empty();
    Map<String, PhysicalDevice> physical = Map.of();
    /** What holds back what a device's workload sends; both by ifindex. */
    Map<Integer, Integer> shapers = Map.of();
    /** What holds back what passes by addresses outside, once it may be led there. */
    Optional<AddressShaper> addressShaper = Optional.empty();
    /** The nodes that routers' gateways are on, by the gateways' ports, as far as it is known. */
    final Map<UUID, String> holders = new HashMap<>();
    /** The families whose next hop a gateway has lost, by the gateways' ports, as far as it is known. */
    final Map<UUID, Set<IpFamily>> lost = new HashMap<>();

    final Remembered remembered;
    private final NumberPool portPool;
    private final NumberPool nodePool;
    private final NumberPool domainPool;
    private final NumberPool groupPool;
    private final NumberPool limitPool;

    State(String host, Limits limits, Remembered remembered) {
        this.host = host;
        this.remembered = remembered;
        portPool = pool(1, limits.ports(), remembered.ports());
        nodePool = pool(0, limits.nodes(), remembered.nodes());
        domainPool = pool(1, limits.domains(), remembered.domains());
        groupPool = pool(1, limits.groups(), remembered.groups());
        limitPool = pool(1, AddressLimits.NUMBERS, remembered.limits());
    }

    private static NumberPool pool(int first, int limit, Map<?, Integer> used) {
        NumberPool pool = new NumberPool(first, limit);
        used.values().forEach(pool::reserve);
        return pool;
    }

    NetworkState network(UUID id) {
        return networks.computeIfAbsent(id, NetworkState::new);
    }

    RouterState router(UUID id) {
        return routers.computeIfAbsent(id, RouterState::new);
    }

    NodeState node(String name) {
        return nodes.computeIfAbsent(name, n -> new NodeState());
    }

    /** What may have become superfluous; looked at by {@link #tidy}. */
    final Set<UUID> spareNetworks = new HashSet<>();

    final Set<UUID> spareRouters = new HashSet<>();
    final Set<String> spareNodes = new HashSet<>();
    final Set<UUID> sparePorts = new HashSet<>();

    /** Numbers of ports that are gone; connections and counters still bear them. */
    private final Set<Integer> freedPorts = new HashSet<>();

    /** The numbers of ports that went since the last call, each to be given to {@link #releasePort}. */
    Set<Integer> takeFreedPorts() {
        Set<Integer> taken = Set.copyOf(freedPorts);
        freedPorts.clear();
        return taken;
    }

    /** Nothing bears the number of a port that went any more. */
    void releasePort(int number) {
        portPool.give(number);
    }

    /**
     * Forgets what nothing is known of any more, and gives its numbers back. At the end of a round, so that what is
     * replaced keeps its number.
     */
    void tidy() {
        for (UUID id : spareNetworks) {
            NetworkState network = networks.get(id);
            if (network != null && network.isEmpty()) {
                networks.remove(id);
            }
        }
        for (UUID id : spareRouters) {
            RouterState router = routers.get(id);
            if (router != null) {
                tidy(router);
            }
        }
        for (String name : spareNodes) {
            NodeState node = nodes.get(name);
            if (node != null && node.isEmpty()) {
                nodes.remove(name);
                node.index.ifPresent(nodePool::give);
            }
        }
        for (UUID port : sparePorts) {
            if (!localPorts.containsKey(port) || !devices.containsKey(owner(port))) {
                Integer number = portNumbers.remove(port);
                if (number != null) {
                    freedPorts.add(number);
                }
            }
        }
        spareNetworks.clear();
        spareRouters.clear();
        spareNodes.clear();
        sparePorts.clear();
    }

    private void tidy(RouterState router) {
        router.limitNumbers.entrySet().removeIf(number -> {
            boolean gone = !router.limits.containsKey(number.getKey());
            if (gone) {
                limitPool.give(number.getValue());
            }
            return gone;
        });
        router.groups.entrySet().removeIf(group -> {
            boolean gone = !router.mayShare(group.getKey());
            if (gone) {
                groupPool.give(group.getValue());
            }
            return gone;
        });
        if (router.isEmpty()) {
            routers.remove(router.id);
            router.domain.ifPresent(domainPool::give);
        }
    }

    /** A port's own device came or changed; empty when it went. */
    void setDevice(UUID port, Optional<Device> device) {
        device.ifPresentOrElse(d -> devices.put(port, d), () -> devices.remove(port));
    }

    /** A port of this node came or changed. */
    void putLocal(LocalPort port) {
        localPorts.put(port.portId(), port);
        if (port.trunking() instanceof Trunking.Subport subport) {
            subports.computeIfAbsent(subport.parentId(), _ -> new HashSet<>()).add(port.portId());
        }
    }

    /** A port is of this node no more, or is about to be put anew. */
    void removeLocal(LocalPort port) {
        localPorts.remove(port.portId());
        if (port.trunking() instanceof Trunking.Subport subport) {
            subports.computeIfPresent(subport.parentId(), (_, ports) -> {
                ports.remove(port.portId());
                return ports.isEmpty() ? null : ports;
            });
        }
    }

    /** The ports of this node that send by a port's device: itself, and its subports. */
    List<LocalPort> sendersBy(UUID port) {
        return Stream.concat(Stream.of(port), subports.getOrDefault(port, Set.of()).stream())
                .map(localPorts::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The port whose device a port sends by: its own, or its trunk's parent. */
    UUID owner(UUID port) {
        LocalPort local = localPorts.get(port);
        return local != null && local.trunking() instanceof Trunking.Subport subport ? subport.parentId() : port;
    }

    /** The device that a port sends by as itself; a subport has none, but a place behind a tag of its parent's. */
    @Nullable
    Device device(UUID port) {
        LocalPort local = localPorts.get(port);
        if (local == null || !(local.trunking() instanceof Trunking.Subport)) {
            return devices.get(port);
        }
        NetworkFact fact = fact(local.networkId());
        if (fact == null || tag(local) == null) {
            return null;
        }
        OptionalInt number = portNumber(port, fact.vni(), local.mac());
        return number.isPresent() ? new Device(Tag.place(number.getAsInt()), false) : null;
    }

    /** The tag that a subport is behind, as far as its parent has a device here. */
    @Nullable
    Tag tag(LocalPort port) {
        Device parent =
                port.trunking() instanceof Trunking.Subport subport && localPorts.containsKey(subport.parentId())
                        ? devices.get(subport.parentId())
                        : null;
        return parent != null && port.trunking() instanceof Trunking.Subport(UUID _, int vlan)
                ? new Tag(parent.ifindex(), vlan)
                : null;
    }

    /** The ports of this node that have a device, or a place behind a tag of one. */
    Set<UUID> connected() {
        Set<UUID> connected = new HashSet<>();
        localPorts.keySet().stream()
                .filter(port -> devices.containsKey(owner(port)))
                .forEach(connected::add);
        return connected;
    }

    /** The facts of a network that is known. */
    @Nullable
    NetworkFact fact(UUID network) {
        NetworkState state = networks.get(network);
        return state == null ? null : state.fact;
    }

    /**
     * Whether a node may send into a network: it has a port in one that is joined to it, or is a gateway of a router there,
     * which lets answers in.
     */
    boolean mayAnswer(UUID network, String host) {
        if (connectivity.hosts(network).contains(host)) {
            return true;
        }
        for (UUID joined : connectivity.of(network).networks) {
            NetworkState known = networks.get(joined);
            if (known != null
                    && known.interfaces.values().stream()
                            .map(face -> routers.get(face.routerId()))
                            .filter(Objects::nonNull)
                            .anyMatch(router -> router.gateways.values().stream()
                                    .anyMatch(gateway -> gateway.hosts().contains(host)))) {
                return true;
            }
        }
        return false;
    }

    OptionalInt domain(RouterState router) {
        if (router.domain.isEmpty()) {
            OptionalInt hint = OptionalInt.empty();
            for (RouterInterface i : router.interfaces.values()) {
                NetworkFact fact = fact(i.networkId());
                if (fact != null && hint.isEmpty()) {
                    hint = Remembered.find(remembered.domains(), new MacKey(fact.vni(), i.mac()));
                }
            }
            for (RouterGateway gateway : router.gateways.values()) {
                NetworkFact fact = fact(gateway.networkId());
                if (fact != null && hint.isEmpty()) {
                    hint = Remembered.find(remembered.domains(), new MacKey(fact.vni(), gateway.mac()));
                }
            }
            router.domain = taken(domainPool, hint, "routing domains");
        }
        return router.domain;
    }

    OptionalInt group(RouterState router, RouteKey key) {
        Integer known = router.groups.get(key.prefix());
        if (known != null) {
            return OptionalInt.of(known);
        }
        OptionalInt number = taken(groupPool, Remembered.find(remembered.groups(), key), "equal-cost groups");
        number.ifPresent(n -> router.groups.put(key.prefix(), n));
        return number;
    }

    /** The number of the limits of an address that a router has outside. */
    OptionalInt limitNumber(RouterState router, AddressKey address) {
        Integer known = router.limitNumbers.get(address.address());
        if (known != null) {
            return OptionalInt.of(known);
        }
        OptionalInt number = taken(limitPool, Remembered.find(remembered.limits(), address), "limits of addresses");
        number.ifPresent(n -> router.limitNumbers.put(address.address(), n));
        return number;
    }

    OptionalInt nodeIndex(String name) {
        NodeState node = node(name);
        if (node.index.isEmpty()) {
            OptionalInt hint = node.addresses().stream()
                    .map(address -> Remembered.find(remembered.nodes(), address))
                    .filter(OptionalInt::isPresent)
                    .findFirst()
                    .orElse(OptionalInt.empty());
            node.index = taken(nodePool, hint, "nodes");
        }
        return node.index;
    }

    OptionalInt portNumber(UUID port, int vni, MacAddress mac) {
        Integer known = portNumbers.get(port);
        if (known != null) {
            return OptionalInt.of(known);
        }
        OptionalInt number = taken(portPool, remembered.port(vni, mac), "local ports");
        number.ifPresent(n -> portNumbers.put(port, n));
        return number;
    }

    private OptionalInt taken(NumberPool pool, OptionalInt hint, String what) {
        OptionalInt number = pool.take(hint);
        if (number.isEmpty()) {
            problems.add("no more room for " + what);
        }
        return number;
    }

    /** The kernel holds what is wanted; numbers that were given back are free. */
    void settled() {
        portPool.settle();
        nodePool.settle();
        domainPool.settle();
        groupPool.settle();
        limitPool.settle();
    }

    /** The kernel holds nothing of a former process any more. */
    void swept() {
        portPool.release();
        nodePool.release();
        domainPool.release();
        groupPool.release();
        limitPool.release();
    }
}
