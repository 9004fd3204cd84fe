/*
 * What a port may take of the network's capacity: a device that holds back what it sends, a rate of packets each way,
 * and a mark on what it sends; and the same for addresses outside. What a port receives is held back by the qdisc of its own device, which is why such a
 * port is no PORT_PEER_REDIRECT.
 */
#pragma once

#include "drop.h"
#include "police.h"
#include "trunk.h"

/* What is held back bears the device that it goes on to as its mark, and what is to be done there. */
enum held {
    HELD_DEVICE = 0x0fffffff, /* the bits that are the ifindex; without the others it comes in there as it did before */
    HELD_LEAVES = 1 << 28,    /* it leaves by the device */
    HELD_AROUND = 1 << 29,    /* it comes in there for the first time */
};

/* How many packets this one will be on the wire; guests' segments come without a count. */
INLINE __u32 wire_packets(const struct __sk_buff *skb)
{
    if (!skb->gso_size)
        return 1;
    __u32 segments = skb->gso_segs ? skb->gso_segs : skb->len / skb->gso_size;
    return segments ? segments : 1;
}

/*
 * Takes packets from a bucket, which is the time at which it would be full again. Segments that come as one may
 * overdraw it; what follows pays. Two CPUs never spend the same packet.
 */
INLINE bool within_rate(__u64 *ready, const struct packet_rate *rate, __u32 packets)
{
    __u64 cost = rate->cost * packets >> PACKET_COST_SHIFT;
    for (int i = 0; i < 4; i++) {
        __u64 now = bpf_ktime_get_ns();
        __u64 seen = *(volatile __u64 *)ready;
        __u64 at = seen > now ? seen : now;
        if (at - now > rate->burst)
            return false;
        if (__sync_val_compare_and_swap(ready, seen, at + cost) == seen)
            return true;
    }
    __sync_fetch_and_add(ready, cost);
    return true;
}

INLINE bool may_pass(struct __sk_buff *skb, __u32 port, const struct packet_rate *rate, __u32 direction)
{
    if (!rate->cost)
        return true;
    struct packet_buckets *buckets = bpf_map_lookup_elem(&packet_buckets, &port);
    return !buckets || within_rate(&buckets->ready[direction & 1], rate, wire_packets(skb));
}

/* Writes the code point into an IP header; the bits of congestion notification (RFC 3168) stay. */
INLINE void mark_packet(struct __sk_buff *skb, __u8 mark)
{
    __u8 header[2];
    if (skb->protocol != ETHERTYPE_IPV4 && skb->protocol != ETHERTYPE_IPV6)
        return;
    if (bpf_skb_load_bytes(skb, ETHERNET_BYTES, header, sizeof(header)))
        return;
    if (skb->protocol == ETHERTYPE_IPV4) {
        __u8 marked = mark << 2 | (header[1] & 3);
        if (header[0] >> 4 != 4 || marked == header[1])
            return;
        /* The checksum takes words: the version's byte and this one. */
        __u16 before = bpf_htons((__u16)header[0] << 8 | header[1]);
        __u16 after = bpf_htons((__u16)header[0] << 8 | marked);
        bpf_l3_csum_replace(skb, ETHERNET_BYTES + offsetof(struct iphdr, check), before, after, sizeof(after));
        bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct iphdr, tos), &marked, 1, 0);
        return;
    }
    __u8 marked[2] = {(header[0] & 0xf0) | mark >> 2, (mark & 3) << 6 | (header[1] & 0x3f)};
    if (header[0] >> 4 == 6 && (marked[0] != header[0] || marked[1] != header[1]))
        bpf_skb_store_bytes(skb, ETHERNET_BYTES, marked, sizeof(marked), BPF_F_RECOMPUTE_CSUM);
}

/*
 * The first stage of a packet from a port with such limits. What is to be held back goes to the port's shaper, whose
 * other end returns it to the same device as it came, with the port's place as its mark: a workload can set no mark.
 */
