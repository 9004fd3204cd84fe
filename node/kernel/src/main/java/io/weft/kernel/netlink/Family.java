package io.weft.kernel.netlink;

import io.weft.model.IpAddress;

/** Address families by their numbers. */
final class Family {
    static final int INET = 2;
    static final int INET6 = 10;

    private Family() {}

    static int of(IpAddress address) {
        return address.isIpv4() ? INET : INET6;
    }
}
