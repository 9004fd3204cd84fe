/*
 * The life of a connection. What belongs to one passes without a look at the rules, as long as the verdict that began it
 * is of the rule set's epoch. docs/data-path.md has the states as a table.
 */
#pragma once

#include "inherit.h"
#include "rules.h"

/* A packet that is to be judged, and where its connection is kept. */
struct tracking {
    __u32 port;
    __u32 direction;
    __u32 now;
    __u32 sequence;       /* TCP, machine order */
    __u32 acknowledgement; /* likewise */
    bool answered;         /* whether the entry counts as such; otherwise as half open */
};

INLINE enum drop_reason denied(__u32 direction)
{
    return direction == DIRECTION_EGRESS ? DROP_POLICY_EGRESS : DROP_POLICY_INGRESS;
}

/* The rules alone, for what no connection is kept. */
STAGE int judge_by_rules(struct packet *packet, struct port *port, __u32 direction)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_MALFORMED;
    struct ruling *ruling = &scratch->ruling;
    put_packet(ruling, port, direction, packet);
    return find_verdict(ruling) ? DROP_NONE : denied(direction);
}

/* A segment that cannot begin a connection: only rules that keep none let it pass. */
STAGE int judge_odd(struct packet *packet, struct port *port, __u32 direction)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_MALFORMED;
    struct ruling *ruling = &scratch->ruling;
    put_packet(ruling, port, direction, packet);
    int verdict = find_verdict(ruling);
    if (verdict & POLICY_STATEFUL)
        return DROP_CONNECTION_INVALID;
    return verdict ? DROP_NONE : denied(direction);
}

/*
 * Judges a packet that begins a connection and, when it is let in by a stateful rule, notes the connection: in place
 * where its name has an entry that is of no use any more.
 */
STAGE int begin(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction, __u32 sequence)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_MALFORMED;
    struct ruling *ruling = &scratch->ruling;
    __u32 number = port->number, set = port->rule_set;
    put_packet(ruling, port, direction, packet);
    int verdict = find_verdict(ruling);
    if (!verdict)
        return denied(direction);
    struct connection *old = connection_at(ruling->slot);
    if (!(verdict & POLICY_STATEFUL)) {
        if (old)
            old->state = CONNECTION_NONE;
        return DROP_NONE;
    }
    struct rule_set *facts = bpf_map_lookup_elem(&rule_sets, &set);
    __u32 now = ticks_of(packet);
    struct connection *fresh = &ruling->fresh;
    __builtin_memset(fresh, 0, sizeof(*fresh));
    fresh->seen = now;
    fresh->created = now;
    fresh->rule_set = set;
    fresh->epoch = facts ? facts->epoch : 0;
    fresh->rule = ruling->rule;
    fresh->state = packet->protocol != IPPROTO_TCP ? CONNECTION_NEW
                   : packet->tcp_flags & TCP_SYN   ? CONNECTION_SYN_SENT
                                                   : CONNECTION_PICKED_UP;
    fresh->flags = direction == DIRECTION_EGRESS ? CONNECTION_FROM_WORKLOAD : 0;
    fresh->kept = CONNECTION_KEPT_HALF_OPEN;
    fresh->sequence = sequence;
    count_connection(skb, fresh, direction);
    if (!old && !may_open(number, direction))
        return DROP_HALF_OPEN_LIMIT;
    return keep_connection(&ruling->key, fresh, now, true) == KEEP_MADE ? DROP_NONE : DROP_CONNECTIONS_FULL;
}

/* Ends one that nobody has answered as it should. */
INLINE void forget(struct tracking *tracking, struct ruling *ruling, struct connection *connection)
{
    __u8 flags = connection->flags;
    connection->state = CONNECTION_NONE;
    struct connection_set *set = tracking->answered || !ruling->slot ? NULL : set_of(ruling->slot);
    if (!set)
        return;
    __u8 kept = release(set, (ruling->slot - 1) % CONNECTION_WAYS, &ruling->key);
    if (kept == CONNECTION_KEPT_HALF_OPEN)
        no_longer_open(tracking->port, flags);
    /* Another CPU has seen the answer meanwhile. */
    if (kept == CONNECTION_KEPT_ANSWERED)
        count_connections(tracking->port, -1);
}

