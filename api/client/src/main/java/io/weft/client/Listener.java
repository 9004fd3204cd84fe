package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port where a load balancer is reached: https://docs.openstack.org/api-ref/load-balancer/v2/#listeners.
 *
 * @param loadbalancers the one whose address it is reached at
 * @param protocol {@code TCP}, {@code UDP} or {@code SCTP}
 * @param defaultPoolId whose members take the connections
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
        String operatingStatus,
        List<String> tags) {}
