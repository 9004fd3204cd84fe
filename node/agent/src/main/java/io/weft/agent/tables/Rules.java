package io.weft.agent.tables;

import io.weft.agent.policy.Policy;
import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.PortName;
import io.weft.protocol.PortQos;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.StaticRoute;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Trunking;
import io.weft.responders.PortView;
import io.weft.responders.dns.Called;
import io.weft.responders.dns.NameKey;
import io.weft.responders.dns.Zone;
import io.weft.responders.metadata.Instance;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.FloodKey;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.NetworkFacts;
import io.weft.vrouter.NetworkScopeKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.NodeAddress;
import io.weft.vrouter.Place;
import io.weft.vrouter.Port;
import io.weft.vrouter.PortAddress;
import io.weft.vrouter.PortAddressKey;
import io.weft.vrouter.QosLimits;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.ServiceAddress;
import io.weft.vrouter.ServiceClientKey;
import io.weft.vrouter.SharedAddressKey;
import io.weft.vrouter.Subport;
import io.weft.vrouter.Tag;
import io.weft.vrouter.TunnelSourceKey;
import io.weft.vrouter.Underlay;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What each {@link Unit} contributes, as a function of the {@link State}. One method a unit.
 *
 * <p>Longer than most: which tables follow from which unit is to be read in one place. What is outside and what is balanced
 * stand apart.
 */
final class Rules {
    private static final Called NO_NAME = new Called("", "");
    private static final IpAddress NO_IPV4 = IpAddress.ofIpv4(0);
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/64");
    private static final IpAddress NO_IPV6 = IpAddress.ofIpv6(0, 0);

    /** Where contributions go. */
    interface Sink {
        <K, V> void entry(DesiredTable<K, V> table, K key, V value);
    }

    private final State state;
    private final DesiredTables tables;
    private final Policy policy;
    private final ExternalRules external;
    private final ServiceRules services;

    Rules(State state, DesiredTables tables, Policy policy) {
        this.state = state;
        this.tables = tables;
        this.policy = policy;
        this.external = new ExternalRules(state, tables);
        this.services = new ServiceRules(state, tables);
    }

    Map<UUID, WatchedGateway> watched(UUID router) {
        return external.watched(router);
    }

    void contribute(Unit unit, Sink sink) {
        switch (unit) {
            case Unit.Net(UUID network) -> network(network, sink);
            case Unit.Workload(UUID network, UUID port) -> workload(network, port, sink);
            case Unit.Local(UUID port) -> local(port, sink);
            case Unit.Interface(UUID router, UUID port) -> routerInterface(router, port, sink);
            case Unit.Path(UUID router, IpPrefix destination) -> path(router, destination, sink);
            case Unit.Remote(String host) -> remote(host, sink);
            case Unit.Source(UUID network, String host) -> source(network, host, sink);
            case Unit.Flood(UUID network) -> flood(network, sink);
            case Unit.Domain(UUID network) -> domain(network, sink);
            case Unit.Groups() -> throw new IllegalArgumentException("groups contribute by themselves");
            case Unit.Service() -> state.services.ifPresent(services -> sink.entry(tables.services(), 0, services));
            case Unit.Tunnel() -> state.underlay.ifPresent(underlay -> tunnel(underlay, sink));
            case Unit.External(UUID network) -> external.external(network, sink);
            case Unit.Leads(UUID router) -> external.leads(router, sink);
            case Unit.Floating(UUID router, UUID id) -> external.floating(router, id, sink);
            case Unit.Forwarding(UUID router, UUID id) -> external.forwarding(router, id, sink);
            case Unit.Balanced(UUID network, UUID service) -> services.service(network, service, sink);
            case Unit.Members(UUID pool) -> services.pool(pool, sink);
        }
    }

    private void tunnel(Underlay underlay, Sink sink) {
        sink.entry(tables.underlay(), 0, underlay);
        for (IpAddress own : List.of(underlay.ipv4(), underlay.ipv6())) {
            if (!own.isUnspecified()) {
                sink.entry(tables.underlayAddresses(), own, 1);
            }
        }
    }

