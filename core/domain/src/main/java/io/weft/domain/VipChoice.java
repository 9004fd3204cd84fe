package io.weft.domain;

import io.weft.model.IpAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a load balancer gets its address from; one of port, subnet and network must be there.
 *
 * @param portId an existing port that nobody uses, whose address it takes
 * @param subnetId the subnet that its address is of
 * @param networkId the network that its address is on; one of IPv4 where there is a choice
 * @param address the address asked for
 */
public record VipChoice(
        Optional<UUID> portId, Optional<UUID> subnetId, Optional<UUID> networkId, Optional<IpAddress> address) {
    /** Any address of a subnet. */
    public static VipChoice onSubnet(UUID id) {
        return new VipChoice(Optional.empty(), Optional.of(id), Optional.empty(), Optional.empty());
    }

    /** Any address of a network. */
    public static VipChoice onNetwork(UUID id) {
        return new VipChoice(Optional.empty(), Optional.empty(), Optional.of(id), Optional.empty());
    }

    /** The address of a port. */
    public static VipChoice ofPort(UUID id) {
        return new VipChoice(Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same with this address. */
    public VipChoice at(IpAddress wanted) {
        return new VipChoice(portId, subnetId, networkId, Optional.of(wanted));
    }
}
