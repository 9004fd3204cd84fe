/*
 * The tables that the agent fills and the programs read. This file is their only definition: the
 * Java records in io.weft.vrouter write the same bytes, and a test fails when the two part.
 *
 * Addresses take 16 bytes; an IPv4 address is mapped into IPv6 (::ffff:a.b.c.d, RFC 4291 section
 * 2.5.5.2). Addresses and MACs are in network order, everything else is in the machine's.
 */
#pragma once

#include <linux/types.h>

#include "drop_reasons.h"

/*
 * The version in a table's pinned name: 1, unless it stands here. It is raised when the meaning or the layout of the
 * table changes; TableVersions in Java says what becomes of an older one.
 */
#define VERSION_OF_ports 2 /* 1 had no rule_set and no peer_scope */
#define VERSION_OF_nodes 2 /* 1 had no next_hop and no uplink */
#define VERSION_OF_flows 2 /* 1 had no window */
#define VERSION_OF_counters 2 /* 1 had room for 64 reasons; nothing is taken over, counts begin anew */

/*
 * These change under traffic, up and down: fields are only ever appended to struct connection and struct translation, 0 is
 * what a build that does not know them would do, and keys stay as they are (inherit.h). translation_queue has the version of
 * translations.
 */
#define VERSION_OF_connection_sets 1
#define VERSION_OF_translations 1

struct ip {
    __u32 word[4];
};

/* ports: place -> what the programs know of a workload's device, or of a subport behind a tag of one. */
enum port_flag {
    PORT_ADMIN_UP = 1 << 0,
    PORT_SECURITY = 1 << 1,            /* anti-spoofing is on */
    PORT_DHCPV4 = 1 << 2,              /* DHCPv4 is answered on this node */
    PORT_DHCPV6 = 1 << 3,
    PORT_ROUTER_ADVERTISEMENT = 1 << 4, /* router solicitations are answered on this node */
    PORT_PEER_REDIRECT = 1 << 5,       /* a veth whose peer is in another namespace */
    PORT_QOS_SENDS = 1 << 6,           /* qos says something of what it sends */
    PORT_QOS_RECEIVES = 1 << 7,        /* qos says something of what it receives */
    PORT_TRUNK = 1 << 8,               /* the parent of a trunk: what is behind tags is other ports' */
    PORT_BALANCED = 1 << 9,            /* its network, or one behind a router of that, has virtual addresses */
    PORT_HOST = 1 << 10,               /* the node itself is behind it */
};

struct port {
    __u32 number; /* its place in counters and policers; 0 is the node's own */
    __u32 network;
    __u8 mac[6];
    __u16 flags;
    __u16 mtu;
    __u16 reserved;
    __u32 ipv4;     /* first fixed address of the family, or 0: saves a look into port_addresses */
    struct ip ipv6; /* likewise */
    __u32 rule_set;   /* its rules in policy; 0: it has none, everything passes */
    __u32 peer_scope; /* which prefixes of peer_classes name the addresses that it talks to */
};

/*
 * A port's place on this node is the ifindex of its device; a subport's is its number and this bit, which no ifindex has.
 * places: tag -> place of the subport behind it; subports: place -> how it is reached.
 */
#define SUBPORT_PLACE (1U << 30)

struct tag {
    __u32 device; /* ifindex of the trunk's parent */
    __u16 vlan;
    __u16 reserved;
};

struct subport {
    struct tag tag;
    __u32 shaper; /* ifindex of the device that holds back what it receives; 0: nothing is held back */
};

/* port_addresses: what else a port may send from; longest prefix on (port, mac, address). */
enum port_address_kind {
    PORT_ADDRESS_FIXED = 0,
    PORT_ADDRESS_SHARED = 1, /* several ports may own it: its place is learned */
};

struct port_address_key {
    __u32 prefix_length; /* 96 + the bits of the address that count */
    __u32 port;          /* number, not ifindex */
    __u8 mac[6];
    __u16 family; /* 4 or 6: ::/0 does not cover IPv4 */
    struct ip address;
};
#define PORT_ADDRESS_KEY_BITS 96

/* networks: VNI -> facts */
enum network_flag {
    NETWORK_BROADCAST = 1 << 0, /* broadcast is flooded */
    NETWORK_MULTICAST = 1 << 1, /* multicast is flooded */
    NETWORK_LEARNS = 1 << 2,    /* has ports without port security: places are learned */
};

struct network {
    __u32 flags;
    __u32 mtu;
};

