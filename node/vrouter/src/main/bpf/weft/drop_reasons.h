/* Why a packet ended here. The order is the number; new reasons go to the end of the list. */
#pragma once

#define WEFT_DROP_REASONS(REASON)                                                                  \
    REASON(UNKNOWN_PORT)              /* the device is in no table */                              \
    REASON(PORT_DOWN)                 /* the sending port is administratively down */              \
    REASON(MALFORMED)                 /* headers are cut short or contradict each other */         \
    REASON(SPOOFED_MAC)               /* a source MAC that the port does not own */                \
    REASON(SPOOFED_IPV4)              /* an IPv4 source that the port does not own */              \
    REASON(SPOOFED_IPV6)              /* an IPv6 source that the port does not own */              \
    REASON(SPOOFED_ARP)               /* an ARP sender that the port does not own */               \
    REASON(SPOOFED_ND)                /* an ND link-layer option or target that it does not own */ \
    REASON(SPOOFED_DHCP_SERVER)       /* a guest that answers DHCP or DHCPv6 */                    \
    REASON(SPOOFED_ROUTER)            /* a guest that sends router advertisements or redirects */  \
    REASON(PROXY_SILENT)              /* ARP or ND that deserves no answer: a duplicate probe */   \
    REASON(UNKNOWN_ADDRESS)           /* ARP, ND or routing to an address that nobody has */       \
    REASON(PUNT_POLICED)              /* more DHCP or RS than the port may send */                 \
    REASON(PUNT_FULL)                 /* the agent does not read its events */                     \
    REASON(NO_RESPONDER)              /* DHCP or RS where the network has no responder */          \
    REASON(UNKNOWN_MAC)               /* switched to a MAC that nobody in the network has */       \
    REASON(BROADCAST)                 /* broadcast in a network that does not ask for it */        \
    REASON(MULTICAST)                 /* multicast in a network that does not ask for it */        \
    REASON(HAIRPIN)                   /* the destination is the sending port itself */             \
    REASON(DESTINATION_DOWN)          /* the receiving port is down or gone */                     \
    REASON(NO_ROUTE)                  /* no prefix of the routing domain covers it */              \
    REASON(BLACKHOLE)                 /* a route that says so */                                   \
    REASON(NOT_ROUTABLE)              /* non-IP, link-local or multicast sent to a router's MAC */ \
    REASON(TTL_EXPIRED)               /* hop limit reached; answered with time exceeded */         \
    REASON(TOO_BIG)                   /* beyond the MTU ahead; answered with packet too big */     \
    REASON(ROUTER_LOOP)               /* more chained routers than a packet may pass */            \
    REASON(ROUTER_ADDRESS)            /* addressed to a router, and not an echo request */         \
    REASON(RESOLVING)                 /* given up for a question about an address's place */    \
    REASON(NODE_UNKNOWN)              /* the place names a node without underlay address */        \
    REASON(ENCAPSULATION_FAILED)      /* the kernel refused the tunnel header */                   \
    REASON(TUNNEL_SOURCE)             /* from an address that may not send to this network */      \
    REASON(TUNNEL_MALFORMED)          /* a tunnel header that is cut short or of another kind */   \
    REASON(TUNNEL_UNKNOWN_MAC)        /* from the tunnel to a MAC that is not here */              \
    REASON(TUNNEL_NOT_FLOODED)        /* from the tunnel to a group that has no members here */    \
    REASON(ANSWER_FAILED)             /* the kernel refused to build an answer */                  \
    REASON(ANSWER_POLICED)            /* more ICMP errors than the port may cause */               \
    REASON(DELIVERY_FAILED)           /* the kernel refused the redirect */                        \
    REASON(VLAN_TAGGED)               /* a tagged frame on a port that is no trunk */             \
    REASON(FLOODED)                   /* not lost: copies went to the members of a list */         \
    REASON(SERVICE_ABSENT)            /* to the services' address while no agent serves it */      \
    REASON(SERVICE_REFUSED)           /* to the services' address, but to none of the services */  \
    REASON(SERVICE_CLIENT)            /* to a service, from an address that is not the port's own */ \
    REASON(SERVICE_POLICED)           /* more than a port may ask of the services */               \
    REASON(POLICY_EGRESS)             /* no rule of the sending port allows it, or one denies it */ \
    REASON(POLICY_INGRESS)            /* no rule of the receiving port allows it, or one denies it */ \
    REASON(CONNECTION_CUT)            /* its connection was allowed by a rule that is gone */      \
    REASON(CONNECTION_INVALID)        /* TCP that neither begins a connection nor belongs to one */ \
    REASON(CONNECTIONS_FULL)          /* no room for another connection, or the port has its share */ \
    REASON(HALF_OPEN_LIMIT)           /* more unanswered connections than a port may have */       \
    REASON(FRAGMENT_UNTRACKED)        /* a later fragment whose first one was not let in before */    \
    REASON(NO_GATEWAY)                /* to an external network that no node leads to now */        \
    REASON(UNDERLAY_ADDRESS)          /* to a node's own address, by way of an external network */  \
    REASON(EXTERNAL_SPOOFED)          /* from outside, with a source that is inside */              \
    REASON(TRANSLATION_REFUSED)       /* nothing that can share an address: a protocol without ports */ \
    REASON(TRANSLATION_UNKNOWN)       /* from outside to a router's address, and an answer to nothing */ \
    REASON(TRANSLATION_PORTS)         /* no free port of the shared address was found */            \
    REASON(TRANSLATIONS_FULL)         /* no room for another translation, or the router has its share */ \
    REASON(PACKET_RATE)               /* more packets than a QoS rule lets the port send or receive */ \
    REASON(VLAN_UNKNOWN)              /* a tag of a trunk that no subport has */                    \
    REASON(ADDRESS_SCOPE)             /* to a network of another address scope, and not translated */ \
    REASON(NO_LISTENER)               /* to a virtual address, and none of its listeners takes it */ \
    REASON(NO_MEMBERS)                /* to a listener none of whose members can take it */ \
    REASON(HOST_REFUSED)              /* to a node's own port: not for it, or from tunnel to tunnel */ \
    REASON(CALLER_REFUSED)            /* to a listener that others may call, and not its sender */

enum drop_reason {
    DROP_NONE = 0,
#define REASON(name) DROP_##name,
    WEFT_DROP_REASONS(REASON)
#undef REASON
    DROP_REASONS_END
};

/* Slots in a port's counters; leaves room so that a newer build can read an older one's map. */
#define DROP_REASON_SLOTS 80
_Static_assert(DROP_REASONS_END <= DROP_REASON_SLOTS, "a reason without a counter");
