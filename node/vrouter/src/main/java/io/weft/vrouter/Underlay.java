package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * This node's own side of the tunnel.
 *
 * @param tunnelDevice ifindex of the VXLAN device in collect-metadata mode, port 4789, up, {@code udp6zerocsumrx} and
 *     {@code udp6zerocsumtx}
 * @param uplink ifindex of the device towards the other nodes, or 0: then all packets take the tunnel device
 * @param mtu bytes of the largest IP packet on the underlay
 * @param ipv4 own tunnel address, or 0.0.0.0 for none
 * @param ipv6 own tunnel address, or :: for none
 */
public record Underlay(int tunnelDevice, int uplink, int mtu, IpAddress ipv4, IpAddress ipv6) {
    /** The UDP port of VXLAN (RFC 7348). */
    public static final int VXLAN_PORT = 4789;

    static final Codec<Underlay> CODEC = new Codec<>(32, Underlay::write, Underlay::read);

    /** What the tunnel adds to a frame's IP packet, in bytes, by the underlay's family. */
    public static int overhead(IpAddress own) {
        return own.isIpv4() ? 50 : 70;
    }

    static void write(Underlay underlay, ByteBuffer out) {
        out.putInt(underlay.tunnelDevice).putInt(underlay.uplink).putInt(underlay.mtu);
        Codec.putIpv4(out, underlay.ipv4);
        Codec.putAddress(out, underlay.ipv6);
    }

    static Underlay read(ByteBuffer in) {
        return new Underlay(in.getInt(), in.getInt(), in.getInt(), Codec.getIpv4(in), Codec.getAddress(in));
    }
}
