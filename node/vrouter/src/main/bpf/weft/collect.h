/*
 * Removes what has expired from the tables of connections and translations, by a timer of the kernel's own: no process is needed. It takes
 * keys from the head of a queue, a few at a time, and puts those that live on back at its end.
 */
#pragma once

#include "connection.h"
#include "nat.h"

#define COLLECT_OFTEN (SECOND / 10)
#define COLLECT_SELDOM SECOND
/* Up to this many connections one look a second is enough. */
#define COLLECT_FEW 1024
/* A round through all connections takes this many looks; with COLLECT_OFTEN 6.4 s. */
#define COLLECT_ROUND 64
#define COLLECT_MOST 4096

struct collecting {
    __u32 now;
    bool crowded;
};

static long collect_one(__u32 index, struct collecting *collecting)
{
    struct connection_key key;
    if (bpf_map_pop_elem(&connection_queue, &key))
        return 1;
    struct connection *connection = bpf_map_lookup_elem(&connections, &key);
    if (!connection)
        return 0;
    bool alive = is_alive(connection, key.protocol, collecting->now);
    if (alive && collecting->crowded && connection->state != CONNECTION_CUT)
        alive = (__s32)(collecting->now - connection->seen) <=
                (__s32)(connection->state == CONNECTION_ESTABLISHED ? SECONDS(LIFE_CROWDED_TCP) : SECONDS(LIFE_CROWDED_END));
    if (alive && bpf_map_push_elem(&connection_queue, &key, 0) == 0)
        return 0;
    if (bpf_map_delete_elem(&connections, &key) == 0)
        count_connections(key.port, -1);
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

/* How many keys to look at now, of this many that are kept. */
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
    __u32 translated = counted ? *counted : 0;
    bool few = many <= COLLECT_FEW && translated <= COLLECT_FEW;
    struct collecting collecting = {
        .now = ticks(),
        .crowded = many > connection_capacity / 8 * 7,
    };
    bpf_loop(looks_at(many), collect_one, &collecting, 0);
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
