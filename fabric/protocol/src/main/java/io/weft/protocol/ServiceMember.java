package io.weft.protocol;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * A member of a pool: who takes the connections of the {@link ServiceFact}s that name the pool. In topic {@code network/ID} of
 * the network of those services. A member that is out of service has no record.
 *
 * @param memberId the member
 * @param poolId its pool
 * @param address where it is reached, from the services' network as any packet to it would be
 * @param port the port where it is reached, 1 to 65535
 * @param weight its share of new connections among the weights of its pool, 0 to {@link #MAX_WEIGHT}; with 0 it keeps those
 *     that it has and gets no more
 */
public record ServiceMember(UUID memberId, UUID poolId, IpAddress address, int port, int weight) implements Fact {
    /** The highest weight (Octavia's). */
    public static final int MAX_WEIGHT = 256;

    public ServiceMember {
        require(1 <= port && port <= 65535, "a port is from 1 to 65535");
        require(0 <= weight && weight <= MAX_WEIGHT, "a weight is from 0 to " + MAX_WEIGHT);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    @Override
    public Type type() {
        return Type.SERVICE_MEMBER;
    }

    @Override
    public String key() {
        return Type.SERVICE_MEMBER.key(memberId);
    }
}
