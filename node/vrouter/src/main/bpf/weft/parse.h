/* Reads the headers. Nothing is written, so the kernel need not copy a shared buffer. */
#pragma once

#include "packet.h"

/* Room for the longest chain of extension headers that is looked at; longer ones are malformed. */
#define EXTENSION_HEADERS 6

/* Makes the first bytes readable in place; pointers into the packet must be taken anew. */
INLINE bool reachable(struct __sk_buff *skb, __u32 bytes)
{
    if ((void *)(long)skb->data + bytes <= (void *)(long)skb->data_end)
        return true;
    return bpf_skb_pull_data(skb, bytes) == 0;
}

INLINE __u32 least_transport_bytes(__u8 protocol)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return 20;
    case IPPROTO_SCTP:
    case IPPROTO_DCCP:
        return 12;
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return 8;
    default:
        return 0;
    }
}

INLINE enum drop_reason parse_transport(struct __sk_buff *skb, struct packet *packet)
{
    __u32 offset = packet->transport_offset & 0x3ff;
    __u32 least = least_transport_bytes(packet->protocol);
    if (packet->fragment == FRAGMENT_LATER || least == 0)
        return DROP_NONE;
    if (offset - ETHERNET_BYTES + least > packet->ip_length)
        return DROP_MALFORMED;
    if (!reachable(skb, offset + least))
        return DROP_MALFORMED;
    void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
    __u8 *transport = data + offset;
    if ((void *)transport + 8 > end)
        return DROP_MALFORMED;
    packet->transport_length = 8;
    if (packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6) {
        packet->icmp_type = transport[0];
        packet->icmp_code = transport[1];
        packet->icmp_identifier = *(__u16 *)(transport + 4);
        return DROP_NONE;
    }
    packet->source_port = *(__u16 *)transport;
    packet->destination_port = *(__u16 *)(transport + 2);
    if (packet->protocol == IPPROTO_TCP) {
        if ((void *)transport + 20 > end)
            return DROP_MALFORMED;
        packet->transport_length = (transport[12] >> 4) * 4;
        packet->tcp_flags = transport[13];
        packet->sequence = bpf_ntohl(*(__u32 *)(transport + 4));
        packet->acknowledgement = bpf_ntohl(*(__u32 *)(transport + 8));
    }
    return DROP_NONE;
}

/* A later fragment that would overwrite the header which rules have seen (RFC 1858 section 4). */
INLINE bool overlaps_header(__u8 protocol, __u32 offset)
{
    return offset < least_transport_bytes(protocol);
}

INLINE enum drop_reason parse_ipv4(struct __sk_buff *skb, struct packet *packet)
{
    if (!reachable(skb, ETHERNET_BYTES + sizeof(struct iphdr)))
        return DROP_MALFORMED;
    struct iphdr *header = (void *)(long)skb->data + ETHERNET_BYTES;
    if ((void *)(header + 1) > (void *)(long)skb->data_end)
        return DROP_MALFORMED;
    __u32 header_bytes = header->ihl * 4;
    __u16 fragment = bpf_ntohs(header->frag_off);
    packet->ip_length = bpf_ntohs(header->tot_len);
    if (header->version != 4 || header_bytes < sizeof(*header) || packet->ip_length < header_bytes ||
        ETHERNET_BYTES + packet->ip_length > skb->len)
        return DROP_MALFORMED;
    packet->protocol = header->protocol;
    packet->hop_limit = header->ttl;
    packet->source = mapped(header->saddr);
    packet->destination = mapped(header->daddr);
    packet->transport_offset = ETHERNET_BYTES + header_bytes;
    packet->fragment_id = header->id;
    if (fragment & 0x1fff) {
        packet->fragment = FRAGMENT_LATER;
        if (overlaps_header(packet->protocol, (fragment & 0x1fff) * 8))
            return DROP_MALFORMED;
    } else if (fragment & 0x2000)
        packet->fragment = FRAGMENT_FIRST;
    return parse_transport(skb, packet);
}

/* Walks the chain of extension headers (RFC 8200 section 4). */
STAGE int parse_ipv6_extensions(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return DROP_MALFORMED;
    __u32 offset = packet->transport_offset;
    __u8 protocol = packet->protocol;
    __u16 place = 0;
    for (int i = 0; i < EXTENSION_HEADERS; i++) {
        __u8 header[8];
        switch (protocol) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
        case IPPROTO_AH:
        case IPPROTO_FRAGMENT:
            break;
        default:
            packet->transport_offset = offset;
            packet->protocol = protocol;
            return DROP_NONE;
        }
        if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)) || offset > 900)
            return DROP_MALFORMED;
        if (protocol == IPPROTO_FRAGMENT) {
            place = (__u16)header[2] << 8 | header[3];
            __builtin_memcpy(&packet->fragment_id, header + 4, 4);
            packet->fragment = place & 0xfff8 ? FRAGMENT_LATER : place & 1 ? FRAGMENT_FIRST : FRAGMENT_NONE;
            offset += 8;
        } else {
            offset += protocol == IPPROTO_AH ? (header[1] + 2) * 4 : (header[1] + 1) * 8;
        }
        protocol = header[0];
        if (packet->fragment == FRAGMENT_LATER) {
            packet->transport_offset = offset;
            packet->protocol = protocol;
            return overlaps_header(protocol, place & 0xfff8) ? DROP_MALFORMED : DROP_NONE;
        }
    }
    return DROP_MALFORMED;
}

INLINE enum drop_reason parse_ipv6(struct __sk_buff *skb, struct packet *packet)
{
    if (!reachable(skb, ETHERNET_BYTES + sizeof(struct ipv6hdr)))
        return DROP_MALFORMED;
    struct ipv6hdr *header = (void *)(long)skb->data + ETHERNET_BYTES;
    if ((void *)(header + 1) > (void *)(long)skb->data_end)
        return DROP_MALFORMED;
    __u32 length = sizeof(*header) + bpf_ntohs(header->payload_len);
    if (header->version != 6 || ETHERNET_BYTES + length > skb->len || length > 0xffff)
        return DROP_MALFORMED;
    packet->ip_length = length;
    packet->protocol = header->nexthdr;
    packet->hop_limit = header->hop_limit;
    __builtin_memcpy(&packet->source, &header->saddr, 16);
    __builtin_memcpy(&packet->destination, &header->daddr, 16);
    packet->transport_offset = ETHERNET_BYTES + sizeof(*header);
    switch (packet->protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_ICMPV6:
        break;
    default: {
        int reason = parse_ipv6_extensions(skb, packet);
        if (reason)
            return reason;
        if (packet->transport_offset > 1000)
            return DROP_MALFORMED;
    }
    }
    return parse_transport(skb, packet);
}

/* Fills everything but network and port, which the caller knows. */
INLINE enum drop_reason parse(struct __sk_buff *skb, struct packet *packet)
{
    if (!reachable(skb, ETHERNET_BYTES))
        return DROP_MALFORMED;
    struct ethernet *frame = (void *)(long)skb->data;
    if ((void *)(frame + 1) > (void *)(long)skb->data_end)
        return DROP_MALFORMED;
    copy_mac(packet->destination_mac, frame->destination);
    copy_mac(packet->source_mac, frame->source);
    packet->ethertype = frame->type;
    switch (packet->ethertype) {
    case ETHERTYPE_IPV4:
        return parse_ipv4(skb, packet);
    case ETHERTYPE_IPV6:
        return parse_ipv6(skb, packet);
    default:
        return DROP_NONE;
    }
}