/* Both ends have spoken. False when there is no room for it. */
INLINE bool establish(struct tracking *tracking, struct ruling *ruling, struct connection *connection, __u8 tcp_flags)
{
    bool sent = tracking->direction == DIRECTION_EGRESS;
    if (!tracking->answered && (!may_answer(tracking->port) || !count_as_answered(&ruling->key, ruling->slot)))
        return false;
    connection->state = CONNECTION_ESTABLISHED;
    if (tcp_flags & TCP_FIN) {
        connection->flags |= sent ? CONNECTION_FIN_SENT : CONNECTION_FIN_RECEIVED;
        connection->state = CONNECTION_CLOSING;
    }
    return true;
}

/* What TCP's flags may be together; the rest is for fingerprints and attacks (RFC 9293 section 3.10.7). */
INLINE bool is_valid_tcp(__u8 flags)
{
    switch (flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) {
    case TCP_SYN:
    case TCP_SYN | TCP_ACK:
    case TCP_RST:
    case TCP_RST | TCP_ACK:
    case TCP_FIN | TCP_ACK:
    case TCP_ACK:
        return true;
    default:
        return false;
    }
}

enum step {
    STEP_PASS,    /* it belongs to the connection */
    STEP_BEGIN,   /* it begins another one */
    STEP_JUDGE,   /* the rules alone decide */
    STEP_INVALID, /* it belongs to none */
    STEP_FULL,    /* there is no room for an established one */
    STEP_CUT,
};

/* A segment of a connection that is not established. */
INLINE enum step opening_step(struct tracking *tracking, struct ruling *ruling, struct connection *connection,
                              __u8 flags, bool forward)
{
    bool syn = flags & TCP_SYN, ack = flags & TCP_ACK, reset = flags & TCP_RST;
    bool acknowledges = ack && tracking->acknowledgement - connection->sequence - 1 < 0x10000;
    switch (connection->state) {
    case CONNECTION_SYN_SENT:
        if (forward) {
            if (syn && ack)
                return STEP_INVALID;
            if (syn)
                connection->sequence = tracking->sequence;
            if (reset)
                forget(tracking, ruling, connection);
            return STEP_PASS;
        }
        if (reset) {
            if (!acknowledges)
                return STEP_INVALID;
            forget(tracking, ruling, connection);
            return STEP_PASS;
        }
        if (syn && ack) {
            if (!acknowledges)
                return STEP_INVALID;
            connection->state = CONNECTION_SYN_RECEIVED;
        } else if (syn) {
            connection->state = CONNECTION_SYN_CROSSED;
            connection->flags |= CONNECTION_CROSSED;
        }
        /* An acknowledgement alone: the other end remembers an older connection (RFC 5961 section 4). */
        return STEP_PASS;
    case CONNECTION_SYN_CROSSED:
        if (reset)
            connection->state = CONNECTION_RESET;
        else if (ack)
            connection->state = CONNECTION_SYN_RECEIVED;
        return STEP_PASS;
    case CONNECTION_SYN_RECEIVED:
        if (reset) {
            connection->state = CONNECTION_RESET;
            return STEP_PASS;
        }
        if (syn && !ack) {
            if (!forward || tracking->sequence == connection->sequence)
                return STEP_PASS;
            connection->sequence = tracking->sequence;
            connection->state = CONNECTION_SYN_SENT;
            return STEP_PASS;
        }
        if (syn || (!forward && !(connection->flags & CONNECTION_CROSSED)))
            return STEP_PASS;
        if (!establish(tracking, ruling, connection, flags))
            return STEP_FULL;
        if (!tracking->answered)
            no_longer_open(tracking->port, connection->flags);
        return STEP_PASS;
    default: /* CONNECTION_PICKED_UP */
        if (syn)
            return ack ? STEP_INVALID : STEP_BEGIN;
        if (reset) {
            connection->state = CONNECTION_RESET;
            return STEP_PASS;
        }
        if (forward)
            return STEP_PASS;
        if (!establish(tracking, ruling, connection, flags))
            return STEP_FULL;
        if (!tracking->answered)
            no_longer_open(tracking->port, connection->flags);
        return STEP_PASS;
    }
}

