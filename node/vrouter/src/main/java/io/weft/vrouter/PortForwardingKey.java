package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Ports of an address outside that are forwarded; longest match counts.
 *
 * @param network VNI of the external network
 * @param address the IPv4 address there
 * @param protocol IANA's number, TCP or UDP
 * @param port the first of the ports
 * @param portBits how many bits of the port count, 0 to 16: 16 is this port alone
 */
public record PortForwardingKey(int network, IpAddress address, int protocol, int port, int portBits) {
    private static final int HEAD_BITS = 80;

    static final Codec<PortForwardingKey> CODEC = new Codec<>(16, PortForwardingKey::write, PortForwardingKey::read);

    private static void write(PortForwardingKey key, ByteBuffer out) {
        ByteOrder order = out.order();
        out.putInt(HEAD_BITS + key.portBits).putInt(key.network);
        Codec.putIpv4(out, key.address);
        out.putShort((short) key.protocol);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.port).order(order);
    }

    private static PortForwardingKey read(ByteBuffer in) {
        ByteOrder order = in.order();
        int bits = in.getInt() - HEAD_BITS;
        int network = in.getInt();
        IpAddress address = Codec.getIpv4(in);
        int protocol = in.getShort() & 0xffff;
        int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.order(order);
        return new PortForwardingKey(network, address, protocol, port, bits);
    }
}
