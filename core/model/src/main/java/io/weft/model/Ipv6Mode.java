package io.weft.model;

/** How the hosts of an IPv6 subnet get their addresses and options (Neutron's ipv6_ra_mode and ipv6_address_mode). */
public enum Ipv6Mode {
    /** Not set: addresses are given by Weft's own means or by something outside. */
    NONE(""),
    /** Addresses by SLAAC (RFC 4862), options by router advertisements. */
    SLAAC("slaac"),
    /** Addresses and options by DHCPv6 (RFC 8415). */
    DHCPV6_STATEFUL("dhcpv6-stateful"),
    /** Addresses by SLAAC, options by DHCPv6. */
    DHCPV6_STATELESS("dhcpv6-stateless");

    private final String text;

    Ipv6Mode(String text) {
        this.text = text;
    }

    /** Neutron's name; empty for {@link #NONE}. */
    public String text() {
        return text;
    }

    /** Whether hosts form their address from the prefix and their MAC. */
    public boolean isAutoAddressed() {
        return this == SLAAC || this == DHCPV6_STATELESS;
    }

    /**
     * The mode with this name.
     *
     * @throws InvalidException when there is none; the field is the given one
     */
    public static Ipv6Mode parse(String field, String text) {
        for (Ipv6Mode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw new InvalidException(field, "'" + text + "' is not in ['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac']");
    }
}
