/*
 * The way of flows: what became of a flow's last packet that took the whole way, so that the next ones need not. Each CPU
 * remembers its own, for the present window of time at most, and only as long as no table has changed and no connection
 * of the same ends has changed its state. docs/data-path.md says what may be remembered.
 */
#pragma once

#include "inherit.h"
#include "learn.h"
#include "parse.h"
#include "spoof.h"
#include "tunnel.h"

/* A port with other flags than these has its packets take the whole way. */
#define FLOW_PORT_FLAGS                                                                            \
    (PORT_ADMIN_UP | PORT_SECURITY | PORT_DHCPV4 | PORT_DHCPV6 | PORT_ROUTER_ADVERTISEMENT | PORT_PEER_REDIRECT | \
     PORT_TRUNK | PORT_BALANCED)

#define FLOW_FROM_TUNNEL (1U << 31)

/* Of a connection with fewer packets nothing is remembered: most are over before it would have been worth it. */
#define FLOW_WORTH 8

/* Of the tunnel's header, what stands behind the outer IP header; the inner Ethernet header is among it. */
#define TUNNEL_BYTES (sizeof(struct udp) + sizeof(struct vxlan) + ETHERNET_BYTES)

INLINE __u32 hash_end(const struct ip *address, __u16 port)
{
    __u32 hash = address->word[3] ^ address->word[2] * 0x85ebca6b ^ address->word[1] * 0xc2b2ae35 ^
                 address->word[0] * 0x27d4eb2f;
    hash = (hash + port) * 0x9e3779b1;
    return hash ^ hash >> 15;
}

/* The number that counts the changes of connections between two ends, the same in both directions. */
INLINE __u64 *flow_stamp(const struct ip *one, __u16 one_port, const struct ip *other, __u16 other_port)
{
    __u32 sum = (hash_end(one, one_port) + hash_end(other, other_port)) * 0x9e3779b1;
    __u32 slot = sum >> (32 - FLOW_STAMP_BITS);
    return bpf_map_lookup_elem(&flow_stamps, &slot);
}

/* Its upper bits are the slot, those below them the tag. */
INLINE __u32 hash_flow(const struct flow_key *key)
{
    __u32 hash = hash_end(&key->source, key->source_port) * 0x85ebca6b ^
                 hash_end(&key->destination, key->destination_port) ^ key->entrance;
    return hash * 0x9e3779b1;
}

/* The connection of these ends has changed its state: both directions take the whole way again, on all CPUs. */
INLINE void forget_flows(const struct connection_key *key)
{
    __u64 *stamp = flow_stamp(&key->local, key->local_port, &key->remote, key->remote_port);
    if (stamp)
        __sync_fetch_and_add(stamp, 1);
}

INLINE bool same_flow(const struct flow_key *a, const struct flow_key *b)
{
    const __u64 *x = (const void *)a, *y = (const void *)b;
    __u64 other = 0;
#pragma unroll
    for (int i = 0; i < sizeof(*a) / 8; i++)
        other |= x[i] ^ y[i];
    return !other;
}

/* Whether a segment may change a connection. */
INLINE bool changes_state(const __u8 *tcp)
{
    return tcp[13] & (TCP_SYN | TCP_FIN | TCP_RST);
}

/*
 * Reads what names a flow from a frame at an offset; false for what always takes the whole way: options, fragments, and
 * segments that change a connection, for which nothing is written.
 */
