package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port where a load balancer is reached: https://docs.openstack.org/api-ref/load-balancer/v2/#listeners.
 *
 * @param protocol {@code TCP} or {@code UDP}
 * @param defaultPoolId whose members take the connections
 */
public record Listener(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        String protocol,
        int protocolPort,
        Optional<UUID> defaultPoolId,
        String operatingStatus,
        List<String> tags) {}
