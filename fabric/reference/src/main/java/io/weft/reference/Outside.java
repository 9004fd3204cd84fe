package io.weft.reference;

import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Left;
import io.weft.reference.Outcome.Reason;
import java.util.Optional;
import java.util.UUID;

/**
 * The ways out of routers and back in. Addresses of connections that were begun before are not spelled out: what comes back
 * to a shared address is for whoever sent first.
 */
final class Outside {
    private final World world;
    private final Forwarding forwarding;

    Outside(World world, Forwarding forwarding) {
        this.world = world;
        this.forwarding = forwarding;
    }

    /** The port that is the router's gateway. */
    Optional<Port> gateway(Router router) {
        return router.gateway().flatMap(gateway -> world.port(gateway.portId()));
    }

    /**
     * To whom the way out leads; empty when the router's own routes know better.
     *
     * @param length of the longest prefix of these that matches; -1 when none does
     */
    Optional<IpAddress> neighbour(Router router, IpAddress destination, int length) {
        Optional<Port> gateway = gateway(router);
        if (gateway.isEmpty()) {
            return Optional.empty();
        }
        boolean onLink = world.subnetsOf(gateway.get().networkId()).stream()
                .anyMatch(subnet ->
                        subnet.cidr().contains(destination) && subnet.cidr().length() > length);
        if (onLink) {
            return Optional.of(destination);
        }
        if (length >= 0) {
            return Optional.empty();
        }
        return gateway.get().fixedIps().stream()
                .flatMap(ip -> world.subnet(ip.subnetId()).flatMap(Subnet::gateway).stream())
                .filter(address -> address.family() == destination.family())
                .findFirst();
    }

