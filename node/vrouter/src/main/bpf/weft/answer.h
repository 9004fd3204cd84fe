/*
 * Answers that the programs give themselves: ICMP and ICMPv6 errors and echo replies. The packet in
 * hand is turned into its answer and leaves where it came from.
 */
#pragma once

#include "drop.h"
#include "police.h"
#include "spoof.h"
#include "trunk.h"

/* How much of a packet an error quotes. */
#define QUOTE_BYTES 128

#define ICMP_ECHO_REPLY 0
#define ICMP_UNREACHABLE 3
#define ICMP_ECHO 8
#define ANSWER_HOPS 64
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER_PROBLEM 12
#define ICMPV6_UNREACHABLE 1
#define ICMPV6_TOO_BIG 2
#define ICMPV6_TIME_EXCEEDED 3
#define ICMPV6_ECHO 128
#define ICMPV6_ECHO_REPLY 129

struct icmp {
    __u8 type;
    __u8 code;
    __u16 checksum;
    __u32 rest;
};

struct error_ipv4 {
    struct ethernet ethernet;
    struct iphdr ip;
    struct icmp icmp;
} __attribute__((packed));

struct error_ipv6 {
    struct ethernet ethernet;
    struct ipv6hdr ip;
    struct icmp icmp;
} __attribute__((packed));

struct pseudo_header {
    struct ip source;
    struct ip destination;
    __u32 length;
    __u32 protocol;
};

/* Leaves through the device that the packet came from. */
INLINE int send_back(struct __sk_buff *skb, const struct packet *packet)
{
    trace_note(TRACE_ANSWERED, packet->port, skb->ifindex, 0);
    count_received(skb, packet->port);
    return to_sender(skb, packet);
}

/* Who sent it: the source that it came with. */
INLINE struct ip sender_of(const struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!packet->translated || !scratch)
        return packet->source;
    return is_ipv4(packet) ? mapped(scratch->rewrite.source) : scratch->rewrite.source6;
}

/* Whom it was sent to: the destination that it came with. */
INLINE struct ip addressee_of(const struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!packet->translated || !scratch)
        return packet->destination;
    return is_ipv4(packet) ? mapped(scratch->rewrite.destination) : scratch->rewrite.destination6;
}

/* Errors about errors, groups and later fragments are not sent (RFC 1122 section 3.2.2, RFC 4443 section 2.4). */
INLINE bool deserves_error(const struct packet *packet)
{
    if ((!packet->port && !packet->outside) || !is_ip(packet) || packet->fragment == FRAGMENT_LATER ||
        is_group_mac(packet->destination_mac) || is_ip_multicast(packet))
        return false;
    if (packet->source.word[3] == 0 && (is_ipv4(packet) || is_unspecified(&packet->source)))
        return false;
    if (is_ipv4(packet) && packet->protocol == IPPROTO_ICMP)
        return packet->icmp_type == ICMP_ECHO || packet->icmp_type == ICMP_ECHO_REPLY || packet->icmp_type > 12;
    if (!is_ipv4(packet) && packet->protocol == IPPROTO_ICMPV6)
        return packet->icmp_type >= 128 && packet->icmp_type != REDIRECT;
    return true;
}

INLINE struct icmp error_header(const struct packet *packet, __u32 reason, __u32 mtu)
{
    struct icmp icmp = {};
    bool ipv4 = is_ipv4(packet);
    switch (reason) {
    case DROP_TTL_EXPIRED:
        icmp.type = ipv4 ? ICMP_TIME_EXCEEDED : ICMPV6_TIME_EXCEEDED;
        break;
    case DROP_TOO_BIG:
        icmp.type = ipv4 ? ICMP_UNREACHABLE : ICMPV6_TOO_BIG;
        icmp.code = ipv4 ? 4 : 0;
        icmp.rest = bpf_htonl(mtu);
        break;
    case DROP_NO_ROUTE:
        icmp.type = ipv4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE;
        break;
    case DROP_NO_LISTENER:
    case DROP_NO_MEMBERS:
        icmp.type = ipv4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE;
        icmp.code = ipv4 ? 3 : 4; /* the port */
        break;
    default:
        icmp.type = ipv4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE;
        icmp.code = ipv4 ? 1 : 3;
        break;
    }
    return icmp;
}

