package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.nio.ByteBuffer;

/**
 * A destination in a routing domain; longest match counts. An IPv4 default route is 0.0.0.0/0, an IPv6 one ::/0; the
 * second does not catch IPv4.
 */
public record RouteKey(int domain, IpPrefix prefix) {
    private static final int HEAD_BITS = 64;

    static final Codec<RouteKey> CODEC = new Codec<>(28, RouteKey::write, RouteKey::read);

    static void write(RouteKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + Codec.mappedLength(key.prefix.address(), key.prefix.length()));
        out.putInt(key.domain).putInt(key.prefix.family().version());
        Codec.putAddress(out, key.prefix.address());
    }

    static RouteKey read(ByteBuffer in) {
        int length = in.getInt() - HEAD_BITS;
        int domain = in.getInt();
        in.getInt();
        IpAddress address = Codec.getAddress(in);
        return new RouteKey(domain, PortAddressKey.prefix(address, length));
    }
}
