package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * Where forwarded ports lead.
 *
 * @param domain the routing domain
 * @param address the IPv4 address inside
 * @param shift the port inside less that outside, modulo 65,536
 */
public record PortForwarding(int domain, IpAddress address, int shift) {
    static final Codec<PortForwarding> CODEC = new Codec<>(12, PortForwarding::write, PortForwarding::read);

    private static void write(PortForwarding forwarding, ByteBuffer out) {
        out.putInt(forwarding.domain);
        Codec.putIpv4(out, forwarding.address);
        out.putShort((short) forwarding.shift).putShort((short) 0);
    }

    private static PortForwarding read(ByteBuffer in) {
        int domain = in.getInt();
        IpAddress address = Codec.getIpv4(in);
        int shift = in.getShort() & 0xffff;
        in.getShort();
        return new PortForwarding(domain, address, shift);
    }
}
