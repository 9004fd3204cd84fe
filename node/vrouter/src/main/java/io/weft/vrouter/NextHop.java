package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * Where a router sends a packet.
 *
 * @param network VNI of the network ahead
 * @param routerMac the MAC of the router's interface there: the packet's new source
 * @param mtu bytes of the largest IP packet that the network ahead takes
 * @param address the gateway there, or :: when the destination itself is in that network
 */
public record NextHop(int network, MacAddress routerMac, int mtu, IpAddress address) {
    /** The address that says "the destination itself". */
    public static final IpAddress ON_LINK = IpAddress.ofIpv6(0, 0);

    static final Codec<NextHop> CODEC = new Codec<>(28, NextHop::write, NextHop::read);

    static void write(NextHop hop, ByteBuffer out) {
        out.putInt(hop.network).put(hop.routerMac.toBytes()).putShort((short) hop.mtu);
        Codec.putAddress(out, hop.address);
    }

    static NextHop read(ByteBuffer in) {
        int network = in.getInt();
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | in.get() & 0xff;
        }
        int mtu = in.getShort() & 0xffff;
        return new NextHop(network, new MacAddress(mac), mtu, Codec.getAddress(in));
    }
}
