package io.weft.vrouter;

/** Why a packet ended in the data path; in the order of {@code drop_reasons.h}, which is their origin. */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public enum DropReason {
    UNKNOWN_PORT("the device is in no table"),
    PORT_DOWN("the sending port is administratively down"),
    MALFORMED("headers are cut short or contradict each other"),
    SPOOFED_MAC("a source MAC that the port does not own"),
    SPOOFED_IPV4("an IPv4 source that the port does not own"),
    SPOOFED_IPV6("an IPv6 source that the port does not own"),
    SPOOFED_ARP("an ARP sender that the port does not own"),
    SPOOFED_ND("an ND link-layer option or target that it does not own"),
    SPOOFED_DHCP_SERVER("a guest that answers DHCP or DHCPv6"),
    SPOOFED_ROUTER("a guest that sends router advertisements or redirects"),
    PROXY_SILENT("ARP or ND that deserves no answer: a duplicate probe"),
    UNKNOWN_ADDRESS("ARP, ND or routing to an address that nobody has"),
    PUNT_POLICED("more DHCP or RS than the port may send"),
    PUNT_FULL("the agent does not read its events"),
    NO_RESPONDER("DHCP or RS where the network has no responder"),
    UNKNOWN_MAC("switched to a MAC that nobody in the network has"),
    BROADCAST("broadcast in a network that does not ask for it"),
    MULTICAST("multicast in a network that does not ask for it"),
    HAIRPIN("the destination is the sending port itself"),
    DESTINATION_DOWN("the receiving port is down or gone"),
    NO_ROUTE("no prefix of the routing domain covers it"),
    BLACKHOLE("a route that says so"),
    NOT_ROUTABLE("non-IP, link-local or multicast sent to a router's MAC"),
    TTL_EXPIRED("hop limit reached; answered with time exceeded"),
    TOO_BIG("beyond the MTU ahead; answered with packet too big"),
    ROUTER_LOOP("more chained routers than a packet may pass"),
    ROUTER_ADDRESS("addressed to a router, and not an echo request"),
    RESOLVING("given up for a question about an address's place"),
    NODE_UNKNOWN("the place names a node without underlay address"),
    ENCAPSULATION_FAILED("the kernel refused the tunnel header"),
    TUNNEL_SOURCE("from an address that may not send to this network"),
    TUNNEL_MALFORMED("a tunnel header that is cut short or of another kind"),
    TUNNEL_UNKNOWN_MAC("from the tunnel to a MAC that is not here"),
    TUNNEL_NOT_FLOODED("from the tunnel to a group that has no members here"),
    ANSWER_FAILED("the kernel refused to build an answer"),
    ANSWER_POLICED("more ICMP errors than the port may cause"),
    DELIVERY_FAILED("the kernel refused the redirect"),
    VLAN_TAGGED("a tagged frame on a port that is no trunk"),
    FLOODED("not lost: copies went to the members of a list"),
    SERVICE_ABSENT("to the services' address while no agent serves it"),
    SERVICE_REFUSED("to the services' address, but to none of the services"),
    SERVICE_CLIENT("to a service, from an address that is not the port's own"),
    SERVICE_POLICED("more than a port may ask of the services"),
    POLICY_EGRESS("no rule of the sending port allows it, or one denies it"),
    POLICY_INGRESS("no rule of the receiving port allows it, or one denies it"),
    CONNECTION_CUT("its connection was allowed by a rule that is gone"),
    CONNECTION_INVALID("TCP that neither begins a connection nor belongs to one"),
    CONNECTIONS_FULL("no room for another connection, or the port has its share"),
    HALF_OPEN_LIMIT("more unanswered connections than a port may have"),
    FRAGMENT_UNTRACKED("a later fragment whose first one was not let in before"),
    NO_GATEWAY("to an external network that no node leads to now"),
    UNDERLAY_ADDRESS("to a node's own address, by way of an external network"),
    EXTERNAL_SPOOFED("from outside, with a source that is inside"),
    TRANSLATION_REFUSED("nothing that can share an address: a protocol without ports"),
    TRANSLATION_UNKNOWN("from outside to a router's address, and an answer to nothing"),
    TRANSLATION_PORTS("no free port of the shared address was found"),
    TRANSLATIONS_FULL("no room for another translation, or the router has its share"),
    PACKET_RATE("more packets than a QoS rule lets the port send or receive"),
    VLAN_UNKNOWN("a tag of a trunk that no subport has"),
    ADDRESS_SCOPE("to a network of another address scope, and not translated"),
    NO_LISTENER("to a virtual address, and none of its listeners takes it"),
    NO_MEMBERS("to a listener none of whose members can take it"),
    HOST_REFUSED("to a node's own port: not for it, or from tunnel to tunnel"),
    CALLER_REFUSED("to a listener that others may call, and not its sender");

    private final String meaning;

    DropReason(String meaning) {
        this.meaning = meaning;
    }

    /** What that is, for people: the words of {@code drop_reasons.h}. */
    public String meaning() {
        return meaning;
    }

    /** The number in the kernel's counters; 0 is no reason. */
    public int number() {
        return ordinal() + 1;
    }
}
