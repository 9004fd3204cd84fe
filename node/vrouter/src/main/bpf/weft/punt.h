/* Hands questions to the agent's responders. */
#pragma once

#include "drop.h"
#include "police.h"

STAGE int punt(struct __sk_buff *skb, struct packet *packet, __u32 kind)
{
    if (!packet)
        return TC_ACT_SHOT;
    if (!punt_passes(packet->port))
        return drop(packet->port, DROP_PUNT_POLICED);
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return TC_ACT_SHOT;
    __u32 length = skb->len;
    FRESH(length);
    if (length < ETHERNET_BYTES || length > EVENT_FRAME_BYTES)
        return drop(packet->port, DROP_MALFORMED);
    if (bpf_skb_load_bytes(skb, 0, scratch->frame, length))
        return drop(packet->port, DROP_MALFORMED);
    scratch->event = (struct event){
        .kind = kind,
        .ifindex = packet->entrance,
        .port = packet->port,
        .network = packet->network,
        .length = length,
        .time = bpf_ktime_get_ns(),
    };
    trace_note(TRACE_ASKED_AGENT, packet->port, kind, 0);
    if (!IS_TRACE && bpf_ringbuf_output(&events, &scratch->event, sizeof(struct event) + length, 0))
        return drop(packet->port, DROP_PUNT_FULL);
    return TC_ACT_SHOT;
}
