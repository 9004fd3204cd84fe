/*
 * Token buckets of the slow paths. A bucket is the time at which it would be full again; two CPUs
 * that change it at once may let a packet too many pass, which is cheaper than a lock.
 */
#pragma once

#include "packet.h"

#define SECOND 1000000000ULL

/* A second's punts of a port, and how many may come at once. */
#define PUNT_RATE 20
#define PUNT_BURST 40

/* Answers that cost a rewrite, announcements that cost copies. */
#define ANSWER_RATE 200
#define ANSWER_BURST 400

INLINE bool passes(__u64 *ready, __u64 rate, __u64 burst)
{
    __u64 now = bpf_ktime_get_ns();
    __u64 at = *ready > now ? *ready : now;
    if (at - now > SECOND / rate * (burst - 1))
        return false;
    *ready = at + SECOND / rate;
    return true;
}

INLINE bool punt_passes(__u32 port)
{
    struct policer *policer = bpf_map_lookup_elem(&policers, &port);
    return policer && passes(&policer->punt_ready, PUNT_RATE, PUNT_BURST);
}

INLINE bool answer_passes(__u32 port)
{
    struct policer *policer = bpf_map_lookup_elem(&policers, &port);
    return policer && passes(&policer->answer_ready, ANSWER_RATE, ANSWER_BURST);
}
