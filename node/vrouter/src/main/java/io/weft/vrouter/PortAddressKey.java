package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * One (MAC, addresses) that a port with port security may send from: a fixed address or an allowed address pair.
 * The link-local address that follows from the port's own MAC is allowed without an entry.
 *
 * @param port {@link Port#number}
 * @param mac the source MAC
 * @param prefix the source addresses; longest match counts
 */
public record PortAddressKey(int port, MacAddress mac, IpPrefix prefix) {
    private static final int HEAD_BITS = 96;

    static final Codec<PortAddressKey> CODEC = new Codec<>(32, PortAddressKey::write, PortAddressKey::read);

    static void write(PortAddressKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + Codec.mappedLength(key.prefix.address(), key.prefix.length()));
        out.putInt(key.port);
        out.put(key.mac.toBytes()).putShort((short) key.prefix.family().version());
        Codec.putAddress(out, key.prefix.address());
    }

    static PortAddressKey read(ByteBuffer in) {
        int length = in.getInt() - HEAD_BITS;
        int port = in.getInt();
        MacAddress mac = Codec.getMac(in);
        return new PortAddressKey(port, mac, prefix(Codec.getAddress(in), length));
    }

    static IpPrefix prefix(IpAddress address, int mappedLength) {
        return new IpPrefix(address, address.isIpv4() ? mappedLength - 96 : mappedLength);
    }
}
