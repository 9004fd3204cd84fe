package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The ways out of routers, within plans. A gateway is a port on an external network, a number for what other nodes send to
 * it, and a ranked list of nodes; its key is among those of the router's interfaces, so that whoever relies on these notices.
 */
final class RouterGateways {
    private final PortMaker maker;
    private final Settings settings;
    private final Stamp stamp;

    RouterGateways(PortMaker maker, Settings settings, Stamp stamp) {
        this.maker = maker;
        this.settings = settings;
        this.stamp = stamp;
    }

    /** Checks what was asked for, by this action. */
    void check(Caller caller, GatewayInfo info, String action) {
        if (info instanceof GatewayInfo.On on) {
            ExternalNetworks.requireServed(settings, "external_gateway_info");
            Access.requireAdmin(caller, on.enableSnat().isPresent(), action + ":external_gateway_info:enable_snat");
            Access.requireAdmin(
                    caller, on.fixedIps().isPresent(), action + ":external_gateway_info:external_fixed_ips");
        }
    }

    /** The way out of a router that is new. */
    Optional<ExternalGateway> ofNew(Plan plan, Caller caller, UUID routerId, GatewayInfo info) {
        return switch (info) {
            case GatewayInfo.None _ -> Optional.empty();
            case GatewayInfo.On on -> {
                ExternalGateway opened = open(plan, caller, routerId, on);
                GatewayNodes.take(plan, routerId, List.of(), opened.nodes());
                yield Optional.of(opened);
            }
        };
    }

    /** The way out of a router that was changed; its record is the caller's to write. */
    Optional<ExternalGateway> ofChanged(Plan plan, Caller caller, Router router, GatewayInfo info) {
        return switch (info) {
            case GatewayInfo.None _ -> {
                end(plan, router);
                yield Optional.empty();
            }
            case GatewayInfo.On on -> {
                RouterInterfaces.requireInterfaces(plan, router);
                Optional<ExternalGateway> present = router.gateway();
                if (present.isPresent() && present.get().networkId().equals(on.networkId())) {
                    on.fixedIps().ifPresent(requests -> readdress(plan, router, present.get(), requests));
                    yield Optional.of(present.get().withSnat(on.enableSnat().orElse(true)));
                }
                present.ifPresent(gateway -> close(plan, router, gateway));
                ExternalGateway opened = open(plan, caller, router.id(), on);
                GatewayNodes.take(
                        plan, router.id(), present.map(ExternalGateway::nodes).orElse(List.of()), opened.nodes());
                yield Optional.of(opened);
            }
        };
    }

    /** A gateway with its port and its number; its nodes are the caller's to take. */
    private ExternalGateway open(Plan plan, Caller caller, UUID routerId, GatewayInfo.On on) {
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
        return new ExternalGateway(network.id(), port.id(), on.enableSnat().orElse(true), vni, nodes);
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

    /** A gateway has an address, and none in a block that the router has on another side. */
    private static void requireAddresses(World world, UUID routerId, Port gateway) {
        if (gateway.fixedIps().isEmpty()) {
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

    private static IpPrefix cidr(World world, FixedIp ip) {
        return world.subnet(ip.subnetId())
                .orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(ip.subnetId()))
                .cidr();
    }

    /** Gives up the gateway's port and its number. */
    private void close(Plan plan, Router router, ExternalGateway gateway) {
        plan.requireNoneWritten(Layout.behindRouter(router.id()));
        if (!plan.world().floatingIpsOfRouter(router.id()).isEmpty()) {
            throw Problem.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP.with(router.id(), gateway.networkId());
        }
        Port port = port(plan, gateway);
        maker.delete(plan, port);
        plan.release(Layout.routerInterface(router.id(), port.id()));
        plan.release(Layout.vni(gateway.transitVni()));
    }

    /** The way out ends with its router. */
    void end(Plan plan, Router router) {
        router.gateway().ifPresent(gateway -> {
            close(plan, router, gateway);
            GatewayNodes.take(plan, router.id(), gateway.nodes(), List.of());
        });
    }

    private static Port port(Plan plan, ExternalGateway gateway) {
        return plan.world().port(gateway.portId()).orElseThrow(() -> Problem.PORT_NOT_FOUND.with(gateway.portId()));
    }

    private static Bytes owner(Port port) {
        return Bytes.utf8(port.id().toString());
    }
}
