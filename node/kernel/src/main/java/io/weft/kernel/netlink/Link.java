package io.weft.kernel.netlink;

import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * A network interface.
 *
 * @param index its number in its namespace
 * @param name at most 15 bytes
 * @param kind such as {@code veth}, {@code vxlan}, {@code tun}; empty for hardware and loopback
 * @param mac empty where the link has no Ethernet address
 * @param mtu bytes
 * @param state whether it carries packets
 * @param flags IFF_... of net/if.h
 * @param peerIndex for a veth the index of its other end, for a VLAN device that of the device below, in the namespace
 *     {@code peerNamespaceId}; 0 for none
 * @param peerNamespaceId this namespace's own number for the peer's; -1 when the peer is in this one
 * @param master index of the bridge it belongs to, or 0
 * @param alias free text that was set on it, or empty
 * @param vlanId of a VLAN device; 0 for other kinds
 */
public record Link(
        int index,
        String name,
        String kind,
        Optional<MacAddress> mac,
        int mtu,
        OperationalState state,
        int flags,
        int peerIndex,
        int peerNamespaceId,
        int master,
        String alias,
        int vlanId) {
    private static final int UP = 1;
    private static final int PROMISCUOUS = 0x100;
    private static final int LOWER_UP = 0x10000;

    /** Whether it was set up, be there a carrier or not. */
    public boolean isUp() {
        return (flags & UP) != 0;
    }

    /** Whether it was told to take frames for all MACs. */
    public boolean isPromiscuous() {
        return (flags & PROMISCUOUS) != 0;
    }

    /** Whether there is something at the other end. */
    public boolean hasCarrier() {
        return (flags & LOWER_UP) != 0;
    }
}