/* The address that signs: of the router's interface, or of the destination where no router was asked. */
INLINE bool find_signer(const struct packet *packet, struct ip *signer)
{
    if (!packet->signer_network) {
        *signer = addressee_of(packet);
        return true;
    }
    struct mac_key key = {.network = packet->signer_network};
    copy_mac(key.mac, packet->signer_mac);
    struct router_interface *router = bpf_map_lookup_elem(&router_interfaces, &key);
    if (!router)
        return false;
    if (is_ipv4(packet)) {
        *signer = mapped(router->ipv4);
        return router->ipv4 != 0;
    }
    *signer = is_unspecified(&router->ipv6) ? link_local_of(packet->signer_mac) : router->ipv6;
    return true;
}

/* Sums up the quote, which must be all that is left behind the Ethernet header. */
INLINE int quote_sum(struct __sk_buff *skb, __u32 length)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return -1;
    __builtin_memset(scratch->frame, 0, QUOTE_BYTES);
    FRESH(length);
    if (length < 20 || length > QUOTE_BYTES)
        return -1;
    if (bpf_skb_load_bytes(skb, ETHERNET_BYTES, scratch->frame, length))
        return -1;
    return checksum_fold(bpf_csum_diff(0, 0, (__be32 *)scratch->frame, QUOTE_BYTES, 0)) ^ 0xffff;
}

INLINE bool write_error_ipv4(struct __sk_buff *skb, const struct packet *packet, const struct ip *signer,
                             struct icmp icmp, __u32 quote, __u32 sum)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return false;
    struct error_ipv4 *error = (void *)scratch->frame;
    __builtin_memset(error, 0, sizeof(*error));
    if (bpf_skb_adjust_room(skb, sizeof(*error) - ETHERNET_BYTES, BPF_ADJ_ROOM_MAC, 0))
        return false;
    copy_mac(error->ethernet.destination, packet->source_mac);
    copy_mac(error->ethernet.source, packet->destination_mac);
    error->ethernet.type = ETHERTYPE_IPV4;
    struct iphdr header = {
        .version = 4,
        .ihl = 5,
        .tos = 0xc0,
        .tot_len = bpf_htons(sizeof(*error) - ETHERNET_BYTES + quote),
        .ttl = ANSWER_HOPS,
        .protocol = IPPROTO_ICMP,
        .saddr = signer->word[3],
        .daddr = sender_of(packet).word[3],
    };
    header.check = ipv4_checksum(&header);
    error->ip = header;
    icmp.checksum = checksum_fold(bpf_csum_diff(0, 0, (__be32 *)&icmp, sizeof(icmp), sum));
    error->icmp = icmp;
    return bpf_skb_store_bytes(skb, 0, error, sizeof(*error), 0) == 0;
}

INLINE bool write_error_ipv6(struct __sk_buff *skb, const struct packet *packet, const struct ip *signer,
                             struct icmp icmp, __u32 quote, __u32 sum)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return false;
    struct error_ipv6 *error = (void *)scratch->frame;
    __builtin_memset(error, 0, sizeof(*error));
    struct pseudo_header pseudo = {
        .source = *signer,
        .destination = packet->source,
        .length = bpf_htonl(sizeof(icmp) + quote),
        .protocol = bpf_htonl(IPPROTO_ICMPV6),
    };
    if (bpf_skb_adjust_room(skb, sizeof(*error) - ETHERNET_BYTES, BPF_ADJ_ROOM_MAC, 0))
        return false;
    copy_mac(error->ethernet.destination, packet->source_mac);
    copy_mac(error->ethernet.source, packet->destination_mac);
    error->ethernet.type = ETHERTYPE_IPV6;
    error->ip.version = 6;
    error->ip.payload_len = bpf_htons(sizeof(icmp) + quote);
    error->ip.nexthdr = IPPROTO_ICMPV6;
    error->ip.hop_limit = ANSWER_HOPS;
    __builtin_memcpy(&error->ip.saddr, signer, 16);
    __builtin_memcpy(&error->ip.daddr, &packet->source, 16);
    sum = bpf_csum_diff(0, 0, (__be32 *)&pseudo, sizeof(pseudo), sum);
    icmp.checksum = checksum_fold(bpf_csum_diff(0, 0, (__be32 *)&icmp, sizeof(icmp), sum));
    error->icmp = icmp;
    return bpf_skb_store_bytes(skb, 0, error, sizeof(*error), 0) == 0;
}

