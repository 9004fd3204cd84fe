package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A network: https://docs.openstack.org/api-ref/network/v2/#networks.
 *
 * @param mtu in bytes, of IP packets
 * @param external whether routers' gateways may be on it
 */
public record Network(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        boolean shared,
        int mtu,
        @JsonProperty("router:external") boolean external,
        boolean portSecurityEnabled,
        List<UUID> subnets,
        Optional<UUID> qosPolicyId,
        List<String> tags,
        long revisionNumber) {}
