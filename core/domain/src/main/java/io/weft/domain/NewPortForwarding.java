package io.weft.domain;

import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.PortRange;
import java.util.UUID;

/**
 * A port forwarding to be made.
 *
 * @param description its description
 * @param protocol its protocol
 * @param external the ports of the floating address
 * @param portId the port inside
 * @param address the address of that port
 * @param internal the ports of that address
 */
public record NewPortForwarding(
        String description,
        IpProtocol protocol,
        PortRange external,
        UUID portId,
        IpAddress address,
        PortRange internal) {}
