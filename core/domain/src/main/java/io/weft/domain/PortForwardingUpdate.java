package io.weft.domain;

import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.PortRange;
import java.util.Optional;
import java.util.UUID;

/**
 * What changes of a port forwarding; what is empty stays.
 *
 * @param description its description
 * @param protocol its protocol
 * @param external the ports of the floating address
 * @param portId the port inside
 * @param address the address of that port
 * @param internal the ports of that address
 */
public record PortForwardingUpdate(
        Optional<String> description,
        Optional<IpProtocol> protocol,
        Optional<PortRange> external,
        Optional<UUID> portId,
        Optional<IpAddress> address,
        Optional<PortRange> internal) {}
