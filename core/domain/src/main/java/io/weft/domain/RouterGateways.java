package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The ways out of routers, within plans. A gateway is a port on an external network, a number for what other nodes send to
 * it, and a ranked list of nodes; its key is among those of the router's interfaces, so that whoever relies on these notices.
 */
final class RouterGateways {
    /** How many ways out a router may have: all of them are written in one transaction. */
    static final int MOST = 8;

    private final PortMaker maker;
    private final Settings settings;
    private final Stamp stamp;

    RouterGateways(PortMaker maker, Settings settings, Stamp stamp) {
        this.maker = maker;
        this.settings = settings;
        this.stamp = stamp;
    }

    /** Checks what was asked for. */
    void check(GatewayInfo info) {
        check(info, "external_gateway_info");
    }

    /** Checks what was asked for in this attribute. */
    void check(GatewayInfo info, String attribute) {
        if (info instanceof GatewayInfo.On) {
            ExternalNetworks.requireServed(settings, attribute);
        }
    }

    /** The ways out of a router that is new. */
    List<ExternalGateway> ofNew(Plan plan, Caller caller, UUID routerId, GatewayInfo info) {
        return switch (info) {
            case GatewayInfo.None _ -> List.of();
            case GatewayInfo.On on -> {
                ExternalGateway opened = open(plan, caller, routerId, on, List.of());
                GatewayNodes.take(plan, routerId, List.of(), List.of(opened));
                yield List.of(opened);
            }
        };
    }

    /**
     * The ways out of a router whose first one was changed; its record is the caller's to write. When it ends, the second one
     * becomes the first.
     *
     * @param routes the static routes that the router will have
     */
    List<ExternalGateway> ofChanged(Plan plan, Caller caller, Router router, List<Route> routes, GatewayInfo info) {
        List<ExternalGateway> present = router.gateways();
        List<ExternalGateway> others = present.isEmpty() ? List.of() : present.subList(1, present.size());
        return switch (info) {
            case GatewayInfo.None _ -> keep(plan, router, routes, others);
            case GatewayInfo.On on -> {
                RouterInterfaces.requireInterfaces(plan, router);
                List<ExternalGateway> all = new ArrayList<>();
                all.add(keepOrOpen(
                        plan, caller, router, on, router.gateway().stream().toList(), others));
                all.addAll(others);
                yield keep(plan, router, routes, all);
            }
        };
    }

    /** The ways out of a router that got more. */
    List<ExternalGateway> ofMore(Plan plan, Caller caller, Router router, List<GatewayInfo.On> added) {
        RouterInterfaces.requireInterfaces(plan, router);
        List<ExternalGateway> all = new ArrayList<>(router.gateways());
        for (GatewayInfo.On on : added) {
            all.add(open(plan, caller, router.id(), on, all));
        }
        return keep(plan, router, router.routes(), all);
    }

    /** The ways out of a router that shall have these, in this order; those to the same networks as before are kept. */
    List<ExternalGateway> ofAll(Plan plan, Caller caller, Router router, List<GatewayInfo.On> wanted) {
        RouterInterfaces.requireInterfaces(plan, router);
        List<ExternalGateway> all = new ArrayList<>();
        for (GatewayInfo.On on : wanted) {
            all.add(keepOrOpen(plan, caller, router, on, router.gateways(), all));
        }
        return keep(plan, router, router.routes(), all);
    }

    /** The ways out of a router that shall have these no more. */
    List<ExternalGateway> ofFewer(Plan plan, Router router, List<GatewayInfo.On> removed) {
        List<ExternalGateway> left = new ArrayList<>(router.gateways());
        for (GatewayInfo.On on : removed) {
            ExternalGateway gateway = left.stream()
                    .filter(one -> one.networkId().equals(on.networkId()) && isMeant(plan, one, on))
                    .findFirst()
                    .orElseThrow(() -> Problem.UNABLE_TO_MATCH_GATEWAYS.with(
                            router.id(), "none is attached to network " + on.networkId() + " with what was specified"));
            left.remove(gateway);
        }
        return keep(plan, router, router.routes(), left);
    }