INLINE bool read_flow(struct __sk_buff *skb, __u32 offset, struct flow_key *key, __u32 *ip_length, __u32 *headers)
{
    void *data = (void *)(long)skb->data + offset, *end = (void *)(long)skb->data_end;
    struct ethernet *frame = data;
    __u8 *transport, protocol;
    if ((void *)(frame + 1) + sizeof(struct iphdr) + sizeof(struct udp) > end)
        return false;
    if (frame->type == ETHERTYPE_IPV4) {
        struct iphdr *header = (void *)(frame + 1);
        transport = (void *)(header + 1);
        protocol = header->protocol;
        if (*(__u8 *)header != 0x45 || header->frag_off & bpf_htons(0x3fff))
            return false;
        if (protocol == IPPROTO_TCP ? (void *)transport + 20 > end || changes_state(transport) : protocol != IPPROTO_UDP)
            return false;
        key->source = mapped(header->saddr);
        key->destination = mapped(header->daddr);
        *ip_length = bpf_ntohs(header->tot_len);
        *headers = sizeof(*header);
    } else if (frame->type == ETHERTYPE_IPV6) {
        struct ipv6hdr *header = (void *)(frame + 1);
        transport = (void *)(header + 1);
        if ((void *)(header + 1) + sizeof(struct udp) > end || header->version != 6)
            return false;
        protocol = header->nexthdr;
        if (protocol == IPPROTO_TCP ? (void *)transport + 20 > end || changes_state(transport) : protocol != IPPROTO_UDP)
            return false;
        __builtin_memcpy(&key->source, &header->saddr, 16);
        __builtin_memcpy(&key->destination, &header->daddr, 16);
        *ip_length = sizeof(*header) + bpf_ntohs(header->payload_len);
        *headers = sizeof(*header);
    } else {
        return false;
    }
    copy_mac(key->destination_mac, frame->destination);
    copy_mac(key->source_mac, frame->source);
    key->ethertype = frame->type;
    key->protocol = protocol;
    key->source_port = *(__u16 *)transport;
    key->destination_port = *(__u16 *)(transport + 2);
    key->reserved = 0;
    if (offset + ETHERNET_BYTES + *ip_length > skb->len)
        return false;
    if (protocol == IPPROTO_UDP) {
        *headers += sizeof(struct udp);
    } else {
        if (*headers + 20 > *ip_length)
            return false;
        *headers += (transport[12] >> 4) * 4;
    }
    return *headers <= *ip_length;
}

INLINE void add_to_end(struct connection_key *key, const struct flow *flow, __u32 direction)
{
    struct connection *connection = connection_at(seek_connection(key));
    if (!connection || (__s32)(flow->ticks - connection->created) < 0)
        return;
    if (direction == DIRECTION_EGRESS) {
        connection->sent_packets += flow->packets;
        connection->sent_bytes += flow->bytes;
    } else {
        connection->received_packets += flow->packets;
        connection->received_bytes += flow->bytes;
    }
}

/* Adds what was counted on the short way to the connections of both ends, as far as they are on this node. */
STAGE int settle_flow(struct flow *flow)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !flow || !flow->packets)
        return 0;
    struct connection_key *key = &scratch->ruling.key;
    if (flow->sender) {
        name_addresses(key, flow->sender, flow->key.protocol, DIRECTION_EGRESS, &flow->key.source,
                       &flow->key.destination);
        name_ports(key, DIRECTION_EGRESS, flow->key.source_port, flow->key.destination_port);
        add_to_end(key, flow, DIRECTION_EGRESS);
    }
    if (flow->receiver) {
        name_addresses(key, flow->receiver, flow->key.protocol, DIRECTION_INGRESS, &flow->key.source,
                       &flow->key.destination);
        name_ports(key, DIRECTION_INGRESS, flow->key.source_port, flow->key.destination_port);
        add_to_end(key, flow, DIRECTION_INGRESS);
    }
    flow->packets = 0;
    flow->bytes = 0;
    return 0;
}

/*
 * The remembered way of a packet, if it still holds; otherwise NULL, and what to remember a new one by is in `miss`.
 * The numbers are read before any table is.
 */
INLINE struct flow *find_flow(const struct flow_key *key, struct flow_miss *miss)
{
    __u32 zero = 0, hash = hash_flow(key), slot = hash >> (32 - FLOW_BITS);
    __u16 tag = hash >> (16 - FLOW_BITS);
    struct flow_tags *tags = bpf_map_lookup_elem(&flow_tags, &zero);
    __u64 *generation = bpf_map_lookup_elem(&flow_generation, &zero);
    __u64 *stamp = flow_stamp(&key->source, key->source_port, &key->destination, key->destination_port);
    if (!tags || !generation || !*generation || !stamp)
        return NULL;
    __u16 window = bpf_jiffies64() >> FLOW_WINDOW_SHIFT;
    miss->generation = *generation;
    miss->stamp = *stamp;
    miss->window = window;
    miss->slot = slot + 1;
    miss->tag = tag;
    if (tags->of[slot] != tag)
        return NULL;
    struct flow *flow = bpf_map_lookup_elem(&flows, &slot);
    if (!flow || !same_flow(&flow->key, key))
        return NULL;
    if (flow->generation == miss->generation && flow->stamp == miss->stamp && flow->window == window)
        return flow;
    settle_flow(flow);
    return NULL;
}

