package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * Where another node's tunnel ends; the key is the node's index, 0 to {@link Sizes#nodes()} - 1, chosen by the agent.
 *
 * @param address its underlay address, or :: for no node (the table is an array: removing writes this)
 * @param nextHop who takes the packets for it on the uplink, the node itself when it is on the link; or :: when the kernel
 *     shall look for the route of each packet, which costs more than the rest of the way into the underlay
 * @param uplink ifindex of the device towards it, or 0 for {@link Underlay#uplink}
 */
public record NodeAddress(IpAddress address, IpAddress nextHop, int uplink) {
    static final Codec<NodeAddress> CODEC = new Codec<>(40, NodeAddress::write, NodeAddress::read);

    /** A node to which the kernel finds the way, packet by packet. */
    public NodeAddress(IpAddress address) {
        this(address, NextHop.ON_LINK, 0);
    }

    static void write(NodeAddress node, ByteBuffer out) {
        Codec.putAddress(out, node.address);
        Codec.putAddress(out, node.nextHop);
        out.putInt(node.uplink).putInt(0);
    }

    static NodeAddress read(ByteBuffer in) {
        IpAddress address = Codec.getAddress(in);
        IpAddress nextHop = Codec.getAddress(in);
        int uplink = in.getInt();
        in.getInt();
        return new NodeAddress(address, nextHop, uplink);
    }
}
