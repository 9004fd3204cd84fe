package io.weft.agent.tables;

/**
 * The device through which a port's workload sends.
 *
 * @param ifindex its index on the host's side; of a trunk's subport its {@link io.weft.vrouter.Tag#place}, since it has no
 *     device of its own
 * @param peerElsewhere whether it is a veth whose other end is in another network namespace
 */
public record Device(int ifindex, boolean peerElsewhere) {}