    private void network(UUID id, Sink sink) {
        NetworkState network = state.networks.get(id);
        if (network == null || network.fact == null) {
            return;
        }
        NetworkFact fact = network.fact;
        // Multicast is what guests need among themselves (VRRP); broadcast is only for networks that ask for it.
        sink.entry(tables.networks(), fact.vni(), new NetworkFacts(false, true, network.unsecured > 0, fact.mtu()));
        for (IpFamily family : IpFamily.values()) {
            network.addressScope(family)
                    .ifPresent(scope ->
                            sink.entry(tables.networkScopes(), new NetworkScopeKey(fact.vni(), family), scope));
        }
        for (IpPrefix prefix : network.sharedPrefixes.keySet()) {
            sink.entry(tables.sharedAddresses(), new SharedAddressKey(fact.vni(), prefix), 1);
        }
        for (MacAddress mac : network.sharedMacs.keySet()) {
            sink.entry(tables.macs(), new MacKey(fact.vni(), mac), Place.learned());
        }
    }

    private void domain(UUID id, Sink sink) {
        NetworkFact fact = state.fact(id);
        NetworkState network = state.networks.get(id);
        if (network != null && fact != null) {
            sink.entry(
                    tables.zones(),
                    id,
                    new Zone(
                            fact.names().project(),
                            fact.names().domain(),
                            fact.names().ownDomain(),
                            network.subnets.values().stream()
                                    .map(SubnetFact::cidr)
                                    .sorted()
                                    .toList(),
                            state.connectivity.of(id).networks));
        }
    }

    private void workload(UUID networkId, UUID port, Sink sink) {
        NetworkState network = state.networks.get(networkId);
        Endpoint endpoint = network == null ? null : network.endpoints.get(port);
        if (network == null || endpoint == null || network.fact == null) {
            return;
        }
        PortName dns = endpoint.dns();
        Called called = dns.equals(PortName.NONE) ? NO_NAME : new Called(dns.name(), dns.domain());
        endpoint.addresses().forEach(address -> sink.entry(tables.names(), new NameKey(networkId, address), called));
        int vni = network.fact.vni();
        Place place = place(endpoint);
        if (place == null) {
            return;
        }
        Place shared = place.asShared();
        sink.entry(
                tables.macs(),
                new MacKey(vni, endpoint.mac()),
                network.sharedMacs.containsKey(endpoint.mac()) ? shared : place);
        AddressOwner owner = new AddressOwner(endpoint.mac(), place);
        for (IpAddress address : endpoint.addresses()) {
            sink.entry(
                    tables.addresses(),
                    new AddressKey(vni, address),
                    network.isShared(address) ? new AddressOwner(endpoint.mac(), shared) : owner);
        }
    }

    private @Nullable Place place(Endpoint endpoint) {
        if (endpoint.host().equals(state.host)) {
            Device device = state.device(endpoint.portId());
            LocalPort port = state.localPorts.get(endpoint.portId());
            return device != null && port != null && port.networkId().equals(endpoint.networkId())
                    ? Place.local(device.ifindex())
                    : null;
        }
        OptionalInt index = state.nodeIndex(endpoint.host());
        return index.isPresent() ? Place.remote(index.getAsInt()) : null;
    }

