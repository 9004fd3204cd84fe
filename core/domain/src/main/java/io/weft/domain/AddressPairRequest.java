package io.weft.domain;

import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * A source that a port may also use.
 *
 * @param prefix the addresses
 * @param mac the MAC; the port's own when empty
 */
public record AddressPairRequest(IpPrefix prefix, Optional<MacAddress> mac) {}
