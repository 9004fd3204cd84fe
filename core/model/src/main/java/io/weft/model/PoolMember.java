package io.weft.model;

import java.util.Optional;
import java.util.UUID;

/**
 * One of those who take the connections of a pool (Octavia API v2, Members). No other member of the pool has the same address
 * and port.
 *
 * @param meta what every resource has; its project is the load balancer's
 * @param poolId its pool
 * @param adminStateUp false takes it out of the pool
 * @param address where it is reached, of the family of the load balancer's address
 * @param port the port where it is reached, 1 to 65535
 * @param weight its share of new connections among the weights of the pool, 0 to {@link #MAX_WEIGHT}; with 0 it keeps those
 *     that it has and gets no more
 * @param subnetId the subnet that the address is of, where somebody said so
 */
public record PoolMember(
        Meta meta, UUID poolId, boolean adminStateUp, IpAddress address, int port, int weight, Optional<UUID> subnetId)
        implements Resource {
    /** The highest weight. */
    public static final int MAX_WEIGHT = 256;

    public PoolMember {
        Rules.range("protocol_port", port, 1, 65535);
        Rules.range("weight", weight, 0, MAX_WEIGHT);
    }

    @Override
    public PoolMember withMeta(Meta newMeta) {
        return new PoolMember(newMeta, poolId, adminStateUp, address, port, weight, subnetId);
    }

    @Override
    public Kind kind() {
        return Kind.POOL_MEMBER;
    }
}
