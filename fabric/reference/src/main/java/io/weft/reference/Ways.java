package io.weft.reference;

import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** By which of a router's gateways a packet leaves, and to whom. */
final class Ways {
    private final World world;
    private final Set<LostNextHop> lost;

    Ways(World world, Set<LostNextHop> lost) {
        this.world = world;
        this.lost = Set.copyOf(lost);
    }

    /**
     * A router's way out.
     *
     * @param gateway which of its gateways
     * @param port that gateway's port
     * @param neighbour who has the packet next
     */
    record Way(ExternalGateway gateway, Port port, IpAddress neighbour) {}

    /** The router's gateways, in their order, that are up with their networks and have an address: the others are no ways out. */
    List<Way> gateways(Router router, IpAddress neighbour) {
        return router.gateways().stream()
                .flatMap(gateway -> world.port(gateway.portId()).stream()
                        .filter(port -> port.adminStateUp()
                                && !port.fixedIps().isEmpty()
                                && world.network(port.networkId()).orElseThrow().adminStateUp())
                        .map(port -> new Way(gateway, port, neighbour)))
                .toList();
    }

    /** The router's gateway to a network, if it is up. */
    Optional<Way> gatewayTo(Router router, UUID network, IpAddress neighbour) {
        return gateways(router, neighbour).stream()
                .filter(way -> way.gateway().networkId().equals(network))
                .findFirst();
    }

    /**
     * Where the ways out lead; empty when the router's own routes know better.
     *
     * @param length of the longest prefix of these that matches; -1 when none does
     */
    Optional<Way> way(Router router, IpAddress destination, int length) {
        List<Way> ways = gateways(router, destination);
        for (Way way : ways) {
            if (world.subnetsOf(way.gateway().networkId()).stream()
                    .anyMatch(subnet ->
                            subnet.cidr().contains(destination) && subnet.cidr().length() > length)) {
                return Optional.of(way);
            }
        }
        if (length >= 0) {
            return Optional.empty();
        }
        List<Way> leading = ways.stream()
                .flatMap(way -> onwards(way, destination.family()).stream())
                .toList();
        // Where none lives, none is better than another one.
        return leading.stream()
                .filter(way -> !router.defaultRouteBfd()
                        || !lost.contains(new LostNextHop(way.gateway().portId(), destination.family())))
                .findFirst()
                .or(() -> leading.stream().findFirst());
    }

    /** The same way to the router outside that knows all others. */
    private Optional<Way> onwards(Way way, IpFamily family) {
        return way.port().fixedIps().stream()
                .flatMap(ip -> world.subnet(ip.subnetId()).flatMap(Subnet::gateway).stream())
                .filter(address -> address.family() == family)
                .findFirst()
                .map(next -> new Way(way.gateway(), way.port(), next));
    }

    /** Whom an address stands for on one external network leaves by that one, if anybody there knows the way on. */
    Way asSource(Packet packet, Router router, Way way) {
        return world.floatingIpsOfRouter(router.id()).stream()
                .filter(floatingIp -> stands(floatingIp) && standsFor(floatingIp, packet))
                // Forwarded ports and members before addresses as a whole.
                .sorted(Comparator.comparing((FloatingIp floatingIp) -> floatingIp
                        .fixed()
                        .filter(fixed -> fixed.address().equals(packet.source()))
                        .isPresent()))
                .flatMap(floatingIp -> gatewayTo(router, floatingIp.networkId(), way.neighbour()).stream())
                .findFirst()
                .filter(own -> !own.gateway().equals(way.gateway()))
                .flatMap(own -> onwards(own, IpFamily.IPV4))
                .orElse(way);
    }

    private boolean standsFor(FloatingIp floatingIp, Packet packet) {
        Transport transport = packet.transport();
        return floatingIp
                        .fixed()
                        .filter(fixed -> fixed.address().equals(packet.source()))
                        .isPresent()
                || floatingIp.forwardings().stream()
                        .anyMatch(forwarding -> forwarding.address().equals(packet.source())
                                && forwarding.protocol().number() == transport.protocol()
                                && forwarding.internal().contains(transport.source()))
                || floatingIp
                        .fixed()
                        .flatMap(fixed -> world.loadBalancerOfPort(fixed.portId()))
                        .filter(balancer -> isMember(balancer, packet))
                        .isPresent();
    }

    /** Whether a packet may be a member's answer. */
    private boolean isMember(LoadBalancer balancer, Packet packet) {
        Transport transport = packet.transport();
        return world.listenersOf(balancer.id()).stream()
                .filter(listener -> listener.protocol().number() == transport.protocol())
                .filter(listener -> listener.adminStateUp() && balancer.adminStateUp())
                .flatMap(listener -> listener.defaultPool().flatMap(world::pool).stream())
                .filter(Pool::adminStateUp)
                .flatMap(pool -> world.membersOf(pool.id()).stream())
                .anyMatch(member -> member.adminStateUp()
                        && member.address().equals(packet.source())
                        && member.port() == transport.source());
    }

    /** A floating IP whose port is down is not there. */
    boolean stands(FloatingIp floatingIp) {
        return world.port(floatingIp.portId()).filter(Port::adminStateUp).isPresent();
    }
}
