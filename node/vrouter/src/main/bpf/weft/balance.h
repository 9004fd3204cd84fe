/*
 * Load balancing, on the node of who calls: a packet to a virtual address gets the address and port of a member, and goes on
 * from where it was as if it had been sent there. Its sender's rules judge it as what it has become. What comes back is
 * turned where it is delivered (balanced.h).
 */
#pragma once

#include "balanced.h"
#include "route.h"

/* Whether the client's port is free for work->end: a connection of the same name from another virtual address is not. */
STAGE int is_free(struct packet *packet, __u32 port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct balancing *work = &scratch->balancing;
    name_balanced(&work->pair, packet, port, DIRECTION_EGRESS, ROLE_FROM_MEMBER);
    work->pair.remote = work->end;
    work->pair.remote_port = work->end_port;
    struct connection *there = connection_at(seek_connection(&work->pair));
    trace_connection(&work->pair, there ? there->kept : TRACE_KEPT_NOWHERE, there ? there->state : CONNECTION_NONE);
    if (there && is_alive(there, packet->protocol, ticks_of(packet)))
        return same_ip(&there->end, &packet->destination) && there->end_port == packet->destination_port;
    work->pair.role = ROLE_CONNECTION;
    there = connection_at(seek_connection(&work->pair));
    /* What the client itself has with the member, or had before members changed. */
    return !there || !is_alive(there, packet->protocol, ticks_of(packet)) || there->state > CONNECTION_ESTABLISHED;
}

