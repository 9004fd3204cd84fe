/*
 * A live trace: the instance of the programs in which `tracing` is TRACING_LIVE forwards for a device in the place of the
 * usual one, over the same maps. Packets that the filter asks for take the whole way, and leave notes of it in a slot of
 * `live`; all others go as ever. When the slots are full, or the time is over, that holds for all of them, also if nobody is
 * left to put the usual instance back.
 */
#pragma once

#include "trace.h"

/* What a filter looks at. */
struct live_name {
    struct ip source;
    struct ip destination;
    __u16 source_port;
    __u16 destination_port;
    __u8 protocol;
};

/* Reads it, as far as it is there, from a frame at an offset; extension headers are not looked behind. */
INLINE void read_live_name(struct __sk_buff *skb, __u32 offset, struct live_name *name)
{
    __u16 type;
    __u32 transport;
    bool ports = true;
    if (bpf_skb_load_bytes(skb, offset + offsetof(struct ethernet, type), &type, sizeof(type)))
        return;
    offset += ETHERNET_BYTES;
    if (type == ETHERTYPE_IPV4) {
        struct iphdr header;
        if (bpf_skb_load_bytes(skb, offset, &header, sizeof(header)))
            return;
        name->source = mapped(header.saddr);
        name->destination = mapped(header.daddr);
        name->protocol = header.protocol;
        ports = !(header.frag_off & bpf_htons(0x1fff));
        transport = offset + header.ihl * 4;
    } else if (type == ETHERTYPE_IPV6) {
        struct ipv6hdr header;
        if (bpf_skb_load_bytes(skb, offset, &header, sizeof(header)))
            return;
        __builtin_memcpy(&name->source, &header.saddr, 16);
        __builtin_memcpy(&name->destination, &header.daddr, 16);
        name->protocol = header.nexthdr;
        transport = offset + sizeof(header);
    } else {
        return;
    }
    __u16 both[2];
    if (!ports || (name->protocol != IPPROTO_TCP && name->protocol != IPPROTO_UDP) ||
        bpf_skb_load_bytes(skb, transport, both, sizeof(both)))
        return;
    name->source_port = both[0];
    name->destination_port = both[1];
}

INLINE bool asks_for(const struct live_filter *filter, const struct live_name *name)
{
    return (is_unspecified(&filter->source) || same_ip(&filter->source, &name->source)) &&
           (is_unspecified(&filter->destination) || same_ip(&filter->destination, &name->destination)) &&
           (!filter->protocol || filter->protocol - 1 == name->protocol) &&
           (!filter->source_port || filter->source_port == name->source_port) &&
           (!filter->destination_port || filter->destination_port == name->destination_port);
}

/* The packet in hand is not watched, whatever the one before was. */
INLINE int forget_live(void)
{
    struct scratch *scratch = own_scratch();
    if (scratch)
        scratch->live = 0;
    return 0;
}

/* Whether the packet in hand is watched: it has a slot from now on. Its frame begins at the offset. */
STAGE int begin_live(struct __sk_buff *skb, __u32 offset, __u32 network)
{
    struct scratch *scratch = own_scratch();
    __u32 zero = 0;
    struct live_filter *filter = bpf_map_lookup_elem(&live_filter, &zero);
    struct live_name name = {};
    if (!scratch || !filter)
        return 0;
    scratch->live = 0;
    __u64 now = bpf_ktime_get_ns();
    if (filter->taken >= filter->most || now > filter->until || filter->network != network)
        return 0;
    offset &= 0xff;
    read_live_name(skb, offset, &name);
    if (!asks_for(filter, &name))
        return 0;
    __u32 slot = __sync_fetch_and_add(&filter->taken, 1);
    FRESH(slot);
    if (slot >= filter->most)
        return 0;
    struct live_packet *packet = bpf_map_lookup_elem(&live, &slot);
    if (!packet)
        return 0;
    packet->when = now;
    packet->offset = offset;
    __u32 length = skb->len;
    packet->came_length = length;
    if (length > LIVE_CAME_BYTES)
        length = LIVE_CAME_BYTES;
    FRESH(length);
    if (length > 0 && length <= LIVE_CAME_BYTES)
        bpf_skb_load_bytes(skb, 0, packet->came, length);
    scratch->live = slot + 1;
    return 1;
}

/* What arrives on an uplink, when it is a tunnelled frame: the outer header is of either family and has no options. */
STAGE int begin_live_tunnelled(struct __sk_buff *skb)
{
    struct scratch *scratch = own_scratch();
    struct {
        struct udp udp;
        struct vxlan vxlan;
    } tunnel;
    if (!scratch)
        return 0;
    scratch->live = 0;
    __u32 offset = ETHERNET_BYTES + (skb->protocol == ETHERTYPE_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
    if (bpf_skb_load_bytes(skb, offset, &tunnel, sizeof(tunnel)) || tunnel.udp.destination != VXLAN_PORT)
        return 0;
    return begin_live(skb, offset + sizeof(tunnel), bpf_ntohl(tunnel.vxlan.vni) >> 8);
}

/* Whether the packet in hand has a slot: it takes the whole way then, so that all of it is seen. */
INLINE bool is_watched(void)
{
    struct scratch *scratch = IS_LIVE ? own_scratch() : NULL;
    return scratch && scratch->live;
}

/* In the place of a look for the short way: this packet is no example for others either. */
INLINE int forgo_flow(void)
{
    struct scratch *scratch = own_scratch();
    if (scratch)
        scratch->miss.slot = 0;
    return GO_ON;
}

/* The packet's way is over as far as this program goes. */
STAGE int end_live(struct __sk_buff *skb, int action)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !scratch->live)
        return 0;
    __u32 slot = scratch->live - 1;
    scratch->live = 0;
    struct live_packet *packet = bpf_map_lookup_elem(&live, &slot);
    if (!packet)
        return 0;
    __u32 length = skb->len;
    packet->left_length = length;
    if (length > LIVE_LEFT_BYTES)
        length = LIVE_LEFT_BYTES;
    FRESH(length);
    if (length > 0 && length <= LIVE_LEFT_BYTES)
        bpf_skb_load_bytes(skb, 0, packet->left, length);
    packet->action = action;
    __sync_fetch_and_add(&packet->done, 1); /* ordered after all that was written */
    return 1;
}
