package io.weft.domain.replica;

import java.util.UUID;

/**
 * What a node says of one port.
 *
 * @param portId the port
 * @param state its device's state
 * @param detail for people, why it is so; usually empty
 */
public record PortReport(UUID portId, DeviceState state, String detail) {}
