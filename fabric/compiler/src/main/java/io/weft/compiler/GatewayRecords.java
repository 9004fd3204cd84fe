package io.weft.compiler;

import io.weft.compiler.Records.Filed;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The records of what leads out of routers, as pure functions of the world. */
final class GatewayRecords {
    private GatewayRecords() {}

    /** A router's ways out, and what may pass by their addresses. */
    static List<Filed> gateways(World world, Router router) {
        List<Filed> records = new ArrayList<>(router.gateways().size());
        for (int rank = 0; rank < router.gateways().size(); rank++) {
            ExternalGateway gateway = router.gateways().get(rank);
            gateway(world, router, rank).ifPresent(record -> {
                records.add(record);
                shared(world, router, gateway)
                        .flatMap(address ->
                                QosRecords.of(world, gateway.qosPolicy(), gateway.portId(), router.id(), address))
                        .ifPresent(records::add);
            });
        }
        return records;
    }

    /** The address that those inside share: the gateway's first one of IPv4. */
    private static Optional<IpAddress> shared(World world, Router router, ExternalGateway gateway) {
        return port(world, router, gateway)
                .flatMap(port -> port.fixedIps().stream()
                        .map(FixedIp::address)
                        .filter(IpAddress::isIpv4)
                        .findFirst());
    }

    /** One of them; nothing while its port or a network that leads anywhere is missing. */
    private static Optional<Filed> gateway(World world, Router router, int rank) {
        ExternalGateway gateway = router.gateways().get(rank);
        Optional<Network> network = external(world, gateway);
        Optional<Port> port = port(world, router, gateway);
        if (network.isEmpty() || port.isEmpty()) {
            return Optional.empty();
        }
        List<RouterInterface.InterfaceAddress> addresses = Records.interfaceAddresses(world, port.get());
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        List<IpAddress> nextHops = port.get().fixedIps().stream()
                .map(FixedIp::subnetId)
                .flatMap(id -> world.subnet(id).flatMap(Subnet::gateway).stream())
                .distinct()
                .toList();
        return Optional.of(new Filed(
                Topic.router(router.id()),
                new RouterGateway(
                        gateway.portId(),
                        router.id(),
                        gateway.networkId(),
                        port.get().mac(),
                        addresses,
                        nextHops,
                        gateway.enableSnat(),
                        gateway.transitVni(),
                        hosts(world, gateway),
                        port.get().adminStateUp() && network.get().adminStateUp(),
                        rank,
                        router.defaultRouteEcmp(),
                        router.defaultRouteBfd())));
    }

    /** The port of a way out. */
    static Optional<Port> port(World world, Router router, ExternalGateway gateway) {
        return world.port(gateway.portId())
                .filter(p ->
                        p.isRouterGateway() && p.deviceId().equals(router.id().toString()));
    }

    private static Optional<Network> external(World world, ExternalGateway gateway) {
        return world.network(gateway.networkId())
                .filter(network ->
                        network.external() && network.physicalNetwork().isPresent());
    }

    /** The hosts that may be the gateway, as they are ranked: those that have the physical network. */
    static List<String> hosts(World world, ExternalGateway gateway) {
        Optional<String> physical = external(world, gateway).flatMap(Network::physicalNetwork);
        if (physical.isEmpty()) {
            return List.of();
        }
        List<String> hosts = new ArrayList<>(gateway.nodes().size());
        gateway.nodes()
                .forEach(id -> world.node(id)
                        .filter(node -> node.has(physical.get()))
                        .map(Node::name)
                        .filter(host -> !hosts.contains(host))
                        .ifPresent(hosts::add));
        return hosts;
    }

    /** What a floating IP leads to, and what may pass by it, behind a router that has a way out to its network; nothing while a part is missing. */
    static List<Filed> floatingIp(World world, FloatingIp floatingIp) {
        Optional<Router> router = floatingIp.routerId().flatMap(world::router);
        Optional<ExternalGateway> gateway = router.flatMap(r -> r.gatewayTo(floatingIp.networkId()));
        Optional<Network> network = gateway.flatMap(g -> external(world, g)).filter(Network::adminStateUp);
        Optional<Port> outside = world.port(floatingIp.portId())
                .filter(port -> port.adminStateUp()
                        && port.deviceOwner().equals(Port.FLOATING_IP)
                        && port.deviceId().equals(floatingIp.id().toString()));
        if (router.isEmpty() || gateway.isEmpty() || network.isEmpty() || outside.isEmpty()) {
            return List.of();
        }
        Topic topic = Topic.router(router.get().id());
        List<Filed> records = new ArrayList<>();
        floatingIp
                .fixed()
                .ifPresent(fixed -> inside(world, fixed.portId(), fixed.address())
                        .ifPresent(port -> records.add(new Filed(
                                topic,
                                new FloatingIpFact(
                                        floatingIp.id(),
                                        router.get().id(),
                                        gateway.get().portId(),
                                        floatingIp.networkId(),
                                        outside.get().mac(),
                                        floatingIp.address(),
                                        port.id(),
                                        fixed.address(),
                                        translator(world, port, network.get()))))));
        for (PortForwarding forwarding : floatingIp.forwardings()) {
            if (inside(world, forwarding.portId(), forwarding.address()).isPresent()) {
                records.add(new Filed(
                        topic,
                        new PortForwardingFact(
                                forwarding.id(),
                                router.get().id(),
                                gateway.get().portId(),
                                floatingIp.networkId(),
                                outside.get().mac(),
                                floatingIp.address(),
                                forwarding.protocol().number(),
                                ports(forwarding.external()),
                                forwarding.address(),
                                ports(forwarding.internal()))));
            }
        }
        if (!records.isEmpty()) {
            QosRecords.of(
                            world,
                            floatingIp.qosPolicy(),
                            floatingIp.id(),
                            router.get().id(),
                            floatingIp.address())
                    .ifPresent(records::add);
        }
        return records;
    }

    private static Optional<Port> inside(World world, UUID portId, IpAddress address) {
        return world.port(portId)
                .filter(port ->
                        port.fixedIps().stream().anyMatch(ip -> ip.address().equals(address)));
    }

    /** The port's own node, when it has the physical network. */
    private static Optional<String> translator(World world, Port port, Network network) {
        String physical = network.physicalNetwork().orElseThrow();
        return Optional.of(port.binding().host())
                .filter(host ->
                        world.node(host).filter(node -> node.has(physical)).isPresent());
    }

    private static PortForwardingFact.Ports ports(PortRange range) {
        return new PortForwardingFact.Ports(range.first(), range.last());
    }
}
