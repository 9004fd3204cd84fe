package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * A source inside that has a floating address, which is the value.
 *
 * @param domain the routing domain
 * @param fixed its IPv4 address there
 */
public record FloatingKey(int domain, IpAddress fixed) {
    static final Codec<FloatingKey> CODEC = new Codec<>(8, FloatingKey::write, FloatingKey::read);
    static final Codec<IpAddress> VALUE = new Codec<>(4, (address, out) -> Codec.putIpv4(out, address), Codec::getIpv4);

    private static void write(FloatingKey key, ByteBuffer out) {
        out.putInt(key.domain);
        Codec.putIpv4(out, key.fixed);
    }

    private static FloatingKey read(ByteBuffer in) {
        return new FloatingKey(in.getInt(), Codec.getIpv4(in));
    }
}
