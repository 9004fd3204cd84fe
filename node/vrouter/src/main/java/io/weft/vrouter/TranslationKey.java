package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One direction of what shares an address.
 *
 * @param scope outward the routing domain, inward the external network's VNI
 * @param local outward the address inside, inward the shared one
 * @param remote the address outside
 * @param localPort the port beside {@code local}; of an ICMP query its identifier
 * @param remotePort the port outside; of an ICMP query 0
 * @param protocol IANA's number
 * @param inward which of the two directions
 */
public record TranslationKey(
        int scope, IpAddress local, IpAddress remote, int localPort, int remotePort, int protocol, boolean inward) {
    private static final int ICMP = 1;

    static final Codec<TranslationKey> CODEC = new Codec<>(20, TranslationKey::write, TranslationKey::read);

    private static void write(TranslationKey key, ByteBuffer out) {
        ByteOrder order = out.order();
        out.putInt(key.scope);
        Codec.putIpv4(out, key.local);
        Codec.putIpv4(out, key.remote);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.localPort);
        out.putShort((short) key.remotePort).order(order);
        out.put((byte) key.protocol).put((byte) (key.inward ? 1 : 0)).putShort((short) 0);
    }

    private static TranslationKey read(ByteBuffer in) {
        ByteOrder order = in.order();
        int scope = in.getInt();
        IpAddress local = Codec.getIpv4(in);
        IpAddress remote = Codec.getIpv4(in);
        in.order(ByteOrder.BIG_ENDIAN);
        int localPort = in.getShort() & 0xffff;
        int remotePort = in.getShort() & 0xffff;
        in.order(order);
        int protocol = in.get() & 0xff;
        boolean inward = in.get() != 0;
        in.getShort();
        return new TranslationKey(scope, local, remote, localPort, protocol == ICMP ? 0 : remotePort, protocol, inward);
    }
}
