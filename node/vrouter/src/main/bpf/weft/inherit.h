/*
 * Taking over from a build whose connections or translations have another layout. An instance of the programs that has
 * `previous_connection_bytes` or `previous_translation_bytes` set looks into that build's tables too: what is missing in its
 * own is moved over when a packet asks for it, and inherit_connections and inherit_translations move what no packet asks
 * for. Afterwards another instance forwards, with both set to 0, where the verifier removes all of this.
 * docs/decisions/0016-another-layout-under-traffic.md says why nothing is lost.
 *
 * An entry is made here before it is removed there. So who finds it in neither table need only look here once more.
 */
#pragma once

#include "connection_table.h"
#include "translation.h"

#define INHERITS_CONNECTIONS (previous_connection_bytes != 0)
#define INHERITS_TRANSLATIONS (previous_translation_bytes != 0)

/* update_elem's word for BPF_NOEXIST (EEXIST). */
#define ALREADY_THERE -17

/* How many sets of connections, and keys of translations, are moved in one run, in which its CPU handles no packets. */
#define INHERIT_SETS 16
#define INHERIT_AT_ONCE 128

/* Builds only ever append fields: the shorter value is how the longer one begins, and what it has not is 0. */
INLINE void read_previous(__u32 *to, __u32 to_bytes, const __u32 *from, __u32 from_bytes)
{
#pragma unroll
    for (int i = 0; i < to_bytes / sizeof(*to); i++)
        to[i] = i * sizeof(*from) < from_bytes ? from[i] : 0;
}

/* The previous tables' entry of a slot; NULL for no slot. */
INLINE struct connection_set *previous_set(__u32 slot)
{
    __u32 set = (slot - 1) / CONNECTION_WAYS;
    return slot ? bpf_map_lookup_elem(&previous_connection_sets, &set) : NULL;
}

/* Moves a key's entry, if it is there. */
STAGE int inherit_connection(struct connection_key *key)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !key)
        return 0;
    struct connection *copy = &scratch->inherited.connection;
    __u32 entry_bytes = sizeof(*key) + previous_connection_bytes;
    __u32 slot = seek_in(&previous_connection_sets, previous_set_count, entry_bytes, key);
    struct connection_set *set = previous_set(slot);
    if (!set)
        return 0;
    __u32 way = (slot - 1) % CONNECTION_WAYS;
    void *entry = (void *)set->ways + way * entry_bytes;
    read_previous((void *)copy, sizeof(*copy), entry + sizeof(*key), previous_connection_bytes);
    int result = keep_connection(key, copy, ticks(), false);
    if (result == KEEP_MADE && copy->kept == CONNECTION_KEPT_ANSWERED)
        count_connections(key->port, 1);
    if (result == KEEP_FULL)
        return 0;
    struct connection *before = entry + sizeof(*key);
    __u8 left = CONNECTION_KEPT_NOT;
    bpf_spin_lock(&set->lock);
    if (set->tags[way] && same_connection(entry, key)) {
        set->tags[way] = 0;
        left = before->kept;
    }
    bpf_spin_unlock(&set->lock);
    if (left == CONNECTION_KEPT_ANSWERED)
        count_connections(key->port, -1);
    return 0;
}

/* Moves the pair that a key of either direction belongs to. */
STAGE int inherit_translation(struct translation_key *key)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !key)
        return 0;
    struct translation_key *outward = &scratch->inherited.outward, *inward = &scratch->inherited.inward;
    struct translation *copy = &scratch->inherited.translation, *back = &scratch->inherited.back;
    void *found = bpf_map_lookup_elem(&previous_translations, key);
    if (!found)
        return 0;
    read_previous((void *)copy, sizeof(*copy), found, previous_translation_bytes);
    if (key->inward)
        turn(outward, key, copy);
    else
        *outward = *key;
    found = bpf_map_lookup_elem(&previous_translations, outward);
    if (!found)
        return 0;
    read_previous((void *)copy, sizeof(*copy), found, previous_translation_bytes);
    turn(inward, outward, copy);
    found = bpf_map_lookup_elem(&previous_translations, inward);
    if (found) {
        read_previous((void *)back, sizeof(*back), found, previous_translation_bytes);
        bpf_map_update_elem(&translations, inward, back, BPF_NOEXIST);
    }
    long result = bpf_map_update_elem(&translations, outward, copy, BPF_NOEXIST);
    if (result == 0 && bpf_map_push_elem(&translation_queue, outward, 0)) {
        bpf_map_delete_elem(&translations, inward);
        bpf_map_delete_elem(&translations, outward);
        return 0;
    }
    if (result == 0)
        count_translations(outward->scope, 1);
    if (result == 0 || result == ALREADY_THERE) {
        if (bpf_map_delete_elem(&previous_translations, outward) == 0)
            count_translations(outward->scope, -1);
        bpf_map_delete_elem(&previous_translations, inward);
    }
    return 0;
}

/* The slot of a key's entry, dead or alive; 0 when it has none. */
INLINE __u32 seek_connection(struct connection_key *key)
{
    __u32 slot = seek_own(key);
    if (slot || !INHERITS_CONNECTIONS)
        return slot;
    inherit_connection(key);
    return seek_own(key);
}

INLINE struct translation *find_translation(struct translation_key *key)
{
    struct translation *found = bpf_map_lookup_elem(&translations, key);
    if (found || !INHERITS_TRANSLATIONS)
        return found;
    inherit_translation(key);
    return bpf_map_lookup_elem(&translations, key);
}

/*
 * Whether a port outside stands for somebody in the previous table. If not it is taken there, too, so that a packet that
 * the previous programs have in hand on another CPU cannot take it: the table there decides between the two.
 */
INLINE bool is_taken_before(struct scratch *scratch, const struct translation_key *inward)
{
    return INHERITS_TRANSLATIONS &&
           bpf_map_update_elem(&previous_translations, inward, scratch->inherited.nothing, BPF_NOEXIST) == ALREADY_THERE;
}

static long inherit_set(__u32 index, __u32 *first)
{
    __u32 number = *first + index;
    struct connection_set *set = bpf_map_lookup_elem(&previous_connection_sets, &number);
    if (!set)
        return 1;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        struct connection_key key;
        if (!set->tags[way])
            continue;
        __builtin_memcpy(&key, (void *)set->ways + way * (sizeof(key) + previous_connection_bytes), sizeof(key));
        inherit_connection(&key);
    }
    return 0;
}

/* Run by the loader, with the number of the first set as the mark, for all of them. */
SEC("tc")
int inherit_connections(struct __sk_buff *skb)
{
    __u32 first = skb->mark;
    if (INHERITS_CONNECTIONS)
        bpf_loop(INHERIT_SETS, inherit_set, &first, 0);
    return 0;
}

static long inherit_one_translation(__u32 index, __u32 *taken)
{
    struct translation_key outward;
    if (bpf_map_pop_elem(&previous_translation_queue, &outward))
        return 1;
    inherit_translation(&outward);
    *taken += 1;
    return 0;
}

/* Run by the loader until it returns 0: the number of keys that it took from the previous queue. */
SEC("tc")
int inherit_translations(struct __sk_buff *skb)
{
    __u32 taken = 0;
    if (INHERITS_TRANSLATIONS)
        bpf_loop(INHERIT_AT_ONCE, inherit_one_translation, &taken, 0);
    return taken;
}
