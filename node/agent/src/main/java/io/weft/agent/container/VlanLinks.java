package io.weft.agent.container;

import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import java.util.Optional;

/** The 802.1Q devices over one device of this machine. Safe for use by several threads. */
interface VlanLinks {
    /**
     * The device below.
     *
     * @throws CniException when there is none
     */
    Link lower();

    /**
     * Makes one, down.
     *
     * @param vlan 1 to 4094
     * @return false when this machine has one of this VLAN id already, in whichever namespace, or the name is taken
     */
    boolean create(LinkEnd end, int vlan);

    /** The VLAN id of a link, in whichever namespace; empty when it is not over this device. */
    Optional<Integer> vlan(Link link);
}
