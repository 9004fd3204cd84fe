/* What is known of the packet in hand, and small words that all stages use. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/if_packet.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"

#define INLINE static __always_inline

/* A stage that the verifier checks once, whoever calls it; keeps the hot path small. */
#define STAGE __attribute__((noinline))

/* Keeps the compiler from checking another copy of a number than the one that is used afterwards. */
#define FRESH(number) asm volatile("" : "+r"(number))

#define ETHERNET_BYTES 14

/* Hands the packet to whoever comes next on this device; "go on" on tcx and on clsact. */
#define GO_ON TC_ACT_UNSPEC

#define ETHERTYPE_IPV4 bpf_htons(ETH_P_IP)
#define ETHERTYPE_IPV6 bpf_htons(ETH_P_IPV6)
#define ETHERTYPE_ARP bpf_htons(ETH_P_ARP)

enum fragment {
    FRAGMENT_NONE = 0,
    FRAGMENT_FIRST = 1,
    FRAGMENT_LATER = 2, /* has no transport header */
};

/* By what the way of a packet may be remembered; see flow.h. */
struct flow_miss {
    __u64 generation;
    __u64 stamp;
    __u32 window;
    __u16 slot; /* of flows, and one more; 0: it is not to be remembered */
    __u16 tag;
};

struct packet {
    struct ip source;
    struct ip destination;
    __u8 destination_mac[6];
    __u8 source_mac[6];
    __u16 ethertype;        /* network order */
    __u16 transport_offset; /* from the Ethernet header on */
    __u16 ip_length;        /* of the IP packet, before segmentation */
    __u16 source_port;      /* network order; 0 without */
    __u16 destination_port;
    __u8 protocol; /* of the transport layer, behind all extension headers */
    __u8 hop_limit;
    __u8 fragment;
    __u8 transport_length; /* of the transport header */
    __u8 icmp_type;
    __u8 icmp_code;
    __u8 tcp_flags;
    __u32 sequence;        /* of TCP, machine order */
    __u32 acknowledgement; /* likewise */
    __u16 icmp_identifier; /* network order; of requests and replies */
    __u32 fragment_id; /* network order */
    __u32 ticks;       /* the time, once somebody has asked; see TICK_SHIFT */
    __u32 network; /* where the frame is; routing changes it */
    __u32 port;    /* number of the port that is charged */
    __u32 entrance; /* the place of the workload's port that sent it; 0: none of this node did */
    /* Who signs errors: the router interface that has the packet. With network 0: the destination. */
    __u32 signer_network;
    __u8 signer_mac[6];
    __u16 routers; /* how many routers have forwarded it */
    __u8 translated; /* enum translated */
    __u8 outside;    /* it came in from an external network */
    __u8 around;     /* it leaves, to come in again on this node */
    __u8 readdressed; /* it has just come in by a way out, and got an address inside there */
    __u8 crossing;    /* enum crossing, of the way out */
    __u8 balanced;    /* its destination was a virtual address */
    /* What a stage decided, for its caller to do. */
    struct place place;
    struct ip subject; /* whom a solicitation asks for */
    __u32 reason;
    __u32 mtu;
    __u32 unsettled; /* enum unsettled: how much more had to be asked than whether it belongs to a connection */
    struct flow_miss miss;
};

enum unsettled {
    SETTLED,
    UNSETTLED,
    UNSETTLED_SOUGHT, /* and what the table of connections has of it was sought already */
};

enum translated {
    TRANSLATED = 1 << 0,       /* addresses and ports above are what struct rewrite's are to become */
    TRANSLATED_QUOTE = 1 << 1, /* the packet that it quotes is to be changed, too */
};

/*
 * What translation is to change, in network order. Nothing is written before the packet's way is known: an
 * error still quotes it as it came, and goes to who sent it.
 */
struct rewrite {
    __u32 source; /* as it came */
    __u32 destination;
    __u16 source_port;
    __u16 destination_port;
    __u16 identifier;
    struct ip source6; /* the same of IPv6, which only balancing translates */
    struct ip destination6;
    /* The quoted packet: one of its ends is translated. */
    __u16 quoted_offset; /* of its IP header, from the Ethernet header on */
    __u16 quoted_transport;
    __u8 quoted_protocol;
    __u8 quoted_source; /* which end */
    __u32 quoted_address;
    __u16 quoted_port;
    __u16 fresh_port;
    __u32 fresh_address;
};

/* What is asked of rules: what stands in struct policy_key, with the address in the place of its class. */
struct question {
    __u32 peer_scope;
    __u32 rule_set;
    struct ip address;
    __u16 protocol;
    __u16 port;
    __u8 direction;
    __u8 family;
    __u16 reserved;
};

