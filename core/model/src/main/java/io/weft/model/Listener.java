package io.weft.model;

import java.util.Optional;
import java.util.UUID;

/**
 * A port of a load balancer's address where connections are taken (Octavia API v2, Listeners). No other listener of the load
 * balancer has the same protocol and port.
 *
 * @param meta what every resource has; its project is the load balancer's
 * @param loadBalancerId whose address it is reached at
 * @param adminStateUp false refuses its connections
 * @param protocol the transport protocol
 * @param port the port where it is reached, 1 to 65535
 * @param defaultPool whose members take the connections; without one they are refused
 * @param callers who may call; of the load balancer's family
 */
public record Listener(
        Meta meta,
        UUID loadBalancerId,
        boolean adminStateUp,
        BalancedProtocol protocol,
        int port,
        Optional<UUID> defaultPool,
        AllowedCallers callers)
        implements Resource {
    public Listener {
        Rules.range("protocol_port", port, 1, 65535);
    }

    /** The same with another default pool. */
    public Listener withDefaultPool(Optional<UUID> pool) {
        return new Listener(meta, loadBalancerId, adminStateUp, protocol, port, pool, callers);
    }

    /** The same for other callers. */
    public Listener withCallers(AllowedCallers allowed) {
        return new Listener(meta, loadBalancerId, adminStateUp, protocol, port, defaultPool, allowed);
    }

    @Override
    public Listener withMeta(Meta newMeta) {
        return new Listener(newMeta, loadBalancerId, adminStateUp, protocol, port, defaultPool, callers);
    }

    @Override
    public Kind kind() {
        return Kind.LISTENER;
    }
}
