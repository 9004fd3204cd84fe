package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;

/** The addresses that stand for ports in the service namespace: each follows from the port's number and a slot. */
public final class ClientAddresses {
    /** All of IPv4. */
    public static final IpPrefix PREFIX4 = IpPrefix.parse("100.64.0.0/10");

    /** All of IPv6. */
    public static final IpPrefix PREFIX6 = IpPrefix.parse("fd57:4546:5400::/48");

    /** How many addresses of a port are served. */
    public static final int SLOTS = 64;

    /** How many ports of a node are served. */
    public static final int PORTS = 1 << 16;

    private ClientAddresses() {}

    /**
     * The address that stands for one of a port's.
     *
     * @param port the port's number on this node, below 65,536
     * @param slot which of its addresses, below {@link #SLOTS}
     * @throws IllegalArgumentException beyond these bounds
     */
    public static IpAddress of(int port, int slot, IpFamily family) {
        if (port < 0 || port >= PORTS || slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("port " + port + ", slot " + slot);
        }
        long low = (long) port << 6 | slot;
        return (family == IpFamily.IPV4 ? PREFIX4 : PREFIX6).address().plus(low);
    }
}
