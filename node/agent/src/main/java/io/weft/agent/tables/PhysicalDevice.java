package io.weft.agent.tables;

import io.weft.model.MacAddress;

/**
 * This node's device into a physical network.
 *
 * @param ifindex its index
 * @param mtu bytes of the largest IP packet that it takes
 * @param mac its own MAC
 * @param carrier whether there is something at the other end
 */
public record PhysicalDevice(int ifindex, int mtu, MacAddress mac, boolean carrier) {}