/* Where frames for something go. */
enum place_kind {
    PLACE_NONE = 0,
    PLACE_LOCAL = 1,  /* number is an ifindex, or a subport's place */
    PLACE_REMOTE = 2, /* number is an index of nodes */
    PLACE_ROUTER = 3, /* number is a routing domain */
    PLACE_VIRTUAL = 4, /* a virtual address, for which the members of its listeners' pools stand; number is 0 */
    PLACE_OUTSIDE = 5, /* in no table: beyond the gateway of a routing domain */
};

enum place_flag {
    PLACE_SHARED = 1 << 0, /* a learned place, if there is one, overrules this one */
};

struct place {
    __u8 kind;
    __u8 flags;
    __u16 reserved;
    __u32 number;
};

/* macs: (network, MAC) -> place */
struct mac_key {
    __u32 network;
    __u8 mac[6];
    __u16 reserved;
};

/* addresses: (network, address) -> MAC and place; answers ARP and ND, and ends routing */
struct address_key {
    __u32 network;
    struct ip address;
};

struct address {
    __u8 mac[6];
    __u16 reserved;
    struct place place;
};

/* shared_addresses: longest prefix on (network, address); a place there may be learned */
struct shared_address_key {
    __u32 prefix_length; /* 64 + the bits of the address that count */
    __u32 network;
    __u32 family;
    struct ip address;
};
#define SHARED_ADDRESS_KEY_BITS 64

/* router_interfaces: (network, router's MAC) -> who answers there, in errors and echoes */
struct router_interface {
    __u32 domain;
    __u32 mtu;
    __u32 ipv4;     /* 0: none */
    struct ip ipv6; /* ::: its link-local address answers */
};

/* routes: longest prefix on (routing domain, destination) -> where next */
enum route_kind {
    ROUTE_CONNECTED = 1, /* the destination is in the network */
    ROUTE_VIA = 2,       /* next_hop is in the network */
    ROUTE_GROUP = 3,     /* one of the members of group, by flow */
    ROUTE_BLACKHOLE = 4,
    ROUTE_EXTERNAL = 5, /* out by a gateway of the domain; next_hop, or the destination, is outside */
    ROUTE_EXTERNAL_GROUP = 6, /* as ROUTE_GROUP; members whose network is that of a gateway of the domain lead out by it */
};

struct route_key {
    __u32 prefix_length; /* 64 + the bits of the address that count */
    __u32 domain;
    __u32 family;
    struct ip address;
};
#define ROUTE_KEY_BITS 64

struct next_hop {
    __u32 network;
    __u8 mac[6]; /* of the router's interface in that network: the new source */
    __u16 mtu;
    struct ip address; /* ::, when the destination itself is next */
};

struct route {
    __u8 kind;
    __u8 reserved;
    __u16 members; /* of the group: slots 0 .. members - 1 are filled */
    __u32 group;
    struct next_hop hop;
};

/* group_members: (group, slot) -> next hop */
struct group_member_key {
    __u32 group;
    __u32 slot;
};

/* nodes: index -> underlay address, and how the underlay is entered */
struct node {
    struct ip address;  /* ::, when there is no such node */
    struct ip next_hop; /* who takes the packets on the uplink; ::, when the kernel shall route each of them */
    __u32 uplink;       /* ifindex; 0: underlay.uplink */
    __u32 reserved;
};

/* underlay: one record, this node's own side of the tunnel */
struct underlay {
    __u32 tunnel_device; /* ifindex of the collect-metadata VXLAN device */
    __u32 uplink;        /* ifindex of the device towards the other nodes; 0: by the tunnel device only */
    __u32 mtu;           /* of the underlay */
    __u32 ipv4;          /* own tunnel address, or 0 */
    struct ip ipv6;      /* own tunnel address, or :: */
};

/* tunnel_sources: (underlay address, VNI) -> node; only these may send into the network */
struct tunnel_source_key {
    struct ip address;
    __u32 network;
};

/* flood: (network, list, slot) -> member; a list ends at its first empty slot */
enum flood_list {
    FLOOD_EVERYONE = 0, /* all ports and all nodes of the network */
    FLOOD_UNSECURED = 1, /* ports without port security, nodes with such ports */
    FLOOD_CANDIDATES = 2, /* ports that may own a shared address, nodes with such ports */
};

struct flood_key {
    __u32 network;
    __u32 list;
    __u32 slot;
};
#define FLOOD_SLOTS 4096

/* learned_macs, learned_addresses: filled by the programs */
struct learned_mac {
    struct place place;
    __u64 seen; /* nanoseconds of CLOCK_MONOTONIC */
};

struct learned_address {
    __u8 mac[6];
    __u16 reserved;
    struct place place;
    __u32 reserved2;
    __u64 seen;
};

