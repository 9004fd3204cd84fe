/*
 * Taking over from a build whose connections or translations have another layout. An instance of the programs that has
 * `previous_connection_bytes` or `previous_translation_bytes` set looks into that build's tables too: what is missing in its
 * own is moved over when a packet asks for it, and inherit_rest moves what no packet asks for. Afterwards another instance
 * forwards, with both set to 0, where the verifier removes all of this.
 * docs/decisions/0016-another-layout-under-traffic.md says why nothing is lost.
 *
 * An entry is made here before it is removed there. So who finds it in neither table need only look here once more.
 */
#pragma once

#include "translation.h"

#define INHERITS_CONNECTIONS (previous_connection_bytes != 0)
#define INHERITS_TRANSLATIONS (previous_translation_bytes != 0)

/* How many keys of each kind inherit_rest takes in one run, in which its CPU handles no packets. */
#define INHERIT_AT_ONCE 128

/* Builds only ever append fields: the shorter value is how the longer one begins, and what it has not is 0. */
INLINE void read_previous(__u32 *to, __u32 to_bytes, const __u32 *from, __u32 from_bytes)
{
#pragma unroll
    for (int i = 0; i < to_bytes / sizeof(*to); i++)
        to[i] = i * sizeof(*from) < from_bytes ? from[i] : 0;
}

/* Moves a key's entries of both tables, as far as they are there. */
STAGE int inherit_connection(struct connection_key *key)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !key)
        return 0;
    struct connection *copy = &scratch->inherited.connection;
    void *found = bpf_map_lookup_elem(&previous_connections, key);
    if (found) {
        read_previous((void *)copy, sizeof(*copy), found, previous_connection_bytes);
        long result = bpf_map_update_elem(&connections, key, copy, BPF_NOEXIST);
        if (result == 0 && bpf_map_push_elem(&connection_queue, key, 0)) {
            bpf_map_delete_elem(&connections, key);
            return 0;
        }
        if (result == 0)
            count_connections(key->port, 1);
        if ((result == 0 || result == ALREADY_THERE) && bpf_map_delete_elem(&previous_connections, key) == 0)
            count_connections(key->port, -1);
    }
    found = bpf_map_lookup_elem(&previous_half_open, key);
    if (found) {
        read_previous((void *)copy, sizeof(*copy), found, previous_connection_bytes);
        long result = bpf_map_update_elem(&half_open, key, copy, BPF_NOEXIST);
        if (result == 0 || result == ALREADY_THERE)
            bpf_map_delete_elem(&previous_half_open, key);
    }
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

/* An answered connection's entry. When it is NULL, half_open has what there is of the key. */
INLINE struct connection *find_answered(struct connection_key *key)
{
    struct connection *found = bpf_map_lookup_elem(&connections, key);
    if (found || !INHERITS_CONNECTIONS)
        return found;
    inherit_connection(key);
    return bpf_map_lookup_elem(&connections, key);
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

static long inherit_one_connection(__u32 index, __u32 *taken)
{
    struct connection_key key;
    if (bpf_map_pop_elem(&previous_connection_queue, &key))
        return 1;
    inherit_connection(&key);
    *taken += 1;
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

/* Run by the loader until it returns 0: the number of keys that it took from the previous queues. */
SEC("tc")
int inherit_rest(struct __sk_buff *skb)
{
    __u32 taken = 0;
    if (INHERITS_CONNECTIONS)
        bpf_loop(INHERIT_AT_ONCE, inherit_one_connection, &taken, 0);
    if (INHERITS_TRANSLATIONS)
        bpf_loop(INHERIT_AT_ONCE, inherit_one_translation, &taken, 0);
    return taken;
}
