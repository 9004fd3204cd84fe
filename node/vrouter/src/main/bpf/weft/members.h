/*
 * Who gets what a listener gets: a member of its pool, for a caller on this node (balance.h) and for one outside (nat.h).
 */
#pragma once

#include "packet.h"
#include "connection.h"

/* Other slots that are looked at while the client's port is in use with the member of the first one. */
#define CHOICE_TRIES 8
#define CHOICE_STRIDE 389

INLINE bool is_balanced_protocol(__u8 protocol)
{
    return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

INLINE bool is_member(const struct member *member, const struct balancing *work)
{
    return member->port && member->port == work->end_port && same_ip(&member->address, &work->end);
}

/* Whether work->end is a member of the pool; work->member is its place then. */
STAGE int find_member(__u32 taking)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return 0;
    struct balancing *work = &scratch->balancing;
    struct pool *pool = bpf_map_lookup_elem(&pools, &work->pool);
    if (!pool)
        return 0;
    __u32 at = work->member & (POOL_MEMBERS - 1);
    if (!is_member(&pool->members[at], work)) {
        for (at = 0; at < POOL_MEMBERS; at++) {
            if (is_member(&pool->members[at], work))
                break;
        }
        if (at == POOL_MEMBERS)
            return 0;
    }
    work->member = at;
    return !taking || pool->members[at].weight;
}

INLINE void name_listener(struct balancing *work, const struct address_key *at, __u8 protocol, __u16 port)
{
    work->listener.network = at->network;
    work->listener.port = port;
    work->listener.protocol = protocol;
    work->listener.reserved = 0;
    work->listener.address = at->address;
}

/* Finds the listener, and what its pool is. */
STAGE int find_listener(struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct balancing *work = &scratch->balancing;
    struct listener *listener = bpf_map_lookup_elem(&listeners, &work->listener);
    if (!listener)
        return 0;
    work->pool.id = listener->pool;
    work->pool.family = family_of(packet);
    work->pool.reserved = 0;
    work->affinity_ticks = SECONDS((__u64)listener->affinity);
    work->restricted = listener->restricted;
    return 1;
}

/* Whether the listener that was found may be called from this address. */
STAGE int may_call(struct ip *client)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !client)
        return 0;
    struct balancing *work = &scratch->balancing;
    if (!work->restricted)
        return 1;
    work->caller.prefix_length = ALLOWED_CALLER_KEY_BITS + 128;
    work->caller.listener = work->listener;
    work->caller.address = *client;
    return bpf_map_lookup_elem(&allowed_callers, &work->caller) != NULL;
}

/* The member by whom the client's address was served last, if it still takes connections. */
STAGE int find_affinity(struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct balancing *work = &scratch->balancing;
    if (!work->affinity_ticks)
        return 0;
    work->affinity.listener = work->listener;
    work->affinity.client = packet->source;
    struct affinity *last = bpf_map_lookup_elem(&affinities, &work->affinity);
    if (!last || ticks_of(packet) - last->seen > work->affinity_ticks)
        return 0;
    work->end = last->address;
    work->end_port = last->port;
    work->member = 0;
    return find_member(true);
}

/* Who serves the client's address from now on. */
INLINE void note_affinity(struct packet *packet, struct balancing *work)
{
    struct affinity last = {.address = work->end, .port = work->end_port, .seen = ticks_of(packet)};
    if (work->affinity_ticks)
        bpf_map_update_elem(&affinities, &work->affinity, &last, BPF_ANY);
}

/* The member that the hash chooses, or another one at each further attempt. */
STAGE int find_slot(struct packet *packet, __u32 attempt)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct balancing *work = &scratch->balancing;
    struct pool *pool = bpf_map_lookup_elem(&pools, &work->pool);
    if (!pool || !pool->taking)
        return 0;
    __u32 hash = packet->protocol;
    for (int i = 0; i < 4; i++)
        hash = mix(hash, packet->source.word[i]);
    if (!work->affinity_ticks)
        hash = mix(hash, packet->source_port);
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    hash ^= hash >> 16;
    __u32 slot = (hash % POOL_SLOTS + attempt * CHOICE_STRIDE) % POOL_SLOTS;
    FRESH(slot);
    if (slot >= POOL_SLOTS)
        return 0;
    __u32 at = pool->slots[slot];
    struct member *member = &pool->members[at];
    work->end = member->address;
    work->end_port = member->port;
    work->member = at;
    /* SCTP's checksum covers the port, which must be the member's already (RFC 9260 section 6.8). */
    return member->port && (packet->protocol != IPPROTO_SCTP || member->port == packet->destination_port);
}