/* counters: port number -> counts since it was last cleared, one copy for each CPU */
struct counters {
    __u64 sent_packets; /* by the workload */
    __u64 sent_bytes;
    __u64 received_packets; /* by the workload */
    __u64 received_bytes;
    __u64 drops[DROP_REASON_SLOTS];
};

/* policers: port number -> token buckets of the slow paths */
struct policer {
    __u64 punt_ready;   /* nanoseconds: the bucket is full again at this time */
    __u64 answer_ready; /* likewise */
};

/* qos: port number -> its limits */
enum qos_flag {
    QOS_MARKED = 1 << 0,     /* mark is written into what the workload sends */
    QOS_GUARANTEED = 1 << 1, /* the port has a class of its own on the uplink: its number's */
};

/* What a packet costs is in nanoseconds, with this many bits behind the point. */
#define PACKET_COST_SHIFT 10

struct packet_rate {
    __u64 cost;  /* of a packet; 0: no limit */
    __u64 burst; /* nanoseconds: what may pass at once */
};

struct qos {
    __u32 shaper; /* ifindex of the device that holds back what the workload sends; 0: nothing is held back */
    __u8 flags;
    __u8 mark; /* a code point (RFC 2474) */
    __u16 reserved;
    struct packet_rate sent; /* by the workload */
    struct packet_rate received;
};

/* packet_buckets: port number, address_buckets: number of address_limits -> filled by the programs */
struct packet_buckets {
    __u64 ready[2]; /* by direction, nanoseconds: the bucket is full again at this time */
};

/* address_limits: number -> what may pass by an address outside; also the minor number of its shapers' classes */
struct address_limits {
    __u32 shaper[2];            /* by direction: ifindex of the device that holds back; 0: nothing is held back */
    struct packet_rate rate[2]; /* by direction */
    __u8 flags;                 /* enum qos_flag */
    __u8 mark;                  /* a code point (RFC 2474) */
    __u16 reserved[3];
};

/* The handle of the uplink's qdisc while a port has a guarantee. */
#define UPLINK_CLASSES 0x57530000

/* The handle of the shapers' qdisc, whose classes a packet's priority chooses from. */
#define ADDRESS_CLASSES 0x57520000

/* peer_classes: longest prefix on (scope, remote address) -> class, the same for all who are named by the same rules */
struct peer_class_key {
    __u32 prefix_length; /* 64 + the bits of the address that count */
    __u32 scope;         /* port.peer_scope */
    __u32 family;
    struct ip address;
};
#define PEER_CLASS_KEY_BITS 64
#define PEER_CLASS_NOBODY 0 /* an address that no rule names */

/*
 * policy: (rule set, class of the remote address, direction, family, protocol, port) -> verdict. What applies to a
 * class stands under it, rules for anyone included. Two entries are looked up, of the packet's protocol and of
 * PROTOCOL_ANY; the higher precedence counts. Without either the packet is denied.
 */
enum direction {
    DIRECTION_EGRESS = 0, /* sent by the workload */
    DIRECTION_INGRESS = 1,
};

#define PROTOCOL_ANY 256

struct policy_key {
    __u32 prefix_length; /* 96 + the bits of port that count */
    __u32 rule_set;
    __u32 peer_class;
    __u8 direction;
    __u8 family;
    __u16 protocol; /* of the transport layer, or PROTOCOL_ANY */
    __u16 port;     /* network order: the destination port, or ICMP type and code; 0 where a protocol has neither */
    __u16 reserved;
};
#define POLICY_KEY_BITS 96

enum policy_flag {
    POLICY_ALLOW = 1 << 0,
    POLICY_STATEFUL = 1 << 1, /* allows the answers too: a connection is kept */
};

struct policy {
    __u8 flags;
    __u8 reserved;
    __u16 precedence; /* between the protocol's entry and that of PROTOCOL_ANY; at a tie the protocol's counts */
    __u32 rule;       /* number of the rule, in rule_hits and for those who ask */
};

/* rule_sets: number -> facts. Slot 0 is not used. */
enum rule_set_flag {
    RULE_SET_STATELESS = 1 << 0, /* no verdict of it is stateful: connections need not be looked for */
};

struct rule_set {
    __u32 epoch; /* another number whenever a verdict of the set, or the class of a remote address, is taken back */
    __u32 flags;
};

/* rule_hits: rule -> how often it gave the verdict, one copy for each CPU. A connection is judged once an epoch. */

/*
 * policy_names: what a number of the tables above stands for; only agents read it, so that numbers keep their meaning
 * when one follows another
 */