    /** A packet takes the router's way out. */
    Outcome leave(
            Packet packet,
            Router router,
            IpAddress neighbour,
            IpAddress self,
            int hops,
            boolean reply,
            int routersPassed) {
        ExternalGateway gateway = router.gateway().orElseThrow();
        Port port = gateway(router).orElseThrow();
        Network network = world.network(gateway.networkId()).orElseThrow();
        if (!port.adminStateUp() || !network.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (packet.bytes() > network.mtu()) {
            return new Answered(Answer.TOO_BIG, self);
        }
        Optional<FloatingIp> floatingIp = world.floatingIpsOfRouter(router.id()).stream()
                .filter(f -> stands(f)
                        && f.fixed()
                                .filter(fixed -> fixed.address().equals(packet.source()))
                                .isPresent())
                .findFirst();
        if (!isServed(network, gateway, floatingIp)) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        boolean shared =
                floatingIp.isEmpty() && gateway.enableSnat() && packet.source().family() == IpFamily.IPV4;
        Optional<IpAddress> source = floatingIp
                .map(FloatingIp::address)
                .or(() -> shared
                        ? port.fixedIps().stream()
                                .map(FixedIp::address)
                                .filter(IpAddress::isIpv4)
                                .findFirst()
                        : Optional.of(packet.source()));
        if (source.isEmpty()) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        boolean known =
                world.portsOf(network.id()).stream().anyMatch(p -> p.isServed() && Forwarding.hasFixedIp(p, neighbour));
        return known
                ? enter(
                        new OutsidePacket(
                                network.id(),
                                neighbour,
                                source.get(),
                                packet.destination(),
                                packet.transport(),
                                hops,
                                packet.bytes()),
                        reply,
                        routersPassed + 1)
                : new Left(network.id(), neighbour, source.get(), shared, hops);
    }

    /** Whether a node translates: the floating IP's port's own, or one of the router's. */
    private boolean isServed(Network network, ExternalGateway gateway, Optional<FloatingIp> floatingIp) {
        String physical = network.physicalNetwork().orElse("");
        boolean own = floatingIp
                .flatMap(FloatingIp::fixed)
                .flatMap(fixed -> world.port(fixed.portId()))
                .flatMap(port -> world.node(port.binding().host()))
                .filter(node -> node.has(physical))
                .isPresent();
        return own
                || gateway.nodes().stream()
                        .flatMap(id -> world.node(id).stream())
                        .anyMatch(node -> node.has(physical));
    }

    /** A floating IP whose port is down is not there. */
    private boolean stands(FloatingIp floatingIp) {
        return world.port(floatingIp.portId()).filter(Port::adminStateUp).isPresent();
    }

    /** A packet comes over an external network. */
    Outcome enter(OutsidePacket packet, boolean reply, int routersPassed) {
        Network network = world.network(packet.network()).orElseThrow();
        if (!network.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (routersPassed >= Forwarding.MAX_ROUTERS) {
            return new Dropped(Reason.LOOP);
        }
        for (Router router : world.routersOut(network.id())) {
            ExternalGateway gateway = router.gateway().orElseThrow();
            Port port = gateway(router).orElseThrow();
            if (Forwarding.hasFixedIp(port, packet.via())) {
                return toRouter(packet, network, gateway, port, reply, routersPassed);
            }
            for (FloatingIp floatingIp : world.floatingIpsOfRouter(router.id())) {
                if (floatingIp.networkId().equals(network.id())
                        && floatingIp.address().equals(packet.via())
                        && floatingIp.address().equals(packet.destination())
                        && stands(floatingIp)) {
                    return translated(packet, router, port, floatingIp, reply, routersPassed);
                }
            }
        }
        return new Dropped(Reason.NO_DESTINATION);
    }

    /** For the router itself, or to be routed in: IPv6, and IPv4 where the router does not translate. */
    private Outcome toRouter(
            OutsidePacket packet,
            Network network,
            ExternalGateway gateway,
            Port port,
            boolean reply,
            int routersPassed) {
        if (!port.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (!isServed(network, gateway, Optional.empty())) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        boolean routed = packet.destination().family() == IpFamily.IPV6 || !gateway.enableSnat();
        return routed || Forwarding.hasFixedIp(port, packet.destination())
                ? arrive(packet, packet.destination(), packet.transport(), port, reply, routersPassed)
                : new Dropped(Reason.NO_DESTINATION);
    }

    private Outcome translated(
            OutsidePacket packet,
            Router router,
            Port gateway,
            FloatingIp floatingIp,
            boolean reply,
            int routersPassed) {
        Network network = world.network(packet.network()).orElseThrow();
        if (!isServed(network, router.gateway().orElseThrow(), Optional.of(floatingIp))) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        if (floatingIp.fixed().isPresent()) {
            IpAddress inside = floatingIp.fixed().get().address();
            return arrive(packet, inside, packet.transport(), gateway, reply, routersPassed);
        }
        Transport transport = packet.transport();
        for (PortForwarding forwarding : floatingIp.forwardings()) {
            if (forwarding.protocol().number() == transport.protocol()
                    && forwarding.external().contains(transport.destination())) {
                Transport inside = new Transport(
                        transport.protocol(),
                        transport.source(),
                        at(
                                forwarding.internal(),
                                transport.destination() - forwarding.external().first()));
                return arrive(packet, forwarding.address(), inside, gateway, reply, routersPassed);
            }
        }
        return new Dropped(Reason.NO_DESTINATION);
    }

    private static int at(PortRange range, int place) {
        return range.first() + place;
    }

    /** The packet is in the router, by its gateway. */
    private Outcome arrive(
            OutsidePacket packet,
            IpAddress destination,
            Transport transport,
            Port gateway,
            boolean reply,
            int routersPassed) {
        Packet inside = new Packet(
                new UUID(0, 0),
                gateway.mac(),
                gateway.mac(),
                packet.source(),
                destination,
                transport,
                packet.hops(),
                packet.bytes());
        return forwarding.route(inside, gateway, packet.hops(), routersPassed, reply);
    }
}
