package io.weft.client;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.UUID;

/**
 * A pool of prefixes for subnets: https://docs.openstack.org/api-ref/network/v2/#subnet-pools.
 *
 * @param ipVersion 4 or 6
 * @param defaultPrefixlen the length of a subnet that asks for none
 */
public record SubnetPool(
        UUID id,
        String name,
        String projectId,
        String description,
        int ipVersion,
        List<IpPrefix> prefixes,
        int defaultPrefixlen,
        int minPrefixlen,
        int maxPrefixlen,
        boolean shared,
        boolean isDefault,
        List<String> tags,
        long revisionNumber) {}
