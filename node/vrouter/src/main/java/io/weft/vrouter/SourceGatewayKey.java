package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sources inside that leave by one of several gateways, whatever the routes say; longest match counts. The value is the VNI of
 * the external network.
 *
 * @param domain the routing domain
 * @param address the IPv4 address inside
 * @param protocol IANA's number, or 0 with no bits for all that the address sends
 * @param port the first of the ports
 * @param portBits how many bits of the port count, 0 to 16, or {@link #ALL}
 */
public record SourceGatewayKey(int domain, IpAddress address, int protocol, int port, int portBits) {
    private static final int HEAD_BITS = 80;

    /** Of the address alone: neither protocol nor port count. */
    private static final int ALL = -16;

    static final Codec<SourceGatewayKey> CODEC = new Codec<>(16, SourceGatewayKey::write, SourceGatewayKey::read);

    /** Whatever the address sends. */
    public static SourceGatewayKey all(int domain, IpAddress address) {
        return new SourceGatewayKey(domain, address, 0, 0, ALL);
    }

    private static void write(SourceGatewayKey key, ByteBuffer out) {
        ByteOrder order = out.order();
        out.putInt(HEAD_BITS + key.portBits).putInt(key.domain);
        Codec.putIpv4(out, key.address);
        out.putShort((short) key.protocol);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.port).order(order);
    }

    private static SourceGatewayKey read(ByteBuffer in) {
        ByteOrder order = in.order();
        int bits = in.getInt() - HEAD_BITS;
        int domain = in.getInt();
        IpAddress address = Codec.getIpv4(in);
        int protocol = in.getShort() & 0xffff;
        int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.order(order);
        return new SourceGatewayKey(domain, address, protocol, port, bits);
    }
}
