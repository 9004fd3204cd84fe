package io.weft.model;

/**
 * What a port is called (Neutron's {@code dns_name} and {@code dns_domain}).
 *
 * @param name its name in the operator's domain, in lower case; complete when it ends with a dot, otherwise relative.
 *     Empty for one that is made of its addresses
 * @param domain a further domain in which it has its name, in place of the network's; complete, possibly empty
 */
public record PortDns(String name, String domain) {
    /** Neither name nor domain. */
    public static final PortDns NONE = new PortDns("", "");

    public PortDns {
        DnsNames.requireName("dns_name", name);
        DnsNames.requireDomain("dns_domain", domain);
        Rules.require(
                "dns_domain",
                domain.isEmpty() || DnsNames.fits(name, domain),
                "'" + domain + "' is too long for the dns_name '" + name + "' in it");
    }
}
