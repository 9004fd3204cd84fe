package io.weft.model;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

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
 * @param nodeHealth where it takes no calls, and nodes whose node ports lead to the address tell by HTTP at this port of their own
 *     addresses whether the pool has members on them: of whom, as {@code NAMESPACE/NAME}; of TCP alone. No attribute of Octavia's
 */
public record Listener(
        Meta meta,
        UUID loadBalancerId,
        boolean adminStateUp,
        BalancedProtocol protocol,
        int port,
        Optional<UUID> defaultPool,
        AllowedCallers callers,
        Optional<String> nodeHealth)
        implements Resource {
    private static final Pattern NAMESPACE_AND_NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}/[A-Za-z0-9][A-Za-z0-9.-]{0,252}");

    public Listener {
        Rules.range("protocol_port", port, 1, 65535);
        nodeHealth.ifPresent(name -> {
            Rules.require("weft:node_health", protocol == BalancedProtocol.TCP, "is of listeners of TCP alone");
            Rules.require(
                    "weft:node_health",
                    NAMESPACE_AND_NAME.matcher(name).matches(),
                    "must be NAMESPACE/NAME, of letters, digits, '-' and '.', is " + name);
        });
    }

    /** The same with another default pool. */
    public Listener withDefaultPool(Optional<UUID> pool) {
        return new Listener(meta, loadBalancerId, adminStateUp, protocol, port, pool, callers, nodeHealth);
    }

    /** The same for other callers. */
    public Listener withCallers(AllowedCallers allowed) {
        return new Listener(meta, loadBalancerId, adminStateUp, protocol, port, defaultPool, allowed, nodeHealth);
    }

    @Override
    public Listener withMeta(Meta newMeta) {
        return new Listener(newMeta, loadBalancerId, adminStateUp, protocol, port, defaultPool, callers, nodeHealth);
    }

    @Override
    public Kind kind() {
        return Kind.LISTENER;
    }
}
