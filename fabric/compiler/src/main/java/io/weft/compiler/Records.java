package io.weft.compiler;

import io.weft.model.AddressGroup;
import io.weft.model.AddressScope;
import io.weft.model.DefaultRules;
import io.weft.model.DnsNames;
import io.weft.model.FixedIp;
import io.weft.model.Flavor;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.QosPolicy;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.ServiceProfile;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.Peer;
import io.weft.protocol.PortName;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.StaticRoute;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import io.weft.protocol.Trunking;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The records that come of one resource, as pure functions of the world. */
final class Records {
    /**
     * A record and where it is filed.
     *
     * @param topic the topic
     * @param fact the record
     */
    record Filed(Topic topic, Fact fact) {}

    private Records() {}

    /**
     * All records that come of this resource. Total: what it refers to may be missing.
     *
     * @param dnsDomain the operator's domain
     */
    static List<Filed> of(World world, Resource resource, String dnsDomain) {
        return switch (resource) {
            case Network network -> List.of(new Filed(Topic.network(network.id()), network(network, dnsDomain)));
            case Subnet subnet -> List.of(new Filed(Topic.network(subnet.networkId()), subnet(world, subnet)));
            case Port port -> {
                if (port.isRouterInterface()) {
                    yield routerInterface(world, port);
                }
                // Gateways and floating IPs have records of their own.
                yield port.isServed() ? List.of() : workload(world, port, dnsDomain);
            }
            case Router router -> router(world, router);
            case FloatingIp floatingIp -> GatewayRecords.floatingIp(world, floatingIp);
            case SecurityGroup group -> GroupRecords.group(group);
            case SecurityGroupRule rule -> GroupRecords.rule(rule);
            case AddressGroup group -> GroupRecords.addresses(world, group);
            case DefaultRules _ -> List.of();
            case QosPolicy _ -> List.of();
            case SubnetPool _ -> List.of();
            case Trunk _ -> List.of();
            case AddressScope _ -> List.of();
            case LoadBalancer _ -> List.of();
            case Listener listener -> ServiceRecords.listener(world, listener);
            case Pool _ -> List.of();
            case PoolMember member -> ServiceRecords.member(world, member);
            case Flavor _ -> List.of();
            case ServiceProfile _ -> List.of();
            case Node node ->
                List.of(new Filed(Topic.peer(node.name()), new Peer(node.name(), node.tunnelAddresses())));
        };
    }

    /** The router that this interface belongs to; empty when its device is no router's id. */
    static Optional<UUID> routerOf(Port face) {
        return face.isRouterInterface() ? deviceOf(face) : Optional.empty();
    }

