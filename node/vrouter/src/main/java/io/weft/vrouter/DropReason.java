package io.weft.vrouter;

/** Why a packet ended in the data path; in the order of {@code drop_reasons.h}, which is their origin. */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public enum DropReason {
    /** The device is in no table. */
    UNKNOWN_PORT,
    /** The sending port is administratively down. */
    PORT_DOWN,
    /** Headers are cut short or contradict each other. */
    MALFORMED,
    /** A source MAC that the port does not own. */
    SPOOFED_MAC,
    /** An IPv4 source that the port does not own. */
    SPOOFED_IPV4,
    /** An IPv6 source that the port does not own. */
    SPOOFED_IPV6,
    /** An ARP sender that the port does not own. */
    SPOOFED_ARP,
    /** An ND link-layer option or target that it does not own. */
    SPOOFED_ND,
    /** A guest that answers DHCP or DHCPv6. */
    SPOOFED_DHCP_SERVER,
    /** A guest that sends router advertisements or redirects. */
    SPOOFED_ROUTER,
    /** ARP or ND that deserves no answer: a duplicate probe. */
    PROXY_SILENT,
    /** ARP, ND or routing to an address that nobody has. */
    UNKNOWN_ADDRESS,
    /** More DHCP or RS than the port may send. */
    PUNT_POLICED,
    /** The agent does not read its events. */
    PUNT_FULL,
    /** DHCP or RS where the network has no responder. */
    NO_RESPONDER,
    /** Switched to a MAC that nobody in the network has. */
    UNKNOWN_MAC,
    /** Broadcast in a network that does not ask for it. */
    BROADCAST,
    /** Multicast in a network that does not ask for it. */
    MULTICAST,
    /** The destination is the sending port itself. */
    HAIRPIN,
    /** The receiving port is down or gone. */
    DESTINATION_DOWN,
    /** No prefix of the routing domain covers it. */
    NO_ROUTE,
    /** A route that says so. */
    BLACKHOLE,
    /** Non-IP, link-local or multicast sent to a router's MAC. */
    NOT_ROUTABLE,
    /** Hop limit reached; answered with time exceeded. */
    TTL_EXPIRED,
    /** Beyond the MTU ahead; answered with packet too big. */
    TOO_BIG,
    /** More chained routers than a packet may pass. */
    ROUTER_LOOP,
    /** Addressed to a router, and not an echo request. */
    ROUTER_ADDRESS,
    /** Given up for a question about an address's place. */
    RESOLVING,
    /** The place names a node without underlay address. */
    NODE_UNKNOWN,
    /** The kernel refused the tunnel header. */
    ENCAPSULATION_FAILED,
    /** From an address that may not send to this network. */
    TUNNEL_SOURCE,
    /** A tunnel header that is cut short or of another kind. */
    TUNNEL_MALFORMED,
    /** From the tunnel to a MAC that is not here. */
    TUNNEL_UNKNOWN_MAC,
    /** From the tunnel to a group that has no members here. */
    TUNNEL_NOT_FLOODED,
    /** The kernel refused to build an answer. */
    ANSWER_FAILED,
    /** More ICMP errors than the port may cause. */
    ANSWER_POLICED,
    /** The kernel refused the redirect. */
    DELIVERY_FAILED,
    /** A tagged frame on a port that is no trunk. */
    VLAN_TAGGED,
    /** Not lost: copies went to the members of a list. */
    FLOODED,
    /** To the services' address while no agent serves it. */
    SERVICE_ABSENT,
    /** To the services' address, but to none of the services. */
    SERVICE_REFUSED,
    /** To a service, from an address that is not the port's own. */
    SERVICE_CLIENT,
    /** More than a port may ask of the services. */
    SERVICE_POLICED,
    /** No rule of the sending port allows it. */
    POLICY_EGRESS,
    /** No rule of the receiving port allows it. */
    POLICY_INGRESS,
    /** Its connection was allowed by a rule that is gone. */
    CONNECTION_CUT,
    /** TCP that neither begins a connection nor belongs to one. */
    CONNECTION_INVALID,
    /** No room for another connection, or the port has its share. */
    CONNECTIONS_FULL,
    /** More unanswered connections than a port may have. */
    HALF_OPEN_LIMIT,
    /** A later fragment whose first one was not let in before. */
    FRAGMENT_UNTRACKED,
    /** To an external network that no node leads to now. */
    NO_GATEWAY,
    /** To a node's own address, by way of an external network. */
    UNDERLAY_ADDRESS,
    /** From outside, with a source that is inside. */
    EXTERNAL_SPOOFED,
    /** Nothing that can share an address: a protocol without ports. */
    TRANSLATION_REFUSED,
    /** From outside to a router's address, and an answer to nothing. */
    TRANSLATION_UNKNOWN,
    /** No free port of the shared address was found. */
    TRANSLATION_PORTS,
    /** No room for another translation, or the router has its share. */
    TRANSLATIONS_FULL,
    /** More packets than a QoS rule lets the port send or receive. */
    PACKET_RATE;

    /** The number in the kernel's counters; 0 is no reason. */
    public int number() {
        return ordinal() + 1;
    }
}
