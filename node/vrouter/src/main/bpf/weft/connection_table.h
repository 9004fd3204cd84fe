/*
 * The table of connections: sets of CONNECTION_WAYS entries, chosen by a hash of the key. What is looked for is found by the
 * tags at the set's beginning, or is nowhere: two cache lines for a hit, one for a miss. Whoever looks takes no lock; who
 * gives an entry to a key or takes it away holds the set's. A new connection takes a free entry of its set, or one that has
 * expired, or pushes out the half-open one that was silent longest; never one that was answered and lives.
 *
 * An entry that is found may be given to another key at the same instant, on another CPU, if it had expired or was half
 * open. A count or a time then goes to the wrong connection; its state does not change hands but under the lock.
 */
#pragma once

#include "connection.h"

/* How often a new connection tries to get an entry that others take at the same time. */
#define KEEP_TRIES 4

struct connection_place {
    __u32 set;
    __u16 tag;
};

/* An almost universal hash (NH of RFC 4418 section 5.2), so that keys that share a set cannot be worked out. */
INLINE __u64 hash_connection(const struct connection_key *key)
{
    const __u32 *words = (const void *)key;
    __u32 zero = 0;
    __u64 sum = 0;
    struct connection_secret *secret = bpf_map_lookup_elem(&connection_secret, &zero);
    if (!secret)
        return 0;
#pragma unroll
    for (int i = 0; i < sizeof(*key) / sizeof(*words); i += 2)
        sum += (__u64)(__u32)(words[i] + secret->word[i]) * (__u32)(words[i + 1] + secret->word[i + 1]);
    sum ^= sum >> 32;
    return sum * 0x9e3779b97f4a7c15;
}

INLINE struct connection_place place_of(const struct connection_key *key, __u32 sets)
{
    __u64 hash = hash_connection(key);
    __u16 tag = hash >> 16;
    return (struct connection_place){.set = (hash >> 32) * sets >> 32, .tag = tag ? tag : 1};
}

INLINE bool same_connection(const struct connection_key *a, const struct connection_key *b)
{
    const __u64 *x = (const void *)a, *y = (const void *)b;
    __u64 other = 0;
#pragma unroll
    for (int i = 0; i < sizeof(*a) / sizeof(*x); i++)
        other |= x[i] ^ y[i];
    return !other;
}

/* A slot is the number of a set and of a way in it, and one more; 0 is none. */
INLINE __u32 slot_of(__u32 set, __u32 way)
{
    return set * CONNECTION_WAYS + way + 1;
}

INLINE struct connection_set *set_of(__u32 slot)
{
    __u32 set = (slot - 1) / CONNECTION_WAYS;
    return bpf_map_lookup_elem(&connection_sets, &set);
}

INLINE struct connection_entry *entry_of(struct connection_set *set, __u32 slot)
{
    return &set->ways[(slot - 1) % CONNECTION_WAYS];
}

/* NULL for no slot. */
INLINE struct connection *connection_at(__u32 slot)
{
    struct connection_set *set = slot ? set_of(slot) : NULL;
    return set ? &entry_of(set, slot)->connection : NULL;
}

/* The slot of a key, in a table of this build or of one with longer or shorter entries. */
INLINE __u32 seek_in(void *table, __u32 sets, __u32 entry_bytes, const struct connection_key *key)
{
    struct connection_place place = place_of(key, sets);
    struct connection_set *set = bpf_map_lookup_elem(table, &place.set);
    if (!set)
        return 0;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        const void *entry = (const void *)set->ways + way * entry_bytes;
        if (set->tags[way] == place.tag && same_connection(entry, key))
            return slot_of(place.set, way);
    }
    return 0;
}

/* The slot of a key's entry, dead or alive; 0 when it has none. */
STAGE __u32 seek_own(struct connection_key *key)
{
    return key ? seek_in(&connection_sets, set_count, sizeof(struct connection_entry), key) : 0;
}

/* Whether a new connection may have the entry. */
INLINE bool makes_room(const struct connection_entry *entry, __u32 now)
{
    return entry->connection.kept != CONNECTION_KEPT_ANSWERED ||
           !is_alive(&entry->connection, entry->key.protocol, now);
}

