package io.weft.reference;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * A unicast IP packet as somebody outside sends it over an external network.
 *
 * @param network the external network
 * @param via whom its link's sender resolved: the destination, or the address of a router's gateway
 * @param source the IP source
 * @param destination the IP destination, of the same family
 * @param transport what rules see of it above IP
 * @param hops the TTL or hop limit, 0 to 255
 * @param bytes the size of the IP packet in bytes
 */
public record OutsidePacket(
        UUID network,
        IpAddress via,
        IpAddress source,
        IpAddress destination,
        Transport transport,
        int hops,
        int bytes) {}
