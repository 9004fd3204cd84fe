package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port where a load balancer is reached: https://docs.openstack.org/api-ref/load-balancer/v2/#listeners.
 *
 * @param loadbalancers the one whose address it is reached at
 * @param protocol {@code TCP}, {@code UDP} or {@code SCTP}
 * @param defaultPoolId whose members take the connections
 * @param allowedCidrs who may call; empty for everyone
 * @param allowedCidrsScope where that is asked: {@code all}, or {@code floating}, at floating IPs
 * @param nodeHealth of whom nodes answer at the port themselves; empty where it takes calls
 */
public record Listener(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        List<Reference> loadbalancers,
        String protocol,
        int protocolPort,
        Optional<UUID> defaultPoolId,
        List<IpPrefix> allowedCidrs,
        @JsonProperty("weft:allowed_cidrs_scope") String allowedCidrsScope,
        @JsonProperty("weft:node_health") String nodeHealth,
        String operatingStatus,
        List<String> tags) {}
