package io.weft.model;

/**
 * An option that DHCP gives to one port (Neutron's extra_dhcp_opts).
 *
 * @param family in which protocol: DHCPv4 (RFC 2132) or DHCPv6 (RFC 8415)
 * @param name the option's name as dnsmasq spells it, or its number in decimal
 * @param value its value as text
 */
public record DhcpOption(IpFamily family, String name, String value) {
    public DhcpOption {
        Rules.text("extra_dhcp_opts", name);
        Rules.require("extra_dhcp_opts", !name.isBlank(), "opt_name must not be blank");
        Rules.text("extra_dhcp_opts", value);
    }
}
