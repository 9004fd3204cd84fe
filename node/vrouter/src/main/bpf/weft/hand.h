/*
 * What an agent does with connections by hand. It runs these programs for it, since to write an entry from outside would
 * overwrite what packets write at the same time. The question stands where a packet would.
 */
#pragma once

#include "inherit.h"

enum hand {
    HAND_SEEK = 0,   /* returns the slot of the key; 0: it has none */
    HAND_KEEP = 1,   /* gives the key this connection, and counts nothing; returns an enum keeping */
    HAND_CUT = 2,    /* ends the connection; returns whether there was one */
    HAND_FORGET = 3, /* all of the key's port */
};

struct hand_question {
    __u32 what; /* enum hand */
    __u32 reserved;
    struct connection_key key;
    struct connection connection;
};

/* TCP stays as cut, so that no segment begins it again; of other protocols the next packet is judged as if it were the first. */
STAGE int cut_by_hand(struct connection_key *key)
{
    __u32 slot = key ? seek_own(key) : 0;
    struct connection_set *set = slot ? set_of(slot) : NULL;
    int cut = 0;
    if (!set)
        return 0;
    struct connection_entry *entry = entry_of(set, slot);
    __u32 now = ticks();
    bpf_spin_lock(&set->lock);
    if (same_connection(&entry->key, key)) {
        entry->connection.state = key->protocol == IPPROTO_TCP ? CONNECTION_CUT : CONNECTION_NONE;
        entry->connection.flags |= CONNECTION_CUT_BY_HAND;
        entry->connection.seen = now;
        cut = 1;
    }
    bpf_spin_unlock(&set->lock);
    return cut;
}

static long forget_set(__u32 index, __u16 *port)
{
    struct connection_set *set = bpf_map_lookup_elem(&connection_sets, &index);
    if (!set)
        return 1;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        /* The collector removes it, and counts it out. */
        if (set->tags[way] && set->ways[way].key.port == *port)
            set->ways[way].connection.state = CONNECTION_NONE;
    }
    return 0;
}

SEC("tc")
int by_hand(struct __sk_buff *skb)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return -1;
    struct hand_question *asked = (void *)scratch->frame;
    if (bpf_skb_load_bytes(skb, 0, asked, sizeof(*asked)))
        return -1;
    struct connection_key *key = &scratch->ruling.key;
    struct connection *connection = &scratch->ruling.fresh;
    __u32 what = asked->what;
    *key = asked->key;
    *connection = asked->connection;
    switch (what) {
    case HAND_SEEK:
        return seek_own(key);
    case HAND_KEEP:
        return keep_connection(key, connection, ticks(), true);
    case HAND_CUT:
        return cut_by_hand(key);
    case HAND_FORGET: {
        __u16 port = key->port;
        bpf_loop(set_count, forget_set, &port, 0);
        return 0;
    }
    default:
        return -1;
    }
}
