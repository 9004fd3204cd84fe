/*
 * VXLAN (RFC 7348) to and from other nodes. The program writes and takes off the header itself where
 * that is right, and leaves it to the VXLAN device otherwise; docs/data-path.md has the table.
 */
#pragma once

#include "answer.h"
#include "learn.h"

#define AF_INET 2
#define AF_INET6 10

#define VXLAN_PORT bpf_htons(4789)
#define VXLAN_VNI_VALID bpf_htonl(0x08000000)

/* Newer than the headers of the build machine; older kernels refuse them, and the device is taken. */
#define DECAP_TO_IPV4 (1ULL << 7)
#define DECAP_TO_IPV6 (1ULL << 8)

/* adjust_room's word for a packet that carries another tunnel's marks already. */
#define ALREADY_ENCAPSULATED -114

struct udp {
    __u16 source;
    __u16 destination;
    __u16 length;
    __u16 checksum;
};

struct vxlan {
    __u32 flags;
    __u32 vni;
};

struct outer_ipv4 {
    struct ethernet ethernet;
    struct iphdr ip;
    struct udp udp;
    struct vxlan vxlan;
    struct ethernet inner;
} __attribute__((packed));

struct outer_ipv6 {
    struct ethernet ethernet;
    struct ipv6hdr ip;
    struct udp udp;
    struct vxlan vxlan;
    struct ethernet inner;
} __attribute__((packed));

#define ROOM_IPV4 (sizeof(struct outer_ipv4) - ETHERNET_BYTES)
#define ROOM_IPV6 (sizeof(struct outer_ipv6) - ETHERNET_BYTES)

_Static_assert(ROOM_IPV4 == 50 && ROOM_IPV6 == 70, "what the tunnel adds");

INLINE struct underlay *own_underlay(void)
{
    __u32 zero = 0;
    return bpf_map_lookup_elem(&underlay, &zero);
}

/* Tells the VXLAN device where the frame goes; the caller redirects to it. */
INLINE bool set_tunnel(struct __sk_buff *skb, const struct underlay *own, const struct node *node, __u32 network)
{
    struct bpf_tunnel_key key = {.tunnel_id = network, .tunnel_ttl = 64};
    __u64 flags = BPF_F_ZERO_CSUM_TX;
    if (is_mapped(&node->address)) {
        key.remote_ipv4 = bpf_ntohl(node->address.word[3]);
        key.local_ipv4 = bpf_ntohl(own->ipv4);
    } else {
        __builtin_memcpy(key.remote_ipv6, &node->address, 16);
        __builtin_memcpy(key.local_ipv6, &own->ipv6, 16);
        flags |= BPF_F_TUNINFO_IPV6;
    }
    return bpf_skb_set_tunnel_key(skb, &key, sizeof(key), flags) == 0;
}

/* The source port spreads flows over the underlay's paths (RFC 7348 section 5). */
INLINE __u16 flow_port(__u32 hash)
{
    return bpf_htons(0xc000 | ((hash ^ hash >> 16) & 0x3fff));
}

INLINE void fill_inner(struct ethernet *inner, const struct packet *packet)
{
    copy_mac(inner->destination, packet->destination_mac);
    copy_mac(inner->source, packet->source_mac);
    inner->type = packet->ethertype;
}

STAGE int write_outer_ipv4(struct __sk_buff *skb, struct packet *packet, __u32 index, __u32 hash)
{
    struct scratch *scratch = own_scratch();
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &index);
    if (!scratch || !packet || !own || !node)
        return false;
    struct outer_ipv4 *outer = (void *)scratch->frame;
    __builtin_memset(outer, 0, sizeof(*outer));
    __u32 length = skb->len - ETHERNET_BYTES;
    struct iphdr header = {
        .version = 4,
        .ihl = 5,
        .tot_len = bpf_htons(length),
        .frag_off = bpf_htons(0x4000),
        .ttl = 64,
        .protocol = IPPROTO_UDP,
        .saddr = own->ipv4,
        .daddr = node->address.word[3],
    };
    /* The words above, without the helper that takes any header. */
    header.check = checksum_fold(bpf_htons(0x4500) + bpf_htons(length) + bpf_htons(0x4000) +
                                 bpf_htons(64 << 8 | IPPROTO_UDP) + (header.saddr & 0xffff) + (header.saddr >> 16) +
                                 (header.daddr & 0xffff) + (header.daddr >> 16));
    outer->ethernet.type = ETHERTYPE_IPV4;
    outer->ip = header;
    outer->udp.source = flow_port(hash);
    outer->udp.destination = VXLAN_PORT;
    outer->udp.length = bpf_htons(length - sizeof(header));
    outer->vxlan.flags = VXLAN_VNI_VALID;
    outer->vxlan.vni = bpf_htonl(packet->network << 8);
    fill_inner(&outer->inner, packet);
    return bpf_skb_store_bytes(skb, 0, outer, sizeof(*outer), 0) == 0;
}

