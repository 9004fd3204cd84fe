package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import java.util.List;
import java.util.UUID;

/**
 * A router's place on an external network (Neutron's {@code external_gateway_info}). In topic {@code router/ID}.
 *
 * <p>All external subnets, those without an address here too, are on the link, as connected routes. What no other route of the
 * router leads to, a static default route being one, goes to the first of the next hops of its family. What came in by the
 * gateway does not leave by it. IPv4 is translated to the first IPv4 address where {@code snat} says so, unless a {@link FloatingIpFact}
 * stands for its source; IPv6 is never translated. Static routes never lead to an external network.
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
        boolean adminUp)
        implements Fact {
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

    @Override
    public Type type() {
        return Type.GATEWAY;
    }

    @Override
    public String key() {
        return Type.GATEWAY.key(portId);
    }
}
