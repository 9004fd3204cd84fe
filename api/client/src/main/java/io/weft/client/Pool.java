package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who takes connections of listeners: https://docs.openstack.org/api-ref/load-balancer/v2/#pools.
 *
 * @param protocol {@code TCP} or {@code UDP}
 * @param sessionPersistence whether a source address stays with a member
 */
public record Pool(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        String protocol,
        String lbAlgorithm,
        Optional<SessionPersistence> sessionPersistence,
        String operatingStatus,
        List<String> tags) {
    /**
     * How connections stay with a member.
     *
     * @param type {@code SOURCE_IP}
     * @param persistenceTimeout for how long after the last of them, in seconds
     */
    public record SessionPersistence(String type, int persistenceTimeout) {}
}
