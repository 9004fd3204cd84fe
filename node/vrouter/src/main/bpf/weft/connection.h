/*
 * Connections: how a packet names its own, how long one lives, and what a port may have. A port has its connections to
 * itself, under the addresses and ports that its guest sees, so neither routers nor the other end's node matter.
 */
#pragma once

#include "drop.h"
#include "police.h"

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
#define TCP_URG 0x20

#define SECONDS(seconds) ((__u32)((seconds) * SECOND >> TICK_SHIFT))

/* How long half-open connections count against their port's limit, if they are not answered. */
#define HALF_OPEN_DRAIN (4 * SECOND)

/* Later fragments of a packet may come this long after the first (RFC 791 section 3.2 has 15 s, hosts take 30). */
#define FRAGMENT_LIFE SECONDS(30)

INLINE __u32 ticks(void)
{
    return bpf_ktime_get_coarse_ns() >> TICK_SHIFT;
}

INLINE __u32 ticks_of(struct packet *packet)
{
    if (!packet->ticks)
        packet->ticks = ticks();
    return packet->ticks;
}

/* How long a connection lives without a packet. */
INLINE __u32 life(__u8 state, __u8 protocol)
{
    switch (state) {
#define LIFE(state_)                                                                               \
    case CONNECTION_##state_:                                                                      \
        return SECONDS(LIFE_##state_)
        LIFE(NEW);
        LIFE(ANSWERED);
        LIFE(SYN_SENT);
        LIFE(SYN_CROSSED);
        LIFE(SYN_RECEIVED);
        LIFE(PICKED_UP);
        LIFE(CLOSING);
        LIFE(CLOSED);
        LIFE(RESET);
        LIFE(CUT);
#undef LIFE
    case CONNECTION_ESTABLISHED:
        switch (protocol) {
        case IPPROTO_TCP:
            return SECONDS(LIFE_ESTABLISHED_TCP);
        case IPPROTO_UDP:
        case IPPROTO_UDPLITE:
            return SECONDS(LIFE_ESTABLISHED_UDP);
        case IPPROTO_ICMP:
        case IPPROTO_ICMPV6:
            return SECONDS(LIFE_ESTABLISHED_ICMP);
        default:
            return SECONDS(LIFE_ESTABLISHED);
        }
    default:
        return 0;
    }
}

INLINE bool is_alive(const struct connection *connection, __u8 protocol, __u32 now)
{
    return connection->state != CONNECTION_NONE &&
           (__s32)(now - connection->seen) <= (__s32)life(connection->state, protocol);
}

/* The type of the request that an ICMP message is, or answers; -1 for messages without an answer. */
INLINE int icmp_request(bool ipv4, __u8 type)
{
    if (ipv4) {
        switch (type) {
        case 0:
        case 8:
            return 8;
        case 13:
        case 14:
            return 13;
        default:
            return -1;
        }
    }
    return type == 128 || type == 129 ? 128 : -1;
}

INLINE bool is_icmp(bool ipv4, __u8 protocol)
{
    return protocol == (ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

INLINE bool is_icmp_error(bool ipv4, __u8 type)
{
    return ipv4 ? type == 3 || type == 4 || type == 11 || type == 12 : type >= 1 && type <= 4;
}

INLINE void name_addresses(struct connection_key *key, __u32 port, __u8 protocol, __u32 direction,
                           const struct ip *source, const struct ip *destination)
{
    key->port = port;
    key->protocol = protocol;
    key->role = ROLE_CONNECTION;
    key->local = direction == DIRECTION_EGRESS ? *source : *destination;
    key->remote = direction == DIRECTION_EGRESS ? *destination : *source;
}

INLINE void name_ports(struct connection_key *key, __u32 direction, __u16 source_port, __u16 destination_port)
{
    key->local_port = direction == DIRECTION_EGRESS ? source_port : destination_port;
    key->remote_port = direction == DIRECTION_EGRESS ? destination_port : source_port;
}

/* An ICMP request and its answer have one key; requests from both ends with one identifier have two. */
INLINE void name_query(struct connection_key *key, __u32 direction, int request, __u8 type, __u16 identifier)
{
    bool asks = request == type;
    key->local_port = identifier;
    key->remote_port = request << 8 | (asks == (direction == DIRECTION_EGRESS));
}

INLINE void count_connection(struct __sk_buff *skb, struct connection *connection, __u32 direction)
{
    if (direction == DIRECTION_EGRESS) {
        connection->sent_packets++;
        connection->sent_bytes += skb->len;
    } else {
        connection->received_packets++;
        connection->received_bytes += skb->len;
    }
}

INLINE void saw(struct connection *connection, __u32 now)
{
    if (connection->seen != now)
        connection->seen = now;
}

INLINE struct load *load_of(__u32 port)
{
    return bpf_map_lookup_elem(&loads, &port);
}

/* Whether the port may have one more connection that waits for its answer, from or to its workload. */
INLINE bool may_open(__u32 port, __u32 direction)
{
    struct load *load = load_of(port);
    __u64 each = HALF_OPEN_DRAIN / (port_half_open ? port_half_open : 1);
    __u64 now = bpf_ktime_get_coarse_ns();
    if (!load)
        return false;
    __u64 *ready = &load->half_open_ready[direction & 1];
    __u64 at = *ready > now ? *ready : now;
    if (at + each - now > HALF_OPEN_DRAIN)
        return false;
    *ready = at + each;
    return true;
}

/* It has its answer, or an end. */
INLINE void no_longer_open(__u32 port, __u8 flags)
{
    struct load *load = load_of(port);
    __u64 each = HALF_OPEN_DRAIN / (port_half_open ? port_half_open : 1);
    if (!load)
        return;
    __u64 *ready = &load->half_open_ready[flags & CONNECTION_FROM_WORKLOAD ? DIRECTION_EGRESS : DIRECTION_INGRESS];
    if (*ready > each)
        *ready -= each;
}

INLINE void count_connections(__u32 port, __s32 change)
{
    struct load *own = load_of(port), *all = load_of(0);
    if (own)
        __sync_fetch_and_add(&own->connections, change);
    if (all)
        __sync_fetch_and_add(&all->connections, change);
}

/* Whether one more of the port's may be answered: one port cannot use up what belongs to all. */
INLINE bool may_answer(__u32 port)
{
    struct load *own = load_of(port), *all = load_of(0);
    return own && all && own->connections < port_connections && all->connections < connection_capacity;
}
