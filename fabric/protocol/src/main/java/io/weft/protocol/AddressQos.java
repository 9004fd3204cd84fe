package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.protocol.PortQos.Limits;
import java.util.Optional;
import java.util.UUID;

/**
 * What may pass by an address that a router has outside: that of a floating IP, or a gateway's own. In topic {@code
 * router/ID}; an address without such rules has no such record. The node that answers for the address keeps to it.
 *
 * @param ownerId the floating IP, or the gateway's port
 * @param routerId the router
 * @param address the address outside, which is IPv4
 * @param egress for what leaves with it
 * @param ingress for what comes for it
 * @param dscp what the packets that leave with it are marked with (RFC 2474), 0 to 63
 */
public record AddressQos(
        UUID ownerId, UUID routerId, IpAddress address, Limits egress, Limits ingress, Optional<Integer> dscp)
        implements Fact {
    @Override
    public Type type() {
        return Type.ADDRESS_QOS;
    }

    @Override
    public String key() {
        return Type.ADDRESS_QOS.key(ownerId);
    }
}