INLINE void count_flow(struct __sk_buff *skb, struct flow *flow)
{
    flow->packets++;
    flow->bytes += skb->len;
}

/* A packet's description, as far as the tunnel asks for it. */
INLINE void describe_flow(struct packet *packet, const struct flow *flow)
{
    packet->source = flow->key.source;
    packet->destination = flow->key.destination;
    copy_mac(packet->destination_mac, flow->key.destination_mac);
    copy_mac(packet->source_mac, flow->key.source_mac);
    packet->ethertype = flow->key.ethertype;
    packet->protocol = flow->key.protocol;
    packet->source_port = flow->key.source_port;
    packet->destination_port = flow->key.destination_port;
    packet->fragment = FRAGMENT_NONE;
    packet->routers = 0;
    packet->network = flow->network;
    packet->port = flow->sender;
}

/* Sends a workload's packet the way of the one before; GO_ON when it must take the whole way. */
STAGE int send_flow(struct __sk_buff *skb)
{
    struct scratch *scratch = own_scratch();
    __u32 ip_length, headers;
    if (!scratch)
        return GO_ON;
    struct flow_key *key = &scratch->asked;
    scratch->miss.slot = 0;
    if (skb->vlan_present || !read_flow(skb, 0, key, &ip_length, &headers))
        return GO_ON;
    key->entrance = skb->ifindex;
    struct flow *flow = find_flow(key, &scratch->miss);
    if (!flow)
        return GO_ON;
    __u32 target = flow->target;
    if (flow->kind == FLOW_TO_NODE) {
        struct underlay *own = own_underlay();
        struct node *node = bpf_map_lookup_elem(&nodes, &target);
        __u32 wire = skb->gso_size ? headers + skb->gso_size : ip_length;
        if (!own || !node || wire > tunnel_mtu(own, node))
            return GO_ON;
        count_flow(skb, flow);
        count_sent(skb, flow->sender);
        describe_flow(&scratch->packet, flow);
        return tunnel_out(skb, &scratch->packet, own, node, target);
    }
    count_flow(skb, flow);
    count_sent(skb, flow->sender);
    count_received(skb, flow->receiver);
    if (flow->kind == FLOW_TO_DEVICE)
        return bpf_redirect(target, 0);
    if (skb->pkt_type != PACKET_HOST)
        bpf_skb_change_type(skb, PACKET_HOST);
    return bpf_redirect_peer(target, 0);
}

/* Whether the packet in hand may be an example for those after it. */
INLINE bool is_example(const struct packet *packet, const struct port *port)
{
    return packet->miss.slot && !packet->unsettled && !packet->routers && !(port->flags & ~FLOW_PORT_FLAGS);
}

INLINE void begin_flow(struct flow *flow, const struct packet *packet, __u32 entrance, __u32 kind, __u32 target,
                       __u32 sender, __u32 receiver)
{
    __u32 zero = 0, slot = (packet->miss.slot - 1) & ((1 << FLOW_BITS) - 1);
    struct flow_tags *tags = bpf_map_lookup_elem(&flow_tags, &zero);
    settle_flow(flow);
    if (tags)
        tags->of[slot] = packet->miss.tag;
    flow->generation = packet->miss.generation;
    flow->stamp = packet->miss.stamp;
    flow->ticks = ticks();
    flow->window = packet->miss.window;
    flow->key.entrance = entrance;
    copy_mac(flow->key.destination_mac, packet->destination_mac);
    copy_mac(flow->key.source_mac, packet->source_mac);
    flow->key.ethertype = packet->ethertype;
    flow->key.protocol = packet->protocol;
    flow->key.source_port = packet->source_port;
    flow->key.destination_port = packet->destination_port;
    flow->key.source = packet->source;
    flow->key.destination = packet->destination;
    flow->kind = kind;
    flow->target = target;
    flow->sender = sender;
    flow->receiver = receiver;
    flow->network = packet->network;
    flow->node = (struct ip){};
}