    /** What a port is of whose device is another resource; empty when it is none's id. */
    static Optional<UUID> deviceOf(Port face) {
        if (face.deviceId().length() != 36) {
            return Optional.empty();
        }
        try {
            UUID id = UUID.fromString(face.deviceId());
            return id.toString().equals(face.deviceId()) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static NetworkFact network(Network network, String dnsDomain) {
        return new NetworkFact(
                network.id(),
                network.vni(),
                network.mtu(),
                network.adminStateUp(),
                network.physicalNetwork(),
                new NetworkNames(network.project(), dnsDomain, network.dnsDomain()));
    }

    private static SubnetFact subnet(World world, Subnet subnet) {
        return new SubnetFact(
                subnet.id(),
                subnet.networkId(),
                subnet.cidr(),
                subnet.gateway(),
                subnet.dhcpEnabled(),
                subnet.raMode(),
                subnet.addressMode(),
                subnet.dnsNameservers(),
                subnet.hostRoutes(),
                world.addressScopeOf(subnet));
    }

    private static List<Filed> workload(World world, Port port, String dnsDomain) {
        List<Filed> bound = boundPort(world, port, dnsDomain);
        List<Filed> memberships = GroupRecords.memberships(world, port);
        Optional<Filed> limits = QosRecords.of(world, port);
        if (memberships.isEmpty() && limits.isEmpty()) {
            return bound;
        }
        List<Filed> all = new ArrayList<>(bound);
        all.addAll(memberships);
        limits.ifPresent(all::add);
        return all;
    }

    private static List<Filed> boundPort(World world, Port port, String dnsDomain) {
        if (!port.binding().isBound()) {
            return List.of();
        }
        String host = port.binding().host();
        String name = DnsNames.relative(port.dns().name(), dnsDomain);
        Endpoint endpoint = new Endpoint(
                port.id(),
                port.networkId(),
                host,
                port.mac(),
                port.fixedIps().stream().map(FixedIp::address).toList(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                port.adminStateUp(),
                port.dns().equals(PortDns.NONE)
                        ? PortName.NONE
                        : new PortName(name, port.dns().domain()));
        LocalPort local = new LocalPort(
                port.id(),
                port.networkId(),
                isUp(world, port),
                port.mac(),
                port.fixedIps().stream()
                        .map(ip -> new LocalPort.LocalAddress(ip.subnetId(), ip.address()))
                        .toList(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                port.securityGroups(),
                name.isEmpty() ? hostname(port) : name,
                port.extraDhcpOptions(),
                port.deviceId(),
                port.deviceOwner(),
                port.meta().project(),
                port.dns().domain(),
                trunking(world, port),
                port.binding().hostAccess());
        return List.of(new Filed(Topic.network(port.networkId()), endpoint), new Filed(Topic.node(host), local));
    }

    private static Trunking trunking(World world, Port port) {
        if (world.trunkOfParent(port.id()).isPresent()) {
            return Trunking.PARENT;
        }
        return world.trunkOfSubport(port.id())
                .flatMap(trunk -> trunk.subport(port.id())
                        .<Trunking>map(subport -> new Trunking.Subport(trunk.portId(), subport.vlan())))
                .orElse(Trunking.NONE);
    }

    private static boolean isUp(World world, Port port) {
        return port.adminStateUp()
                && world.network(port.networkId()).map(Network::adminStateUp).orElse(false);
    }

    /** The name that Neutron gives to a port without one: its first IPv4 address, or its first address. */
    private static String hostname(Port port) {
        return port.fixedIps().stream()
                .map(FixedIp::address)
                .min(Comparator.comparing(IpAddress::family))
                .map(address -> "host-" + address.toString().replace('.', '-').replace(':', '-'))
                .orElse("");
    }

    private static List<Filed> routerInterface(World world, Port face) {
        return routerOf(face)
                .map(router -> List.of(new Filed(
                        Topic.router(router),
                        new RouterInterface(
                                face.id(),
                                router,
                                face.networkId(),
                                face.mac(),
                                interfaceAddresses(world, face),
                                isUp(world, face)))))
                .orElse(List.of());
    }

    static List<RouterInterface.InterfaceAddress> interfaceAddresses(World world, Port face) {
        List<RouterInterface.InterfaceAddress> addresses =
                new ArrayList<>(face.fixedIps().size());
        for (FixedIp ip : face.fixedIps()) {
            world.subnet(ip.subnetId())
                    .ifPresent(
                            subnet -> addresses.add(new RouterInterface.InterfaceAddress(ip.address(), subnet.cidr())));
        }
        return addresses;
    }

    private static List<Filed> router(World world, Router router) {
        Topic topic = Topic.router(router.id());
        List<Filed> records = new ArrayList<>();
        records.add(new Filed(topic, new RouterFact(router.id(), router.adminStateUp())));
        records.addAll(GatewayRecords.gateways(world, router));
        if (router.routes().isEmpty()) {
            return records;
        }
        List<Port> faces = new ArrayList<>(world.interfacesOf(router.id()));
        faces.sort(Comparator.comparing(Port::id));
        router.gateways()
                .forEach(gateway -> GatewayRecords.port(world, router, gateway).ifPresent(faces::add));
        Map<IpPrefix, List<StaticRoute.NextHop>> hops = new TreeMap<>();
        for (Route route : router.routes()) {
            linkOf(world, faces, route.nexthop())
                    .ifPresent(network -> hops.computeIfAbsent(route.destination(), d -> new ArrayList<>())
                            .add(new StaticRoute.NextHop(network, route.nexthop())));
        }
        hops.forEach((destination, nextHops) -> records.add(new Filed(
                topic,
                new StaticRoute(
                        router.id(),
                        destination,
                        nextHops.stream()
                                .distinct()
                                .sorted(Comparator.comparing(StaticRoute.NextHop::address))
                                .toList()))));
        return records;
    }

    /** The network on which the router has this neighbour; empty when none of its links reaches it. */
    private static Optional<UUID> linkOf(World world, List<Port> faces, IpAddress neighbour) {
        for (Port face : faces) {
            for (RouterInterface.InterfaceAddress address : interfaceAddresses(world, face)) {
                if (address.subnet().contains(neighbour)) {
                    return Optional.of(face.networkId());
                }
            }
        }
        return Optional.empty();
    }
}
