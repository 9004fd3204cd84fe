package io.weft.agent.tables;

import io.weft.model.IpPrefix;
import java.util.UUID;

/**
 * Something that contributes entries to the tables, all of which are computed anew when anything that they depend on
 * changes.
 */
sealed interface Unit {
    /** A router's interface: its MAC, addresses and connected routes. */
    record Interface(UUID router, UUID port) implements Unit {}

    /** A route of a router besides the connected ones. */
    record Path(UUID router, IpPrefix destination) implements Unit {}

    /** This node's way into an external network. */
    record External(UUID network) implements Unit {}

    /** A router's gateway. */
    record Leads(UUID router) implements Unit {}

    /** A floating address. */
    record Floating(UUID router, UUID floatingIp) implements Unit {}

    /** Forwarded ports. */
    record Forwarding(UUID router, UUID forwarding) implements Unit {}

    /** The place of a port, here or elsewhere. */
    record Workload(UUID network, UUID port) implements Unit {}

    /** A network's facts and shared addresses. */
    record Net(UUID network) implements Unit {}

    /** Who gets copies in a network. */
    record Flood(UUID network) implements Unit {}

    /** A port of this node with its device. */
    record Local(UUID port) implements Unit {}

    /** Where another node's tunnel ends. */
    record Remote(String host) implements Unit {}

    /** Another node's right to send into a network. */
    record Source(UUID network, String host) implements Unit {}

    /** This node's side of the tunnel. */
    record Tunnel() implements Unit {}

    /** Security groups, whose calculation is {@link io.weft.agent.policy.Policy}'s. */
    record Groups() implements Unit {}

    /** The domains of a network's names. */
    record Domain(UUID network) implements Unit {}

    /** This node's side of the pair into the service namespace. */
    record Service() implements Unit {}

    /** A service of a network. */
    record Balanced(UUID network, UUID service) implements Unit {}

    /** The members of a pool. */
    record Members(UUID pool) implements Unit {}

    /** Who wins when two claim the same key, which only happens while records contradict each other: the lower. */
    private int rank() {
        return switch (this) {
            case Interface _ -> 0;
            case Path _ -> 1;
            case Workload _ -> 2;
            case Net _ -> 3;
            case Flood _ -> 4;
            case Local _ -> 5;
            case Remote _ -> 6;
            case Source _ -> 7;
            case Tunnel _ -> 8;
            case Groups _ -> 9;
            case Service _ -> 10;
            case Domain _ -> 11;
            case External _ -> 12;
            case Leads _ -> 13;
            case Floating _ -> 14;
            case Forwarding _ -> 15;
            case Balanced _ -> 16;
            case Members _ -> 17;
        };
    }

    /** Whether this one's claim on a key goes before another's, whichever came first. */
    default boolean precedes(Unit other) {
        return rank() != other.rank() ? rank() < other.rank() : toString().compareTo(other.toString()) < 0;
    }
}
