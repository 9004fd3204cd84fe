package io.weft.reference;

import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.reference.Forwarding.Owner;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Reason;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * Who reaches whom, for workloads that behave as their DHCP and router advertisements tell them: on-link addresses are
 * resolved on the network, all others go to the longest host route or the subnet's gateway.
 */
public final class Reachability {
    private static final int HOPS = 64;
    private static final int SMALL = 84;

    private final World world;
    private final Forwarding forwarding;
    private final Balancing balancing;

    public Reachability(World world) {
        this.world = world;
        this.forwarding = new Forwarding(world);
        this.balancing = new Balancing(world);
    }

    /** What becomes of a small packet from this port's own address to this destination. */
    public Outcome send(UUID portId, IpAddress destination) {
        return send(portId, destination, SMALL);
    }

    /** What becomes of a packet of this size in bytes from this port's own address to this destination. */
    public Outcome send(UUID portId, IpAddress destination, int bytes) {
        return send(portId, destination, Transport.echoRequest(destination.family()), bytes, false);
    }

    /** What becomes of the first packet of a connection from this port's own address to this destination. */
    public Outcome send(UUID portId, IpAddress destination, Transport transport) {
        return send(portId, destination, transport, SMALL, false);
    }

    private Outcome send(UUID portId, IpAddress destination, Transport transport, int bytes, boolean reply) {
        Port port = world.port(portId).orElseThrow();
        Optional<FixedIp> source = port.fixedIps().stream()
                .filter(ip -> ip.address().family() == destination.family())
                .max(Comparator.comparing(ip -> subnet(ip).cidr().contains(destination)));
        if (source.isEmpty()) {
            return new Dropped(Reason.NO_ROUTE);
        }
        Optional<IpAddress> neighbour = neighbour(port, source.get(), destination);
        if (neighbour.isEmpty()) {
            return new Dropped(Reason.NO_ROUTE);
        }
        Optional<MacAddress> mac = resolve(port, neighbour.get());
        if (mac.isEmpty()) {
            return new Dropped(Reason.NO_DESTINATION);
        }
        Packet packet =
                new Packet(portId, port.mac(), mac.get(), source.get().address(), destination, transport, HOPS, bytes);
        return reply ? forwarding.forwardReply(packet) : forwarding.forward(packet);
    }

    /** Whether a ping from one port's address to the other's comes back. */
    public boolean talk(UUID one, UUID other, IpAddress otherAddress) {
        if (!arrives(send(one, otherAddress), other)) {
            return false;
        }
        Port from = world.port(one).orElseThrow();
        return from.fixedIps().stream()
                .map(FixedIp::address)
                .filter(a -> a.family() == otherAddress.family())
                .anyMatch(a -> arrives(send(other, a, Transport.echoReply(a.family()), SMALL, true), one));
    }

    private static boolean arrives(Outcome outcome, UUID port) {
        return outcome instanceof Delivered delivered
                && delivered.exits().stream().allMatch(exit -> exit.port().equals(port));
    }

    private Optional<IpAddress> neighbour(Port port, FixedIp source, IpAddress destination) {
        boolean onLink =
                port.fixedIps().stream().anyMatch(ip -> subnet(ip).cidr().contains(destination));
        if (onLink) {
            return Optional.of(destination);
        }
        Subnet subnet = subnet(source);
        return subnet.hostRoutes().stream()
                .filter(r -> r.destination().contains(destination))
                .max(Comparator.comparingInt(r -> r.destination().length()))
                .map(Route::nexthop)
                .or(subnet::gateway);
    }

    private Optional<MacAddress> resolve(Port port, IpAddress neighbour) {
        Optional<MacAddress> gateway =
                forwarding.routerInterfaceWith(port.networkId(), neighbour).map(Port::mac);
        if (gateway.isPresent()) {
            return gateway;
        }
        if (neighbour.isIpv6() && IpPrefix.parse("fe80::/10").contains(neighbour)) {
            return Optional.empty();
        }
        return forwarding.ownersOfAddress(port.networkId(), neighbour).stream()
                .findFirst()
                .map(Owner::mac)
                .or(() -> balancing
                        .at(port.networkId(), neighbour)
                        .flatMap(balancer -> world.port(balancer.portId()))
                        .map(Port::mac));
    }

    private Subnet subnet(FixedIp ip) {
        return world.subnet(ip.subnetId()).orElseThrow();
    }
}
