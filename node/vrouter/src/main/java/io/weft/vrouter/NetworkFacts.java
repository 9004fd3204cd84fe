package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * The facts of a network; the key is its VNI.
 *
 * @param broadcast broadcast is flooded to {@link FloodKey.List#EVERYONE}, otherwise dropped
 * @param multicast multicast is flooded to {@link FloodKey.List#EVERYONE}, otherwise dropped
 * @param learns the network has ports without port security: places of MACs and addresses that are in no table are
 *     learned, and frames to unknown MACs are flooded to {@link FloodKey.List#UNSECURED}
 * @param mtu bytes of the largest IP packet
 */
public record NetworkFacts(boolean broadcast, boolean multicast, boolean learns, int mtu) {
    static final Codec<NetworkFacts> CODEC = new Codec<>(8, NetworkFacts::write, NetworkFacts::read);

    static void write(NetworkFacts network, ByteBuffer out) {
        out.putInt((network.broadcast ? 1 : 0) | (network.multicast ? 2 : 0) | (network.learns ? 4 : 0));
        out.putInt(network.mtu);
    }

    static NetworkFacts read(ByteBuffer in) {
        int flags = in.getInt();
        return new NetworkFacts((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, in.getInt());
    }
}