    private void local(UUID id, Sink sink) {
        LocalPort port = state.localPorts.get(id);
        Device device = state.device(id);
        NetworkState network = port == null ? null : state.networks.get(port.networkId());
        if (port == null || device == null || network == null || network.fact == null) {
            return;
        }
        NetworkFact fact = network.fact;
        OptionalInt taken = state.portNumber(id, fact.vni(), port.mac());
        if (taken.isEmpty()) {
            return;
        }
        int number = taken.getAsInt();
        Tag tag = state.tag(port);
        if (tag != null) {
            int shaper = state.shapers.getOrDefault(Shaping.ofReceiving(device.ifindex()), 0);
            sink.entry(tables.places(), tag, device.ifindex());
            sink.entry(tables.subports(), device.ifindex(), new Subport(tag, shaper));
        }
        PortView view = view(port, network);
        Policy.Assignment assignment = policy.assignment(id);
        sink.entry(tables.views(), device.ifindex(), view);
        sink.entry(
                tables.ports(),
                device.ifindex(),
                new Port(
                        number,
                        fact.vni(),
                        port.mac(),
                        flags(port, device, view, Optional.ofNullable(state.qos.get(id))),
                        fact.mtu(),
                        first(port, IpFamily.IPV4).orElse(NO_IPV4),
                        first(port, IpFamily.IPV6).orElse(NO_IPV6),
                        assignment.ruleSet(),
                        assignment.scope()));
        PortQos qos = state.qos.get(id);
        if (qos != null) {
            limits(qos, number, device, sink);
        }
        clients(port, number, device, view, sink);
        for (AddressPair pair : port.allowedPairs()) {
            sink.entry(
                    tables.portAddresses(), new PortAddressKey(number, pair.mac(), pair.prefix()), PortAddress.SHARED);
            // VRRP advertises from the virtual MAC and the port's own link-local address (RFC 9568, 7.2); and whoever
            // speaks IPv6 has a link-local address of each of its MACs.
            if (!pair.prefix().address().isIpv4() && !pair.mac().equals(port.mac())) {
                for (MacAddress mac : List.of(pair.mac(), port.mac())) {
                    IpPrefix linkLocal = new IpPrefix(mac.eui64Address(LINK_LOCAL), 128);
                    sink.entry(
                            tables.portAddresses(),
                            new PortAddressKey(number, pair.mac(), linkLocal),
                            PortAddress.SHARED);
                }
            }
        }
        for (LocalPort.LocalAddress address : port.addresses()) {
            IpPrefix single =
                    new IpPrefix(address.address(), address.address().family().bits());
            // An own address that is a pair as well stays a pair: others may take it over.
            if (port.allowedPairs().stream()
                    .noneMatch(pair ->
                            pair.mac().equals(port.mac()) && pair.prefix().equals(single))) {
                sink.entry(tables.portAddresses(), new PortAddressKey(number, port.mac(), single), PortAddress.FIXED);
            }
        }
    }

    /** What a port's requests to the node's services follow from: its fixed addresses and that of its MAC. */
    private void clients(LocalPort port, int number, Device device, PortView view, Sink sink) {
        if (number >= ClientAddresses.PORTS) {
            state.problems.add("ports beyond the first " + ClientAddresses.PORTS + " of this node have no services");
            return;
        }
        List<IpAddress> own = new ArrayList<>();
        own.add(port.mac().eui64Address(LINK_LOCAL));
        port.addresses().forEach(address -> own.add(address.address()));
        for (int slot = 0; slot < own.size() && slot < ClientAddresses.SLOTS; slot++) {
            IpAddress address = own.get(slot);
            IpAddress inside = ClientAddresses.of(number, slot, address.family());
            sink.entry(tables.serviceClients(), new ServiceClientKey(number, address), inside);
            sink.entry(tables.serviceAddresses(), inside, new ServiceAddress(device.ifindex(), address));
            sink.entry(
                    tables.instances(),
                    inside,
                    new Instance(
                            port.portId(),
                            port.networkId(),
                            address,
                            port.deviceId(),
                            port.deviceOwner(),
                            port.project(),
                            view));
        }
    }

    /** What a port may take of the network's capacity. */
    private void limits(PortQos qos, int number, Device device, Sink sink) {
        Shaping shaping = Shaping.of(qos);
        if (!shaping.equals(Shaping.NONE)) {
            if (Tag.isSubport(device.ifindex())) {
                // Its trunk's device has a bucket for the parent alone.
                shaping.sends()
                        .ifPresent(bucket -> sink.entry(tables.shaping(), device.ifindex(), Shaping.sending(bucket)));
                shaping.receives()
                        .ifPresent(bucket -> sink.entry(
                                tables.shaping(), Shaping.ofReceiving(device.ifindex()), Shaping.sending(bucket)));
            } else {
                sink.entry(tables.shaping(), device.ifindex(), shaping);
            }
        }
        int shaper = shaping.sends().isPresent() ? state.shapers.getOrDefault(device.ifindex(), 0) : 0;
        boolean guaranteed = qos.guaranteedKilobits() > 0;
        if (guaranteed) {
            sink.entry(
                    tables.guarantees(),
                    number,
                    new Guarantee(qos.portId(), qos.guaranteedKilobits() * Shaping.BYTES_OF_KILOBIT));
        }
        sink.entry(
                tables.qos(),
                number,
                new QosLimits(shaper, qos.dscp(), guaranteed, packets(qos.egress()), packets(qos.ingress())));
    }

