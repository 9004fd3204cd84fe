/* Writes what translation has decided, and everything that was computed of it: right for segments and owed checksums. */
#pragma once

#include "trace.h"

/* Begins to translate: from now on the packet's own addresses and ports are kept aside. */
INLINE struct rewrite *begin_rewrite(struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return NULL;
    struct rewrite *was = &scratch->rewrite;
    if (!packet->translated) {
        was->source = packet->source.word[3];
        was->destination = packet->destination.word[3];
        was->source6 = packet->source;
        was->destination6 = packet->destination;
        was->source_port = packet->source_port;
        was->destination_port = packet->destination_port;
        was->identifier = packet->icmp_identifier;
        packet->translated = TRANSLATED;
    }
    return was;
}

/* Where a transport header has its checksum; 0 when it has none that covers addresses or ports. */
INLINE __u32 checksum_offset(__u8 protocol)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return 16;
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
    case IPPROTO_DCCP:
        return 6;
    default:
        return 0;
    }
}

/* A UDP checksum of zero says that there is none. */
INLINE __u64 checksum_flags(__u8 protocol)
{
    return protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

/* One address of the IP header. */
INLINE bool rewrite_address(struct __sk_buff *skb, const struct packet *packet, __u32 field, __u32 from, __u32 to)
{
    __u32 check = packet->fragment == FRAGMENT_LATER ? 0 : checksum_offset(packet->protocol);
    if (from == to)
        return true;
    if (check && bpf_l4_csum_replace(skb, (packet->transport_offset & 0x3ff) + check, from, to,
                                     checksum_flags(packet->protocol) | BPF_F_PSEUDO_HDR | 4))
        return false;
    return !bpf_l3_csum_replace(skb, ETHERNET_BYTES + offsetof(struct iphdr, check), from, to, 4) &&
           !bpf_skb_store_bytes(skb, ETHERNET_BYTES + field, &to, sizeof(to), 0);
}

/* A port, or the identifier of an ICMP query. */
INLINE bool rewrite_port(struct __sk_buff *skb, const struct packet *packet, __u32 field, __u16 from, __u16 to)
{
    __u32 transport = packet->transport_offset & 0x3ff;
    __u32 check = packet->protocol == IPPROTO_ICMP ? 2 : checksum_offset(packet->protocol);
    if (from == to)
        return true;
    return check && !bpf_l4_csum_replace(skb, transport + check, from, to, checksum_flags(packet->protocol) | 2) &&
           !bpf_skb_store_bytes(skb, transport + field, &to, sizeof(to), 0);
}

/* A word of the quoted transport header, which the sum of the ICMP error covers. */
INLINE bool rewrite_quoted(struct __sk_buff *skb, const struct packet *packet, __u32 offset, __u16 from, __u16 to)
{
    if (from == to)
        return true;
    return !bpf_l4_csum_replace(skb, (packet->transport_offset & 0x3ff) + 2, from, to, 2) &&
           !bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0);
}

INLINE __u16 updated_sum(__u16 check, __u32 from, __u32 to)
{
    __u32 sum = (__u16)~check + (__u16)~from + (__u16) ~(from >> 16) + (to & 0xffff) + (to >> 16);
    return checksum_fold(sum);
}

/* The quoted end: its address, its port, and the checksums over them as far as they are quoted. */
STAGE int write_quoted(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct rewrite *was = &scratch->rewrite;
    __u32 header = was->quoted_offset & 0x7ff, transport = was->quoted_transport & 0x7ff;
    __u32 end = ETHERNET_BYTES + packet->ip_length;
    __u32 from = was->quoted_address, to = was->fresh_address;
    __u16 port = was->quoted_port, fresh = was->fresh_port;
    __u8 protocol = was->quoted_protocol;
    bool icmp = protocol == IPPROTO_ICMP;
    /* The header's own checksum makes up for the address: the error's sum stays. */
    if (bpf_l3_csum_replace(skb, header + offsetof(struct iphdr, check), from, to, 4) ||
        bpf_skb_store_bytes(skb, header + (was->quoted_source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr)),
                            &to, sizeof(to), 0))
        return 0;
    __u32 check = icmp ? 2 : checksum_offset(protocol);
    __u16 sum = 0;
    if (check && transport + check + 2 <= end) {
        if (bpf_skb_load_bytes(skb, transport + check, &sum, sizeof(sum)))
            return 0;
        __u16 fixed = updated_sum(sum, port, fresh);
        if (!icmp)
            fixed = updated_sum(fixed, from, to);
        if (protocol == IPPROTO_UDP && !fixed)
            fixed = 0xffff;
        if ((protocol != IPPROTO_UDP || sum) && !rewrite_quoted(skb, packet, transport + check, sum, fixed))
            return 0;
    }
    return rewrite_quoted(skb, packet, transport + (icmp ? 4 : was->quoted_source ? 0 : 2), port, fresh);
}

