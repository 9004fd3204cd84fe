package io.weft.domain;

import io.weft.model.IpAddress;
import java.util.Optional;
import java.util.UUID;

/**
 * An address that a port is to have: on a subnet, or this one, or both.
 *
 * @param subnetId the subnet; found by the address when empty
 * @param address the address; chosen from the subnet's pools when empty
 */
public record FixedIpRequest(Optional<UUID> subnetId, Optional<IpAddress> address) {
    /** Any address of a subnet. */
    public static FixedIpRequest on(UUID subnetId) {
        return new FixedIpRequest(Optional.of(subnetId), Optional.empty());
    }

    /** This address. */
    public static FixedIpRequest of(String address) {
        return new FixedIpRequest(Optional.empty(), Optional.of(IpAddress.parse(address)));
    }
}
