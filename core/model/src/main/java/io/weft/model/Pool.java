package io.weft.model;

import java.util.UUID;

/**
 * Who takes the connections of a load balancer's listeners (Octavia API v2, Pools). Connections are spread by addresses and
 * ports of both ends, in the proportions of the members' weights ({@code SOURCE_IP_PORT}).
 *
 * @param meta what every resource has; its project is the load balancer's
 * @param loadBalancerId of whose listeners it may be the pool
 * @param adminStateUp false refuses the connections of the listeners that have it
 * @param protocol that of its listeners
 * @param affinity for how many seconds after the last of them new connections from a source address go to the same member,
 *     at most {@link #MAX_AFFINITY}; 0 when each is handed out by itself
 * @param locality which members a caller's node chooses from; no attribute of Octavia's
 */
public record Pool(
        Meta meta,
        UUID loadBalancerId,
        boolean adminStateUp,
        BalancedProtocol protocol,
        int affinity,
        MemberLocality locality)
        implements Resource {
    /** The longest affinity, in seconds: a day. */
    public static final int MAX_AFFINITY = 86_400;

    public Pool {
        Rules.range("persistence_timeout", affinity, 0, MAX_AFFINITY);
    }

    @Override
    public Pool withMeta(Meta newMeta) {
        return new Pool(newMeta, loadBalancerId, adminStateUp, protocol, affinity, locality);
    }

    @Override
    public Kind kind() {
        return Kind.POOL;
    }
}