/* Drops the packet for a reason and tells its sender, who is a local workload. */
STAGE int answer_error(struct __sk_buff *skb, struct packet *packet, __u32 reason, __u32 mtu)
{
    struct ip signer;
    if (!packet)
        return TC_ACT_SHOT;
    drop(packet->port, reason);
    if (!deserves_error(packet))
        return TC_ACT_SHOT;
    if (!answer_passes(packet->port))
        return drop(packet->port, DROP_ANSWER_POLICED);
    if (!find_signer(packet, &signer))
        return drop(packet->port, DROP_ANSWER_FAILED);
    __u32 quote = packet->ip_length < QUOTE_BYTES ? packet->ip_length : QUOTE_BYTES;
    if (bpf_skb_change_tail(skb, ETHERNET_BYTES + quote, 0))
        return drop(packet->port, DROP_ANSWER_FAILED);
    int sum = quote_sum(skb, quote);
    if (sum < 0)
        return drop(packet->port, DROP_ANSWER_FAILED);
    struct icmp icmp = error_header(packet, reason, mtu);
    bool written = is_ipv4(packet) ? write_error_ipv4(skb, packet, &signer, icmp, quote, sum)
                                   : write_error_ipv6(skb, packet, &signer, icmp, quote, sum);
    return written ? send_back(skb, packet) : drop(packet->port, DROP_ANSWER_FAILED);
}

INLINE bool swap_ends(struct __sk_buff *skb, const struct packet *packet)
{
    __u8 ends[12];
    copy_mac(ends, packet->source_mac);
    copy_mac(ends + 6, packet->destination_mac);
    if (bpf_skb_store_bytes(skb, 0, ends, sizeof(ends), 0))
        return false;
    /* An answer is a packet of the router's own and has all hops before it: it may have to pass routers, too. */
    if (is_ipv4(packet)) {
        __u32 addresses[2] = {packet->destination.word[3], packet->source.word[3]};
        __u16 old, fresh = bpf_htons(ANSWER_HOPS << 8 | packet->protocol);
        __u32 at = ETHERNET_BYTES + offsetof(struct iphdr, ttl);
        if (bpf_skb_load_bytes(skb, at, &old, sizeof(old)) ||
            bpf_l3_csum_replace(skb, ETHERNET_BYTES + offsetof(struct iphdr, check), old, fresh, sizeof(fresh)) ||
            bpf_skb_store_bytes(skb, at, &fresh, sizeof(fresh), 0))
            return false;
        return bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct iphdr, saddr), addresses,
                                   sizeof(addresses), 0) == 0;
    }
    __u8 hops = ANSWER_HOPS;
    struct ip addresses[2] = {packet->destination, packet->source};
    if (bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct ipv6hdr, hop_limit), &hops, sizeof(hops), 0))
        return false;
    return bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct ipv6hdr, saddr), addresses,
                               sizeof(addresses), 0) == 0;
}

/*
 * A packet to an address of a router: echo requests are answered, nothing else is. Only the first
 * fragment of a long request has an ICMP header to change; the others are merely returned.
 */
STAGE int answer_router_address(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    __u8 icmp = is_ipv4(packet) ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    __u8 request = is_ipv4(packet) ? ICMP_ECHO : ICMPV6_ECHO;
    __u8 reply = is_ipv4(packet) ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY;
    if ((!packet->port && !packet->outside) || packet->translated || packet->protocol != icmp)
        return drop(packet->port, DROP_ROUTER_ADDRESS);
    if (packet->fragment != FRAGMENT_LATER) {
        __u32 offset = packet->transport_offset;
        if (packet->icmp_type != request)
            return drop(packet->port, DROP_ROUTER_ADDRESS);
        if (bpf_l4_csum_replace(skb, offset + offsetof(struct icmp, checksum),
                                bpf_htons(request << 8 | packet->icmp_code),
                                bpf_htons(reply << 8 | packet->icmp_code), 2) ||
            bpf_skb_store_bytes(skb, offset, &reply, 1, 0))
            return drop(packet->port, DROP_ANSWER_FAILED);
    }
    return swap_ends(skb, packet) ? send_back(skb, packet) : drop(packet->port, DROP_ANSWER_FAILED);
}
