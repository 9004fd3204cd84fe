package io.weft.agent.trace;

import io.weft.model.MacAddress;

/**
 * Where frames for an address outside come in.
 *
 * @param ifindex the device that carries the external network
 * @param mac the MAC that this node answers with for the address
 */
public record Entrance(int ifindex, MacAddress mac) {}
