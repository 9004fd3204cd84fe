package io.weft.reference;

import io.weft.model.BalancedProtocol;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpProtocol;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Left;
import io.weft.reference.Outcome.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The ways out of routers and back in. */
final class Outside {
    /** Lower ports outside are no one's to share (RFC 4787 REQ-3 lets them be replaced). */
    private static final int FIRST_SHARED_PORT = 1024;

    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST = 8;

    private final World world;
    private final Forwarding forwarding;
    private final Ways ways;
    private final Scopes scopes;
    private final Balancing balancing;
    private final List<Translation> known;

    Outside(
            World world,
            Forwarding forwarding,
            Ways ways,
            Scopes scopes,
            Balancing balancing,
            List<Translation> known) {
        this.world = world;
        this.forwarding = forwarding;
        this.balancing = balancing;
        this.ways = ways;
        this.scopes = scopes;
        this.known = List.copyOf(known);
    }

    /**
     * A packet takes a way out of the router.
     *
     * @param from the network that it came from
     * @param routed where the routes lead
     * @param self the address by which the router says what is wrong
     * @param journey with this router passed
     */
    Outcome leave(Packet packet, Router router, UUID from, Ways.Way routed, IpAddress self, Journey journey) {
        Ways.Way way = packet.source().isIpv4() ? ways.asSource(packet, router, routed) : routed;
        ExternalGateway gateway = way.gateway();
        IpAddress neighbour = way.neighbour();
        Network network = world.network(gateway.networkId()).orElseThrow();
        if (packet.bytes() > network.mtu()) {
            return new Answered(Answer.TOO_BIG, self);
        }
        Scopes.Crossing crossing =
                scopes.crossing(from, network.id(), packet.source().family());
        boolean ipv6 = packet.source().family() == IpFamily.IPV6;
        if (ipv6 && crossing == Scopes.Crossing.ACROSS) {
            return new Dropped(Reason.ADDRESS_SCOPE);
        }
        Optional<FloatingIp> floatingIp = world.floatingIpsOfRouter(router.id()).stream()
                .filter(f -> ways.stands(f)
                        && f.networkId().equals(network.id())
                        && f.fixed()
                                .filter(fixed -> fixed.address().equals(packet.source()))
                                .isPresent())
                .findFirst();
        if (!isServed(network, gateway, floatingIp)) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        if (floatingIp.isPresent()) {
            return leaveAs(packet, floatingIp.get().address(), packet.transport(), network, neighbour, journey);
        }
        if (ipv6) {
            return leaveAs(packet, packet.source(), packet.transport(), network, neighbour, journey);
        }
        Optional<Translation> before = remembered(packet, router, network);
        if (before.isPresent()) {
            Transport transport = packet.transport().from(before.get().outsidePort());
            return leaveAs(packet, before.get().outside(), transport, network, neighbour, journey.with(before.get()));
        }
        if (crossing == Scopes.Crossing.WITHIN || crossing == Scopes.Crossing.UNSCOPED && !gateway.enableSnat()) {
            return leaveAs(packet, packet.source(), packet.transport(), network, neighbour, journey);
        }
        if (!gateway.enableSnat()) {
            return new Dropped(Reason.ADDRESS_SCOPE);
        }
        Optional<IpAddress> own = firstIpv4(way.port());
        if (own.isEmpty() || !mayShare(packet.transport())) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        Transport inside = packet.transport();
        Transport transport = inside.from(inside.source() < FIRST_SHARED_PORT ? 0 : inside.source());
        Translation fresh = new Translation(
                router.id(),
                inside.protocol(),
                packet.source(),
                inside.sourcePort(),
                own.get(),
                transport.sourcePort(),
                packet.destination(),
                inside.destinationPort());
        return leaveAs(packet, own.get(), transport, network, neighbour, journey.with(fresh));
    }

    private Outcome leaveAs(
            Packet packet,
            IpAddress source,
            Transport transport,
            Network network,
            IpAddress neighbour,
            Journey journey) {
        boolean known =
                world.portsOf(network.id()).stream().anyMatch(p -> p.isServed() && Forwarding.hasFixedIp(p, neighbour));
        if (!known) {
            boolean shared =
                    journey.translations().stream().anyMatch(t -> t.outside().equals(source));
            return new Left(network.id(), neighbour, source, shared, journey.hops(), transport, journey.translations());
        }
        return enter(
                new OutsidePacket(
                        network.id(),
                        neighbour,
                        source,
                        packet.destination(),
                        transport,
                        journey.hops(),
                        packet.bytes()),
                journey);
    }