enum policy_name_kind {
    POLICY_NAME_EPOCH = 0, /* number 0: the least epoch that was never used */
    POLICY_NAME_RULE_SET = 1,
    POLICY_NAME_SCOPE = 2,
    POLICY_NAME_CLASS = 3,
    POLICY_NAME_RULE = 4, /* its name is the rule's id */
};

struct policy_name_key {
    __u32 kind;
    __u32 number;
};

struct policy_name {
    __u64 upper;
    __u64 lower;
};

/* external_devices: ifindex -> VNI of the external network that the device of this node carries */

/* external_networks: VNI -> this node's device into the external network */
struct external_network {
    __u32 device; /* ifindex */
    __u32 mtu;
};

/*
 * external_addresses: (external network, address) -> what this node does with packets from outside to it. Whatever stands
 * here is answered for in ARP and ND, with its own MAC.
 */
struct external_address {
    __u32 domain; /* the router's */
    __u32 fixed;  /* what a floating address stands for, network order; 0: the router's own, or of forwarded ports */
    __u8 mac[6];
    __u16 limits; /* number of what may pass by it; 0: whatever comes */
};

/* floating_addresses: (routing domain, fixed address) -> the floating address that this node makes of it, network order */
struct floating_key {
    __u32 domain;
    __u32 fixed; /* network order */
};

/* gateways: routing domain -> how packets leave it for its external network; for that of its first gateway, if it has several */
enum gateway_flag {
    GATEWAY_SNAT = 1 << 0, /* IPv4 sources without a floating address are translated to ipv4 */
    GATEWAY_SEVERAL = 1 << 1, /* the domain has others: all of them stand in further_gateways */
};

struct gateway {
    __u32 network; /* the external one */
    __u32 transit; /* VNI on which other nodes send to the gateway node */
    struct place place; /* LOCAL: this node is the gateway node; REMOTE; NONE: nobody is */
    __u8 mac[6];        /* of the router's port outside, whose address signs errors */
    __u16 flags;
    __u32 ipv4; /* the router's own address outside; 0: none */
};

/*
 * further_gateways: (routing domain, VNI of an external network) -> the domain's gateway there; on the node that is the
 * gateway also under its transit VNI. Only of domains with several.
 */
struct further_gateway_key {
    __u32 domain;
    __u32 network;
};

struct further_gateway {
    struct gateway gateway;
    __u32 next_hop; /* network order: the router outside that knows the way on; 0: there is none */
    __u32 mtu;      /* of the external network */
};

/*
 * network_scopes: (VNI, family) -> the address scope of the network's addresses, which packets leave untranslated to networks of
 * the same scope alone. A network without an entry has no scope, and is of one kind with all others without.
 */
struct network_scope_key {
    __u32 network;
    __u32 family;
};

struct address_scope {
    __u64 upper; /* of its id */
    __u64 lower;
};

/*
 * source_gateways: longest prefix on (routing domain, address inside, protocol, port) -> VNI of the external network on which
 * a floating address stands for the source, or whose address has the port forwarded. Only of domains with several gateways.
 */
struct source_gateway_key {
    __u32 prefix_length; /* 64 for whatever the address sends, or 80 + the bits of port that count */
    __u32 domain;
    __u32 address;  /* network order */
    __u16 protocol; /* machine order */
    __u16 port;     /* network order */
};
#define SOURCE_GATEWAY_KEY_BITS 80

/* port_forwardings: longest prefix on (external network, address, protocol, port) -> where inside */
struct port_forwarding_key {
    __u32 prefix_length; /* 80 + the bits of port that count */
    __u32 network;
    __u32 address;  /* network order */
    __u16 protocol; /* machine order */
    __u16 port;     /* network order */
};
#define PORT_FORWARDING_KEY_BITS 80

struct port_forwarding {
    __u32 domain;
    __u32 address; /* network order */
    __u16 shift;   /* what is added to the port, modulo 2^16 */
    __u16 reserved;
};

/* underlay_addresses: addresses of nodes' tunnels; nothing leaves for them by an external network */

/* neighbours: (external network, address) -> MAC; filled by the programs */
struct neighbour {
    __u8 mac[6];
    __u16 reserved;
    __u64 seen;  /* nanoseconds of CLOCK_MONOTONIC: it said so; 0: it never has */
    __u64 asked; /* likewise */
};

/*
 * translations: what shares a router's address, and what was forwarded to a port. Each has two entries, one for each
 * direction; the value of one has what the other's key begins with. The outward one has the state.
 */
