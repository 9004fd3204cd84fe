package io.weft.domain;

import io.weft.domain.quota.QuotaResource;
import io.weft.model.DnsNames;
import io.weft.model.InvalidException;
import io.weft.model.Network;
import java.util.Map;

/**
 * What an installation may choose. All servers of one store must have the same.
 *
 * @param minVni the lowest VNI that is given out
 * @param maxVni the highest VNI that is given out
 * @param maxMtu the largest MTU of a network, and that of networks that do not say: the underlay's less the tunnel's
 *     header (50 bytes over IPv4, 70 over IPv6)
 * @param maxRoutes of a router
 * @param maxNameservers of a subnet
 * @param maxHostRoutes of a subnet
 * @param maxAddressPairs of a port
 * @param securityGroups whether ports get security groups
 * @param dnsDomain what follows the names of all ports; complete, in lower case
 * @param externalNetworks whether there are external networks, and routers' gateways and floating IPs on them
 * @param quotas the limits of projects that have none of their own; those that are missing are Neutron's
 */
public record Settings(
        int minVni,
        int maxVni,
        int maxMtu,
        int maxRoutes,
        int maxNameservers,
        int maxHostRoutes,
        int maxAddressPairs,
        boolean securityGroups,
        String dnsDomain,
        boolean externalNetworks,
        Map<QuotaResource, Integer> quotas) {
    /** Neutron's defaults, and every VNI above a thousand. */
    public static final Settings DEFAULTS =
            new Settings(1001, Network.MAX_VNI, 1450, 30, 5, 20, 10, true, DnsNames.DEFAULT_DOMAIN, false, Map.of());

    public Settings {
        quotas = Map.copyOf(quotas);
        if (minVni < Network.MIN_VNI || maxVni > Network.MAX_VNI || minVni > maxVni) {
            throw new InvalidException("vni", "the range must lie between 1 and " + Network.MAX_VNI);
        }
        if (maxMtu < 1280 || maxMtu > 65535) {
            throw new InvalidException("mtu", "must be between 1280 and 65535, is " + maxMtu);
        }
        if (dnsDomain.isEmpty()) {
            throw new InvalidException("dns-domain", "must be a domain, such as " + DnsNames.DEFAULT_DOMAIN);
        }
        DnsNames.requireDomain("dns-domain", dnsDomain);
    }

    /** The same with another MTU. */
    public Settings withMaxMtu(int newMaxMtu) {
        return new Settings(
                minVni,
                maxVni,
                newMaxMtu,
                maxRoutes,
                maxNameservers,
                maxHostRoutes,
                maxAddressPairs,
                securityGroups,
                dnsDomain,
                externalNetworks,
                quotas);
    }

    /** The same with other limits. */
    public Settings withQuotas(Map<QuotaResource, Integer> newQuotas) {
        return new Settings(
                minVni,
                maxVni,
                maxMtu,
                maxRoutes,
                maxNameservers,
                maxHostRoutes,
                maxAddressPairs,
                securityGroups,
                dnsDomain,
                externalNetworks,
                newQuotas);
    }

    /** The same with security groups, or without. */
    public Settings withSecurityGroups(boolean newSecurityGroups) {
        return new Settings(
                minVni,
                maxVni,
                maxMtu,
                maxRoutes,
                maxNameservers,
                maxHostRoutes,
                maxAddressPairs,
                newSecurityGroups,
                dnsDomain,
                externalNetworks,
                quotas);
    }

    /** The same with another domain. */
    public Settings withDnsDomain(String newDnsDomain) {
        return new Settings(
                minVni,
                maxVni,
                maxMtu,
                maxRoutes,
                maxNameservers,
                maxHostRoutes,
                maxAddressPairs,
                securityGroups,
                newDnsDomain,
                externalNetworks,
                quotas);
    }

    /** The same with external networks, or without. */
    public Settings withExternalNetworks(boolean newExternalNetworks) {
        return new Settings(
                minVni,
                maxVni,
                maxMtu,
                maxRoutes,
                maxNameservers,
                maxHostRoutes,
                maxAddressPairs,
                securityGroups,
                dnsDomain,
                newExternalNetworks,
                quotas);
    }
}
