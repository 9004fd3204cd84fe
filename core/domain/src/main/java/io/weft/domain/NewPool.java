package io.weft.domain;

import io.weft.model.BalancedProtocol;
import io.weft.model.MemberLocality;
import java.util.Optional;
import java.util.UUID;

/**
 * A pool to be made; a load balancer or a listener of one must be there.
 *
 * @param loadBalancerId of whose listeners it may be the pool
 * @param listenerId the listener whose default pool it becomes
 * @param labels what it is called
 * @param adminStateUp false refuses the connections of the listeners that have it
 * @param protocol that of its listeners
 * @param affinity for how many seconds connections of a source address stay with a member; 0 for none
 * @param locality which members a caller's node chooses from
 */
public record NewPool(
        Optional<UUID> loadBalancerId,
        Optional<UUID> listenerId,
        Labels labels,
        boolean adminStateUp,
        BalancedProtocol protocol,
        int affinity,
        MemberLocality locality) {
    /** One of a load balancer, without a name. */
    public static NewPool of(UUID loadBalancerId, BalancedProtocol protocol) {
        return new NewPool(
                Optional.of(loadBalancerId), Optional.empty(), Labels.NONE, true, protocol, 0, MemberLocality.ANY);
    }

    /** The default pool of a listener, without a name. */
    public static NewPool ofListener(UUID listenerId, BalancedProtocol protocol) {
        return new NewPool(
                Optional.empty(), Optional.of(listenerId), Labels.NONE, true, protocol, 0, MemberLocality.ANY);
    }
}
