package io.weft.responders;

import io.weft.model.DhcpOption;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;

/**
 * What the responders know of the port that a frame came from.
 *
 * @param mac the port's MAC address
 * @param hostname the host name it is told; empty for one that is made of its address
 * @param domain the domain that it is told: complete, or empty for none
 * @param addresses its fixed addresses, in the port's order
 * @param options options that the tenant sets; they overrule what the subnet says
 * @param network the network it is in
 */
public record PortView(
        MacAddress mac,
        String hostname,
        String domain,
        List<Address> addresses,
        List<DhcpOption> options,
        NetworkView network) {
    public PortView {
        addresses = List.copyOf(addresses);
        options = List.copyOf(options);
    }

    /** A port in no domain. */
    public PortView(
            MacAddress mac, String hostname, List<Address> addresses, List<DhcpOption> options, NetworkView network) {
        this(mac, hostname, "", addresses, options, network);
    }

    /** The domain without the dot at its end, as DHCP writes it. */
    String bareDomain() {
        return domain.isEmpty() ? "" : domain.substring(0, domain.length() - 1);
    }

    /**
     * A fixed address and the subnet it is from.
     *
     * @param address the address
     * @param subnet its subnet
     */
    public record Address(IpAddress address, SubnetView subnet) {}

    /** Whether DHCPv4 has an address for this port. */
    public boolean answersDhcpv4() {
        return addresses.stream()
                .anyMatch(a -> a.address().isIpv4() && a.subnet().dhcp());
    }

    /** Whether DHCPv6 has an address or options for this port. */
    public boolean answersDhcpv6() {
        return addresses.stream().anyMatch(a -> a.subnet().isDhcpv6());
    }

    /** Whether router solicitations of this port are answered. */
    public boolean answersRouterSolicitations() {
        return network.subnets().stream().anyMatch(SubnetView::isAdvertised);
    }
}
