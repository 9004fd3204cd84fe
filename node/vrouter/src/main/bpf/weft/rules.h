/* What rules say of a packet: two or three lookups, however many rules and members there are. */
#pragma once

#include "trace.h"

/* The question, from which find_verdict answers: remote address and destination port as in struct policy_key. */
INLINE void put_question(struct ruling *ruling, const struct port *port, __u32 direction, bool ipv4, __u8 protocol,
                         const struct ip *remote, __u16 number)
{
    __u8 family = ipv4 ? 4 : 6;
    struct peer_class_key *peer = &ruling->peer;
    struct policy_key *asked = &ruling->asked;
    peer->prefix_length = PEER_CLASS_KEY_BITS + 128;
    peer->scope = port->peer_scope;
    peer->family = family;
    peer->address = *remote;
    asked->prefix_length = POLICY_KEY_BITS + 16;
    asked->rule_set = port->rule_set;
    asked->direction = direction;
    asked->family = family;
    asked->protocol = protocol;
    asked->port = number;
    asked->reserved = 0;
}

/* Answers the question: policy flags, and ruling->rule. 0 denies. */
STAGE int find_verdict(struct ruling *ruling)
{
    if (!ruling)
        return 0;
    __u32 *peer_class = bpf_map_lookup_elem(&peer_classes, &ruling->peer);
    ruling->asked.peer_class = peer_class ? *peer_class : PEER_CLASS_NOBODY;
    struct policy *own = bpf_map_lookup_elem(&policy, &ruling->asked);
    ruling->asked.protocol = PROTOCOL_ANY;
    struct policy *any = bpf_map_lookup_elem(&policy, &ruling->asked);
    struct policy *verdict = own && (!any || own->precedence >= any->precedence) ? own : any;
    if (!verdict) {
        trace_question(TRACE_NO_RULE, &ruling->asked, 0, 0);
        return 0;
    }
    __u32 rule = verdict->rule;
    ruling->rule = rule;
    trace_question(TRACE_VERDICT, &ruling->asked, rule, verdict->flags);
    __u64 *hits = bpf_map_lookup_elem(&rule_hits, &rule);
    if (hits)
        (*hits)++;
    return verdict->flags & POLICY_ALLOW ? verdict->flags & (POLICY_ALLOW | POLICY_STATEFUL) : 0;
}

/* The port that rules compare: TCP's and its like's destination, ICMP's type and code. */
INLINE __u16 compared_port(const struct packet *packet)
{
    if (is_ipv4(packet) ? packet->protocol == IPPROTO_ICMP : packet->protocol == IPPROTO_ICMPV6)
        return bpf_htons((__u16)packet->icmp_type << 8 | packet->icmp_code);
    return packet->destination_port;
}

INLINE void put_packet(struct ruling *ruling, const struct port *port, __u32 direction, const struct packet *packet)
{
    put_question(ruling, port, direction, is_ipv4(packet), packet->protocol,
                 direction == DIRECTION_EGRESS ? &packet->destination : &packet->source, compared_port(packet));
}

/* The question that the connection's first packet put. */
INLINE void put_connection(struct ruling *ruling, const struct port *port, bool from_workload)
{
    struct connection_key *key = &ruling->key;
    bool ipv4 = is_mapped(&key->remote);
    __u16 number = from_workload ? key->remote_port : key->local_port;
    if (key->protocol == (ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
        number = bpf_htons(key->remote_port & 0xff00);
    put_question(ruling, port, from_workload ? DIRECTION_EGRESS : DIRECTION_INGRESS, ipv4, key->protocol,
                 &key->remote, number);
}
