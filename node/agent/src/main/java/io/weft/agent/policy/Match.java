package io.weft.agent.policy;

import io.weft.model.Direction;
import io.weft.model.IpFamily;

/**
 * Packets that an entry of the policy table means, within one rule set and class.
 *
 * @param direction which way they go, as the workload sees it
 * @param family their family
 * @param protocol their IP protocol, or {@link #ANY_PROTOCOL}
 * @param ports which of the protocol
 */
public record Match(Direction direction, IpFamily family, int protocol, PortBlock ports) {
    /** Stands for every protocol. */
    public static final int ANY_PROTOCOL = 256;
}
