/*
 * Removes what has expired from the tables of connections and translations, by a timer of the kernel's own: no process is
 * needed. It looks at some sets of connections at a time; of translations it takes some keys from the head of a queue, and
 * puts those that live on back at its end.
 */
#pragma once

#include "connection_table.h"
#include "nat.h"

#define COLLECT_OFTEN (SECOND / 10)
#define COLLECT_SELDOM SECOND
/* Up to this many connections one look a second is enough. */
#define COLLECT_FEW 1024
/* A round through everything takes this many looks; with COLLECT_OFTEN 6.4 s. */
#define COLLECT_ROUND 64
#define COLLECT_MOST 4096

struct collecting {
    __u32 now;
    __u32 first; /* set of connections */
    bool crowded;
};

/* Whether a connection's time is over, or its entry is needed more than it is. */
INLINE bool is_spent(const struct connection *connection, __u8 protocol, __u32 now, __u32 crowded)
{
    if (!is_alive(connection, protocol, now))
        return true;
    return crowded && connection->kept == CONNECTION_KEPT_ANSWERED && connection->state != CONNECTION_CUT &&
           (__s32)(now - connection->seen) >
               (__s32)(connection->state == CONNECTION_ESTABLISHED ? SECONDS(LIFE_CROWDED_TCP) : SECONDS(LIFE_CROWDED_END));
}

STAGE int collect_way(__u32 number, __u32 way, __u32 now, __u32 crowded)
{
    struct connection_set *set = bpf_map_lookup_elem(&connection_sets, &number);
    if (!set || way >= CONNECTION_WAYS)
        return 0;
    struct connection_entry *entry = &set->ways[way];
    struct connection *connection = &entry->connection;
    __u32 left = 0;
    if (!is_spent(connection, entry->key.protocol, now, crowded))
        return 0;
    bpf_spin_lock(&set->lock);
    if (set->tags[way] && is_spent(connection, entry->key.protocol, now, crowded)) {
        if (connection->kept == CONNECTION_KEPT_ANSWERED)
            left = entry->key.port + 1;
        connection->kept = CONNECTION_KEPT_NOT;
        set->tags[way] = 0;
    }
    bpf_spin_unlock(&set->lock);
    if (left)
        count_connections(left - 1, -1);
    return 0;
}

static long collect_set(__u32 index, struct collecting *collecting)
{
    __u32 number = (collecting->first + index) % set_count;
    struct connection_set *set = bpf_map_lookup_elem(&connection_sets, &number);
    if (!set)
        return 1;
    for (__u32 way = 0; way < CONNECTION_WAYS; way++) {
        if (set->tags[way])
            collect_way(number, way, collecting->now, collecting->crowded);
    }
    return 0;
}

static long collect_translation(__u32 index, struct collecting *collecting)
{
    struct translation_key outward, inward;
    if (bpf_map_pop_elem(&translation_queue, &outward))
        return 1;
    struct translation *found = bpf_map_lookup_elem(&translations, &outward);
    if (!found)
        return 0;
    bool alive = translation_lives(found, outward.protocol, collecting->now);
    if (alive && collecting->crowded)
        alive = (__s32)(collecting->now - found->seen) <=
                (__s32)(found->state == CONNECTION_ESTABLISHED ? SECONDS(LIFE_CROWDED_TCP) : SECONDS(LIFE_CROWDED_END));
    turn(&inward, &outward, found);
    if (alive && bpf_map_push_elem(&translation_queue, &outward, 0) == 0)
        return 0;
    remove_translation(&outward, &inward);
    return 0;
}

/* How many of this many to look at now. */
INLINE __u32 looks_at(__u32 many)
{
    __u32 looks = many <= COLLECT_FEW ? many + COLLECT_ROUND : many / COLLECT_ROUND;
    return looks > COLLECT_MOST ? COLLECT_MOST : looks;
}

static int collect(void *map, __u32 *slot, struct collector *collector)
{
    struct load *all = load_of(0);
    __u32 many = all ? all->connections : 0;
    __u32 zero = 0, *counted = bpf_map_lookup_elem(&translation_counts, &zero);
    __u32 *next = bpf_map_lookup_elem(&next_collected, &zero);
    __u32 translated = counted ? *counted : 0, sets = looks_at(set_count);
    bool few = many <= COLLECT_FEW && translated <= COLLECT_FEW;
    struct collecting collecting = {
        .now = ticks(),
        .first = next ? *next : 0,
        .crowded = many > connection_capacity / 8 * 7,
    };
    bpf_loop(sets, collect_set, &collecting, 0);
    if (next)
        *next = (collecting.first + sets) % set_count;
    collecting.crowded = translated > translation_capacity / 8 * 7;
    bpf_loop(looks_at(translated), collect_translation, &collecting, 0);
    bpf_timer_start(&collector->timer, few ? COLLECT_SELDOM : COLLECT_OFTEN, 0);
    return 0;
}

/* Run once by each loader: the timer calls the newest generation from then on. */
SEC("tc")
int start_collector(struct __sk_buff *skb)
{
    __u32 slot = 0;
    struct collector *own = bpf_map_lookup_elem(&collector, &slot);
    if (!own)
        return 1;
    bpf_timer_init(&own->timer, &collector, 1 /* CLOCK_MONOTONIC */);
    if (bpf_timer_set_callback(&own->timer, collect))
        return 2;
    return bpf_timer_start(&own->timer, 0, 0) ? 3 : 0;
}
