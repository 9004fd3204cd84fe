package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who takes connections of listeners: https://docs.openstack.org/api-ref/load-balancer/v2/#pools.
 *
 * @param loadbalancers the one whose listeners may have it
 * @param protocol {@code TCP}, {@code UDP} or {@code SCTP}
 * @param sessionPersistence whether a source address stays with a member
 * @param memberLocality from which members a caller's node chooses: {@code any}, or {@code local}, those that are on it
 */
public record Pool(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        List<Reference> loadbalancers,
        String protocol,
        String lbAlgorithm,
        Optional<SessionPersistence> sessionPersistence,
        @JsonProperty("weft:member_locality") String memberLocality,
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