STAGE int write_outer_ipv6(struct __sk_buff *skb, struct packet *packet, __u32 index, __u32 hash)
{
    struct scratch *scratch = own_scratch();
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &index);
    if (!scratch || !packet || !own || !node)
        return false;
    struct outer_ipv6 *outer = (void *)scratch->frame;
    __builtin_memset(outer, 0, sizeof(*outer));
    __u32 length = skb->len - ETHERNET_BYTES - sizeof(struct ipv6hdr);
    outer->ethernet.type = ETHERTYPE_IPV6;
    outer->ip.version = 6;
    outer->ip.payload_len = bpf_htons(length);
    outer->ip.nexthdr = IPPROTO_UDP;
    outer->ip.hop_limit = 64;
    __builtin_memcpy(&outer->ip.saddr, &own->ipv6, 16);
    __builtin_memcpy(&outer->ip.daddr, &node->address, 16);
    outer->udp.source = flow_port(hash);
    outer->udp.destination = VXLAN_PORT;
    outer->udp.length = bpf_htons(length);
    outer->vxlan.flags = VXLAN_VNI_VALID;
    outer->vxlan.vni = bpf_htonl(packet->network << 8);
    fill_inner(&outer->inner, packet);
    return bpf_skb_store_bytes(skb, 0, outer, sizeof(*outer), 0) == 0;
}

INLINE bool write_macs(struct __sk_buff *skb, const struct packet *packet)
{
    __u8 macs[12];
    copy_mac(macs, packet->destination_mac);
    copy_mac(macs + 6, packet->source_mac);
    return bpf_skb_store_bytes(skb, 0, macs, sizeof(macs), 0) == 0;
}

/* By the device: right for every packet, and slower. */
STAGE int tunnel_by_device(struct __sk_buff *skb, struct packet *packet, __u32 index)
{
    if (!packet)
        return TC_ACT_SHOT;
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &index);
    if (!own || !node)
        return drop(packet->port, DROP_NODE_UNKNOWN);
    if ((packet->routers && !write_macs(skb, packet)) || !set_tunnel(skb, own, node, packet->network))
        return drop(packet->port, DROP_ENCAPSULATION_FAILED);
    trace_note(TRACE_BY_DEVICE, packet->port, 0, 0);
    return bpf_redirect(own->tunnel_device, 0);
}

/* Enters the underlay. The kernel keeps the next hop's MAC; without a next hop it also looks for the route. */
STAGE int send_to_node(__u32 index)
{
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &index);
    struct bpf_redir_neigh hop = {};
    if (!own || !node)
        return TC_ACT_SHOT;
    __u32 uplink = node->uplink ? node->uplink : own->uplink;
    if (is_unspecified(&node->next_hop))
        return bpf_redirect_neigh(uplink, NULL, 0, 0);
    if (is_mapped(&node->next_hop)) {
        hop.nh_family = AF_INET;
        hop.ipv4_nh = node->next_hop.word[3];
    } else {
        hop.nh_family = AF_INET6;
        __builtin_memcpy(hop.ipv6_nh, &node->next_hop, 16);
    }
    return bpf_redirect_neigh(uplink, &hop, sizeof(hop), 0);
}

/* How large an IP packet the tunnel to a node takes. */
INLINE __u32 tunnel_mtu(const struct underlay *own, const struct node *node)
{
    return own->mtu - (is_mapped(&node->address) ? ROOM_IPV4 : ROOM_IPV6);
}

/* Sends to a node; what a router changed in the IP header is written already. */
INLINE int tunnel_out(struct __sk_buff *skb, struct packet *packet, const struct underlay *own,
                      const struct node *node, __u32 index)
{
    if ((!own->uplink && !node->uplink) || !is_ip(packet))
        return tunnel_by_device(skb, packet, index);
    bool ipv4 = is_mapped(&node->address);
    __u32 hash = skb->hash ? skb->hash : flow_hash(packet);
    __s32 room = ipv4 ? ROOM_IPV4 : ROOM_IPV6;
    __u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
                  BPF_F_ADJ_ROOM_ENCAP_L2(ETHERNET_BYTES) | BPF_F_ADJ_ROOM_ENCAP_L2_ETH |
                  (ipv4 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV6);
    long result = bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC, flags);
    if (result == ALREADY_ENCAPSULATED && ipv4 == is_ipv4(packet) &&
        (!skb->gso_size || packet->protocol == IPPROTO_TCP))
        result = bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
    if (result)
        return tunnel_by_device(skb, packet, index);
    bool written = ipv4 ? write_outer_ipv4(skb, packet, index, hash) : write_outer_ipv6(skb, packet, index, hash);
    if (!written)
        return drop(packet->port, DROP_ENCAPSULATION_FAILED);
    return send_to_node(index);
}

/* Whether an underlay address may send into a network; the node's index, or -1. */
INLINE int tunnel_source(const struct ip *address, __u32 network)
{
    struct tunnel_source_key key = {.address = *address, .network = network};
    __u32 *node = bpf_map_lookup_elem(&tunnel_sources, &key);
    trace_note(TRACE_ARRIVED, 0, node ? *node : 0, network);
    return node ? (int)(*node & 0x7fffffff) : -1;
}