    static QosLimits.PacketRate packets(PortQos.Limits limits) {
        return limits.kilopackets() == 0
                ? QosLimits.PacketRate.UNLIMITED
                : QosLimits.PacketRate.of(limits.kilopackets() * 1000L, limits.burstPackets());
    }

    private Set<Port.Flag> flags(LocalPort port, Device device, PortView view, Optional<PortQos> qos) {
        Set<Port.Flag> flags = EnumSet.noneOf(Port.Flag.class);
        add(flags, Port.Flag.ADMIN_UP, port.adminUp());
        add(flags, Port.Flag.BALANCED, state.balanced.anyIn(state.connectivity.of(port.networkId()).networks));
        add(flags, Port.Flag.HOST, port.host().isPresent());
        add(flags, Port.Flag.TRUNK, port.trunking() instanceof Trunking.Parent);
        add(flags, Port.Flag.PORT_SECURITY, port.portSecurity());
        add(flags, Port.Flag.DHCPV4, view.answersDhcpv4());
        add(flags, Port.Flag.DHCPV6, view.answersDhcpv6());
        add(flags, Port.Flag.ROUTER_ADVERTISEMENT, view.answersRouterSolicitations());
        // A packet that enters the peer directly passes by the qdisc that would hold it back.
        boolean held = qos.filter(limits -> limits.ingress().kilobits() != 0).isPresent();
        add(flags, Port.Flag.PEER_REDIRECT, device.peerElsewhere() && !held);
        add(
                flags,
                Port.Flag.QOS_SENDS,
                qos.filter(limits -> !limits.egress().equals(PortQos.Limits.NONE)
                                || limits.dscp().isPresent()
                                || limits.guaranteedKilobits() > 0)
                        .isPresent());
        add(
                flags,
                Port.Flag.QOS_RECEIVES,
                qos.filter(limits -> limits.ingress().kilopackets() != 0).isPresent());
        return flags;
    }

    private static void add(Set<Port.Flag> flags, Port.Flag flag, boolean present) {
        if (present) {
            flags.add(flag);
        }
    }

    private static Optional<IpAddress> first(LocalPort port, IpFamily family) {
        return port.addresses().stream()
                .map(LocalPort.LocalAddress::address)
                .filter(address -> address.family() == family)
                .findFirst();
    }

    private static PortView view(LocalPort port, NetworkState network) {
        List<PortView.Address> addresses = new ArrayList<>();
        for (LocalPort.LocalAddress address : port.addresses()) {
            SubnetFact subnet = network.subnets.get(address.subnetId());
            if (subnet != null) {
                addresses.add(new PortView.Address(address.address(), network.subnetView(subnet)));
            }
        }
        return new PortView(
                port.mac(), port.hostname(), domain(port, network), addresses, port.dhcpOptions(), network.view());
    }

    /** The domain that a port's workload is told: the nearest one that its names are in. */
    private static String domain(LocalPort port, NetworkState network) {
        NetworkNames names = network.fact == null ? NetworkNames.NONE : network.fact.names();
        return Stream.of(port.domain(), names.ownDomain(), names.domain())
                .filter(domain -> !domain.isEmpty())
                .findFirst()
                .orElse("");
    }

