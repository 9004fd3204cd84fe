package io.weft.agent.trace;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import io.weft.responders.VlanTag;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What the guest behind a port knows of its network, from DHCP and router advertisements: enough to tell to whom it would
 * send a packet.
 *
 * @param port the port
 * @param ifindex its device, or its trunk's parent's
 * @param vlan the tag that it is behind; empty when it is no subport
 * @param mac its MAC
 * @param addresses its own
 * @param subnets those that it is on
 */
public record Sender(
        UUID port, int ifindex, OptionalInt vlan, MacAddress mac, List<IpAddress> addresses, List<Subnet> subnets) {
    /**
     * A subnet as its hosts are told.
     *
     * @param cidr its addresses
     * @param gateway the default router
     * @param routes further routes
     */
    public record Subnet(IpPrefix cidr, Optional<IpAddress> gateway, List<Route> routes) {
        public Subnet {
            routes = List.copyOf(routes);
        }
    }

    public Sender {
        addresses = List.copyOf(addresses);
        subnets = List.copyOf(subnets);
    }

    /** A frame as it leaves the guest: behind the port's tag. */
    byte[] sent(byte[] frame) {
        return vlan.isPresent() ? VlanTag.insert(frame, vlan.getAsInt()) : frame;
    }

    /** The address that it would send from to this one. */
    public Optional<IpAddress> source(IpAddress destination) {
        Stream<IpAddress> own = addresses.stream()
                .filter(address -> address.family() == destination.family())
                .filter(address -> !address.isLinkLocal());
        return own.max(Comparator.comparing(address -> subnets.stream()
                .anyMatch(subnet ->
                        subnet.cidr().contains(address) && subnet.cidr().contains(destination))));
    }

    /** Whose MAC it would ask for: the destination's where it is on the link, otherwise a router's. */
    public Optional<IpAddress> nextHop(IpAddress destination) {
        if (destination.isLinkLocal()
                || subnets.stream().anyMatch(subnet -> subnet.cidr().contains(destination))) {
            return Optional.of(destination);
        }
        Optional<IpAddress> told = subnets.stream()
                .flatMap(subnet -> subnet.routes().stream())
                .filter(route -> route.destination().contains(destination))
                .max(Comparator.comparingInt(route -> route.destination().length()))
                .map(Route::nexthop);
        return told.or(() -> subnets.stream()
                .filter(subnet -> subnet.cidr().family() == destination.family())
                .flatMap(subnet -> subnet.gateway().stream())
                .findFirst());
    }
}
