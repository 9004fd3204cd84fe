package io.weft.domain.replica;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.UUID;

/**
 * A node says that a port of its own holds an address that others might hold as well.
 *
 * @param portId the port that announced it last
 * @param address the address
 * @param mac under which MAC
 */
public record AddressClaim(UUID portId, IpAddress address, MacAddress mac) {}
