package io.weft.domain.replica;

/** Whether the ports of a trunk work, as Neutron names it. */
public enum TrunkStatus {
    /** The parent works, and so do all subports that are in service. */
    ACTIVE,
    /** The parent works; the node has not said so of all subports yet. */
    BUILD,
    /** The parent works; the node cannot serve a subport. */
    DEGRADED,
    /** The parent's node cannot serve it. */
    ERROR,
    /** The parent is unbound, administratively down, or not confirmed. */
    DOWN
}
