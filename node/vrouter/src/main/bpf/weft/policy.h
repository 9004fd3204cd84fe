/*
 * The places of policy and address translation in the pipeline. They are empty: a network's ports
 * talk freely until rules exist. Each is called exactly where its verdict belongs, once a packet.
 */
#pragma once

#include "packet.h"

/* What the sending port's rules say; before any rewriting. */
INLINE enum drop_reason policy_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    return DROP_NONE;
}

/* What a router's translation makes of it; after the route is known. */
INLINE enum drop_reason translate(struct __sk_buff *skb, struct packet *packet)
{
    return DROP_NONE;
}

/* What the receiving port's rules say; the last stage before delivery. */
INLINE enum drop_reason policy_to_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    return DROP_NONE;
}
