package io.weft.agent.tables;

/**
 * This node's device into a physical network.
 *
 * @param ifindex its index
 * @param mtu bytes of the largest IP packet that it takes
 */
public record PhysicalDevice(int ifindex, int mtu) {}
