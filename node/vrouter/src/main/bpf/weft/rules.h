/* What rules say of a packet: two or three lookups, however many rules and members there are, or what they said before. */
#pragma once

#include "trace.h"

/* The question, from which find_verdict answers: remote address and destination port as in struct policy_key. */
INLINE void put_question(struct ruling *ruling, const struct port *port, __u32 direction, bool ipv4, __u8 protocol,
                         const struct ip *remote, __u16 number)
{
    struct question *question = &ruling->question;
    question->peer_scope = port->peer_scope;
    question->rule_set = port->rule_set;
    question->address = *remote;
    question->protocol = protocol;
    question->port = number;
    question->direction = direction;
    question->family = ipv4 ? 4 : 6;
    question->reserved = 0;
}

/* Asks the tables. */
STAGE int ask_rules(struct ruling *ruling, struct verdict *verdict)
{
    if (!ruling || !verdict)
        return 0;
    struct question *question = &ruling->question;
    struct peer_class_key *peer = &ruling->peer;
    struct policy_key *asked = &ruling->asked;
    peer->prefix_length = PEER_CLASS_KEY_BITS + 128;
    peer->scope = question->peer_scope;
    peer->family = question->family;
    peer->address = question->address;
    __u32 *peer_class = bpf_map_lookup_elem(&peer_classes, peer);
    asked->prefix_length = POLICY_KEY_BITS + 16;
    asked->rule_set = question->rule_set;
    asked->peer_class = peer_class ? *peer_class : PEER_CLASS_NOBODY;
    asked->direction = question->direction;
    asked->family = question->family;
    asked->protocol = question->protocol;
    asked->port = question->port;
    asked->reserved = 0;
    struct policy *own = bpf_map_lookup_elem(&policy, asked);
    asked->protocol = PROTOCOL_ANY;
    struct policy *any = bpf_map_lookup_elem(&policy, asked);
    struct policy *found = own && (!any || own->precedence >= any->precedence) ? own : any;
    verdict->by_rule = found != NULL;
    verdict->rule = found ? found->rule : 0;
    verdict->flags = found ? found->flags : 0;
    trace_question(found ? TRACE_VERDICT : TRACE_NO_RULE, asked, verdict->rule, verdict->flags);
    return 0;
}

INLINE __u32 hash_question(const struct question *question)
{
    const __u32 *words = (const void *)question;
    __u32 hash = 0;
#pragma unroll
    for (int i = 0; i < sizeof(*question) / sizeof(*words); i++)
        hash = mix(hash, words[i]);
    return hash;
}

INLINE bool same_question(const struct question *a, const struct question *b)
{
    const __u64 *x = (const void *)a, *y = (const void *)b;
    return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]));
}

/*
 * The verdict of the question. Most questions were put before, and nothing has changed since, so this CPU remembers what the
 * tables said; not in a trace, which shows what they say.
 */
INLINE struct verdict *settled_verdict(struct scratch *scratch)
{
    struct ruling *ruling = &scratch->ruling;
    __u32 zero = 0;
    __u64 *number = bpf_map_lookup_elem(&flow_generation, &zero);
    __u64 generation = number ? *number : 0;
    if (IS_NOTED || !generation) {
        ask_rules(ruling, &ruling->unkept);
        return &ruling->unkept;
    }
    struct verdict *verdict = &scratch->verdicts[hash_question(&ruling->question) >> (32 - VERDICT_BITS)];
    __u64 window = bpf_jiffies64() >> FLOW_WINDOW_SHIFT;
    if (verdict->generation == generation && verdict->window == window &&
        same_question(&verdict->question, &ruling->question))
        return verdict;
    ask_rules(ruling, verdict);
    verdict->question = ruling->question;
    verdict->generation = generation;
    verdict->window = window;
    return verdict;
}

/* Answers the question: policy flags, and ruling->rule. 0 denies. */
STAGE int find_verdict(struct ruling *ruling)
{
    struct scratch *scratch = own_scratch();
    if (!ruling || !scratch)
        return 0;
    struct verdict *verdict = settled_verdict(scratch);
    if (!verdict->by_rule)
        return 0;
    __u32 rule = verdict->rule;
    __u8 flags = verdict->flags;
    ruling->rule = rule;
    __u64 *hits = bpf_map_lookup_elem(&rule_hits, &rule);
    if (hits)
        (*hits)++;
    return flags & POLICY_ALLOW ? flags & (POLICY_ALLOW | POLICY_STATEFUL) : 0;
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
