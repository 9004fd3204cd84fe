/*
 * Translations: the keys of a pair, how long one lives, and how they are counted.
 */
#pragma once

#include "connection.h"

/* The key of the other direction's entry. */
INLINE void turn(struct translation_key *to, const struct translation_key *from, const struct translation *found)
{
    to->scope = found->scope;
    to->local = found->address;
    to->remote = from->remote;
    to->local_port = found->port;
    to->remote_port = from->remote_port;
    to->protocol = from->protocol;
    to->inward = !from->inward;
    to->reserved = 0;
}

INLINE bool translation_lives(const struct translation *found, __u8 protocol, __u32 now)
{
    return found->state != CONNECTION_NONE && (__s32)(now - found->seen) <= (__s32)life(found->state, protocol);
}

INLINE void count_translations(__u32 domain, __s32 change)
{
    __u32 zero = 0;
    __u32 *own = bpf_map_lookup_elem(&translation_counts, &domain);
    __u32 *all = bpf_map_lookup_elem(&translation_counts, &zero);
    if (own)
        __sync_fetch_and_add(own, change);
    if (all)
        __sync_fetch_and_add(all, change);
}

/* Removes both entries; the outward key stays in the queue, where the collector finds it without an entry. */
INLINE void remove_translation(const struct translation_key *outward, const struct translation_key *inward)
{
    bpf_map_delete_elem(&translations, inward);
    if (bpf_map_delete_elem(&translations, outward) == 0)
        count_translations(outward->scope, -1);
}
