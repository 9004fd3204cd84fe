package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * One of several gateways of a routing domain.
 *
 * @param domain the routing domain
 * @param network VNI of the external network; on the node that is the gateway also the transit VNI
 */
public record FurtherGatewayKey(int domain, int network) {
    static final Codec<FurtherGatewayKey> CODEC =
            new Codec<>(8, FurtherGatewayKey::write, in -> new FurtherGatewayKey(in.getInt(), in.getInt()));

    private static void write(FurtherGatewayKey key, ByteBuffer out) {
        out.putInt(key.domain).putInt(key.network);
    }
}
