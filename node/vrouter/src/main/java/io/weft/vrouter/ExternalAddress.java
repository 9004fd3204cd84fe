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
 * @param limits the number of what may pass by it, in {@link Tables#addressLimits}; 0 for whatever comes
 */
public record ExternalAddress(int domain, IpAddress fixed, MacAddress mac, int limits) {
    static final Codec<ExternalAddress> CODEC = new Codec<>(16, ExternalAddress::write, ExternalAddress::read);

    /** One without limits. */
    public ExternalAddress(int domain, IpAddress fixed, MacAddress mac) {
        this(domain, fixed, mac, 0);
    }

    /** An address of a router's own: what it shares among those inside, and where ports are forwarded from. */
    public static ExternalAddress own(int domain, MacAddress mac) {
        return new ExternalAddress(domain, IpAddress.ofIpv4(0), mac);
    }

    /** The same with limits of this number. */
    public ExternalAddress withLimits(int number) {
        return new ExternalAddress(domain, fixed, mac, number);
    }

    private static void write(ExternalAddress address, ByteBuffer out) {
        out.putInt(address.domain);
        Codec.putIpv4(out, address.fixed);
        Codec.putMac(out, address.mac, address.limits);
    }

    private static ExternalAddress read(ByteBuffer in) {
        int domain = in.getInt();
        IpAddress fixed = Codec.getIpv4(in);
        MacAddress mac = Codec.getMac(in);
        // A MAC is followed by 16 bits, which were read with it.
        return new ExternalAddress(domain, fixed, mac, Short.toUnsignedInt(in.getShort(in.position() - 2)));
    }
}