/*
 * What the tables of rules said when a question was put last. It counts as long as no table has changed, and no longer than the
 * present window of time (FLOW_WINDOW_SHIFT).
 */
struct verdict {
    struct question question;
    __u64 generation; /* flow_generation, from before any table was read; 0: nothing stands here */
    __u32 rule;
    __u8 flags; /* enum policy_flag */
    __u8 by_rule; /* 0: no rule says anything */
    __u16 reserved;
    __u64 window;
    __u64 room;
};
#define VERDICT_BITS 8

_Static_assert(sizeof(struct question) == 32, "question");
_Static_assert(sizeof(struct verdict) == 64, "verdict");

/* What rules are asked, and what they said. */
struct ruling {
    struct connection_key key;
    struct connection fresh;
    struct fragment_key fragment;
    struct question question;
    struct peer_class_key peer;
    struct policy_key asked;
    struct verdict unkept;
    __u32 rule;
    __u32 slot; /* where the key was found, dead or alive; 0: nowhere */
};

/* A translation in the making. */
struct translating {
    struct translation_key outward;
    struct translation_key inward;
    struct translation fresh;
    struct translated_fragment_key fragment;
};

/* A packet to a virtual address. */
struct balancing {
    struct connection_key key; /* of its entry; see enum connection_role */
    struct connection_key pair;
    struct connection fresh;
    struct listener_key listener;
    struct affinity_key affinity;
    struct allowed_caller_key caller;
    struct pool_key pool;
    struct ip end; /* the member */
    __u16 end_port;
    __u16 member; /* its place in the pool */
    __u32 slot;   /* of the entry; 0: it is to be made */
    __u32 affinity_ticks;
    __u32 restricted; /* of the listener */
};

/* Entries on their way from another build's tables, and a value for one of those that says nothing. */
struct inherited {
    struct connection connection;
    struct translation_key outward;
    struct translation_key inward;
    struct translation translation;
    struct translation back;
    __u8 nothing[256]; /* as long as a struct translation may get */
};

/* What is too long for the stack is put together here, one thing at a time on each CPU. */
struct scratch {
    struct flow_miss miss;
    struct flow_key asked;
    __u32 live; /* of a packet that a live trace watches: its slot, and one more; see live.h */
    __u32 reserved;
    struct packet packet;
    struct ruling ruling;
    struct rewrite rewrite;
    struct translating translating;
    struct balancing balancing;
    struct inherited inherited;
    struct event event;
    __u8 frame[EVENT_FRAME_BYTES];
    struct verdict verdicts[1 << VERDICT_BITS]; /* by a hash of the question */
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct scratch);
} scratch SEC(".maps");

INLINE struct scratch *own_scratch(void)
{
    __u32 zero = 0;
    return bpf_map_lookup_elem(&scratch, &zero);
}

/* A blank description of the packet that a program was called for. */
INLINE struct packet *new_packet(void)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return NULL;
    __builtin_memset(&scratch->packet, 0, sizeof(scratch->packet));
    return &scratch->packet;
}

/* By what the way of the packet that a program was called for may be remembered. */
INLINE struct flow_miss own_miss(void)
{
    struct scratch *scratch = own_scratch();
    return scratch ? scratch->miss : (struct flow_miss){};
}

/* What a stage wants to be done next. */
enum next {
    NEXT_DROP,    /* for packet->reason */
    NEXT_ERROR,   /* for packet->reason, and the sender is told */
    NEXT_DELIVER, /* to packet->place */
    NEXT_ECHO,    /* it is addressed to a router itself */
    NEXT_OUTSIDE, /* out of the domain in packet->place, to packet->subject in the external network */
    NEXT_INSIDE,  /* into the domain in packet->place */
    NEXT_ASK,     /* the signer asks its network where packet->destination is */
    NEXT_HELD,    /* it was redirected to what holds it back */
};

INLINE enum next next_drop(struct packet *packet, enum drop_reason reason)
{
    packet->reason = reason;
    return NEXT_DROP;
}

INLINE enum next next_error(struct packet *packet, enum drop_reason reason, __u32 mtu)
{
    packet->reason = reason;
    packet->mtu = mtu;
    return NEXT_ERROR;
}

struct ethernet {
    __u8 destination[6];
    __u8 source[6];
    __u16 type;
} __attribute__((packed));

INLINE void copy_mac(__u8 *to, const __u8 *from)
{
    __builtin_memcpy(to, from, 6);
}

