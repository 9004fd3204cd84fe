package io.weft.client;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.UUID;

/**
 * A load balancer: https://docs.openstack.org/api-ref/load-balancer/v2/#load-balancers.
 *
 * @param vipAddress where its listeners are reached
 * @param vipPortId the port that has this address
 */
public record LoadBalancer(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        IpAddress vipAddress,
        UUID vipPortId,
        UUID vipSubnetId,
        UUID vipNetworkId,
        String provisioningStatus,
        String operatingStatus,
        List<String> tags) {}
