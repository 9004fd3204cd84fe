package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * What this node does with packets from outside to an address, for which it answers ARP and ND; the key is the external
 * network and the address.
 *
 * @param domain the routing domain behind it
 * @param fixed the IPv4 address that the floating address stands for; 0.0.0.0 for a router's own address, and for one whose
 *     ports are forwarded
 * @param mac the MAC that it has outside
 */
public record ExternalAddress(int domain, IpAddress fixed, MacAddress mac) {
    static final Codec<ExternalAddress> CODEC = new Codec<>(16, ExternalAddress::write, ExternalAddress::read);

    /** An address of a router's own: what it shares among those inside, and where ports are forwarded from. */
    public static ExternalAddress own(int domain, MacAddress mac) {
        return new ExternalAddress(domain, IpAddress.ofIpv4(0), mac);
    }

    private static void write(ExternalAddress address, ByteBuffer out) {
        out.putInt(address.domain);
        Codec.putIpv4(out, address.fixed);
        Codec.putMac(out, address.mac);
    }

    private static ExternalAddress read(ByteBuffer in) {
        return new ExternalAddress(in.getInt(), Codec.getIpv4(in), Codec.getMac(in));
    }
}
