/* Copies to the members of a network's list: replication at the source, in a bounded loop. */
#pragma once

#include "policy.h"
#include "qos.h"
#include "trunk.h"
#include "tunnel.h"

struct flood_state {
    struct __sk_buff *skb;
    __u32 network;
    __u32 list;
    __u32 except; /* the place that the frame came from */
    __u32 copies;
    bool to_nodes;
};

INLINE long copy_to_member(__u32 slot, struct flood_state *state, bool judged)
{
    struct flood_key key = {.network = state->network, .list = state->list, .slot = slot};
    struct place *member = bpf_map_lookup_elem(&flood, &key);
    if (!member)
        return 1;
    __u32 number = member->number;
    if (member->kind == PLACE_LOCAL) {
        if (number == state->except)
            return 0;
        struct port *port = bpf_map_lookup_elem(&ports, &number);
        /* A node takes only what is for its own addresses. */
        if (!port || (port->flags & (PORT_ADMIN_UP | PORT_HOST)) != PORT_ADMIN_UP || port->network != state->network)
            return 0;
        if (judged) {
            enum drop_reason reason = judge_copy(port);
            if (reason) {
                drop(port->number, reason);
                return 0;
            }
        }
        if (!takes(state->skb, port))
            return 0;
        trace_note(TRACE_COPIED, port->number, number, PLACE_LOCAL);
        count_received(state->skb, port->number);
        copy_to_place(state->skb, number);
        state->copies++;
        return 0;
    }
    if (member->kind != PLACE_REMOTE || !state->to_nodes)
        return 0;
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &number);
    if (!own || !node || is_unspecified(&node->address))
        return 0;
    if (!set_tunnel(state->skb, own, node, state->network))
        return 0;
    trace_note(TRACE_COPIED, 0, number, PLACE_REMOTE);
    send_copy(state->skb, own->tunnel_device);
    state->copies++;
    return 0;
}

static long flood_member(__u32 slot, struct flood_state *state)
{
    return copy_to_member(slot, state, false);
}

static long flood_judged_member(__u32 slot, struct flood_state *state)
{
    return copy_to_member(slot, state, true);
}

/* Copies ARP, ND, or what a program wrote to a list; returns how many copies there were. The frame itself stays. */
STAGE int flood_to(struct __sk_buff *skb, __u32 network, __u32 list, __u32 to_nodes)
{
    struct flood_state state = {
        .skb = skb,
        .network = network,
        .list = list,
        .except = own_entrance(),
        .to_nodes = to_nodes,
    };
    bpf_loop(FLOOD_SLOTS, flood_member, &state, 0);
    return state.copies;
}

/* The same for the packet in hand; those whose rules deny it are passed over. */
STAGE int flood_packet(struct __sk_buff *skb, __u32 network, __u32 list, __u32 to_nodes)
{
    struct flood_state state = {
        .skb = skb,
        .network = network,
        .list = list,
        .except = own_entrance(),
        .to_nodes = to_nodes,
    };
    bpf_loop(FLOOD_SLOTS, flood_judged_member, &state, 0);
    return state.copies;
}

/* Ends a frame whose copies went out, or that had nobody to go to. */
INLINE int drop_flooded(__u32 port, int copies, enum drop_reason otherwise)
{
    return drop(port, copies > 0 ? DROP_FLOODED : otherwise);
}

/* A question that the tables cannot answer goes to those who may know. */
INLINE int flood_question(struct __sk_buff *skb, const struct packet *packet, const struct ip *address,
                          enum drop_reason otherwise)
{
    int copies = 0;
    if (may_be_shared(packet->network, address))
        copies += flood_to(skb, packet->network, FLOOD_CANDIDATES, true);
    if (network_has(packet->network, NETWORK_LEARNS))
        copies += flood_to(skb, packet->network, FLOOD_UNSECURED, true);
    return drop_flooded(packet->port, copies, otherwise);
}

/* Broadcast and multicast that no proxy took, from a workload. */
STAGE int flood_group(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    bool broadcast = is_broadcast_mac(packet->destination_mac);
    enum drop_reason reason = broadcast ? DROP_BROADCAST : DROP_MULTICAST;
    /* Groups of the link itself, such as spanning tree, are for no one beyond it (IEEE 802.1D). */
    if (!broadcast && !is_ip(packet))
        return drop(packet->port, reason);
    if (!network_has(packet->network, broadcast ? NETWORK_BROADCAST : NETWORK_MULTICAST))
        return drop(packet->port, reason);
    return drop_flooded(packet->port, flood_packet(skb, packet->network, FLOOD_EVERYONE, true), reason);
}
