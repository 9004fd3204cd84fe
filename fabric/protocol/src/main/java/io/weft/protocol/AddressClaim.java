package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.UUID;

/**
 * A port of the node holds an address that others might hold as well: one of an allowed address pair, or one that a port
 * without port security announced.
 *
 * @param portId the port that announced it last
 * @param address the address
 * @param mac under which MAC
 */
public record AddressClaim(UUID portId, IpAddress address, MacAddress mac) {}
