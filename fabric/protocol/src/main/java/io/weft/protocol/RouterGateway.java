package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * A router's place on an external network (Neutron's {@code external_gateway_info}). In topic {@code router/ID}.
 *
 * <p>All external subnets, those without an address here too, are on the link, as connected routes. What no other route of the
 * router leads to, a static default route being one, goes to the first of the next hops of its family. What came in by a
 * gateway leaves by none. IPv4 is translated to the first IPv4 address where {@code snat} says so, unless a {@link FloatingIpFact}
 * stands for its source; IPv6 is never translated.
 *
 * <p>Of several gateways of a router, each on a network of its own, the one of the lowest rank that is up and has a next hop of
 * the family has the default route; with {@code sharesDefault} all of them have it, by the flow. A source for which a {@link
 * FloatingIpFact} or a {@link PortForwardingFact} stands on one of the networks leaves by that one, whatever the routes say, if
 * its subnets name an IPv4 next hop.
 *
 * @param portId the gateway's port
 * @param routerId the router
 * @param networkId the external network
 * @param mac its MAC there, of that one of {@code hosts} alone which is the gateway
 * @param addresses its addresses there, each with its subnet, in the port's order; at least one
 * @param nextHops the gateways of these subnets, in their order; none where a subnet names none
 * @param snat whether IPv4 sources without a floating address are translated
 * @param transitVni a VNI (RFC 7348) of the gateway's own, unique among all of them: what hosts that are not the gateway
 *     send out through it; nothing else lives there
 * @param hosts the nodes that have the network's physical network and may be the gateway, ranked: which one is, they find out
 *     among themselves; none when no node has it
 * @param adminUp whether it forwards: false when the port or its network is down
 * @param rank its place among the router's gateways, from 0
 * @param sharesDefault whether the default routes of all of them share the flows
 * @param bfd whether its next hops are watched by BFD (RFC 5880), and not used while they are down and another gateway's is up
 */
public record RouterGateway(
        UUID portId,
        UUID routerId,
        UUID networkId,
        MacAddress mac,
        List<RouterInterface.InterfaceAddress> addresses,
        List<IpAddress> nextHops,
        boolean snat,
        int transitVni,
        List<String> hosts,
        boolean adminUp,
        int rank,
        boolean sharesDefault,
        boolean bfd)
        implements Fact {
    /** A router's gateways in their order. */
    public static final Comparator<RouterGateway> BY_RANK =
            Comparator.comparingInt(RouterGateway::rank).thenComparing(RouterGateway::portId);

    public RouterGateway {
        addresses = List.copyOf(addresses);
        nextHops = List.copyOf(nextHops);
        hosts = List.copyOf(hosts);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a gateway has an address");
        }
        if (transitVni < Network.MIN_VNI || transitVni > Network.MAX_VNI) {
            throw new IllegalArgumentException("no VNI: " + transitVni);
        }
        if (hosts.stream().distinct().count() != hosts.size()) {
            throw new IllegalArgumentException("a gateway's hosts are different ones");
        }
    }

    /** The only gateway of its router. */
    public RouterGateway(
            UUID portId,
            UUID routerId,
            UUID networkId,
            MacAddress mac,
            List<RouterInterface.InterfaceAddress> addresses,
            List<IpAddress> nextHops,
            boolean snat,
            int transitVni,
            List<String> hosts,
            boolean adminUp) {
        this(portId, routerId, networkId, mac, addresses, nextHops, snat, transitVni, hosts, adminUp, 0, false, false);
    }

    @Override
    public Type type() {
        return Type.GATEWAY;
    }

    @Override
    public String key() {
        return Type.GATEWAY.key(portId);
    }
}
