package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The interfaces of routers, within plans. Each is a port, and a key below its router that is written whenever the
 * interface's addresses change: what relies on a router's interfaces requires that none of these was written.
 */
final class RouterInterfaces {
    private final PortMaker maker;
    private final Stamp stamp;

    RouterInterfaces(PortMaker maker, Stamp stamp) {
        this.maker = maker;
        this.stamp = stamp;
    }

    RouterInterface addSubnet(Plan plan, Caller caller, Router router, UUID subnetId) {
        Subnet subnet = Access.subnet(plan.world(), caller, subnetId);
        if (subnet.gateway().isEmpty()) {
            throw Problem.BAD_REQUEST.with("router", "Subnet for router interface must have a gateway IP");
        }
        List<Port> present = requireInterfaces(plan, router);
        requireAddable(plan, router, present, subnet);
        requireUsable(plan, router, subnet.networkId());
        IpAddress address = subnet.gateway().get();
        Optional<Port> neighbour = subnet.family() == IpFamily.IPV6 ? ipv6Port(present, subnet) : Optional.empty();
        Port port = neighbour.isPresent()
                ? extend(plan, neighbour.get(), subnet, address)
                : create(plan, caller, router, subnet, address);
        plan.put(
                Layout.routerInterface(router.id(), port.id()),
                Bytes.utf8(port.id().toString()));
        return new RouterInterface(router.id(), router.project(), subnet.networkId(), port.id(), List.of(subnet.id()));
    }