    /** Whether a gateway has one of the addresses by which it is named, if it is named by any. */
    private static boolean isMeant(Plan plan, ExternalGateway gateway, GatewayInfo.On on) {
        List<IpAddress> named = on.fixedIps().orElse(List.of()).stream()
                .flatMap(request -> request.address().stream())
                .toList();
        return named.isEmpty() || port(plan, gateway).fixedIps().stream().anyMatch(ip -> named.contains(ip.address()));
    }

    /** Closes those that are not among these, and sees to the nodes. */
    private List<ExternalGateway> keep(Plan plan, Router router, List<Route> routes, List<ExternalGateway> after) {
        if (after.size() > MOST) {
            throw Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS.with(router.id(), "it may have " + MOST + " at most");
        }
        for (ExternalGateway gateway : router.gateways()) {
            if (after.stream().noneMatch(left -> left.portId().equals(gateway.portId()))) {
                close(plan, router, routes, gateway);
            }
        }
        for (ExternalGateway gateway : after) {
            if (router.gateways().stream().noneMatch(known -> known.portId().equals(gateway.portId()))) {
                requireApart(plan.world(), gateway, after);
            }
        }
        GatewayNodes.take(plan, router.id(), router.gateways(), after);
        return after;
    }

    /**
     * The gateway to a network: the present one with what was asked for, or a new one.
     *
     * @param present those of which one may be kept
     * @param others those that the router will have besides
     */
    private ExternalGateway keepOrOpen(
            Plan plan,
            Caller caller,
            Router router,
            GatewayInfo.On on,
            List<ExternalGateway> present,
            List<ExternalGateway> others) {
        Optional<ExternalGateway> kept = present.stream()
                .filter(gateway -> gateway.networkId().equals(on.networkId()))
                .findFirst();
        if (kept.isEmpty()) {
            return open(plan, caller, router.id(), on, others);
        }
        requireOther(router.id(), on.networkId(), others);
        on.fixedIps().ifPresent(requests -> readdress(plan, router, kept.get(), requests));
        return kept.get()
                .withSnat(on.enableSnat().orElse(true))
                .withQosPolicy(QosUse.ofChangedOutside(plan, caller, kept.get().qosPolicy(), on.qosPolicy()));
    }

    private static void requireOther(UUID routerId, UUID networkId, List<ExternalGateway> others) {
        if (others.stream().anyMatch(gateway -> gateway.networkId().equals(networkId))) {
            throw Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS.with(
                    routerId, "it has one on network " + networkId + ", and may have one on each external network");
        }
    }

    /** A gateway with its port and its number; its nodes are the caller's to take. */
    private ExternalGateway open(
            Plan plan, Caller caller, UUID routerId, GatewayInfo.On on, List<ExternalGateway> others) {
        requireOther(routerId, on.networkId(), others);
        Network network = Access.network(plan.world(), caller, on.networkId());
        if (!network.external() || network.physicalNetwork().isEmpty()) {
            throw Problem.BAD_REQUEST.with("router", "Network " + network.id() + " is not an external network");
        }
        plan.requireUnchanged(network);
        NewPort plain = NewPort.of("", network.id())
                .withDevice(routerId.toString(), Port.ROUTER_GATEWAY)
                .withPortSecurity(false);
        NewPort wanted = on.fixedIps()
                .filter(ips -> !ips.isEmpty())
                .map(ips -> plain.withFixedIps(ips.toArray(FixedIpRequest[]::new)))
                .orElse(plain);
        Port port = maker.create(plan, caller, network, wanted);
        requireAddresses(plan.world(), routerId, port);
        plan.put(Layout.routerInterface(routerId, port.id()), owner(port));
        int vni = Vnis.choose(plan, settings);
        plan.take(Layout.vni(vni), routerId);
        List<UUID> nodes = GatewayNodes.choose(
                plan.world(), routerId, network.physicalNetwork().get(), List.of());
        return new ExternalGateway(
                network.id(),
                port.id(),
                on.enableSnat().orElse(true),
                vni,
                nodes,
                QosUse.ofNewOutside(plan, caller, on.qosPolicy().flatMap(QosChoice::policyId)));
    }

