/* Every packet that ends here is counted, by the port that is charged and by its reason. */
#pragma once

#include "trace.h"

INLINE int drop(__u32 port, enum drop_reason reason)
{
    trace_note(TRACE_DROP, port, reason, 0);
    struct counters *counts = bpf_map_lookup_elem(&counters, &port);
    if (counts && reason < DROP_REASON_SLOTS)
        counts->drops[reason]++;
    return TC_ACT_SHOT;
}

INLINE void count_sent(struct __sk_buff *skb, __u32 port)
{
    struct counters *counts = bpf_map_lookup_elem(&counters, &port);
    if (counts) {
        counts->sent_packets++;
        counts->sent_bytes += skb->len;
    }
}

INLINE void count_received(struct __sk_buff *skb, __u32 port)
{
    struct counters *counts = bpf_map_lookup_elem(&counters, &port);
    if (counts) {
        counts->received_packets++;
        counts->received_bytes += skb->len;
    }
}
