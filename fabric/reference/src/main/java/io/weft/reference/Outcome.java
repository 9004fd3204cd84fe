package io.weft.reference;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What becomes of a packet. */
public sealed interface Outcome {
    /**
     * It leaves by one of these ports. More than one only where the model leaves the choice open: equal-cost routes, or
     * an address that several ports may own.
     *
     * @param exits the possible exits
     */
    record Delivered(Set<Exit> exits) implements Outcome {
        public Delivered {
            exits = Set.copyOf(exits);
        }
    }

    /**
     * The router answers it itself.
     *
     * @param answer with what
     * @param from the router's address that answers
     */
    record Answered(Answer answer, IpAddress from) implements Outcome {}

    /**
     * It leaves by an external network, to somebody whom the model does not know.
     *
     * @param network the external network
     * @param neighbour to whom on its link
     * @param source the IP source that it has there
     * @param sharedSource whether others have the same source, so that ports and identifiers may be chosen anew
     * @param hops the TTL or hop limit that it has there
     * @param transport what it has there above IP
     * @param translations what routers remember of it
     */
    record Left(
            UUID network,
            IpAddress neighbour,
            IpAddress source,
            boolean sharedSource,
            int hops,
            Transport transport,
            List<Translation> translations)
            implements Outcome {
        public Left {
            translations = List.copyOf(translations);
        }
    }

    /**
     * It ends.
     *
     * @param reason why
     */
    record Dropped(Reason reason) implements Outcome {}

    /**
     * A port by which a packet may leave, and its form there.
     *
     * @param port the port
     * @param sourceMac the Ethernet source that the workload sees
     * @param destinationMac the Ethernet destination that the workload sees
     * @param hops the TTL or hop limit that the workload sees
     * @param source the IP source that the workload sees
     * @param destination the IP destination that the workload sees
     * @param transport what the workload sees above IP
     * @param translations what routers remember of it
     */
    record Exit(
            UUID port,
            MacAddress sourceMac,
            MacAddress destinationMac,
            int hops,
            IpAddress source,
            IpAddress destination,
            Transport transport,
            List<Translation> translations) {
        public Exit {
            translations = List.copyOf(translations);
        }
    }

    /** What a router says. */
    enum Answer {
        /** The packet is for the router: an echo request gets its reply (RFC 792, RFC 4443). */
        LOCAL,
        /** The TTL or hop limit ran out. */
        TIME_EXCEEDED,
        /** The next network's MTU is smaller than the packet. */
        TOO_BIG
    }

    /** Why a packet ends. */
    enum Reason {
        /** The port is not bound to a node. */
        UNBOUND,
        /** The port, its network or the router is administratively down. */
        ADMIN_DOWN,
        /** Port security: not this port's MAC. */
        SPOOFED_MAC,
        /** Port security: not this port's address. Outside: not an address that the router reaches there. */
        SPOOFED_IP,
        /** No rule of the port's security groups lets it send this. */
        EGRESS_DENIED,
        /** No rule of the receiving port's security groups lets it in. */
        INGRESS_DENIED,
        /** To a node's own port: not for one of its addresses, or from a tunnel's address to a tunnel. */
        HOST_REFUSED,
        /** Nobody on the network has the MAC or the address. */
        NO_DESTINATION,
        /** No member takes what is sent to this address and port of a load balancer, or not from this sender. */
        NO_MEMBER,
        /** No route leads there. */
        NO_ROUTE,
        /** No node can be the router's gateway, or it has no address to translate to. */
        NO_GATEWAY,
        /** Its addresses are of another scope than those of the network ahead. */
        ADDRESS_SCOPE,
        /** The routers' routes go round. */
        LOOP
    }
}
