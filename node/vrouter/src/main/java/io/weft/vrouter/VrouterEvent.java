package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;

/** What the programs tell the agent. */
public sealed interface VrouterEvent {
    /** A question of a workload that a responder answers. */
    enum Question {
        DHCPV4,
        DHCPV6,
        ROUTER_SOLICITATION
    }

    /**
     * A frame that a responder should answer; it went nowhere else.
     *
     * @param ifindex the device that it came from; an answer is sent out of the same device
     * @param port {@link Port#number} at that time
     * @param network VNI
     * @param frame from the Ethernet header on, at most 1,600 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // handed to one listener, never compared
    record Punt(Question question, int ifindex, int port, int network, byte[] frame) implements VrouterEvent {}

    /**
     * A shared address, or one of a network that learns, has a new place, which is already in force on this node and has
     * been announced to the network's other nodes.
     *
     * @param network VNI
     * @param place local: a port of this node claims it, so the agent may file a claim; remote: another node told it
     */
    record Learned(int network, IpAddress address, MacAddress mac, Place place) implements VrouterEvent {}
}
