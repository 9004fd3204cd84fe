package io.weft.domain;

import java.util.List;
import java.util.UUID;

/**
 * What was added to a router, or taken from it.
 *
 * @param routerId the router
 * @param project the router's owner
 * @param networkId the network that it leads to
 * @param portId the router's port there
 * @param subnetIds the subnets that were added or taken, at least one
 */
public record RouterInterface(UUID routerId, String project, UUID networkId, UUID portId, List<UUID> subnetIds) {}