struct translation_key {
    __u32 scope;  /* outward: the routing domain; inward: the external network */
    __u32 local;  /* network order; outward: the workload's address; inward: the router's */
    __u32 remote; /* network order: the address outside */
    __u16 local_port; /* network order; of an ICMP query: its identifier */
    __u16 remote_port; /* likewise; of an ICMP query: the request's type, in machine order */
    __u8 protocol;
    __u8 inward;
    __u16 reserved;
};

enum translation_flag {
    TRANSLATION_FORWARDED = 1 << 0, /* begun from outside, by a port forwarding */
    TRANSLATION_FIN_OUT = 1 << 1,
    TRANSLATION_FIN_IN = 1 << 2,
    TRANSLATION_RESET_OUT = 1 << 3, /* the reset came from inside */
    TRANSLATION_BALANCED = 1 << 4,  /* forwarded to a member of a listener that a floating address leads to */
    TRANSLATION_BEGINS = TRANSLATION_FORWARDED | TRANSLATION_BALANCED, /* what stays when a connection begins anew */
};

struct translation {
    __u32 scope;   /* of the other direction's key */
    __u32 address; /* likewise */
    __u16 port;    /* likewise */
    __u8 state;    /* enum connection_state: SYN_SENT, NEW, ESTABLISHED, CLOSING, CLOSED or RESET */
    __u8 flags;
    __u32 seen; /* ticks: the last packet */
};

/* translation_counts: routing domain -> how many translations it has; 0 counts those of all domains */

/* translated_fragments: the first fragment of a packet -> what its address became, or by which gateway it left */
enum fragment_way {
    FRAGMENT_OUTWARD = 0, /* as translation_key.inward has it */
    FRAGMENT_INWARD = 1,
    FRAGMENT_LEAVES = 2, /* domain is the VNI of an external network then; 0: that of the route */
};

struct translated_fragment_key {
    __u32 scope; /* as in translation_key */
    __u32 source; /* network order */
    __u32 destination;
    __u16 identifier;
    __u8 protocol;
    __u8 inward; /* enum fragment_way */
};

struct translated_fragment {
    __u32 address; /* network order: of the end that is translated */
    __u32 domain;
    __u32 seen; /* ticks */
};

/* services: one record, this node's side of the pair into the service namespace */
struct services {
    __u32 device; /* ifindex of the host's end; 0: there is none */
};

/* service_clients: (port, one of its addresses) -> the address that stands for it in the service namespace */
struct service_client_key {
    __u32 port; /* number, not ifindex */
    struct ip address;
};

/* service_addresses: the way back, from that address */
struct service_address {
    __u32 device; /* the port's place */
    struct ip address;
};

/* service_policers: port number -> nanoseconds at which the port's bucket for services is full again */

/* virtual_addresses: (routing domain, virtual address in one of its networks) -> VNI of that network */

/* listeners: (network, virtual address, protocol, port) -> whose members take it */
struct listener_key {
    __u32 network;
    __u16 port; /* network order */
    __u8 protocol;
    __u8 reserved;
    struct ip address;
};

struct pool_id {
    __u64 upper;
    __u64 lower;
};

struct listener {
    struct pool_id pool; /* 0: it has none */
    __u32 affinity; /* seconds for which an address stays with its member; 0: a member is chosen for each connection */
    __u32 restricted; /* 1: allowed_callers says who may call; 0: everyone */
    struct ip gateway; /* who leads on to members in other networks; :: for nobody */
};

/* allowed_callers: longest prefix on (listener, caller's address) -> 1; asked where the listener is restricted */
struct allowed_caller_key {
    __u32 prefix_length; /* of the rest, in bits */
    struct listener_key listener;
    struct ip address;
};

#define ALLOWED_CALLER_KEY_BITS 192

/* pools: (id, family) -> its members of that family, and whom each slot chooses */
struct pool_key {
    struct pool_id id;
    __u32 family;
    __u32 reserved;
};

#define POOL_MEMBERS 256
#define POOL_SLOTS 1021 /* a prime (section 3.4 of the paper on Maglev) */

struct member {
    struct ip address;
    __u16 port; /* network order; 0: there is none */
    __u16 weight; /* 0: it keeps the connections that it has, and gets no other */
};

struct pool {
    __u32 taking; /* how many members take new connections; 0: slots mean nothing */
    __u8 slots[POOL_SLOTS];
    __u8 reserved[3];
    struct member members[POOL_MEMBERS]; /* one keeps its place as long as it is there */
};

/* affinities: (listener, client's address) -> its member; filled by the programs */
struct affinity_key {
    struct listener_key listener;
    struct ip client;
};

struct affinity {
    struct ip address;
    __u16 port; /* network order */
    __u16 reserved;
    __u32 seen; /* ticks: the last connection */
};