    private void routerInterface(UUID routerId, UUID port, Sink sink) {
        RouterState router = state.routers.get(routerId);
        RouterInterface face = router == null ? null : router.interfaces.get(port);
        NetworkFact fact = face == null ? null : state.fact(face.networkId());
        if (router == null || face == null || fact == null || !face.adminUp() || !router.forwards()) {
            return;
        }
        OptionalInt taken = state.domain(router);
        if (taken.isEmpty()) {
            return;
        }
        int domain = taken.getAsInt();
        MacKey key = new MacKey(fact.vni(), face.mac());
        Place place = Place.router(domain);
        sink.entry(tables.macs(), key, place);
        sink.entry(
                tables.routerInterfaces(),
                key,
                new io.weft.vrouter.RouterInterface(
                        domain, fact.mtu(), first(face, IpFamily.IPV4, NO_IPV4), first(face, IpFamily.IPV6, NO_IPV6)));
        AddressOwner owner = new AddressOwner(face.mac(), place);
        for (RouterInterface.InterfaceAddress address : face.addresses()) {
            sink.entry(tables.addresses(), new AddressKey(fact.vni(), address.address()), owner);
            sink.entry(tables.names(), new NameKey(face.networkId(), address.address()), NO_NAME);
            sink.entry(
                    tables.routes(),
                    new RouteKey(domain, address.subnet()),
                    new Route.Connected(new NextHop(fact.vni(), face.mac(), fact.mtu(), NextHop.ON_LINK)));
        }
    }

    private static IpAddress first(RouterInterface face, IpFamily family, IpAddress none) {
        return face.addresses().stream()
                .map(RouterInterface.InterfaceAddress::address)
                .filter(address -> address.family() == family)
                .findFirst()
                .orElse(none);
    }

    private void path(UUID routerId, IpPrefix destination, Sink sink) {
        RouterState router = state.routers.get(routerId);
        StaticRoute route = router == null ? null : router.routes.get(destination);
        if (router == null || route == null || !router.forwards()) {
            return;
        }
        List<NextHop> hops = new ArrayList<>();
        boolean outside = false;
        for (StaticRoute.NextHop hop : route.nextHops()) {
            Optional<NextHop> inside = router.interfaces.values().stream()
                    .filter(face -> face.networkId().equals(hop.networkId()) && face.adminUp())
                    .filter(face -> leadsTo(face.addresses(), hop))
                    .sorted((a, b) -> a.portId().compareTo(b.portId()))
                    .findFirst()
                    .flatMap(face -> nextHop(face.networkId(), face.mac(), hop));
            if (inside.isPresent()) {
                hops.add(inside.get());
                continue;
            }
            Optional<NextHop> beyond = router.ranked().stream()
                    .filter(gateway -> gateway.networkId().equals(hop.networkId()) && gateway.adminUp())
                    .filter(gateway -> leadsTo(gateway.addresses(), hop))
                    .findFirst()
                    .flatMap(gateway -> nextHop(gateway.networkId(), gateway.mac(), hop));
            if (beyond.isPresent()) {
                hops.add(beyond.get());
                outside = true;
            }
        }
        OptionalInt domain = hops.isEmpty() ? OptionalInt.empty() : state.domain(router);
        if (domain.isEmpty()) {
            return;
        }
        RouteKey key = new RouteKey(domain.getAsInt(), destination);
        if (hops.size() == 1) {
            NextHop hop = hops.getFirst();
            sink.entry(tables.routes(), key, outside ? new Route.External(hop) : new Route.Via(hop));
            return;
        }
        OptionalInt group = state.group(router, key);
        if (group.isPresent()) {
            int number = group.getAsInt();
            for (int slot = 0; slot < hops.size(); slot++) {
                sink.entry(tables.groupMembers(), new GroupMemberKey(number, slot), hops.get(slot));
            }
            sink.entry(
                    tables.routes(),
                    key,
                    outside ? new Route.ExternalGroup(number, hops.size()) : new Route.Group(number, hops.size()));
        }
    }

    private static boolean leadsTo(List<RouterInterface.InterfaceAddress> addresses, StaticRoute.NextHop hop) {
        return addresses.stream().anyMatch(address -> address.subnet().contains(hop.address()));
    }

    private Optional<NextHop> nextHop(UUID networkId, MacAddress mac, StaticRoute.NextHop hop) {
        NetworkFact fact = state.fact(networkId);
        return Optional.ofNullable(fact).map(known -> new NextHop(known.vni(), mac, known.mtu(), hop.address()));
    }