    /** Questions may go out under a shared address; what answers or asks nothing may not (RFC 5508 REQ-1). */
    private static boolean mayShare(Transport transport) {
        return transport.hasPorts() || transport.protocol() == IpProtocol.ICMP && transport.source() == ECHO_REQUEST;
    }

    /** What the router remembers of a connection that left by this network. */
    private Optional<Translation> remembered(Packet packet, Router router, Network network) {
        Transport transport = packet.transport();
        return known.stream()
                .filter(t -> t.router().equals(router.id())
                        && world.portsOf(network.id()).stream()
                                .anyMatch(port -> Forwarding.hasFixedIp(port, t.outside()))
                        && t.protocol() == transport.protocol()
                        && (transport.hasPorts() || transport.source() == ECHO_REQUEST)
                        && t.inside().equals(packet.source())
                        && t.insidePort() == transport.sourcePort()
                        && t.remote().equals(packet.destination())
                        && t.remotePort() == transport.destinationPort())
                .findFirst();
    }

    private Optional<Translation> remembered(OutsidePacket packet, UUID router) {
        Transport transport = packet.transport();
        return known.stream()
                .filter(t -> t.router().equals(router)
                        && t.protocol() == transport.protocol()
                        && (transport.hasPorts() || transport.source() == ECHO_REPLY)
                        && t.outside().equals(packet.destination())
                        && t.outsidePort() == transport.destinationPort()
                        && t.remote().equals(packet.source())
                        && t.remotePort() == transport.sourcePort())
                .findFirst();
    }

