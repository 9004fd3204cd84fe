package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/** One step of a packet through the programs, as they noted it; {@code enum trace_step} has the same kinds. */
public sealed interface Decision {
    /**
     * The sending port is known.
     *
     * @param port {@link Port#number}
     * @param network VNI
     */
    record Sender(int port, int network, Set<Port.Flag> flags) implements Decision {}

    /**
     * The source is the port's own.
     *
     * @param secured false when the port may send from anything
     */
    record SourceAllowed(int port, boolean secured) implements Decision {}

    /** Where a connection was found. */
    enum Kept {
        NOWHERE,
        HALF_OPEN,
        ESTABLISHED
    }

    /**
     * The packet's connection was looked for.
     *
     * @param expired it is there, and counts for nothing any more
     * @param state of the connection; {@link Connection.State#NONE} when there is none
     */
    record Tracked(ConnectionKey key, Kept kept, boolean expired, Connection.State state) implements Decision {}

    /**
     * Rules were asked.
     *
     * @param asked rule set, class of the remote address, direction and port; the protocol is that of the entry that
     *     decided, or any
     * @param verdict empty when no rule covers it
     */
    record Judged(PolicyKey asked, Optional<PolicyVerdict> verdict) implements Decision {}

    /** What a routing domain has for a destination. */
    enum RouteKind {
        NONE,
        CONNECTED,
        VIA,
        GROUP,
        BLACKHOLE,
        /** Out of the domain, by a gateway. */
        EXTERNAL,
        /** As a group, some of which are outside. */
        EXTERNAL_GROUP
    }

    /**
     * A router looked the destination up.
     *
     * @param domain the routing domain
     * @param hop where next; without meaning for {@link RouteKind#NONE} and {@link RouteKind#BLACKHOLE}
     */
    record Routed(int domain, RouteKind kind, NextHop hop) implements Decision {}

    /** A router found who has the next address. */
    record Resolved(int network, IpAddress address, AddressOwner owner) implements Decision {}

    /** Where the addressed MAC is. */
    record Switched(Place place) implements Decision {}

    /** It enters a workload's device on this node. */
    record Delivered(int port, int ifindex) implements Decision {}

    /** It goes to another node. */
    record Tunnelled(int node, int network) implements Decision {}

    /** The VXLAN device writes the tunnel's header, not the program. */
    record ByDevice() implements Decision {}

    /** It came from a node that may send into the network; 0 when it may not, and a drop follows. */
    record Arrived(int node, int network) implements Decision {}

    /**
     * It leaves by a device that carries an external network.
     *
     * @param network the external network's number
     */
    record Outside(int ifindex, int network) implements Decision {}

    /** It enters the service namespace. */
    record Served(int ifindex) implements Decision {}

    /** The program itself answers the sender. */
    record Answered(int ifindex) implements Decision {}

    /**
     * A copy goes to a member of a list.
     *
     * @param port of a local member; 0 otherwise
     */
    record Copied(int port, Place place) implements Decision {}

    /** The agent's responders are asked. */
    record AgentAsked(VrouterEvent.Question question) implements Decision {}

    /**
     * It ends, or something about it is counted.
     *
     * @param port who is charged; 0 for nobody
     */
    record Dropped(int port, DropReason reason) implements Decision {}

    /** An address of the packet is replaced, and perhaps its port. */
    record Translated(IpAddress from, int fromPort, IpAddress to, int toPort) implements Decision {}

    /** A device holds it back, and returns it to the port's when its time has come. */
    record Held(int ifindex) implements Decision {}

    /**
     * Which translation of a shared address was looked for, or made.
     *
     * @param key its name; of ICMP without the type
     * @param raw the name as the programs have it
     * @param state of one that was there already; an inward one has none of its own
     */
    record Sought(TranslationKey key, ByteBuffer raw, Optional<Connection.State> state) implements Decision {}

    /** It came from an external network, and is for this node. */
    record Entered(int ifindex, int network) implements Decision {}

    /** Why a member. In the order of {@code enum trace_choice}. */
    enum Choice {
        /** There is none. */
        NONE,
        /** The connection has it. */
        CONNECTION,
        /** The client's address has it. */
        AFFINITY,
        /** The hash of the client's address chose it, mostly with its port. */
        SLOT,
        /** None: who sent it may not call. */
        REFUSED
    }

    /**
     * It is for a listener, and gets a member: what is translated next is its address.
     *
     * @param port who sent it
     */
    record Balanced(int port, ListenerKey listener, PoolKey pool, Choice choice) implements Decision {}

    /** A step that this build's Java face does not know. */
    record Unknown(int step) implements Decision {}
}
