package io.weft.domain.replica;

/** Whether a port works, as Neutron names it. */
public enum PortStatus {
    /** Its node has confirmed its device and the revision that bound it there; or it is a router's and up. */
    ACTIVE,
    /** Unbound, administratively down, or not confirmed. */
    DOWN
}
