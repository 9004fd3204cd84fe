package io.weft.responders.dns;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * An address that has a name.
 *
 * @param network the network that it is in
 * @param address the address
 */
public record NameKey(UUID network, IpAddress address) {}
