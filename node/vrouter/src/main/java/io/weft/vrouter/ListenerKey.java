package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is listened for at a virtual address.
 *
 * @param network VNI of the address's network
 * @param address the virtual address
 * @param protocol IANA's number, TCP or UDP
 * @param port 1 to 65,535
 */
public record ListenerKey(int network, IpAddress address, int protocol, int port) {
    static final Codec<ListenerKey> CODEC = new Codec<>(24, ListenerKey::write, ListenerKey::read);

    private static void write(ListenerKey key, ByteBuffer out) {
        ByteOrder order = out.order();
        out.putInt(key.network);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.port).order(order);
        out.put((byte) key.protocol).put((byte) 0);
        Codec.putAddress(out, key.address);
    }

    private static ListenerKey read(ByteBuffer in) {
        ByteOrder order = in.order();
        int network = in.getInt();
        int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.order(order);
        int protocol = in.get() & 0xff;
        in.get();
        return new ListenerKey(network, Codec.getAddress(in), protocol, port);
    }
}
