package io.weft.vrouter;

import io.weft.model.IpFamily;
import java.nio.ByteBuffer;

/**
 * The addresses of a family on a network. The value is their address scope; networks of no scope have no entry.
 *
 * @param network VNI
 * @param family which addresses
 */
public record NetworkScopeKey(int network, IpFamily family) {
    static final Codec<NetworkScopeKey> CODEC = new Codec<>(
            8, NetworkScopeKey::write, in -> new NetworkScopeKey(in.getInt(), IpFamily.ofVersion(in.getInt())));

    private static void write(NetworkScopeKey key, ByteBuffer out) {
        out.putInt(key.network).putInt(key.family.version());
    }
}
