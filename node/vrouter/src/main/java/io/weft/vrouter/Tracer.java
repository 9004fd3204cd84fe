package io.weft.vrouter;

import io.weft.model.IpAddress;

/**
 * A second instance of the very programs that forward, which explains instead. It reads the same tables. What programs
 * write, such as connections, counters and learned places, is its own: it begins each trace with what the forwarding
 * instance has and keeps nothing. So a trace changes nothing, sends nothing, and ends as the packet would.
 *
 * <p>For one thread at a time, in the network namespace of the devices.
 */
public interface Tracer extends AutoCloseable {
    /**
     * A frame that the workload behind a device sends.
     *
     * @param ifindex the device
     * @param frame from its Ethernet header on, at most {@link io.weft.kernel.bpf.TestRun#LONGEST_PACKET} bytes
     */
    Trace fromWorkload(int ifindex, byte[] frame);

    /**
     * What arrives on the uplink, tunnel header included.
     *
     * @param ifindex the uplink
     * @param packet from the outer Ethernet header on
     */
    Trace fromUplink(int ifindex, byte[] packet);

    /**
     * A frame that the VXLAN device has received.
     *
     * @param ifindex the device
     * @param network the VNI that the tunnel said
     * @param node the underlay address of the node that sent it
     * @param frame without the tunnel's header
     */
    Trace fromTunnelDevice(int ifindex, int network, IpAddress node, byte[] frame);

    /**
     * A frame that comes in by the device of an external network.
     *
     * @param ifindex the device
     */
    Trace fromExternal(int ifindex, byte[] frame);

    /** Lets go of the instance. */
    @Override
    void close();
}
