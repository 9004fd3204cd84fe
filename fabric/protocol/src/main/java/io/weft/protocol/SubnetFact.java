package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Route;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A block of addresses of a network and what its hosts are told. In topic {@code network/ID}.
 *
 * @param subnetId its id
 * @param networkId the network that it is on
 * @param cidr its addresses
 * @param gateway the default router of its hosts
 * @param dhcp whether DHCP and router advertisements are answered
 * @param raMode how router advertisements tell hosts to configure themselves; none in IPv4
 * @param addressMode how hosts get addresses; none in IPv4
 * @param dnsNameservers resolvers, in order of preference
 * @param hostRoutes routes told to the hosts
 * @param addressScope the address scope of its addresses, which it shares with the network's other subnets of the family:
 *     routers lead to networks of another scope translated or not at all. None is one, too, among networks inside
 */
public record SubnetFact(
        UUID subnetId,
        UUID networkId,
        IpPrefix cidr,
        Optional<IpAddress> gateway,
        boolean dhcp,
        Ipv6Mode raMode,
        Ipv6Mode addressMode,
        List<IpAddress> dnsNameservers,
        List<Route> hostRoutes,
        Optional<UUID> addressScope)
        implements Fact {
    /** A subnet of no address scope. */
    public SubnetFact(
            UUID subnetId,
            UUID networkId,
            IpPrefix cidr,
            Optional<IpAddress> gateway,
            boolean dhcp,
            Ipv6Mode raMode,
            Ipv6Mode addressMode,
            List<IpAddress> dnsNameservers,
            List<Route> hostRoutes) {
        this(
                subnetId,
                networkId,
                cidr,
                gateway,
                dhcp,
                raMode,
                addressMode,
                dnsNameservers,
                hostRoutes,
                Optional.empty());
    }

    public SubnetFact {
        dnsNameservers = List.copyOf(dnsNameservers);
        hostRoutes = List.copyOf(hostRoutes);
    }

    @Override
    public Type type() {
        return Type.SUBNET;
    }

    @Override
    public String key() {
        return Type.SUBNET.key(subnetId);
    }
}