/* A segment of a connection that is, or was, established. */
INLINE enum step established_step(struct tracking *tracking, struct connection *connection, __u8 flags, bool forward)
{
    bool sent = tracking->direction == DIRECTION_EGRESS;
    __u8 again = CONNECTION_SYN_AGAIN_SENT | CONNECTION_SYN_AGAIN_RECEIVED;
    if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
        if (connection->state != CONNECTION_ESTABLISHED && connection->state != CONNECTION_CLOSING)
            return STEP_BEGIN;
        /* One end has lost it and begins anew: not a connection before the other end agrees, and the rules do. */
        connection->flags = (connection->flags & ~again) |
                            (sent ? CONNECTION_SYN_AGAIN_SENT : CONNECTION_SYN_AGAIN_RECEIVED);
        connection->sequence = tracking->sequence;
        return STEP_JUDGE;
    }
    if (flags & TCP_SYN) {
        __u8 asked = sent ? CONNECTION_SYN_AGAIN_RECEIVED : CONNECTION_SYN_AGAIN_SENT;
        if (!(connection->flags & asked))
            return STEP_PASS;
        if (tracking->acknowledgement - connection->sequence - 1 >= 0x10000)
            return STEP_INVALID;
        connection->flags = sent ? 0 : CONNECTION_FROM_WORKLOAD;
        connection->created = tracking->now;
        connection->state = CONNECTION_SYN_RECEIVED;
        return STEP_PASS;
    }
    if (flags & TCP_RST) {
        connection->flags = (connection->flags & ~CONNECTION_RESET_SENT) | (sent ? CONNECTION_RESET_SENT : 0);
        connection->state = CONNECTION_RESET;
        return STEP_PASS;
    }
    if (flags & TCP_FIN) {
        connection->flags |= sent ? CONNECTION_FIN_SENT : CONNECTION_FIN_RECEIVED;
        __u8 both = CONNECTION_FIN_SENT | CONNECTION_FIN_RECEIVED;
        connection->state = (connection->flags & both) == both ? CONNECTION_CLOSED : CONNECTION_CLOSING;
        return STEP_PASS;
    }
    /* Whoever talks on has not sent the reset: it was forged, or too old to count. */
    if (connection->state == CONNECTION_RESET && sent == !!(connection->flags & CONNECTION_RESET_SENT))
        connection->state = tracking->answered ? CONNECTION_ESTABLISHED : CONNECTION_PICKED_UP;
    return STEP_PASS;
}

INLINE enum step tcp_step(struct tracking *tracking, struct ruling *ruling, struct connection *connection, __u8 flags)
{
    bool forward = (tracking->direction == DIRECTION_EGRESS) == !!(connection->flags & CONNECTION_FROM_WORKLOAD);
    if (connection->state == CONNECTION_CUT) {
        if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
            return STEP_BEGIN;
        return STEP_CUT;
    }
    if (connection->state >= CONNECTION_ESTABLISHED)
        return established_step(tracking, connection, flags, forward);
    return opening_step(tracking, ruling, connection, flags, forward);
}

/* A packet of what has no states of its own. */
INLINE void plain_step(struct tracking *tracking, struct ruling *ruling, struct connection *connection)
{
    bool forward = (tracking->direction == DIRECTION_EGRESS) == !!(connection->flags & CONNECTION_FROM_WORKLOAD);
    if (forward) {
        /* Without room it stays where it is, and passes on. */
        if (connection->state == CONNECTION_ANSWERED)
            establish(tracking, ruling, connection, 0);
    } else if (connection->state == CONNECTION_NEW) {
        connection->state = CONNECTION_ANSWERED;
        no_longer_open(tracking->port, connection->flags);
    }
}
