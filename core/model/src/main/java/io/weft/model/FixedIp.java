package io.weft.model;

import java.util.UUID;

/**
 * An address that a port has on a subnet.
 *
 * @param subnetId the subnet
 * @param address the address, inside the subnet's block
 */
public record FixedIp(UUID subnetId, IpAddress address) {}