INLINE bool same_mac(const __u8 *a, const __u8 *b)
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3] && a[4] == b[4] && a[5] == b[5];
}

INLINE bool is_group_mac(const __u8 *mac)
{
    return mac[0] & 1;
}

INLINE bool is_broadcast_mac(const __u8 *mac)
{
    return (mac[0] & mac[1] & mac[2] & mac[3] & mac[4] & mac[5]) == 0xff;
}

INLINE bool same_ip(const struct ip *a, const struct ip *b)
{
    return a->word[3] == b->word[3] && a->word[2] == b->word[2] && a->word[1] == b->word[1] &&
           a->word[0] == b->word[0];
}

INLINE bool is_unspecified(const struct ip *a)
{
    return !(a->word[0] | a->word[1] | a->word[2] | a->word[3]);
}

INLINE struct ip mapped(__u32 ipv4)
{
    return (struct ip){{0, 0, bpf_htonl(0xffff), ipv4}};
}

INLINE bool is_mapped(const struct ip *a)
{
    return a->word[0] == 0 && a->word[1] == 0 && a->word[2] == bpf_htonl(0xffff);
}

INLINE bool is_ipv6_link_local(const struct ip *a)
{
    return (a->word[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000);
}

/* The link-local address that follows from a MAC (RFC 4291 appendix A). */
INLINE struct ip link_local_of(const __u8 *mac)
{
    return (struct ip){{
        bpf_htonl(0xfe800000),
        0,
        bpf_htonl((__u32)(mac[0] ^ 2) << 24 | (__u32)mac[1] << 16 | (__u32)mac[2] << 8 | 0xff),
        bpf_htonl(0xfe000000 | (__u32)mac[3] << 16 | (__u32)mac[4] << 8 | mac[5]),
    }};
}

/* The MAC that a link-local address was made of; false when it was not made of one. */
INLINE bool mac_of_link_local(const struct ip *a, __u8 *mac)
{
    __u32 high = bpf_ntohl(a->word[2]), low = bpf_ntohl(a->word[3]);
    if (a->word[0] != bpf_htonl(0xfe800000) || a->word[1] || (high & 0xff) != 0xff || low >> 24 != 0xfe)
        return false;
    mac[0] = (high >> 24) ^ 2;
    mac[1] = high >> 16;
    mac[2] = high >> 8;
    mac[3] = low >> 16;
    mac[4] = low >> 8;
    mac[5] = low;
    return true;
}

INLINE bool is_ip(const struct packet *packet)
{
    return packet->ethertype == ETHERTYPE_IPV4 || packet->ethertype == ETHERTYPE_IPV6;
}

INLINE bool is_ipv4(const struct packet *packet)
{
    return packet->ethertype == ETHERTYPE_IPV4;
}

INLINE __u32 family_of(const struct packet *packet)
{
    return is_ipv4(packet) ? 4 : 6;
}

INLINE bool is_ip_multicast(const struct packet *packet)
{
    if (is_ipv4(packet))
        return (packet->destination.word[3] & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000);
    return (packet->destination.word[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
}

/* Folds a 32-bit sum of 16-bit words and complements it. */
INLINE __u16 checksum_fold(__u32 sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

INLINE __u16 ipv4_checksum(struct iphdr *header)
{
    header->check = 0;
    return checksum_fold(bpf_csum_diff(0, 0, (__be32 *)header, sizeof(*header), 0));
}

/* The length of the IP packets that will be on the wire. */
INLINE __u32 wire_length(const struct __sk_buff *skb, const struct packet *packet)
{
    if (skb->gso_size)
        return packet->transport_offset - ETHERNET_BYTES + packet->transport_length + skb->gso_size;
    return packet->ip_length;
}

INLINE __u32 mix(__u32 hash, __u32 word)
{
    hash = (hash ^ word) * 0x9e3779b1;
    return hash ^ hash >> 15;
}

/* The same for all packets of a flow; fragments have no ports, so none of them counts its ports. */
STAGE __u32 flow_hash(struct packet *packet)
{
    if (!packet)
        return 0;
    __u32 hash = packet->protocol;
    for (int i = 0; i < 4; i++) {
        hash = mix(hash, packet->source.word[i]);
        hash = mix(hash, packet->destination.word[i]);
    }
    if (packet->fragment == FRAGMENT_NONE)
        hash = mix(hash, (__u32)packet->source_port << 16 | packet->destination_port);
    /* Every bit of the flow must reach the lower bits, which choose among few members. */
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    return hash ^ hash >> 16;
}
