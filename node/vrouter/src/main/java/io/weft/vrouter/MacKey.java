package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * A MAC in a network.
 *
 * @param network VNI
 */
public record MacKey(int network, MacAddress mac) {
    static final Codec<MacKey> CODEC = new Codec<>(12, MacKey::write, MacKey::read);

    static void write(MacKey key, ByteBuffer out) {
        out.putInt(key.network);
        Codec.putMac(out, key.mac);
    }

    static MacKey read(ByteBuffer in) {
        return new MacKey(in.getInt(), Codec.getMac(in));
    }
}
