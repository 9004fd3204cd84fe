package io.weft.agent.tables;

import io.weft.agent.policy.Policy;
import io.weft.agent.trace.Entrance;
import io.weft.agent.trace.Sender;
import io.weft.agent.trace.Step;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MemberLocality;
import io.weft.protocol.AddressQos;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Fact;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Member;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.Peer;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.PortQos;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.StaticRoute;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.Services;
import io.weft.vrouter.Trace;
import io.weft.vrouter.Underlay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The fold: takes in changes of records and devices, and recomputes the {@link Unit}s that depend on them at
 * {@link #flush}. One thread owns it and the tables.
 *
 * <p>Each {@code put} and {@code remove} keeps the {@link State} and says which units are concerned; too many is slow, too
 * few is wrong, which the tests find by comparing with a fold from nothing.
 *
 * <p>Longer than most: which units a kind of record concerns is to be read in one place.
 */
public final class Fold {
    private record Entry<K, V>(DesiredTable<K, V> table, K key, V value) {
        void claim(Unit owner) {
            table.claim(owner, key, value);
        }

        void withdraw(Unit owner) {
            table.withdraw(owner, key);
        }
    }

    private final State state;
    private final DesiredTables tables = DesiredTables.empty();
    private final Rules rules;
    private final Policy policy;
    private final Map<Unit, List<Entry<?, ?>>> contributions = new HashMap<>();
    private final Set<Unit> dirty = new LinkedHashSet<>();
    private boolean topologyChanged;

    /** Networks that have their first service, or have lost their last. */
    private final Set<UUID> callersOf = new HashSet<>();

    /** Nodes that became gateways of routers, or are none any more. */
    private final Set<String> gatewayHosts = new HashSet<>();

    /** Routers whose gateways may be others than at the last {@link #takeGatewayNews}. */
    private final Set<UUID> gatewayNews = new HashSet<>();

    /** The gateways that it told of, by router. */
    private final Map<UUID, Set<UUID>> gatewaysTold = new HashMap<>();

    /**
     * @param host the node's own name
     * @param limits how many numbers there are
     * @param remembered the numbers of a former process
     */
    public Fold(String host, Limits limits, Remembered remembered) {
        state = new State(host, limits, remembered);
        policy = new Policy(limits.policy(), remembered.policyNames(), new DesiredPolicy(tables));
        rules = new Rules(state, tables, policy);
    }

    /** What the kernel's tables should hold, as of the last {@link #flush}. */
    public DesiredTables tables() {
        return tables;
    }

    /** The port as this node knows it. */
    public Optional<LocalPort> localPort(UUID port) {
        return Optional.ofNullable(state.localPorts.get(port));
    }

    /** All ports of this node. */
    public List<LocalPort> localPorts() {
        return List.copyOf(state.localPorts.values());
    }

    /** The MTU of a network, if it is known. */
    public Optional<Integer> mtu(UUID network) {
        return Optional.ofNullable(state.fact(network)).map(NetworkFact::mtu);
    }

    /** The subnets of a network, as far as they are known. */
    public List<SubnetFact> subnets(UUID network) {
        return List.copyOf(state.network(network).subnets.values());
    }

    /** The host ports of this node by id: the first counts, and more are more than a node can have. */
    public List<UUID> hostPorts() {
        return HostPort.all(state);
    }

    /** What the host needs of its port; empty while that, or its network, is not known. */
    public Optional<HostPort> hostPort(UUID port) {
        return HostPort.of(state, tables, port);
    }

    /** The tunnel addresses of all nodes that are known, this one's among them, in order. */
    public List<IpAddress> tunnelAddresses() {
        return HostPort.tunnels(state);
    }

    /** The number by which counters know a port that has its device. */
    public Optional<Integer> portNumber(UUID port) {
        return Optional.ofNullable(state.portNumbers.get(port));
    }

    /** What is calculated from the security groups of this node's ports. */
    public Policy policy() {
        return policy;
    }

    /** The guest behind a port, as far as a trace needs to know it; empty when the port has no device here. */
    public Optional<Sender> sender(UUID port) {
        return new Explanation(state, tables, policy).sender(port);
    }

    /** Where frames for an address of an external network come in, if this node answers for it. */
    public Optional<Entrance> entrance(UUID network, IpAddress address) {
        return new Explanation(state, tables, policy).entrance(network, address);
    }

    /** What a trace of a packet to this destination says, in the names of the model. */
    public List<Step> explain(Trace trace, IpAddress destination) {
        return new Explanation(state, tables, policy).steps(trace, destination);
    }

    /** What could not be put into the tables, for people. */
    public List<String> problems() {
        return List.copyOf(state.problems);
    }

    State state() {
        return state;
    }

    /** Takes in what a batch has changed. */
    public void apply(List<Subscription.Difference> changes) {
        // All that is gone goes first, so that what takes its place finds it free.
        for (Subscription.Difference change : changes) {
            change.before().ifPresent(fact -> remove(change.topic(), fact));
        }
        for (Subscription.Difference change : changes) {
            change.after().ifPresent(fact -> put(change.topic(), fact));
        }
    }

    /** A port's device came, changed or went. */
    public void device(UUID port, Optional<Device> device) {
        state.setDevice(port, device);
        state.sparePorts.add(port);
        for (LocalPort local : state.sendersBy(port)) {
            state.sparePorts.add(local.portId());
            concernsLocal(local);
        }
    }

    /** This node's side of the tunnel is there, or not. */
    public void underlay(Optional<Underlay> underlay) {
        state.underlay = underlay;
        dirty.add(new Unit.Tunnel());
        state.nodes.keySet().forEach(host -> dirty.add(new Unit.Remote(host)));
    }

    /** Which other nodes have no router between them and this one. */
    public void neighbourhood(Neighbourhood neighbourhood) {
        state.neighbourhood = neighbourhood;
        state.nodes.keySet().forEach(host -> dirty.add(new Unit.Remote(host)));
    }

    /** The service namespace is there, or not. */
    public void services(Optional<Services> services) {
        state.services = services;
        dirty.add(new Unit.Service());
    }

    /** Which physical networks this node has, by name. */
    public void physical(Map<String, PhysicalDevice> devices) {
        state.physical = Map.copyOf(devices);
        state.networks.keySet().forEach(network -> dirty.add(new Unit.External(network)));
        state.routers.values().forEach(this::concernsGateway);
    }

    /**
     * Which devices hold back what workloads send.
     *
     * @param shapers by the workload's place, or {@link Shaping#ofReceiving}, ifindex
     */
    public void shapers(Map<Integer, Integer> shapers) {
        for (UUID port : state.connected()) {
            Device device = state.device(port);
            if (device != null
                    && (differs(shapers, device.ifindex())
                            || differs(shapers, Shaping.ofReceiving(device.ifindex())))) {
                dirty.add(new Unit.Local(port));
            }
        }
        state.shapers = Map.copyOf(shapers);
    }

    /** What holds back what passes by addresses outside, once it may be led there. */
    public void addressShaper(Optional<AddressShaper> shaper) {
        state.addressShaper = shaper;
        state.routers.values().stream()
                .filter(router -> !router.limits.isEmpty())
                .forEach(this::concernsGateway);
    }

    private boolean differs(Map<Integer, Integer> shapers, int device) {
        return !Objects.equals(shapers.get(device), state.shapers.get(device));
    }

    /**
     * A router's gateway is on this host, as those say who watch it; empty when nobody knows.
     *
     * @param router the router
     * @param gateway the gateway's port
     * @param lost the families whose next hop it has lost; empty when nobody knows, so that what was known stays
     * @return whether that is news
     */
    public boolean holder(UUID router, UUID gateway, Optional<String> host, Optional<Set<IpFamily>> lost) {
        String before = host.isPresent() ? state.holders.put(gateway, host.get()) : state.holders.remove(gateway);
        boolean same = lost.isEmpty() || lost.get().equals(state.lost.put(gateway, lost.get()));
        if (Optional.ofNullable(before).equals(host) && same) {
            return false;
        }
        RouterState known = state.routers.get(router);
        if (known != null) {
            concernsGateway(known);
        }
        return true;
    }

    /** The gateways that may be others than at the last call, by their ports; empty for what is none any more. */
    public Map<UUID, Optional<WatchedGateway>> takeGatewayNews() {
        Map<UUID, Optional<WatchedGateway>> news = new HashMap<>();
        for (UUID router : gatewayNews) {
            Map<UUID, WatchedGateway> watched = rules.watched(router);
            Set<UUID> told = watched.isEmpty()
                    ? gatewaysTold.remove(router)
                    : gatewaysTold.put(router, Set.copyOf(watched.keySet()));
            if (told != null) {
                told.forEach(gateway -> news.putIfAbsent(gateway, Optional.empty()));
            }
            watched.forEach((gateway, now) -> news.put(gateway, Optional.of(now)));
        }
        gatewayNews.clear();
        return news;
    }

    /** Brings the tables up to date; their listeners hear of every entry that is different. */
    public void flush() {
        if (topologyChanged) {
            state.routers.values().forEach(this::concernsGateway);
        }
        boolean sourcesChanged = topologyChanged || !gatewayHosts.isEmpty();
        if (topologyChanged) {
            topologyChanged = false;
            state.connectivity.rebuild(state.networks, state.routers).forEach((network, before) -> {
                before.forEach(host -> dirty.add(new Unit.Source(network, host)));
                sources(network);
            });
            state.networks.keySet().forEach(network -> dirty.add(new Unit.Domain(network)));
            state.balanced.nearby().forEach(pool -> dirty.add(new Unit.Members(pool)));
            // Islands are others: whose packets may be balanced, or might have been.
            if (!state.balanced.isEmpty() || !callersOf.isEmpty()) {
                state.networks.values().forEach(this::concernsLocals);
            }
        }
        callersOf.forEach(network -> state.connectivity.of(network).networks.stream()
                .map(state.networks::get)
                .filter(Objects::nonNull)
                .forEach(this::concernsLocals));
        callersOf.clear();
        if (sourcesChanged) {
            gatewaySources();
        }
        policy.flush().forEach(port -> dirty.add(new Unit.Local(port)));
        for (Unit unit : dirty) {
            if (unit instanceof Unit.Leads leads) {
                gatewayNews.add(leads.router());
            }
            contributions.getOrDefault(unit, List.of()).forEach(entry -> entry.withdraw(unit));
        }
        for (Unit unit : dirty) {
            List<Entry<?, ?>> entries = computed(unit);
            if (entries.isEmpty()) {
                contributions.remove(unit);
            } else {
                contributions.put(unit, entries);
            }
        }
        dirty.clear();
        state.tidy();
        tables.all().forEach(DesiredTable::settle);
    }

    private List<Entry<?, ?>> computed(Unit unit) {
        List<Entry<?, ?>> entries = new ArrayList<>(3);
        boolean mayRepeat = switch (unit) {
            case Unit.Local _,
                    Unit.Workload _,
                    Unit.Interface _,
                    Unit.Leads _,
                    Unit.Floating _,
                    Unit.Forwarding _,
                    Unit.Remote _,
                    Unit.Balanced _ -> true;
            default -> false;
        };
        rules.contribute(unit, new Rules.Sink() {
            @Override
            public <K, V> void entry(DesiredTable<K, V> table, K key, V value) {
                Entry<K, V> entry = new Entry<>(table, key, value);
                // Claimed once a unit, even if a record names the same thing twice; the others' keys are of maps.
                if (!mayRepeat || entries.stream().noneMatch(e -> e.table == table && e.key.equals(key))) {
                    entry.claim(unit);
                    entries.add(entry);
                }
            }
        });
        return List.copyOf(entries);
    }

    /**
     * The numbers of ports that went since the last call. What the programs have kept under them is to be removed, and then
     * each to be given to {@link #releasePort}.
     */
    public Set<Integer> takeFreedPorts() {
        return state.takeFreedPorts();
    }

    /** A number of a port that went may be given to another. */
    public void releasePort(int number) {
        state.releasePort(number);
    }

    /** The kernel holds exactly what {@link #tables} says; numbers that are out of use may be given anew. */
    public void settled(boolean swept) {
        state.settled();
        policy.settled();
        if (swept) {
            policy.swept();
            state.swept();
        }
    }

    private void put(Topic topic, Fact fact) {
        switch (fact) {
            case NetworkFact network -> {
                NetworkState known = state.network(network.networkId());
                known.fact = network;
                topologyChanged = true;
                concernsNetwork(known);
            }
            case SubnetFact subnet -> {
                NetworkState network = state.network(subnet.networkId());
                network.subnets.put(subnet.subnetId(), subnet);
                dirty.add(new Unit.Net(network.id));
                concernsViews(network);
                concernsServices(network.id);
                concernsExternal(network.id);
            }
            case Endpoint endpoint -> {
                NetworkState network = state.network(endpoint.networkId());
                network.endpoints.put(endpoint.portId(), endpoint);
                count(network, endpoint, 1);
            }
            case RouterFact router -> {
                RouterState known = state.router(router.routerId());
                known.fact = router;
                concernsRouter(known);
            }
            case RouterInterface face -> {
                RouterState router = state.router(face.routerId());
                router.interfaces.put(face.portId(), face);
                NetworkState network = state.network(face.networkId());
                network.interfaces.put(face.portId(), face);
                concernsInterface(face, router, network);
            }
            case StaticRoute route -> {
                RouterState router = state.router(route.routerId());
                router.routes.put(route.destination(), route);
                concernsPath(router, route.destination());
            }
            case RouterGateway gateway -> {
                RouterState router = state.router(gateway.routerId());
                router.gateways.put(gateway.portId(), gateway);
                gatewayHosts.addAll(gateway.hosts());
                concernsGateway(router);
            }
            case FloatingIpFact floating -> {
                state.router(floating.routerId()).floating.put(floating.floatingIpId(), floating);
                dirty.add(new Unit.Floating(floating.routerId(), floating.floatingIpId()));
            }
            case PortForwardingFact forwarding -> {
                state.router(forwarding.routerId()).forwardings.put(forwarding.forwardingId(), forwarding);
                dirty.add(new Unit.Forwarding(forwarding.routerId(), forwarding.forwardingId()));
            }
            case AddressQos qos -> {
                RouterState router = state.router(qos.routerId());
                router.limits.put(qos.address(), qos);
                concernsGateway(router);
            }
            case LocalPort port -> {
                state.putLocal(port);
                NetworkState network = state.network(port.networkId());
                if (network.locals.add(port.portId()) && network.locals.size() == 1) {
                    sources(network.id);
                    gatewayHosts.addAll(allGatewayHosts());
                }
                policy.port(port.portId(), port.securityGroups());
                concernsBehind(port);
                concernsNearby(port);
            }
            case PortQos qos -> {
                state.qos.put(qos.portId(), qos);
                dirty.add(new Unit.Local(qos.portId()));
            }
            case ServiceFact service -> {
                if (state.balanced.put(service)) {
                    concernsCallers(service.networkId());
                }
                concernsService(service);
            }
            case ServiceMember member -> {
                state.balanced.put(UUID.fromString(topic.name()), member);
                concernsMember(UUID.fromString(topic.name()), member);
            }
            case Member member -> policy.put(UUID.fromString(topic.name()), member);
            case SecurityGroupFact group -> policy.put(group);
            case RuleFact rule -> policy.put(rule);
            case Peer peer -> {
                state.node(peer.host()).peer = peer;
                concernsPeer(peer);
            }
        }
    }

    /** Takes a record out; what takes its place is put in later. */
    private void remove(Topic topic, Fact fact) {
        switch (fact) {
            case NetworkFact network -> {
                state.spareNetworks.add(network.networkId());
                NetworkState known = state.network(network.networkId());
                known.fact = null;
                topologyChanged = true;
                concernsNetwork(known);
            }
            case SubnetFact subnet -> {
                state.spareNetworks.add(subnet.networkId());
                NetworkState network = state.network(subnet.networkId());
                network.subnets.remove(subnet.subnetId());
                dirty.add(new Unit.Net(network.id));
                concernsViews(network);
                concernsServices(network.id);
                concernsExternal(network.id);
            }
            case Endpoint endpoint -> {
                state.spareNetworks.add(endpoint.networkId());
                state.spareNodes.add(endpoint.host());
                NetworkState network = state.network(endpoint.networkId());
                network.endpoints.remove(endpoint.portId());
                count(network, endpoint, -1);
            }
            case RouterFact router -> {
                state.spareRouters.add(router.routerId());
                RouterState known = state.router(router.routerId());
                known.fact = null;
                concernsRouter(known);
            }
            case RouterInterface face -> {
                state.spareRouters.add(face.routerId());
                state.spareNetworks.add(face.networkId());
                RouterState router = state.router(face.routerId());
                router.interfaces.remove(face.portId());
                NetworkState network = state.network(face.networkId());
                network.interfaces.remove(face.portId());
                concernsInterface(face, router, network);
            }
            case StaticRoute route -> {
                state.spareRouters.add(route.routerId());
                RouterState router = state.router(route.routerId());
                router.routes.remove(route.destination());
                concernsPath(router, route.destination());
            }
            case RouterGateway gateway -> {
                state.spareRouters.add(gateway.routerId());
                RouterState router = state.router(gateway.routerId());
                router.gateways.remove(gateway.portId());
                gatewayHosts.addAll(gateway.hosts());
                concernsGateway(router);
                dirty.add(new Unit.Leads(router.id));
            }
            case FloatingIpFact floating -> {
                state.spareRouters.add(floating.routerId());
                state.router(floating.routerId()).floating.remove(floating.floatingIpId());
                dirty.add(new Unit.Floating(floating.routerId(), floating.floatingIpId()));
            }
            case PortForwardingFact forwarding -> {
                state.spareRouters.add(forwarding.routerId());
                state.router(forwarding.routerId()).forwardings.remove(forwarding.forwardingId());
                dirty.add(new Unit.Forwarding(forwarding.routerId(), forwarding.forwardingId()));
            }
            case AddressQos qos -> {
                state.spareRouters.add(qos.routerId());
                RouterState router = state.router(qos.routerId());
                router.limits.remove(qos.address(), qos);
                concernsGateway(router);
            }
            case LocalPort port -> removeLocal(port);
            case PortQos qos -> {
                state.qos.remove(qos.portId());
                dirty.add(new Unit.Local(qos.portId()));
            }
            case ServiceFact service -> {
                if (state.balanced.remove(service)) {
                    concernsCallers(service.networkId());
                }
                concernsService(service);
            }
            case ServiceMember member -> {
                state.balanced.remove(UUID.fromString(topic.name()), member);
                concernsMember(UUID.fromString(topic.name()), member);
            }
            case Member member -> policy.remove(UUID.fromString(topic.name()), member);
            case SecurityGroupFact group -> policy.remove(group);
            case RuleFact rule -> policy.remove(rule);
            case Peer peer -> {
                state.spareNodes.add(peer.host());
                state.node(peer.host()).peer = null;
                concernsPeer(peer);
            }
        }
    }

    private void removeLocal(LocalPort port) {
        state.sparePorts.add(port.portId());
        state.spareNetworks.add(port.networkId());
        state.removeLocal(port);
        policy.port(port.portId(), Optional.empty());
        NetworkState network = state.network(port.networkId());
        network.locals.remove(port.portId());
        concernsLocal(port);
        concernsBehind(port);
        concernsNearby(port);
        if (network.locals.isEmpty()) {
            sources(network.id);
            gatewayHosts.addAll(allGatewayHosts());
        }
    }

    private void count(NetworkState network, Endpoint endpoint, int by) {
        String host = endpoint.host();
        boolean had = network.hosts.containsKey(host);
        boolean learned = network.unsecured > 0;
        NetworkState.HostCount before = network.hosts.get(host);
        boolean hadUnsecured = before != null && before.unsecured > 0;
        boolean hadCandidates = before != null && before.candidates > 0;
        boolean sharedChanged = network.count(endpoint, by);
        NetworkState.HostCount after = network.hosts.get(host);

        dirty.add(new Unit.Workload(network.id, endpoint.portId()));
        boolean has = after != null;
        if (had != has) {
            if (state.connectivity.count(network.id, host, by)) {
                state.connectivity.of(network.id).networks.forEach(id -> dirty.add(new Unit.Source(id, host)));
                state.routers.values().forEach(this::concernsSenders);
            }
        }
        if (had != has
                || hadUnsecured != (after != null && after.unsecured > 0)
                || hadCandidates != (after != null && after.candidates > 0)) {
            dirty.add(new Unit.Flood(network.id));
        }
        if (learned != network.unsecured > 0) {
            dirty.add(new Unit.Net(network.id));
        }
        if (sharedChanged) {
            dirty.add(new Unit.Net(network.id));
            network.endpoints.keySet().forEach(port -> dirty.add(new Unit.Workload(network.id, port)));
        }
        if (!host.equals(state.host)) {
            NodeState node = state.node(host);
            node.endpoints += by;
        }
    }

    private void concernsNetwork(NetworkState network) {
        dirty.add(new Unit.Net(network.id));
        dirty.add(new Unit.Flood(network.id));
        network.endpoints.keySet().forEach(port -> dirty.add(new Unit.Workload(network.id, port)));
        sources(network.id);
        for (RouterInterface face : network.interfaces.values()) {
            RouterState router = state.routers.get(face.routerId());
            if (router != null) {
                concernsRouter(router);
            }
        }
        concernsViews(network);
        concernsServices(network.id);
        dirty.add(new Unit.External(network.id));
        concernsExternal(network.id);
    }

    /** The gateways into a network. */
    private void concernsExternal(UUID network) {
        for (RouterState router : state.routers.values()) {
            if (router.gateways.values().stream()
                    .anyMatch(gateway -> gateway.networkId().equals(network))) {
                concernsGateway(router);
            }
        }
    }

    private void concernsPath(RouterState router, IpPrefix destination) {
        dirty.add(new Unit.Path(router.id, destination));
        if (destination.length() == 0) {
            concernsSenders(router);
        }
    }

    /** All that leads out of a router and back in. */
    private void concernsGateway(RouterState router) {
        concernsSenders(router);
        router.routes.keySet().forEach(destination -> dirty.add(new Unit.Path(router.id, destination)));
        router.floating.keySet().forEach(id -> dirty.add(new Unit.Floating(router.id, id)));
        router.forwardings.keySet().forEach(id -> dirty.add(new Unit.Forwarding(router.id, id)));
    }

    /** Who may send to a router's gateway. */
    private void concernsSenders(RouterState router) {
        if (!router.gateways.isEmpty()) {
            dirty.add(new Unit.Leads(router.id));
        }
    }

    private List<String> allGatewayHosts() {
        return state.routers.values().stream()
                .flatMap(router -> router.gateways.values().stream())
                .flatMap(gateway -> gateway.hosts().stream())
                .toList();
    }

    /** Gateways let answers into networks in which they have no ports. */
    private void gatewaySources() {
        gatewayHosts.addAll(allGatewayHosts());
        for (UUID network : state.networks.keySet()) {
            gatewayHosts.forEach(host -> dirty.add(new Unit.Source(network, host)));
        }
        gatewayHosts.clear();
    }

    /** What the responders and the flags of its local ports follow from. */
    private void concernsViews(NetworkState network) {
        network.forgetViews();
        dirty.add(new Unit.Domain(network.id));
        concernsLocals(network);
    }

    private void concernsLocals(NetworkState network) {
        network.locals.forEach(port -> dirty.add(new Unit.Local(port)));
    }

    /** Whose packets may be balanced: that is known when the islands are. */
    private void concernsCallers(UUID network) {
        callersOf.add(network);
    }

    /** Pools of which this node chooses its own members. */
    private void concernsNearby(LocalPort port) {
        state.balanced
                .nearbyAt(port.addresses().stream()
                        .map(LocalPort.LocalAddress::address)
                        .toList())
                .forEach(pool -> dirty.add(new Unit.Members(pool)));
    }

    private void concernsService(ServiceFact service) {
        dirty.add(new Unit.Balanced(service.networkId(), service.serviceId()));
        if (service.locality() != MemberLocality.ANY) {
            service.poolId().ifPresent(pool -> dirty.add(new Unit.Members(pool)));
        }
        concernsFloating(service.networkId(), floating -> ExternalRules.leadsTo(floating, service));
    }

    /** Members of a network's services: they answer by the gateways that their services are called by. */
    private void concernsMember(UUID network, ServiceMember member) {
        dirty.add(new Unit.Members(member.poolId()));
        boolean chooses = routersOf(network).anyMatch(router -> router.gateways.size() > 1);
        for (ServiceFact service : chooses ? state.balanced.of(network) : List.<ServiceFact>of()) {
            if (service.poolId().equals(Optional.of(member.poolId()))) {
                concernsFloating(network, floating -> ExternalRules.leadsTo(floating, service));
            }
        }
    }

    private Stream<RouterState> routersOf(UUID network) {
        NetworkState known = state.networks.get(network);
        return known == null
                ? Stream.empty()
                : known.interfaces.values().stream()
                        .map(face -> state.routers.get(face.routerId()))
                        .filter(Objects::nonNull);
    }

    /** Floating addresses behind routers that have an interface on a network. */
    private void concernsFloating(UUID network, Predicate<FloatingIpFact> which) {
        routersOf(network)
                .forEach(router -> router.floating.values().stream()
                        .filter(which)
                        .forEach(floating -> dirty.add(new Unit.Floating(router.id, floating.floatingIpId()))));
    }

    private void concernsServices(UUID network) {
        state.balanced.of(network).forEach(service -> dirty.add(new Unit.Balanced(network, service.serviceId())));
    }

    private void concernsRouter(RouterState router) {
        router.interfaces.keySet().forEach(port -> dirty.add(new Unit.Interface(router.id, port)));
        router.interfaces.values().forEach(face -> concernsServices(face.networkId()));
        concernsGateway(router);
    }

    private void concernsInterface(RouterInterface face, RouterState router, NetworkState network) {
        dirty.add(new Unit.Interface(router.id, face.portId()));
        router.routes.keySet().forEach(destination -> dirty.add(new Unit.Path(router.id, destination)));
        concernsViews(network);
        concernsServices(network.id);
        topologyChanged = true;
    }

    /** A port, and those behind its tags, which have a place by it alone. */
    private void concernsBehind(LocalPort port) {
        state.sendersBy(port.portId()).forEach(sender -> {
            state.sparePorts.add(sender.portId());
            concernsLocal(sender);
        });
    }

    private void concernsLocal(LocalPort port) {
        dirty.add(new Unit.Local(port.portId()));
        dirty.add(new Unit.Workload(port.networkId(), port.portId()));
        dirty.add(new Unit.Flood(port.networkId()));
    }

    private void concernsPeer(Peer peer) {
        dirty.add(new Unit.Remote(peer.host()));
        state.routers.values().forEach(this::concernsSenders);
        for (NetworkState network : state.networks.values()) {
            if (!network.locals.isEmpty() && state.mayAnswer(network.id, peer.host())) {
                dirty.add(new Unit.Source(network.id, peer.host()));
            }
        }
    }

    private void sources(UUID network) {
        state.connectivity.hosts(network).forEach(host -> dirty.add(new Unit.Source(network, host)));
    }
}
