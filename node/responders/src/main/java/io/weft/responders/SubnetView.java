package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Route;
import java.util.List;
import java.util.Optional;

/**
 * What the responders need of a subnet.
 *
 * @param cidr its block
 * @param gateway its default gateway
 * @param dhcp whether DHCP is answered in it
 * @param raMode what router advertisements say; {@link Ipv6Mode#NONE} when Weft sends none for it
 * @param addressMode how IPv6 hosts get their address
 * @param dnsNameservers the subnet's own resolvers; {@link #resolvers} are those that hosts are told
 * @param hostRoutes further routes that hosts are told
 */
public record SubnetView(
        IpPrefix cidr,
        Optional<IpAddress> gateway,
        boolean dhcp,
        Ipv6Mode raMode,
        Ipv6Mode addressMode,
        List<IpAddress> dnsNameservers,
        List<Route> hostRoutes) {
    /** Where every node answers its workloads itself. */
    public static final IpAddress NODE_IPV4 = IpAddress.parse("169.254.169.254");

    /** The same on their link in IPv6. */
    public static final IpAddress NODE_IPV6 = IpAddress.parse("fe80::a9fe:a9fe");

    public SubnetView {
        dnsNameservers = List.copyOf(dnsNameservers);
        hostRoutes = List.copyOf(hostRoutes);
    }

    /**
     * The resolvers that hosts are told: the subnet's own, or the node that they are on. A subnet that names the
     * unspecified address has none, as in Neutron.
     */
    public List<IpAddress> resolvers() {
        if (dnsNameservers.isEmpty()) {
            return List.of(cidr.address().isIpv4() ? NODE_IPV4 : NODE_IPV6);
        }
        return dnsNameservers.stream()
                .filter(address -> !address.isUnspecified())
                .toList();
    }

    /**
     * Whether DHCPv6 hands out the addresses of this subnet. A subnet that names no mode at all is served like that,
     * as Neutron's own agent does.
     */
    public boolean isStateful() {
        return cidr.address().isIpv6()
                && dhcp
                && (addressMode == Ipv6Mode.DHCPV6_STATEFUL || addressMode == Ipv6Mode.NONE && raMode == Ipv6Mode.NONE);
    }

    /** Whether DHCPv6 answers in this subnet, be it with options alone. */
    public boolean isDhcpv6() {
        return isStateful() || cidr.address().isIpv6() && dhcp && addressMode == Ipv6Mode.DHCPV6_STATELESS;
    }

    /** Whether router advertisements announce this subnet. */
    public boolean isAdvertised() {
        return cidr.address().isIpv6() && dhcp && raMode != Ipv6Mode.NONE;
    }
}
