package io.weft.reference;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.UUID;

/**
 * A unicast IP packet as a workload sends it into its port.
 *
 * @param port the port that it enters by
 * @param sourceMac the Ethernet source
 * @param destinationMac the Ethernet destination
 * @param source the IP source
 * @param destination the IP destination, of the same family
 * @param transport what rules see of it above IP
 * @param hops the TTL or hop limit, 0 to 255
 * @param bytes the size of the IP packet in bytes; its fragments and segments do not count as one
 */
public record Packet(
        UUID port,
        MacAddress sourceMac,
        MacAddress destinationMac,
        IpAddress source,
        IpAddress destination,
        Transport transport,
        int hops,
        int bytes) {
    /** The same to another destination, and where it has ports to this one. */
    Packet to(IpAddress address, int port) {
        return new Packet(this.port, sourceMac, destinationMac, source, address, transport.to(port), hops, bytes);
    }

    /** An echo request. */
    public Packet(
            UUID port,
            MacAddress sourceMac,
            MacAddress destinationMac,
            IpAddress source,
            IpAddress destination,
            int hops,
            int bytes) {
        this(port, sourceMac, destinationMac, source, destination, Transport.echoRequest(source.family()), hops, bytes);
    }
}
