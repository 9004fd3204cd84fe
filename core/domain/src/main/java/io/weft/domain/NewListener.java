package io.weft.domain;

import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import java.util.Optional;
import java.util.UUID;

/**
 * A listener to be made.
 *
 * @param loadBalancerId whose address it is reached at
 * @param labels what it is called
 * @param adminStateUp false refuses its connections
 * @param protocol the transport protocol
 * @param port the port where it is reached
 * @param defaultPool whose members take the connections
 * @param callers who may call
 * @param nodeHealth of whom nodes tell whether the pool has members on them, as {@code NAMESPACE/NAME}; it takes no calls then
 */
public record NewListener(
        UUID loadBalancerId,
        Labels labels,
        boolean adminStateUp,
        BalancedProtocol protocol,
        int port,
        Optional<UUID> defaultPool,
        AllowedCallers callers,
        Optional<String> nodeHealth) {
    /** One without a name and a pool. */
    public static NewListener of(UUID loadBalancerId, BalancedProtocol protocol, int port) {
        return new NewListener(
                loadBalancerId,
                Labels.NONE,
                true,
                protocol,
                port,
                Optional.empty(),
                AllowedCallers.EVERYONE,
                Optional.empty());
    }

    /** The same with this pool. */
    public NewListener withDefaultPool(UUID pool) {
        return new NewListener(
                loadBalancerId, labels, adminStateUp, protocol, port, Optional.of(pool), callers, nodeHealth);
    }

    /** The same for these callers. */
    public NewListener withCallers(AllowedCallers allowed) {
        return new NewListener(loadBalancerId, labels, adminStateUp, protocol, port, defaultPool, allowed, nodeHealth);
    }
}
