package io.weft.reference;

import io.weft.model.IpFamily;
import java.util.UUID;

/**
 * What a router's watch by BFD has found out: the router outside that a default route leads to does not live.
 *
 * @param gatewayPort by which of the router's gateways
 * @param family of which default route
 */
public record LostNextHop(UUID gatewayPort, IpFamily family) {}
