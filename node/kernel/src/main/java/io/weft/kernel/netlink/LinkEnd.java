package io.weft.kernel.netlink;

import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * How one end of a new pair, or a new link, shall be.
 *
 * @param name at most 15 bytes
 * @param mac chosen by the kernel when empty
 * @param mtu bytes; 0 for the kernel's choice
 * @param namespace where it goes; the socket's own when empty
 */
public record LinkEnd(String name, Optional<MacAddress> mac, int mtu, Optional<NetworkNamespace> namespace) {
    public LinkEnd {
        LinkCodec.requireName(name);
    }

    /** A link of this name, the rest left to the kernel. */
    public static LinkEnd of(String name) {
        return new LinkEnd(name, Optional.empty(), 0, Optional.empty());
    }

    /** The same with a MAC address. */
    public LinkEnd withMac(MacAddress value) {
        return new LinkEnd(name, Optional.of(value), mtu, namespace);
    }

    /** The same with an MTU in bytes. */
    public LinkEnd withMtu(int value) {
        return new LinkEnd(name, mac, value, namespace);
    }

    /** The same in another namespace. */
    public LinkEnd in(NetworkNamespace value) {
        return new LinkEnd(name, mac, mtu, Optional.of(value));
    }
}
