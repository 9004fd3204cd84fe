package io.weft.vrouter;

import io.weft.model.IpAddress;

/**
 * The right of an underlay address to send into a network; the value is the index of its node.
 *
 * @param address a tunnel address of a node that has ports in the network, or whose ports are routed into it
 * @param network VNI
 */
public record TunnelSourceKey(IpAddress address, int network) {
    static final Codec<TunnelSourceKey> CODEC = new Codec<>(
            20,
            (key, out) -> {
                Codec.putAddress(out, key.address);
                out.putInt(key.network);
            },
            in -> new TunnelSourceKey(Codec.getAddress(in), in.getInt()));
}