/*
 * connection_sets: by a hash of (port, what its guest sees) -> the connections of that hash. Each end on this node has an
 * entry of its own. connection_table.h has what is done with it.
 */
enum connection_role {
    ROLE_CONNECTION = 0,
    /* A pair that is kept beside the connection with a member: each is under what the other's end says. */
    ROLE_TO_MEMBER = 1,   /* as the guest sees it: the remote end is a virtual address, `end` the member */
    ROLE_FROM_MEMBER = 2, /* as it is: the remote end is the member, `end` the virtual address */
};

struct connection_key {
    __u16 port; /* number */
    __u8 protocol;
    __u8 role; /* enum connection_role */
    __u16 local_port; /* network order; of an ICMP request or reply: its identifier */
    __u16 remote_port; /* likewise; of ICMP: the request's type << 8, and 1 when the workload asked, in machine order */
    struct ip local;
    struct ip remote;
};

enum connection_state {
    CONNECTION_NONE = 0,         /* forgotten; the collector removes it */
    CONNECTION_NEW = 1,          /* not TCP: packets from the originator only */
    CONNECTION_ANSWERED = 2,     /* not TCP: the other end has answered */
    CONNECTION_SYN_SENT = 3,     /* the originator's SYN */
    CONNECTION_SYN_CROSSED = 4,  /* a SYN from each end (RFC 9293 section 3.5, figure 7) */
    CONNECTION_SYN_RECEIVED = 5, /* the answer that acknowledges it */
    CONNECTION_PICKED_UP = 6,    /* TCP that had begun elsewhere, seen in one direction */
    CONNECTION_ESTABLISHED = 7,
    CONNECTION_CLOSING = 8, /* a FIN from one end */
    CONNECTION_CLOSED = 9,  /* a FIN from each end */
    CONNECTION_RESET = 10,
    CONNECTION_CUT = 11, /* TCP that no rule allows any more */
};

enum connection_flag {
    CONNECTION_FROM_WORKLOAD = 1 << 0, /* the workload is the originator */
    CONNECTION_FIN_SENT = 1 << 1,      /* by the workload */
    CONNECTION_FIN_RECEIVED = 1 << 2,
    CONNECTION_RESET_SENT = 1 << 3,         /* the reset came from the workload */
    CONNECTION_SYN_AGAIN_SENT = 1 << 4,     /* the workload sent a SYN although it is established */
    CONNECTION_SYN_AGAIN_RECEIVED = 1 << 5, /* the other end did */
    CONNECTION_CROSSED = 1 << 6,            /* it was opened from both ends at once */
    CONNECTION_CUT_BY_HAND = 1 << 7,        /* no later verdict revives it */
};

/* How many seconds a connection lives without a packet, by its state, and once established by protocol. */
#define LIFE_NEW 30
#define LIFE_ANSWERED 30
#define LIFE_SYN_SENT 60
#define LIFE_SYN_CROSSED 60
#define LIFE_SYN_RECEIVED 60
#define LIFE_PICKED_UP 60
#define LIFE_CLOSING 240
#define LIFE_CLOSED 10
#define LIFE_RESET 10
#define LIFE_CUT 300
#define LIFE_ESTABLISHED 600
#define LIFE_ESTABLISHED_TCP 86400
#define LIFE_ESTABLISHED_UDP 300
#define LIFE_ESTABLISHED_ICMP 30
/* When the table is nearly full: idle TCP (RFC 5382 REQ-5 asks for 2 hours 4 minutes), and whatever is closing. */
#define LIFE_CROWDED_TCP 7440
#define LIFE_CROWDED_END 5

/* Time of connections: units of 2^30 nanoseconds of CLOCK_MONOTONIC. */
#define TICK_SHIFT 30

/* What an entry counts as; it has its tag as long as it counts as anything. */
enum connection_kept {
    CONNECTION_KEPT_NOT = 0,
    CONNECTION_KEPT_HALF_OPEN = 1, /* nobody has answered yet: it makes room when its set is full */
    CONNECTION_KEPT_ANSWERED = 2,  /* it is counted in loads, and nothing pushes it out while it lives */
};

struct connection {
    __u32 seen; /* ticks: the last packet */
    __u32 rule_set;
    __u32 epoch; /* of the rule set, at the verdict */
    __u32 rule;  /* that allowed it */
    __u8 state;
    __u8 flags;
    __u8 kept; /* enum connection_kept */
    __u8 reserved;
    __u32 created;  /* ticks */
    __u32 sequence; /* of the last SYN, which an answer must acknowledge */
    __u32 reserved2;
    __u64 sent_packets; /* by the workload */
    __u64 sent_bytes;
    __u64 received_packets;
    __u64 received_bytes;
    /* Of a balanced connection; otherwise 0. With its key an entry takes two cache lines. */
    struct ip end;
    __u16 end_port; /* network order */
    __u16 member;   /* where it stood in its pool; BALANCED_ANSWERS: it needs none */
    __u32 checked;  /* flow_generation, when it was seen there; 0: never */
};
#define BALANCED_ANSWERS 0xffff