    private void readdress(Plan plan, Router router, ExternalGateway gateway, List<FixedIpRequest> requests) {
        Port before = port(plan, gateway);
        List<FixedIp> ips =
                Ports.changeAddresses(plan, before, Optional.of(requests), before.mac(), before.deviceOwner());
        if (ips.equals(before.fixedIps())) {
            return;
        }
        Port after = before.withFixedIps(ips).withMeta(stamp.touch(before.meta()));
        requireAddresses(plan.world(), router.id(), after);
        plan.update(before, after);
        plan.put(Layout.routerInterface(router.id(), after.id()), owner(after));
    }

    /**
     * A gateway has an address, and none in a block that the router has on another side. On a network without subnets it has
     * none, and leads nowhere until there is one ({@link AutomaticAddresses}).
     */
    private static void requireAddresses(World world, UUID routerId, Port gateway) {
        if (gateway.fixedIps().isEmpty()
                && !world.subnetsOf(gateway.networkId()).isEmpty()) {
            throw Problem.BAD_REQUEST.with("router", "No IPs available for external network " + gateway.networkId());
        }
        for (FixedIp ip : gateway.fixedIps()) {
            IpPrefix outside = cidr(world, ip);
            for (Port face : world.interfacesOf(routerId)) {
                for (FixedIp inside : face.fixedIps()) {
                    if (cidr(world, inside).overlaps(outside)) {
                        throw Problem.BAD_REQUEST.with(
                                "router",
                                "Cidr " + outside + " of subnet " + ip.subnetId() + " overlaps with cidr "
                                        + cidr(world, inside) + " of subnet " + inside.subnetId());
                    }
                }
            }
        }
    }

    /** Whatever is on one external network is on no other one of the router. */
    private static void requireApart(World world, ExternalGateway gateway, List<ExternalGateway> all) {
        for (ExternalGateway other : all) {
            for (Subnet theirs : world.subnetsOf(other.networkId())) {
                for (Subnet ours : world.subnetsOf(gateway.networkId())) {
                    if (!other.equals(gateway) && ours.cidr().overlaps(theirs.cidr())) {
                        throw Problem.BAD_REQUEST.with(
                                "router",
                                "Cidr " + ours.cidr() + " of subnet " + ours.id() + " overlaps with cidr "
                                        + theirs.cidr() + " of subnet " + theirs.id());
                    }
                }
            }
        }
    }

    private static IpPrefix cidr(World world, FixedIp ip) {
        return world.subnet(ip.subnetId())
                .orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(ip.subnetId()))
                .cidr();
    }

    /** Gives up the gateway's port and its number. */
    private void close(Plan plan, Router router, List<Route> routes, ExternalGateway gateway) {
        plan.requireNoneWritten(Layout.behindRouter(router.id()));
        if (plan.world().floatingIpsOfRouter(router.id()).stream()
                .anyMatch(floatingIp -> floatingIp.networkId().equals(gateway.networkId()))) {
            throw Problem.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP.with(router.id(), gateway.networkId());
        }
        Port port = port(plan, gateway);
        for (FixedIp ip : port.fixedIps()) {
            IpPrefix cidr = cidr(plan.world(), ip);
            if (routes.stream().anyMatch(route -> cidr.contains(route.nexthop()))) {
                throw Problem.ROUTER_INTERFACE_IN_USE_BY_ROUTE.with(ip.subnetId(), router.id());
            }
        }
        maker.delete(plan, port);
        plan.release(Layout.routerInterface(router.id(), port.id()));
        plan.release(Layout.vni(gateway.transitVni()));
    }

    /** The ways out end with their router. */
    void end(Plan plan, Router router) {
        keep(plan, router, List.of(), List.of());
    }

    private static Port port(Plan plan, ExternalGateway gateway) {
        return plan.world().port(gateway.portId()).orElseThrow(() -> Problem.PORT_NOT_FOUND.with(gateway.portId()));
    }

    private static Bytes owner(Port port) {
        return Bytes.utf8(port.id().toString());
    }
}