/* A place that stands in the tables, and that no announcement can move. */
INLINE bool stays(__u32 network, const __u8 *destination_mac)
{
    struct mac_key key = {.network = network};
    copy_mac(key.mac, destination_mac);
    struct place *place = bpf_map_lookup_elem(&macs, &key);
    return place && !(place->flags & PLACE_SHARED);
}

/* Remembers the way of a workload's packet. */
STAGE int remember_flow(struct __sk_buff *skb, struct packet *packet, __u32 kind, __u32 target, __u32 receiver)
{
    if (!packet)
        return 0;
    __u32 slot = packet->miss.slot - 1, ifindex = skb->ifindex;
    struct flow *flow = bpf_map_lookup_elem(&flows, &slot);
    struct port *port = bpf_map_lookup_elem(&ports, &ifindex);
    if (!flow || !port || port->flags & ~FLOW_PORT_FLAGS || !stays(packet->network, packet->destination_mac))
        return 0;
    begin_flow(flow, packet, ifindex, kind, target, packet->port, receiver);
    return 0;
}

/* Takes the tunnel's header off; the frame in it keeps its own Ethernet header. */
INLINE int leave_tunnel(struct __sk_buff *skb, __u32 outer_ip, const struct ethernet *frame)
{
    bool ipv4 = frame->type == ETHERTYPE_IPV4;
    __u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
    if (ipv4 != (outer_ip == sizeof(struct iphdr)))
        flags |= ipv4 ? DECAP_TO_IPV4 : DECAP_TO_IPV6;
    if (bpf_skb_adjust_room(skb, -(__s32)(outer_ip + TUNNEL_BYTES), BPF_ADJ_ROOM_MAC, flags))
        return GO_ON;
    if (bpf_skb_store_bytes(skb, 0, frame, sizeof(*frame), 0))
        return drop(0, DROP_DELIVERY_FAILED);
    return TC_ACT_OK;
}

/* Delivers what came out of the tunnel the way of the one before; GO_ON when it must take the whole way. */
STAGE int arrive_flow(struct __sk_buff *skb, struct ip *source, __u32 outer_ip)
{
    struct scratch *scratch = own_scratch();
    __u32 ip_length, headers;
    if (!scratch || !source)
        return GO_ON;
    struct flow_key *key = &scratch->asked;
    outer_ip = outer_ip == sizeof(struct iphdr) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
    scratch->miss.slot = 0;
    if (!read_flow(skb, outer_ip + TUNNEL_BYTES, key, &ip_length, &headers))
        return GO_ON;
    struct vxlan *vxlan = (void *)(long)skb->data + ETHERNET_BYTES + outer_ip + sizeof(struct udp);
    if ((void *)(vxlan + 1) > (void *)(long)skb->data_end || !(vxlan->flags & VXLAN_VNI_VALID) ||
        (skb->gso_size && key->protocol != IPPROTO_TCP))
        return GO_ON;
    key->entrance = bpf_ntohl(vxlan->vni) >> 8 | FLOW_FROM_TUNNEL;
    struct flow *flow = find_flow(key, &scratch->miss);
    if (!flow || !same_ip(&flow->node, source))
        return GO_ON;
    struct ethernet frame = {.type = key->ethertype};
    copy_mac(frame.destination, key->destination_mac);
    copy_mac(frame.source, key->source_mac);
    int left = leave_tunnel(skb, outer_ip, &frame);
    if (left != TC_ACT_OK)
        return left;
    count_flow(skb, flow);
    count_received(skb, flow->receiver);
    if (skb->pkt_type != PACKET_HOST)
        bpf_skb_change_type(skb, PACKET_HOST);
    return bpf_redirect_peer(flow->target, 0);
}

/* Remembers the way of what came out of the tunnel and was let in. */
STAGE int remember_arrived(struct ip *source, __u32 target, struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !source || !port)
        return 0;
    struct packet *packet = &scratch->packet;
    packet->miss = scratch->miss;
    if (!is_example(packet, port))
        return 0;
    __u32 slot = packet->miss.slot - 1;
    struct flow *flow = bpf_map_lookup_elem(&flows, &slot);
    if (!flow || !stays(packet->network, packet->destination_mac))
        return 0;
    begin_flow(flow, packet, packet->network | FLOW_FROM_TUNNEL, FLOW_TO_PEER, target, 0, port->number);
    flow->node = *source;
    return 0;
}
