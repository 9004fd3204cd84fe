package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * This node's way into an external network; the key is the network's VNI.
 *
 * @param device ifindex of the device that carries it, untagged; it takes frames for MACs that are not its own
 * @param mtu bytes of the largest IP packet there
 */
public record ExternalNetwork(int device, int mtu) {
    static final Codec<ExternalNetwork> CODEC = new Codec<>(
            8,
            (network, out) -> out.putInt(network.device).putInt(network.mtu),
            (ByteBuffer in) -> new ExternalNetwork(in.getInt(), in.getInt()));
}