/* The slot that a key has or is to have: its own, a free one, or that of whoever has the least use of it. */
STAGE __u32 choose_slot(struct connection_key *key, __u32 now)
{
    if (!key)
        return 0;
    struct connection_place place = place_of(key, set_count);
    struct connection_set *set = bpf_map_lookup_elem(&connection_sets, &place.set);
    __u32 slot = 0, silent = 0;
    if (!set)
        return 0;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        if (set->tags[way] == place.tag && same_connection(&set->ways[way].key, key))
            return slot_of(place.set, way);
        if (!set->tags[way] && !slot)
            slot = slot_of(place.set, way);
    }
    if (slot)
        return slot;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        struct connection_entry *entry = &set->ways[way];
        if (!makes_room(entry, now))
            continue;
        if (!is_alive(&entry->connection, entry->key.protocol, now))
            return slot_of(place.set, way);
        __u32 age = now - entry->connection.seen + 1;
        if (age > silent) {
            silent = age;
            slot = slot_of(place.set, way);
        }
    }
    return slot;
}

enum keeping {
    KEEP_FULL,  /* all in the set are answered and live */
    KEEP_MADE,  /* it has an entry now */
    KEEP_THERE, /* it had one, which is as it was */
};

/*
 * Gives a connection an entry. One of the same key is overwritten, and stays what it counts as, or is left alone.
 * Returns an enum keeping.
 */
STAGE int keep_connection(struct connection_key *key, struct connection *fresh, __u32 now, __u32 overwrite)
{
    if (!key || !fresh)
        return KEEP_FULL;
    __u16 tag = place_of(key, set_count).tag;
    for (int i = 0; i < KEEP_TRIES; i++) {
        __u32 slot = choose_slot(key, now);
        struct connection_set *set = slot ? set_of(slot) : NULL;
        if (!set)
            return KEEP_FULL;
        __u32 way = (slot - 1) % CONNECTION_WAYS, left = 0;
        struct connection_entry *entry = &set->ways[way];
        int result = KEEP_FULL;
        bpf_spin_lock(&set->lock);
        if (set->tags[way] == tag && same_connection(&entry->key, key)) {
            result = KEEP_THERE;
            if (overwrite) {
                fresh->kept = entry->connection.kept;
                entry->connection = *fresh;
                result = KEEP_MADE;
            }
        } else if (!set->tags[way] || makes_room(entry, now)) {
            if (set->tags[way] && entry->connection.kept == CONNECTION_KEPT_ANSWERED)
                left = entry->key.port + 1;
            set->tags[way] = 0;
            barrier();
            entry->key = *key;
            entry->connection = *fresh;
            barrier();
            set->tags[way] = tag;
            result = KEEP_MADE;
        }
        bpf_spin_unlock(&set->lock);
        if (left)
            count_connections(left - 1, -1);
        if (result != KEEP_FULL)
            return result;
    }
    return KEEP_FULL;
}

/* Counts a connection as answered from now on; false when it is not the key's any more. */
STAGE int count_as_answered(struct connection_key *key, __u32 slot)
{
    struct connection_set *set = key && slot ? set_of(slot) : NULL;
    if (!set)
        return 0;
    struct connection_entry *entry = entry_of(set, slot);
    __u8 kept = CONNECTION_KEPT_NOT;
    bpf_spin_lock(&set->lock);
    if (same_connection(&entry->key, key)) {
        kept = entry->connection.kept;
        if (kept == CONNECTION_KEPT_HALF_OPEN)
            entry->connection.kept = CONNECTION_KEPT_ANSWERED;
    }
    bpf_spin_unlock(&set->lock);
    if (kept == CONNECTION_KEPT_HALF_OPEN)
        count_connections(key->port, 1);
    return kept != CONNECTION_KEPT_NOT;
}

/* Takes the entry away from the key; returns what it counted as. */
INLINE __u8 release(struct connection_set *set, __u32 way, struct connection_key *key)
{
    struct connection_entry *entry = &set->ways[way];
    __u8 kept = CONNECTION_KEPT_NOT;
    bpf_spin_lock(&set->lock);
    if (set->tags[way] && same_connection(&entry->key, key)) {
        kept = entry->connection.kept;
        entry->connection.kept = CONNECTION_KEPT_NOT;
        set->tags[way] = 0;
    }
    bpf_spin_unlock(&set->lock);
    return kept;
}
