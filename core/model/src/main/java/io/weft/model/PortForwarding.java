package io.weft.model;

import java.util.UUID;

/**
 * Ports of a floating address that lead to ports of an address inside (Neutron API v2.0, Floating IP port forwarding).
 *
 * @param id its identity, never reused
 * @param description a text for people, possibly empty
 * @param protocol TCP, UDP or SCTP
 * @param external the ports outside
 * @param portId the port inside
 * @param address an address of that port, of the floating address's family
 * @param internal the ports inside, as many
 */
public record PortForwarding(
        UUID id,
        String description,
        IpProtocol protocol,
        PortRange external,
        UUID portId,
        IpAddress address,
        PortRange internal) {
    public PortForwarding {
        Rules.text("description", description);
        Rules.require(
                "protocol",
                protocol.number() == 6 || protocol.number() == 17 || protocol.number() == 132,
                "must be tcp, udp or sctp");
        Rules.require(
                "internal_port_range",
                external.count() == internal.count(),
                "must have as many ports as the external one");
    }
}