struct connection_entry {
    struct connection_key key;
    struct connection connection;
};

#define CONNECTION_WAYS 16

struct connection_set {
    struct bpf_spin_lock lock; /* for whoever gives an entry to a key, or takes it away */
    __u32 reserved;
    __u16 tags[CONNECTION_WAYS]; /* another part of the hash of the key that has the entry; 0: it is free */
    __u32 room[6];
    struct connection_entry ways[CONNECTION_WAYS];
};

/* connection_secret: one record of random words, so that nobody outside knows which connections share a set */
struct connection_secret {
    __u32 word[sizeof(struct connection_key) / 4];
};

/*
 * flows: slot, by a hash -> the way of a flow's last packet, one copy for each CPU. What is counted on it is added to the
 * connections of both ends when it ends; those who read these add what stands here.
 */
enum flow_kind {
    FLOW_NONE = 0,
    FLOW_TO_PEER = 1,   /* target is the ifindex of a veth whose peer is in another namespace */
    FLOW_TO_DEVICE = 2, /* target is the ifindex of another device */
    FLOW_TO_NODE = 3,   /* target is an index of nodes */
};

struct flow_key {
    __u32 entrance; /* ifindex of the workload's device; from the tunnel: its VNI, and the upper bit */
    __u8 destination_mac[6];
    __u8 source_mac[6];
    __u16 ethertype;   /* network order */
    __u16 source_port; /* likewise */
    __u16 destination_port;
    __u8 protocol;
    __u8 reserved;
    struct ip source;
    struct ip destination;
};

struct flow {
    struct flow_key key;
    __u64 generation; /* flow_generation and the ends' flow_stamps, from before any table was read */
    __u64 stamp;
    __u32 ticks; /* when it was remembered */
    __u16 kind;
    __u16 window; /* the time in which it counts; see FLOW_WINDOW_SHIFT */
    __u32 target;
    __u32 sender;   /* port number of the workload that sends; 0: it is on another node */
    __u32 receiver; /* likewise */
    __u32 network;
    __u64 packets; /* not yet added to the connections */
    __u64 bytes;
    struct ip node; /* from the tunnel: the outer source; otherwise :: */
};
#define FLOW_BITS 13

/* A window is so many jiffies: about a second at 250 a second, 2.6 at 100. The kernel's clocks take longer to read. */
#define FLOW_WINDOW_SHIFT 8

/*
 * flow_tags: a part of the hash of each slot's flow. Most packets of short connections ask for a flow that is not there;
 * what they read for that fits into a cache, which the flows do not.
 */
struct flow_tags {
    __u16 of[1 << FLOW_BITS];
};

/* flow_generation: one number, another one after each change of a table; 0, as in a trace: nothing is remembered */

/* flow_stamps: by a hash of both ends -> changes of their connections' states */
#define FLOW_STAMP_BITS 12

/* loads: port number -> what bounds a port's connections; slot 0 counts those of all ports */
struct load {
    __u64 half_open_ready[2]; /* by direction: a bucket as in policers, of connections that wait for their answer */
    __u32 connections;
    __u32 reserved;
};

/* fragments: the first fragment of a packet, when it was let in */
struct fragment_key {
    __u16 port; /* number */
    __u8 direction;
    __u8 protocol; /* IPv6: 0, its identifiers count for all protocols (RFC 8200 section 4.5) */
    __u32 identifier;
    struct ip source;
    struct ip destination;
};

/* events: what the agent hears */
enum event_kind {
    EVENT_DHCPV4 = 1,
    EVENT_DHCPV6 = 2,
    EVENT_ROUTER_SOLICITATION = 3,
    EVENT_LEARNED = 4, /* what follows is a struct learned_event */
};

struct event {
    __u32 kind;
    __u32 ifindex; /* or a subport's place; 0: from the tunnel */
    __u32 port;
    __u32 network;
    __u32 length; /* of what follows */
    __u32 reserved;
    __u64 time;
};
#define EVENT_FRAME_BYTES 1600

struct learned_event {
    struct ip address;
    __u8 mac[6];
    __u16 reserved;
    struct place place;
};

