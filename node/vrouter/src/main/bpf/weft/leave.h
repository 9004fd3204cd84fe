/*
 * By which of several gateways a source leaves: whom an address stands for on one external network, by which strangers may
 * have called, answers from there and from nowhere else.
 */
#pragma once

#include "nat.h"

INLINE __u32 find_source_gateway(__u32 domain, __u32 address, __u16 protocol, __u16 port)
{
    struct source_gateway_key key = {
        .prefix_length = SOURCE_GATEWAY_KEY_BITS + 16,
        .domain = domain,
        .address = address,
        .protocol = protocol,
        .port = port,
    };
    __u32 *network = bpf_map_lookup_elem(&source_gateways, &key);
    return network ? *network : 0;
}

/* The external network by which a source leaves whatever the routes say; 0: there is none. */
STAGE __u32 network_of_source(struct __sk_buff *skb, struct packet *packet, __u32 domain)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    struct translating *work = &scratch->translating;
    struct translation_key *key = &work->outward;
    struct translated_fragment *first;
    name_ends(key, packet, domain, false);
    key->local_port = 0;
    if (packet->fragment != FRAGMENT_NONE)
        name_fragment(&work->fragment, packet, domain, FRAGMENT_LEAVES);
    switch (name_translation(packet, key)) {
    case NAMES_FRAGMENT:
        first = find_first(packet, work);
        if (first)
            return first->domain;
        break;
    case NAMES_QUOTE:
        /* Belongs to what it quotes. */
        if (!read_quoted(skb, packet, key) || key->local != packet->source.word[3])
            key->local_port = 0;
        break;
    default:
        break;
    }
    __u32 network = find_source_gateway(domain, packet->source.word[3], key->protocol, key->local_port);
    note_translated(packet, work, 0, network);
    return network;
}

/* Turns a hop outside into that of the gateway to this network, if it has one that leads on. */
STAGE int leave_by(__u32 domain, __u32 network, struct next_hop *hop)
{
    if (!hop)
        return 0;
    struct further_gateway *own = find_further_gateway(domain, network);
    if (!own || !own->next_hop)
        return 0;
    hop->network = network;
    hop->mtu = own->mtu;
    copy_mac(hop->mac, own->gateway.mac);
    hop->address = mapped(own->next_hop);
    trace_route(domain, ROUTE_EXTERNAL, hop);
    return 0;
}

/* Turns a hop outside into that of the source's own gateway, if it has another one than that. */
INLINE void leave_as_source(struct __sk_buff *skb, struct packet *packet, __u32 domain, struct next_hop *hop)
{
    __u32 network = network_of_source(skb, packet, domain);
    if (network && network != hop->network)
        leave_by(domain, network, hop);
}