    private static Optional<IpAddress> firstIpv4(Port port) {
        return port.fixedIps().stream()
                .map(FixedIp::address)
                .filter(IpAddress::isIpv4)
                .findFirst();
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

    /** A packet comes over an external network. */
    Outcome enter(OutsidePacket packet, Journey journey) {
        Network network = world.network(packet.network()).orElseThrow();
        if (!network.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (journey.routersPassed() >= Forwarding.MAX_ROUTERS) {
            return new Dropped(Reason.LOOP);
        }
        for (Router router : world.routersOut(network.id())) {
            Optional<Ways.Way> way = ways.gatewayTo(router, network.id(), packet.via());
            if (way.isEmpty() || !router.adminStateUp()) {
                continue;
            }
            if (Forwarding.hasFixedIp(way.get().port(), packet.via())) {
                return toRouter(packet, network, router, way.get(), journey);
            }
            for (FloatingIp floatingIp : world.floatingIpsOfRouter(router.id())) {
                if (floatingIp.networkId().equals(network.id())
                        && floatingIp.address().equals(packet.via())
                        && floatingIp.address().equals(packet.destination())
                        && ways.stands(floatingIp)) {
                    return translated(packet, network, router, way.get(), floatingIp, journey);
                }
            }
        }
        return new Dropped(Reason.NO_DESTINATION);
    }

    /** For the router itself, for whom it shares its address with, or to be routed in: IPv6, and IPv4 where it does not translate. */
    private Outcome toRouter(OutsidePacket packet, Network network, Router router, Ways.Way way, Journey journey) {
        ExternalGateway gateway = way.gateway();
        Port port = way.port();
        if (!isServed(network, gateway, Optional.empty())) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        if (Forwarding.hasFixedIp(port, packet.destination())) {
            Optional<Translation> before = remembered(packet, router.id());
            return before.isPresent()
                    ? inside(packet, before.get(), router, port, journey)
                    : new Answered(Answer.LOCAL, packet.destination());
        }
        boolean routed = packet.destination().family() == IpFamily.IPV6
                || !gateway.enableSnat()
                || world.addressScopeOf(network.id(), IpFamily.IPV4).isPresent();
        return routed
                ? arrive(packet, packet.destination(), packet.transport(), router, port, journey)
                : new Dropped(Reason.NO_DESTINATION);
    }

    private Outcome inside(
            OutsidePacket packet, Translation translation, Router router, Port gateway, Journey journey) {
        return arrive(
                packet,
                translation.inside(),
                packet.transport().to(translation.insidePort()),
                router,
                gateway,
                journey.with(translation));
    }

    private Outcome translated(
            OutsidePacket packet,
            Network network,
            Router router,
            Ways.Way way,
            FloatingIp floatingIp,
            Journey journey) {
        Port gateway = way.port();
        if (!isServed(network, way.gateway(), Optional.of(floatingIp))) {
            return new Dropped(Reason.NO_GATEWAY);
        }
        Transport transport = packet.transport();
        Optional<LoadBalancer> balancer = floatingIp.fixed().flatMap(fixed -> world.loadBalancerOfPort(fixed.portId()));
        if (balancer.isPresent()) {
            return balanced(packet, balancer.get(), floatingIp, router, way, journey);
        }
        if (floatingIp.fixed().isPresent()) {
            return arrive(packet, floatingIp.fixed().get().address(), transport, router, gateway, journey);
        }
        Optional<Translation> before = remembered(packet, router.id());
        if (before.isPresent()) {
            return inside(packet, before.get(), router, gateway, journey);
        }
        for (PortForwarding forwarding : floatingIp.forwardings()) {
            if (forwarding.protocol().number() == transport.protocol()
                    && forwarding.external().contains(transport.destination())) {
                int port = forwarding.internal().first()
                        + transport.destination()
                        - forwarding.external().first();
                Translation fresh = new Translation(
                        router.id(),
                        transport.protocol(),
                        forwarding.address(),
                        port,
                        floatingIp.address(),
                        transport.destination(),
                        packet.source(),
                        transport.source());
                return inside(packet, fresh, router, gateway, journey);
            }
        }
        // As in Neutron it is the router's own in all else: it can be pinged.
        return transport.equals(Transport.echoRequest(IpFamily.IPV4))
                ? new Answered(Answer.LOCAL, packet.destination())
                : new Dropped(Reason.NO_DESTINATION);
    }

    /** To a load balancer: to the member that it had, or to any, as if its port were forwarded there. */
    private Outcome balanced(
            OutsidePacket packet,
            LoadBalancer balancer,
            FloatingIp floatingIp,
            Router router,
            Ways.Way way,
            Journey journey) {
        Transport transport = packet.transport();
        Optional<Translation> before = remembered(packet, router.id());
        if (before.isPresent()) {
            return inside(packet, before.get(), router, way.port(), journey);
        }
        if (transport.equals(Transport.echoRequest(IpFamily.IPV4))) {
            return new Answered(Answer.LOCAL, packet.destination());
        }
        String host = way.gateway().nodes().stream()
                .findFirst()
                .flatMap(world::node)
                .map(node -> node.meta().name())
                .orElse("");
        if (transport.protocol() == BalancedProtocol.SCTP.number()) {
            return new Dropped(Reason.NO_DESTINATION);
        }
        Set<Outcome.Exit> exits = new HashSet<>();
        Outcome other = new Dropped(Reason.NO_MEMBER);
        for (PoolMember member : balancing.outside(balancer, packet, host)) {
            Translation fresh = new Translation(
                    router.id(),
                    transport.protocol(),
                    member.address(),
                    member.port(),
                    floatingIp.address(),
                    transport.destination(),
                    packet.source(),
                    transport.source());
            switch (inside(packet, fresh, router, way.port(), journey)) {
                case Outcome.Delivered delivered -> exits.addAll(delivered.exits());
                case Outcome outcome -> other = outcome;
            }
        }
        return exits.isEmpty() ? other : new Outcome.Delivered(exits);
    }

    /** The packet is in the router, by its gateway. */
    private Outcome arrive(
            OutsidePacket packet,
            IpAddress destination,
            Transport transport,
            Router router,
            Port gateway,
            Journey journey) {
        if (forwarding.leadsInside(router, packet.source())) {
            return new Dropped(Reason.SPOOFED_IP);
        }
        Packet inside = new Packet(
                new UUID(0, 0),
                gateway.mac(),
                gateway.mac(),
                packet.source(),
                destination,
                transport,
                packet.hops(),
                packet.bytes());
        return forwarding.route(inside, gateway, journey.in(!destination.equals(packet.destination())));
    }
}
