package io.weft.client;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who takes connections of a pool: https://docs.openstack.org/api-ref/load-balancer/v2/#members.
 *
 * @param weight its share of the connections; 0 takes no new ones
 */
public record Member(
        UUID id,
        String name,
        String projectId,
        boolean adminStateUp,
        IpAddress address,
        int protocolPort,
        int weight,
        Optional<UUID> subnetId,
        String operatingStatus,
        List<String> tags) {}
