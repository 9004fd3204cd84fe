package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * A floating address that stands for an address of a port, both ways and one to one. In topic {@code router/ID}. There is
 * a record only while both are there.
 *
 * @param floatingIpId the floating IP
 * @param routerId the router that translates
 * @param gatewayId the port of the {@link RouterGateway} behind which it is
 * @param networkId the external network, the gateway's
 * @param mac the MAC under which the floating address is known on the external network: its own, so that no two nodes use
 *     one MAC there, whichever of them translates
 * @param floatingAddress the address outside
 * @param portId the port that it stands for
 * @param fixedAddress the port's address, of the same family
 * @param host the node that translates: the port's own, which has the physical network. When empty, the gateway's first
 *     live host translates
 */
public record FloatingIpFact(
        UUID floatingIpId,
        UUID routerId,
        UUID gatewayId,
        UUID networkId,
        MacAddress mac,
        IpAddress floatingAddress,
        UUID portId,
        IpAddress fixedAddress,
        Optional<String> host)
        implements Fact {
    public FloatingIpFact {
        if (floatingAddress.family() != fixedAddress.family()) {
            throw new IllegalArgumentException("a floating address is of the family of the fixed one");
        }
    }

    @Override
    public Type type() {
        return Type.FLOATING;
    }

    @Override
    public String key() {
        return Type.FLOATING.key(floatingIpId);
    }
}
