package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A subnet: https://docs.openstack.org/api-ref/network/v2/#subnets.
 *
 * @param ipVersion 4 or 6
 * @param gatewayIp the router's address, which is the default route of workloads; empty when there is none
 * @param ipv6AddressMode empty for IPv4 and for IPv6 without one
 */
public record Subnet(
        UUID id,
        String name,
        String projectId,
        String description,
        UUID networkId,
        int ipVersion,
        IpPrefix cidr,
        Optional<IpAddress> gatewayIp,
        boolean enableDhcp,
        List<AllocationPool> allocationPools,
        List<IpAddress> dnsNameservers,
        List<HostRoute> hostRoutes,
        @JsonProperty("subnetpool_id") Optional<UUID> subnetPoolId,
        Optional<String> ipv6AddressMode,
        List<String> tags,
        long revisionNumber) {
    /** Addresses from which ports without a wish get theirs, both ends included. */
    public record AllocationPool(IpAddress start, IpAddress end) {}

    /** A route that workloads of the subnet have. */
    public record HostRoute(IpPrefix destination, IpAddress nexthop) {}
}