    private void remote(String host, Sink sink) {
        NodeState node = state.nodes.get(host);
        if (node == null || host.equals(state.host)) {
            return;
        }
        node.addresses().forEach(address -> sink.entry(tables.underlayAddresses(), address, 1));
        boolean ipv4 =
                state.underlay.map(underlay -> !underlay.ipv4().isUnspecified()).orElse(true);
        Optional<IpAddress> address = reachable(node.addresses(), ipv4);
        OptionalInt index = state.nodeIndex(host);
        if (address.isPresent() && index.isPresent()) {
            IpAddress nextHop = state.neighbourhood.contains(address.get()) ? address.get() : NO_IPV6;
            sink.entry(tables.nodes(), index.getAsInt(), new NodeAddress(address.get(), nextHop, 0));
        }
    }

    /** The address of the family that this node has a tunnel address of, IPv4 first. */
    private Optional<IpAddress> reachable(List<IpAddress> addresses, boolean ipv4) {
        boolean ipv6 =
                state.underlay.map(underlay -> !underlay.ipv6().isUnspecified()).orElse(true);
        return addresses.stream().filter(a -> a.isIpv4() ? ipv4 : ipv6).min(IpAddress::compareTo);
    }

    private void source(UUID networkId, String host, Sink sink) {
        NetworkState network = state.networks.get(networkId);
        if (network == null
                || network.fact == null
                || network.locals.isEmpty()
                || host.equals(state.host)
                || !state.mayAnswer(networkId, host)) {
            return;
        }
        NodeState node = state.nodes.get(host);
        OptionalInt index = node == null ? OptionalInt.empty() : state.nodeIndex(host);
        if (node == null || index.isEmpty()) {
            return;
        }
        for (IpAddress address : node.addresses()) {
            sink.entry(tables.tunnelSources(), new TunnelSourceKey(address, network.fact.vni()), index.getAsInt());
        }
    }

    private void flood(UUID networkId, Sink sink) {
        NetworkState network = state.networks.get(networkId);
        if (network == null || network.fact == null) {
            return;
        }
        Set<Place> everyone = new HashSet<>();
        Set<Place> unsecured = new HashSet<>();
        Set<Place> candidates = new HashSet<>();
        for (UUID id : network.locals) {
            LocalPort port = state.localPorts.get(id);
            Device device = state.device(id);
            if (port != null && device != null) {
                Place place = Place.local(device.ifindex());
                member(place, !port.portSecurity(), !port.allowedPairs().isEmpty(), everyone, unsecured, candidates);
            }
        }
        for (Map.Entry<String, NetworkState.HostCount> host : network.hosts.entrySet()) {
            NetworkState.HostCount count = host.getValue();
            OptionalInt index = host.getKey().equals(state.host) ? OptionalInt.empty() : state.nodeIndex(host.getKey());
            if (index.isPresent()) {
                Place place = Place.remote(index.getAsInt());
                member(place, count.unsecured > 0, count.candidates > 0, everyone, unsecured, candidates);
            }
        }
        int vni = network.fact.vni();
        list(network, vni, FloodKey.List.EVERYONE, everyone, sink);
        list(network, vni, FloodKey.List.UNSECURED, unsecured, sink);
        list(network, vni, FloodKey.List.CANDIDATES, candidates, sink);
    }

    private static void member(
            Place place,
            boolean isUnsecured,
            boolean isCandidate,
            Set<Place> everyone,
            Set<Place> unsecured,
            Set<Place> candidates) {
        everyone.add(place);
        if (isUnsecured) {
            unsecured.add(place);
        }
        if (isCandidate) {
            candidates.add(place);
        }
    }

    private void list(NetworkState network, int vni, FloodKey.List list, Set<Place> members, Sink sink) {
        if (members.size() > FloodSlots.MAXIMUM) {
            state.problems.add("network " + network.id + " has more than " + FloodSlots.MAXIMUM + " flood members");
        }
        network.flood.update(
                list,
                members,
                () -> state.remembered.flood(vni, list),
                (slot, place) -> sink.entry(tables.flood(), new FloodKey(vni, list, slot), place));
    }
}
