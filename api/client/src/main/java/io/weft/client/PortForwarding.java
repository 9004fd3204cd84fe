package io.weft.client;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * A port of a floating IP that leads to a port's: https://docs.openstack.org/api-ref/network/v2/#port-forwarding.
 *
 * @param protocol {@code tcp} or {@code udp}
 */
public record PortForwarding(
        UUID id,
        String protocol,
        int externalPort,
        UUID internalPortId,
        IpAddress internalIpAddress,
        int internalPort,
        String description) {}