/* Whether the entry that was found may still be used: it is not over, and its member is still there. */
STAGE int still_serves(struct packet *packet, struct connection *entry)
{
    struct scratch *scratch = own_scratch();
    __u32 zero = 0;
    if (!scratch || !packet || !entry)
        return 0;
    struct balancing *work = &scratch->balancing;
    if (!is_alive(entry, packet->protocol, ticks_of(packet)))
        return 0;
    if ((packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && entry->state > CONNECTION_ESTABLISHED)
        return 0;
    work->end = entry->end;
    work->end_port = entry->end_port;
    work->member = entry->member;
    if (entry->member == BALANCED_ANSWERS)
        return 1;
    __u64 *generation = bpf_map_lookup_elem(&flow_generation, &zero);
    __u32 now = generation ? *generation : 0;
    if (now && entry->checked == now)
        return 1;
    if (!find_listener(packet) || !may_call(&packet->source) || !find_member(false))
        return 0;
    entry->member = work->member;
    entry->checked = now;
    return 1;
}

/* Chooses a member; returns an enum next, GO_ON when there is one. */
STAGE int choose_member(struct packet *packet, __u32 port)
{
    if (!packet)
        return NEXT_DROP;
    if (!find_listener(packet))
        return next_error(packet, DROP_NO_LISTENER, 0);
    if (!may_call(&packet->source)) {
        trace_balanced(port, TRACE_CHOICE_REFUSED);
        return next_drop(packet, DROP_CALLER_REFUSED);
    }
    if (find_affinity(packet) && is_free(packet, port)) {
        trace_balanced(port, TRACE_CHOICE_AFFINITY);
        return GO_ON;
    }
    for (__u32 i = 0; i < CHOICE_TRIES; i++) {
        if (find_slot(packet, i) && is_free(packet, port)) {
            trace_balanced(port, TRACE_CHOICE_SLOT);
            return GO_ON;
        }
    }
    trace_balanced(port, TRACE_CHOICE_NONE);
    return next_error(packet, DROP_NO_MEMBERS, 0);
}

/*
 * The first stage of a packet whose port may call virtual addresses: if it is for one, it is given a member. Nothing is written
 * and kept before rules have said what they think of it. Returns an enum next, or GO_ON.
 */
STAGE int balance(struct packet *packet, struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return NEXT_DROP;
    struct balancing *work = &scratch->balancing;
    struct place place = find_mac(packet->network, packet->destination_mac);
    struct address_key at = {.network = packet->network, .address = packet->destination};
    if (place.kind == PLACE_ROUTER) {
        at.network = place.number;
        __u32 *network = bpf_map_lookup_elem(&virtual_addresses, &at);
        if (!network)
            return GO_ON;
        at.network = *network;
    } else if (place.kind != PLACE_VIRTUAL) {
        return GO_ON;
    }
    if (is_echo_request(packet))
        return GO_ON;
    if (!is_balanced_protocol(packet->protocol) || packet->fragment != FRAGMENT_NONE)
        return next_error(packet, DROP_NO_LISTENER, 0);
    name_listener(work, &at, packet->protocol, packet->destination_port);
    name_balanced(&work->key, packet, port->number, DIRECTION_EGRESS, ROLE_TO_MEMBER);
    work->slot = seek_connection(&work->key);
    struct connection *entry = connection_at(work->slot);
    trace_connection(&work->key, entry ? entry->kept : TRACE_KEPT_NOWHERE, entry ? entry->state : CONNECTION_NONE);
    if (entry && still_serves(packet, entry)) {
        if (entry->member != BALANCED_ANSWERS)
            trace_balanced(port->number, TRACE_CHOICE_CONNECTION);
    } else {
        work->slot = 0;
        int next = choose_member(packet, port->number);
        if (next != GO_ON)
            return next;
    }
    packet->balanced = place.kind;
    packet->miss.slot = 0;
    begin_rewrite(packet);
    packet->destination = work->end;
    packet->destination_port = work->end_port;
    return GO_ON;
}

/* Keeps both entries of a pair, the first of which is under work->key. */
STAGE int keep_pair(struct packet *packet, struct ip *end, __u32 end_port, __u32 member)
{
    struct scratch *scratch = own_scratch();
    __u32 zero = 0;
    if (!scratch || !packet || !end)
        return 0;
    struct balancing *work = &scratch->balancing;
    struct connection *fresh = &work->fresh;
    __u64 *generation = bpf_map_lookup_elem(&flow_generation, &zero);
    __u32 now = ticks_of(packet);
    bool syn = (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    __builtin_memset(fresh, 0, sizeof(*fresh));
    fresh->seen = now;
    fresh->created = now;
    fresh->state = packet->protocol != IPPROTO_TCP ? CONNECTION_NEW : syn ? CONNECTION_SYN_SENT : CONNECTION_PICKED_UP;
    fresh->flags = CONNECTION_FROM_WORKLOAD;
    fresh->kept = CONNECTION_KEPT_HALF_OPEN;
    fresh->end = *end;
    fresh->end_port = end_port;
    fresh->member = member;
    fresh->checked = generation ? *generation : 0;
    name_pair(&work->pair, &work->key, end, end_port);
    if (keep_connection(&work->key, fresh, now, true) != KEEP_MADE)
        return 0;
    fresh->kept = CONNECTION_KEPT_HALF_OPEN;
    fresh->end = work->key.remote;
    fresh->end_port = work->key.remote_port;
    if (keep_connection(&work->pair, fresh, now, true) != KEEP_MADE)
        return 0;
    forget_flows(&work->pair);
    return 1;
}

/* Keeps what a new connection needs. Returns a drop_reason. */
STAGE int keep_balanced(struct packet *packet, struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_CONNECTIONS_FULL;
    struct balancing *work = &scratch->balancing;
    /* Rules keep a connection, and count it. */
    if (!port->rule_set && !may_open(port->number, DIRECTION_EGRESS))
        return DROP_HALF_OPEN_LIMIT;
    if (!keep_pair(packet, &work->end, work->end_port, work->member))
        return DROP_CONNECTIONS_FULL;
    note_affinity(packet, work);
    if (!same_ip(&work->end, &packet->source))
        return DROP_NONE;
    /* Its own member: it sees a call from the virtual address, and answers that. */
    work->key.local_port = work->end_port;
    work->key.remote_port = packet->source_port;
    return keep_pair(packet, &packet->source, packet->source_port, BALANCED_ANSWERS) ? DROP_NONE : DROP_CONNECTIONS_FULL;
}

/* Leads on to a member from a virtual address on the sender's link; returns an enum next, or GO_ON. */
STAGE int lead_to_member(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    struct address owner = {};
    struct next_hop hop = {.mtu = 0xffff};
    if (!scratch || !packet)
        return NEXT_DROP;
    struct balancing *work = &scratch->balancing;
    struct address_key key = {.network = packet->network, .address = packet->destination};
    bool found = find_owner(&key, &owner, false);
    if (!found || owner.place.kind == PLACE_ROUTER) {
        struct listener *listener = bpf_map_lookup_elem(&listeners, &work->listener);
        if (!listener)
            return next_error(packet, DROP_UNKNOWN_ADDRESS, 0);
        key.address = listener->gateway;
        if (!find_owner(&key, &owner, false) || owner.place.kind != PLACE_ROUTER)
            return next_error(packet, DROP_UNKNOWN_ADDRESS, 0);
        copy_mac(packet->destination_mac, owner.mac);
        return GO_ON;
    }
    if (owner.place.kind == PLACE_VIRTUAL)
        return next_error(packet, DROP_NO_LISTENER, 0);
    __u32 mtu = mtu_ahead(&hop, &owner.place);
    if (wire_length(skb, packet) > mtu)
        return next_error(packet, DROP_TOO_BIG, mtu);
    copy_mac(packet->destination_mac, owner.mac);
    return write_rewrite(skb, packet) && write_macs(skb, packet) ? GO_ON : next_drop(packet, DROP_DELIVERY_FAILED);
}

/* The second stage, when rules let it pass. Returns an enum next, or GO_ON when it goes on as any packet. */
STAGE int go_to_member(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return NEXT_DROP;
    struct balancing *work = &scratch->balancing;
    if (work->slot) {
        follow_balanced(packet, work->slot, true);
    } else {
        int reason = keep_balanced(packet, port);
        if (reason)
            return next_drop(packet, reason);
    }
    return packet->balanced == PLACE_VIRTUAL ? lead_to_member(skb, packet) : GO_ON;
}
