package io.weft.domain.replica;

/** Whether a port works, as Neutron names it. */
public enum PortStatus {
    /**
     * Its node has confirmed its device and the revision that bound it there, and the other nodes that need it have, too,
     * or half a second has passed; or it is a router's and up.
     */
    ACTIVE,
    /** Unbound, administratively down, or not confirmed. */
    DOWN
}