    RouterInterface addPort(Plan plan, Caller caller, Router router, UUID portId) {
        Port before = Access.port(plan.world(), caller, portId);
        if (!before.deviceId().isEmpty()) {
            throw Problem.PORT_IN_USE.with(before.id(), before.networkId(), before.deviceId());
        }
        TrunkPorts.requireFree(plan, portId);
        if (before.fixedIps().isEmpty()) {
            throw Problem.BAD_REQUEST.with("router", "Router port must have at least one fixed IP");
        }
        List<Port> present = requireInterfaces(plan, router);
        List<UUID> subnets = new ArrayList<>();
        int ipv4 = 0;
        for (FixedIp ip : before.fixedIps()) {
            Subnet subnet =
                    plan.world().subnet(ip.subnetId()).orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(ip.subnetId()));
            requireAddable(plan, router, present, subnet);
            subnets.add(subnet.id());
            ipv4 += subnet.family() == IpFamily.IPV4 ? 1 : 0;
        }
        if (ipv4 > 1) {
            throw Problem.BAD_REQUEST.with("router", "Cannot have multiple IPv4 subnets on router port");
        }
        Port after = new Port(
                stamp.touch(before.meta()),
                before.networkId(),
                before.adminStateUp(),
                before.mac(),
                before.fixedIps(),
                router.id().toString(),
                Port.ROUTER_INTERFACE,
                List.of(),
                false,
                Optional.empty(),
                before.extraDhcpOptions(),
                before.binding(),
                before.dns(),
                Optional.empty(),
                before.extras().withWaitingBindings(List.of()));
        plan.update(before, after);
        plan.put(Layout.routerInterface(router.id(), portId), Bytes.utf8(portId.toString()));
        return new RouterInterface(router.id(), router.project(), before.networkId(), portId, subnets);
    }

    RouterInterface removePort(Plan plan, Router router, UUID portId, Optional<UUID> subnetId) {
        Port port = plan.world()
                .port(portId)
                .filter(p ->
                        p.isRouterInterface() && p.deviceId().equals(router.id().toString()))
                .orElseThrow(() -> Problem.ROUTER_INTERFACE_NOT_FOUND.with(router.id(), portId));
        if (subnetId.isPresent() && !isOn(port, subnetId.get())) {
            throw Problem.SUBNET_MISMATCH_FOR_PORT.with(portId, subnetId.get());
        }
        return remove(plan, router, port);
    }

    RouterInterface removeSubnet(Plan plan, Router router, UUID subnetId) {
        if (plan.world().subnet(subnetId).isEmpty()) {
            throw Problem.SUBNET_NOT_FOUND.with(subnetId);
        }
        Port port = plan.world().interfacesOf(router.id()).stream()
                .filter(p -> isOn(p, subnetId))
                .findFirst()
                .orElseThrow(() -> Problem.ROUTER_INTERFACE_NOT_FOUND_FOR_SUBNET.with(router.id(), subnetId));
        if (port.fixedIps().size() == 1) {
            return remove(plan, router, port);
        }
        requireNoRoute(plan, router, port, subnetId);
        requireNoFloatingIp(plan, router, subnetId);
        FixedIp leaving = port.fixedIps().stream()
                .filter(ip -> ip.subnetId().equals(subnetId))
                .findFirst()
                .orElseThrow();
        List<FixedIp> left = new ArrayList<>(port.fixedIps());
        left.remove(leaving);
        plan.update(port, withAddresses(port, left));
        plan.release(Layout.address(subnetId, leaving.address()));
        plan.put(
                Layout.routerInterface(router.id(), port.id()),
                Bytes.utf8(port.id().toString()));
        return new RouterInterface(router.id(), router.project(), port.networkId(), port.id(), List.of(subnetId));
    }

    /** The next hops are neighbours of the router: on a subnet of an interface or gateway, and not the router itself. */
    void requireNextHops(Plan plan, Router router, List<Route> routes) {
        List<Port> present = new ArrayList<>(requireInterfaces(plan, router));
        present.addAll(gatewayPorts(plan, router));
        for (Route route : routes) {
            Port via = present.stream()
                    .filter(port -> connects(plan, port, route.nexthop()))
                    .findFirst()
                    .orElseThrow(() ->
                            Problem.INVALID_ROUTES.with(text(routes), "the nexthop is not connected with router"));
            boolean own = present.stream()
                    .flatMap(port -> port.fixedIps().stream())
                    .anyMatch(ip -> ip.address().equals(route.nexthop()));
            if (own) {
                throw Problem.INVALID_ROUTES.with(text(routes), "the nexthop is used by router");
            }
            plan.requireExists(Layout.routerInterface(router.id(), via.id()));
        }
    }

    private static List<Port> gatewayPorts(Plan plan, Router router) {
        return router.gateways().stream()
                .flatMap(gateway -> plan.world().port(gateway.portId()).stream())
                .toList();
    }

    /** The interfaces as the view has them; an addition or a change makes the attempt repeat. */
    static List<Port> requireInterfaces(Plan plan, Router router) {
        plan.requireExists(Layout.record(router));
        plan.requireNoneWritten(Layout.routerInterfaces(router.id()));
        return plan.world().interfacesOf(router.id());
    }

    private static void requireAddable(Plan plan, Router router, List<Port> present, Subnet subnet) {
        if (subnet.addressMode() != Ipv6Mode.NONE && subnet.raMode() == Ipv6Mode.NONE) {
            throw Problem.BAD_REQUEST.with(
                    "router",
                    "IPv6 subnet " + subnet.id()
                            + " configured to receive RAs from an external router cannot be added to Neutron Router");
        }
        List<Port> all = new ArrayList<>(present);
        all.addAll(gatewayPorts(plan, router));
        for (Port port : all) {
            for (FixedIp ip : port.fixedIps()) {
                if (ip.subnetId().equals(subnet.id())) {
                    throw Problem.BAD_REQUEST.with("router", "Router already has a port on subnet " + subnet.id());
                }
                IpPrefix other =
                        plan.world().subnet(ip.subnetId()).orElseThrow().cidr();
                if (other.overlaps(subnet.cidr())) {
                    throw Problem.BAD_REQUEST.with(
                            "router",
                            "Cidr " + subnet.cidr() + " of subnet " + subnet.id() + " overlaps with cidr " + other
                                    + " of subnet " + ip.subnetId());
                }
            }
        }
        plan.requireExists(Layout.record(subnet));
    }

    /** The network stays, and stays shared when it is another's. */
    private static void requireUsable(Plan plan, Router router, UUID networkId) {
        Network network = plan.world().network(networkId).orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(networkId));
        if (network.external()) {
            throw Problem.BAD_REQUEST.with(
                    "router", "Network " + networkId + " is external: it is the place of gateways, not of interfaces");
        }
        if (network.project().equals(router.project())) {
            plan.requireExists(Layout.record(network));
        } else {
            plan.requireUnchanged(network);
        }
    }

    /** The router's port on the subnet's network that has IPv6 addresses already: further ones join it. */
    private static Optional<Port> ipv6Port(List<Port> present, Subnet subnet) {
        return present.stream()
                .filter(port -> port.networkId().equals(subnet.networkId())
                        && port.fixedIps().stream().anyMatch(ip -> ip.address().isIpv6()))
                .findFirst();
    }

    private Port create(Plan plan, Caller caller, Router router, Subnet subnet, IpAddress address) {
        Network network = plan.world()
                .network(subnet.networkId())
                .orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(subnet.networkId()));
        NewPort wanted = new NewPort(
                router.project(),
                network.id(),
                "",
                "",
                List.of(),
                true,
                Optional.empty(),
                Optional.of(List.of(new FixedIpRequest(Optional.of(subnet.id()), Optional.of(address)))),
                router.id().toString(),
                Port.ROUTER_INTERFACE,
                List.of(),
                Optional.of(false),
                Optional.empty(),
                List.of(),
                Binding.NONE,
                PortDns.NONE,
                Optional.empty(),
                PortExtras.NONE);
        return maker.create(plan, caller, network, wanted);
    }

    private Port extend(Plan plan, Port port, Subnet subnet, IpAddress address) {
        FixedIp added = new PortAddresses(plan, port.networkId(), port.id(), port.deviceOwner())
                .takeServed(subnet.id(), address);
        List<FixedIp> ips = new ArrayList<>(port.fixedIps());
        ips.add(added);
        Port after = withAddresses(port, ips);
        plan.update(port, after);
        return after;
    }

    private RouterInterface remove(Plan plan, Router router, Port port) {
        List<UUID> subnets =
                port.fixedIps().stream().map(FixedIp::subnetId).distinct().toList();
        subnets.forEach(subnetId -> requireNoRoute(plan, router, port, subnetId));
        subnets.forEach(subnetId -> requireNoFloatingIp(plan, router, subnetId));
        maker.delete(plan, port);
        plan.release(Layout.routerInterface(router.id(), port.id()));
        return new RouterInterface(router.id(), router.project(), port.networkId(), port.id(), subnets);
    }

    /** No static route leads over this subnet, and none is added meanwhile. */
    private static void requireNoRoute(Plan plan, Router router, Port port, UUID subnetId) {
        plan.requireUnchanged(router);
        IpPrefix cidr = plan.world()
                .subnet(subnetId)
                .orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(subnetId))
                .cidr();
        if (isOn(port, subnetId) && router.routes().stream().anyMatch(r -> cidr.contains(r.nexthop()))) {
            throw Problem.ROUTER_INTERFACE_IN_USE_BY_ROUTE.with(subnetId, router.id());
        }
    }

    /** No floating IP leads over this subnet, and none is made to meanwhile. */
    private static void requireNoFloatingIp(Plan plan, Router router, UUID subnetId) {
        plan.requireNoneWritten(Layout.behindRouter(router.id()));
        IpPrefix cidr = plan.world()
                .subnet(subnetId)
                .orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(subnetId))
                .cidr();
        boolean used = plan.world().floatingIpsOfRouter(router.id()).stream()
                .anyMatch(floatingIp -> floatingIp
                                .fixed()
                                .filter(f -> cidr.contains(f.address()))
                                .isPresent()
                        || floatingIp.forwardings().stream().anyMatch(f -> cidr.contains(f.address())));
        if (used) {
            throw Problem.ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP.with(subnetId, router.id());
        }
    }

    private static boolean connects(Plan plan, Port port, IpAddress address) {
        return port.fixedIps().stream()
                .flatMap(ip -> plan.world().subnet(ip.subnetId()).stream())
                .anyMatch(subnet -> subnet.cidr().contains(address));
    }

    private static boolean isOn(Port port, UUID subnetId) {
        return port.fixedIps().stream().anyMatch(ip -> ip.subnetId().equals(subnetId));
    }

    private Port withAddresses(Port port, List<FixedIp> ips) {
        return port.withFixedIps(ips).withMeta(stamp.touch(port.meta()));
    }

    private static String text(List<Route> routes) {
        return routes.stream()
                .map(r -> "{'destination': '" + r.destination() + "', 'nexthop': '" + r.nexthop() + "'}")
                .toList()
                .toString();
    }
}
