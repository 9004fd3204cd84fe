package io.weft.agent.tables;

import java.util.UUID;

/**
 * What a port can send over the uplink, whatever else that carries.
 *
 * @param port the port
 * @param rate bytes a second
 */
public record Guarantee(UUID port, long rate) {}
