package io.weft.domain.replica;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The last that a node reported of itself.
 *
 * @param nodeId the node
 * @param revision the revision that it has in force
 * @param version of its agent
 * @param reportedAt when, to the second
 * @param ports those that it should serve and cannot
 * @param problems what is wrong on the node, for people
 * @param claims the shared addresses that its ports hold
 */
public record NodeStatus(
        UUID nodeId,
        long revision,
        String version,
        Instant reportedAt,
        Map<UUID, PortReport> ports,
        List<String> problems,
        List<AddressClaim> claims) {
    public NodeStatus {
        ports = Map.copyOf(ports);
        problems = List.copyOf(problems);
        claims = List.copyOf(claims);
    }

    /** What it said of a port. */
    public Optional<PortReport> port(UUID portId) {
        return Optional.ofNullable(ports.get(portId));
    }
}
