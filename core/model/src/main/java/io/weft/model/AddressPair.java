package io.weft.model;

/**
 * An address and a MAC that a port may also use as a source (Neutron's allowed_address_pairs).
 *
 * @param prefix the addresses
 * @param mac the MAC that goes with them
 */
public record AddressPair(IpPrefix prefix, MacAddress mac) {}