INLINE void trace_rewrite(struct packet *packet, struct rewrite *was)
{
    if (!IS_NOTED)
        return;
    if (!same_ip(&was->source6, &packet->source))
        write_translation(&was->source6, &packet->source, was->source_port, packet->source_port);
    if (!same_ip(&was->destination6, &packet->destination))
        write_translation(&was->destination6, &packet->destination, was->destination_port, packet->destination_port);
}

/* An address of an IPv6 header, and the checksum over it. */
STAGE int rewrite_address6(struct __sk_buff *skb, struct packet *packet, __u32 field, struct ip *from, struct ip *to)
{
    if (!packet || !from || !to)
        return 0;
    if (same_ip(from, to))
        return 1;
    __u32 check = packet->protocol == IPPROTO_ICMPV6 ? 2 : checksum_offset(packet->protocol);
    __s64 difference = bpf_csum_diff((__be32 *)from, sizeof(*from), (__be32 *)to, sizeof(*to), 0);
    /* No header checksum makes up for the address: a sum over the whole packet must learn of both changes. */
    return (!check || !bpf_l4_csum_replace(skb, (packet->transport_offset & 0x3ff) + check, 0, difference,
                                           checksum_flags(packet->protocol) | BPF_F_PSEUDO_HDR)) &&
           !bpf_skb_store_bytes(skb, ETHERNET_BYTES + field, to, sizeof(*to), BPF_F_RECOMPUTE_CSUM);
}

/* The same of IPv6: only whole packets are translated. */
STAGE int write_rewrite6(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct rewrite *was = &scratch->rewrite;
    trace_rewrite(packet, was);
    if (!rewrite_address6(skb, packet, offsetof(struct ipv6hdr, saddr), &was->source6, &packet->source) ||
        !rewrite_address6(skb, packet, offsetof(struct ipv6hdr, daddr), &was->destination6, &packet->destination))
        return 0;
    packet->translated = 0;
    return rewrite_port(skb, packet, 0, was->source_port, packet->source_port) &&
           rewrite_port(skb, packet, 2, was->destination_port, packet->destination_port);
}

/* The packet's own addresses and ports. */
STAGE int write_own(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct rewrite *was = &scratch->rewrite;
    trace_rewrite(packet, was);
    if (!rewrite_address(skb, packet, offsetof(struct iphdr, saddr), was->source, packet->source.word[3]) ||
        !rewrite_address(skb, packet, offsetof(struct iphdr, daddr), was->destination, packet->destination.word[3]))
        return 0;
    packet->translated = 0;
    if (packet->fragment == FRAGMENT_LATER)
        return 1;
    if (packet->protocol == IPPROTO_ICMP)
        return rewrite_port(skb, packet, 4, was->identifier, packet->icmp_identifier);
    return rewrite_port(skb, packet, 0, was->source_port, packet->source_port) &&
           rewrite_port(skb, packet, 2, was->destination_port, packet->destination_port);
}

/* All of it; false when the kernel refuses. One after the other, since the stack that calls share is nearly full here. */
INLINE bool write_rewrite(struct __sk_buff *skb, struct packet *packet)
{
    if (!is_ipv4(packet))
        return write_rewrite6(skb, packet);
    return (!(packet->translated & TRANSLATED_QUOTE) || write_quoted(skb, packet)) && write_own(skb, packet);
}