_Static_assert(sizeof(struct port) == 48, "port");
_Static_assert(sizeof(struct tag) == 8, "tag");
_Static_assert(sizeof(struct subport) == 12, "subport");
_Static_assert(sizeof(struct port_address_key) == 32, "port_address_key");
_Static_assert(sizeof(struct network) == 8, "network");
_Static_assert(sizeof(struct place) == 8, "place");
_Static_assert(sizeof(struct mac_key) == 12, "mac_key");
_Static_assert(sizeof(struct address_key) == 20, "address_key");
_Static_assert(sizeof(struct address) == 16, "address");
_Static_assert(sizeof(struct shared_address_key) == 28, "shared_address_key");
_Static_assert(sizeof(struct router_interface) == 28, "router_interface");
_Static_assert(sizeof(struct route_key) == 28, "route_key");
_Static_assert(sizeof(struct next_hop) == 28, "next_hop");
_Static_assert(sizeof(struct route) == 36, "route");
_Static_assert(sizeof(struct node) == 40, "node");
_Static_assert(sizeof(struct underlay) == 32, "underlay");
_Static_assert(sizeof(struct tunnel_source_key) == 20, "tunnel_source_key");
_Static_assert(sizeof(struct learned_mac) == 16, "learned_mac");
_Static_assert(sizeof(struct learned_address) == 32, "learned_address");
_Static_assert(sizeof(struct qos) == 40, "qos");
_Static_assert(sizeof(struct packet_buckets) == 16, "packet_buckets");
_Static_assert(sizeof(struct address_limits) == 48, "address_limits");
_Static_assert(sizeof(struct peer_class_key) == 28, "peer_class_key");
_Static_assert(sizeof(struct policy_key) == 20, "policy_key");
_Static_assert(sizeof(struct policy) == 8, "policy");
_Static_assert(sizeof(struct rule_set) == 8, "rule_set");
_Static_assert(sizeof(struct policy_name_key) == 8, "policy_name_key");
_Static_assert(sizeof(struct policy_name) == 16, "policy_name");
_Static_assert(sizeof(struct external_network) == 8, "external_network");
_Static_assert(sizeof(struct external_address) == 16, "external_address");
_Static_assert(sizeof(struct floating_key) == 8, "floating_key");
_Static_assert(sizeof(struct gateway) == 28, "gateway");
_Static_assert(sizeof(struct further_gateway_key) == 8, "further_gateway_key");
_Static_assert(sizeof(struct further_gateway) == 36, "further_gateway");
_Static_assert(sizeof(struct source_gateway_key) == 16, "source_gateway_key");
_Static_assert(sizeof(struct port_forwarding_key) == 16, "port_forwarding_key");
_Static_assert(sizeof(struct port_forwarding) == 12, "port_forwarding");
_Static_assert(sizeof(struct neighbour) == 24, "neighbour");
_Static_assert(sizeof(struct translation_key) == 20, "translation_key");
_Static_assert(sizeof(struct translation) == 16, "translation");
_Static_assert(sizeof(struct translated_fragment_key) == 16, "translated_fragment_key");
_Static_assert(sizeof(struct translated_fragment) == 12, "translated_fragment");
_Static_assert(sizeof(struct services) == 4, "services");
_Static_assert(sizeof(struct service_client_key) == 20, "service_client_key");
_Static_assert(sizeof(struct service_address) == 20, "service_address");
_Static_assert(sizeof(struct listener_key) == 24, "listener_key");
_Static_assert(sizeof(struct listener) == 40, "listener");
_Static_assert(sizeof(struct allowed_caller_key) == 44, "allowed_caller_key");
_Static_assert(sizeof(struct pool_key) == 24, "pool_key");
_Static_assert(sizeof(struct member) == 20, "member");
_Static_assert(sizeof(struct pool) == 4 + 1024 + 20 * POOL_MEMBERS, "pool");
_Static_assert(sizeof(struct affinity_key) == 40, "affinity_key");
_Static_assert(sizeof(struct affinity) == 24, "affinity");
_Static_assert(sizeof(struct connection_key) == 40, "connection_key");
_Static_assert(sizeof(struct connection) == 88, "connection");
_Static_assert(sizeof(struct connection_set) == 64 + CONNECTION_WAYS * 128, "connection_set");
_Static_assert(sizeof(struct flow_key) == 56, "flow_key");
_Static_assert(sizeof(struct flow) == 128, "flow");
_Static_assert(sizeof(struct load) == 24, "load");
_Static_assert(sizeof(struct fragment_key) == 40, "fragment_key");
_Static_assert(sizeof(struct event) == 32, "event");
_Static_assert(sizeof(struct learned_event) == 32, "learned_event");