STAGE int qos_from_workload(struct __sk_buff *skb, __u32 number, __u32 entrance)
{
    struct qos *limits = bpf_map_lookup_elem(&qos, &number);
    if (!limits)
        return GO_ON;
    /* A trace waits for nobody. */
    if (limits->shaper && !IS_TRACE) {
        if (skb->mark != entrance) {
            skb->mark = entrance;
            trace_note(TRACE_HELD, number, limits->shaper, 0);
            if (is_subport(entrance) && !put_tag(skb, entrance))
                return drop(number, DROP_DELIVERY_FAILED);
            return bpf_redirect(limits->shaper, 0);
        }
        skb->mark = 0;
    }
    if (!may_pass(skb, number, &limits->sent, DIRECTION_EGRESS))
        return drop(number, DROP_PACKET_RATE);
    if (limits->flags & QOS_MARKED)
        mark_packet(skb, limits->mark & 0x3f);
    /* Where the qdisc or the class is not there, this is the priority of all others. */
    if (limits->flags & QOS_GUARANTEED)
        skb->priority = UPLINK_CLASSES | (number & 0xffff);
    return GO_ON;
}

/* Whether a port may receive one more packet now; false charges it. */
STAGE int qos_to_workload(struct __sk_buff *skb, __u32 number)
{
    struct qos *limits = bpf_map_lookup_elem(&qos, &number);
    if (!limits || may_pass(skb, number, &limits->received, DIRECTION_INGRESS))
        return true;
    drop(number, DROP_PACKET_RATE);
    return false;
}

INLINE bool may_pass_address(struct __sk_buff *skb, __u32 number, const struct packet_rate *rate, __u32 direction)
{
    if (!rate->cost)
        return true;
    struct packet_buckets *buckets = bpf_map_lookup_elem(&address_buckets, &number);
    return !buckets || within_rate(&buckets->ready[direction & 1], rate, wire_packets(skb));
}

/*
 * A packet that is written and leaves with an address of these limits: gives the device to redirect it to, which is the one
 * given or what holds it back before that; 0 when it may not pass.
 */
STAGE __u32 limit_leaving(struct __sk_buff *skb, __u32 number, __u32 device, __u32 how)
{
    struct address_limits *limits = bpf_map_lookup_elem(&address_limits, &number);
    if (!limits)
        return device;
    if (!may_pass_address(skb, number, &limits->rate[DIRECTION_EGRESS], DIRECTION_EGRESS))
        return 0;
    if (limits->flags & QOS_MARKED)
        mark_packet(skb, limits->mark & 0x3f);
    __u32 shaper = limits->shaper[DIRECTION_EGRESS];
    if (!shaper || IS_TRACE)
        return device;
    skb->mark = device | how;
    skb->priority = ADDRESS_CLASSES | (number & 0xffff);
    return shaper;
}

/* A packet from outside to an address of these limits; returns an enum next, GO_ON when it may come in now. */
STAGE int limit_arriving(struct __sk_buff *skb, struct packet *packet, __u32 number)
{
    struct address_limits *limits = bpf_map_lookup_elem(&address_limits, &number);
    if (!packet)
        return NEXT_DROP;
    if (!limits)
        return GO_ON;
    __u32 shaper = limits->shaper[DIRECTION_INGRESS];
    if (skb->mark == skb->ifindex) {
        skb->mark = 0;
    } else if (shaper && !IS_TRACE) {
        skb->mark = skb->ifindex;
        skb->priority = ADDRESS_CLASSES | (number & 0xffff);
        bpf_redirect(shaper, 0);
        return NEXT_HELD;
    }
    bool passes = may_pass_address(skb, number, &limits->rate[DIRECTION_INGRESS], DIRECTION_INGRESS);
    return passes ? GO_ON : next_drop(packet, DROP_PACKET_RATE);
}

/* Whether a port takes the packet: those without a rate always do. */
INLINE bool takes(struct __sk_buff *skb, const struct port *port)
{
    return !(port->flags & PORT_QOS_RECEIVES) || qos_to_workload(skb, port->number);
}
