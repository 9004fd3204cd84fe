package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A block of addresses on a network (Neutron API v2.0, Subnets).
 *
 * @param meta what every resource has
 * @param networkId the network that it is on
 * @param cidr its addresses
 * @param gateway the address of the router that its hosts use by default; may lie outside the block
 * @param allocationPools where addresses are taken from when none is asked for; inside the block, without overlaps
 * @param dnsNameservers resolvers told to the hosts, in order of preference
 * @param hostRoutes routes told to the hosts
 * @param dhcpEnabled whether DHCP and router advertisements are answered
 * @param raMode who advertises in IPv6; {@link Ipv6Mode#NONE} in IPv4
 * @param addressMode how hosts get addresses in IPv6; {@link Ipv6Mode#NONE} in IPv4
 * @param serviceTypes the device owners whose ports get addresses of it; all do when empty
 * @param subnetPool the pool that its addresses were taken from; empty when they were named
 */
public record Subnet(
        Meta meta,
        UUID networkId,
        IpPrefix cidr,
        Optional<IpAddress> gateway,
        List<IpRange> allocationPools,
        List<IpAddress> dnsNameservers,
        List<Route> hostRoutes,
        boolean dhcpEnabled,
        Ipv6Mode raMode,
        Ipv6Mode addressMode,
        List<String> serviceTypes,
        Optional<UUID> subnetPool)
        implements Resource {
    /** The most service types of a subnet; bounds the record. */
    private static final int MAX_SERVICE_TYPES = 16;

    public Subnet {
        allocationPools = List.copyOf(allocationPools);
        dnsNameservers = List.copyOf(dnsNameservers);
        hostRoutes = List.copyOf(hostRoutes);
        serviceTypes = List.copyOf(serviceTypes);
        Rules.require(
                "service_types",
                serviceTypes.size() <= MAX_SERVICE_TYPES,
                "the list must have at most " + MAX_SERVICE_TYPES + " items");
        serviceTypes.forEach(type -> Rules.text("service_types", type));
        Rules.require(
                "gateway_ip",
                gateway.isEmpty() || gateway.get().family() == cidr.family(),
                "must be an " + cidr.family() + " address");
        for (int i = 0; i < allocationPools.size(); i++) {
            IpRange pool = allocationPools.get(i);
            Rules.require(
                    "allocation_pools",
                    cidr.contains(pool.first()) && cidr.contains(pool.last()),
                    "the pool " + pool + " must lie inside " + cidr);
            for (int j = 0; j < i; j++) {
                Rules.require(
                        "allocation_pools",
                        !pool.overlaps(allocationPools.get(j)),
                        "the pools " + allocationPools.get(j) + " and " + pool + " must not overlap");
            }
        }
        boolean ipv6 = cidr.family() == IpFamily.IPV6;
        Rules.require("ipv6_ra_mode", ipv6 || raMode == Ipv6Mode.NONE, "must not be set for an IPv4 subnet");
        Rules.require("ipv6_address_mode", ipv6 || addressMode == Ipv6Mode.NONE, "must not be set for an IPv4 subnet");
        Rules.require(
                "cidr",
                !(raMode.isAutoAddressed() || addressMode.isAutoAddressed()) || cidr.length() == 64,
                "must have a prefix length of 64 for SLAAC, has " + cidr.length());
    }

    /** A subnet of no pool, whose addresses ports of all device owners get. */
    public Subnet(
            Meta meta,
            UUID networkId,
            IpPrefix cidr,
            Optional<IpAddress> gateway,
            List<IpRange> allocationPools,
            List<IpAddress> dnsNameservers,
            List<Route> hostRoutes,
            boolean dhcpEnabled,
            Ipv6Mode raMode,
            Ipv6Mode addressMode) {
        this(
                meta,
                networkId,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                List.of(),
                Optional.empty());
    }

    public IpFamily family() {
        return cidr.family();
    }

    /** Whether ports of this device owner get addresses of it. What answers DHCP gets one wherever it answers. */
    public boolean serves(String deviceOwner) {
        return serviceTypes.isEmpty()
                || serviceTypes.contains(deviceOwner)
                || (dhcpEnabled && deviceOwner.equals(Port.DHCP));
    }

    /** Whether addresses on this subnet follow from the MAC and are not chosen. */
    public boolean isAutoAddressed() {
        return addressMode.isAutoAddressed() || raMode.isAutoAddressed();
    }

    /** The same of this pool. */
    public Subnet withSubnetPool(UUID newPool) {
        return new Subnet(
                meta,
                networkId,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                serviceTypes,
                Optional.of(newPool));
    }

    @Override
    public Subnet withMeta(Meta newMeta) {
        return new Subnet(
                newMeta,
                networkId,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                serviceTypes,
                subnetPool);
    }

    @Override
    public Kind kind() {
        return Kind.SUBNET;
    }
}
