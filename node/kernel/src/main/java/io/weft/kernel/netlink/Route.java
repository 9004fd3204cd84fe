package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Optional;

/**
 * A route with one next hop.
 *
 * @param destination where to; {@code 0.0.0.0/0} or {@code ::/0} for the default
 * @param gateway the next hop; empty when the destination is on the link
 * @param interfaceIndex where out; 0 to let the kernel find it by the gateway
 * @param source the address that packets of this host take, or empty
 * @param table the routing table; 254 is the main one
 * @param metric lower is preferred; 0 for the kernel's default
 */
public record Route(
        IpPrefix destination,
        Optional<IpAddress> gateway,
        int interfaceIndex,
        Optional<IpAddress> source,
        int table,
        int metric) {
    /** The main table. */
    public static final int MAIN = 254;

    /** A route to what is on a link. */
    public static Route onLink(IpPrefix destination, int interfaceIndex) {
        return new Route(destination, Optional.empty(), interfaceIndex, Optional.empty(), MAIN, 0);
    }

    /** A route by a next hop. */
    public static Route via(IpPrefix destination, IpAddress gateway) {
        return new Route(destination, Optional.of(gateway), 0, Optional.empty(), MAIN, 0);
    }
}
