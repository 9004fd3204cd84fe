package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * A router's interface in a network, which signs the errors that the router sends there; the key is (network, the
 * interface's MAC), and the same key stands in {@link Tables#macs} with {@link Place#router}.
 *
 * @param domain the routing domain
 * @param mtu of the network
 * @param ipv4 the interface's first IPv4 address, or 0.0.0.0 for none
 * @param ipv6 the interface's first IPv6 address, or :: for only the link-local one
 */
public record RouterInterface(int domain, int mtu, IpAddress ipv4, IpAddress ipv6) {
    static final Codec<RouterInterface> CODEC = new Codec<>(28, RouterInterface::write, RouterInterface::read);

    static void write(RouterInterface router, ByteBuffer out) {
        out.putInt(router.domain).putInt(router.mtu);
        Codec.putIpv4(out, router.ipv4);
        Codec.putAddress(out, router.ipv6);
    }

    static RouterInterface read(ByteBuffer in) {
        return new RouterInterface(in.getInt(), in.getInt(), Codec.getIpv4(in), Codec.getAddress(in));
    }
}
