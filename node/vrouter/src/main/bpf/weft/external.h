/*
 * External networks: a device of the node leads there, under MACs of the network's own for each address that the node
 * answers for. Out of a routing domain and into it, and who is there outside.
 */
#pragma once

#include "ask.h"
#include "nat.h"

/* After this time a neighbour is asked whether it is still there; if it keeps silent it is forgotten. */
#define NEIGHBOUR_FRESH (30 * SECOND)
#define NEIGHBOUR_GONE (90 * SECOND)
#define BFD_PORT 3784
/* Questions to one neighbour. */
#define NEIGHBOUR_PATIENCE SECOND

INLINE struct external_address *find_external(__u32 network, const struct ip *address)
{
    struct address_key key = {.network = network, .address = *address};
    return bpf_map_lookup_elem(&external_addresses, &key);
}

INLINE bool is_underlay(const struct ip *address)
{
    return bpf_map_lookup_elem(&underlay_addresses, address) != NULL;
}

/* Whether a packet's source is where the domain's gateways lead: nobody outside can pretend to be inside. */
STAGE int comes_from_outside(struct packet *packet, __u32 domain)
{
    if (!packet)
        return 0;
    struct route_key key = {
        .prefix_length = ROUTE_KEY_BITS + 128,
        .domain = domain,
        .family = family_of(packet),
        .address = packet->source,
    };
    struct route *route = bpf_map_lookup_elem(&routes, &key);
    return route && (route->kind == ROUTE_EXTERNAL || route->kind == ROUTE_EXTERNAL_GROUP);
}

/* To an address outside that this node answers for; returns an enum next. */
STAGE int enter_domain(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return NEXT_DROP;
    struct external_address *own = find_external(packet->network, &packet->destination);
    if (!own)
        return next_drop(packet, DROP_TRANSLATION_UNKNOWN);
    if (!is_ipv4(packet))
        return NEXT_ECHO;
    __u32 floating = packet->destination.word[3], fixed = own->fixed;
    packet->place.number = own->domain;
    if (!fixed) {
        enum drop_reason reason = find_sharer(skb, packet);
        bool echo = packet->protocol == IPPROTO_ICMP && packet->icmp_type == ICMP_ECHO;
        if (reason == DROP_TRANSLATION_UNKNOWN && echo)
            return NEXT_ECHO;
        if (reason == DROP_NO_MEMBERS)
            return next_error(packet, reason, 0);
        return reason ? next_drop(packet, reason) : NEXT_INSIDE;
    }
    if (packet->protocol == IPPROTO_ICMP && packet->fragment != FRAGMENT_LATER &&
        is_icmp_error(true, packet->icmp_type)) {
        struct translation_key *key = &scratch->translating.inward;
        key->inward = 1;
        if (read_quoted(skb, packet, key) && key->local == floating)
            set_quoted(packet, fixed, key->local_port);
    }
    set_destination(packet, fixed);
    return NEXT_INSIDE;
}

/* Routes in the domain of packet->place what came from its external network; returns an enum next. */
STAGE int route_inside(struct __sk_buff *skb, struct packet *packet)
{
    __u8 mac[6];
    if (!packet)
        return NEXT_DROP;
    __u32 domain = packet->place.number;
    struct gateway *gateway = find_gateway(domain, packet->network);
    if (!gateway)
        return next_drop(packet, DROP_NO_GATEWAY);
    if (!comes_from_outside(packet, domain))
        return next_drop(packet, DROP_EXTERNAL_SPOOFED);
    copy_mac(mac, packet->destination_mac);
    copy_mac(packet->destination_mac, gateway->mac);
    int next = route(skb, packet, domain);
    if (next == NEXT_OUTSIDE)
        return next_drop(packet, DROP_NO_ROUTE);
    if (next == NEXT_ERROR || next == NEXT_ECHO)
        copy_mac(packet->destination_mac, mac);
    return next;
}

/* Through the tunnel to the node that is the gateway. */
INLINE enum next leave_to_gateway(struct __sk_buff *skb, struct packet *packet, const struct gateway *gateway)
{
    struct next_hop hop = {.mtu = 0xffff};
    struct place place = gateway->place;
    /* What came by the transit network itself goes no further: two nodes may disagree for a moment. */
    if (place.kind != PLACE_REMOTE || !packet->routers)
        return next_error(packet, DROP_NO_GATEWAY, 0);
    __u32 mtu = mtu_ahead(&hop, &place);
    if (wire_length(skb, packet) > mtu)
        return next_error(packet, DROP_TOO_BIG, mtu);
    packet->place = place;
    packet->network = gateway->transit;
    copy_mac(packet->destination_mac, gateway->mac);
    copy_mac(packet->source_mac, gateway->mac);
    note_crossing(packet);
    return NEXT_DELIVER;
}

/* One to one, on this node; returns false when no floating address stands for the source here. */
INLINE bool float_source(struct __sk_buff *skb, struct packet *packet, struct scratch *scratch, __u32 domain)
{
    struct floating_key key = {.domain = domain, .fixed = packet->source.word[3]};
    __u32 *found = bpf_map_lookup_elem(&floating_addresses, &key);
    if (!found)
        return false;
    __u32 floating = *found;
    /* Of several gateways one leads to the floating address's network. */
    struct ip outside = mapped(floating);
    if (!find_external(packet->network, &outside))
        return false;
    if (packet->protocol == IPPROTO_ICMP && packet->fragment != FRAGMENT_LATER &&
        is_icmp_error(true, packet->icmp_type)) {
        struct translation_key *quoted = &scratch->translating.outward;
        quoted->inward = 0;
        if (read_quoted(skb, packet, quoted) && quoted->local == key.fixed)
            set_quoted(packet, floating, quoted->local_port);
    }
    set_source(packet, floating);
    return true;
}

/* Out of the domain in packet->place, a gateway of which leads to packet->network; returns an enum next. NEXT_INSIDE is the way back in. */
STAGE int leave_domain(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return NEXT_DROP;
    __u32 domain = packet->place.number;
    struct gateway *gateway = find_gateway(domain, packet->network);
    if (!gateway)
        return next_error(packet, DROP_NO_GATEWAY, 0);
    if (is_underlay(&packet->destination))
        return next_drop(packet, DROP_UNDERLAY_ADDRESS);
    bool ipv4 = is_ipv4(packet);
    if (ipv4 && gateway->ipv4 && packet->destination.word[3] == gateway->ipv4 && packet->port &&
        packet->protocol == IPPROTO_ICMP && packet->icmp_type == ICMP_ECHO)
        return NEXT_ECHO;
    if (!ipv4 || !float_source(skb, packet, scratch, domain)) {
        if (gateway->place.kind != PLACE_LOCAL)
            return leave_to_gateway(skb, packet, gateway);
        if (ipv4) {
            enum drop_reason reason = share_address(skb, packet, domain);
            if (reason)
                return next_drop(packet, reason);
        }
    }
    struct external_address *target = find_external(packet->network, &packet->destination);
    if (!target)
        return NEXT_OUTSIDE;
    if (!IS_TRACE) {
        struct external_address *own = find_external(packet->network, &packet->source);
        if (target->limits || (own && own->limits)) {
            packet->around = 1;
            return NEXT_OUTSIDE;
        }
    }
    /* Back in on the same node: no switch outside would return it. */
    packet->hop_limit -= packet->routers;
    /* Both ends of what an error quotes are translated then (RFC 5508 REQ-7). Nobody is told of errors about errors. */
    if (packet->translated & TRANSLATED_QUOTE) {
        if (!write_quoted(skb, packet))
            return next_drop(packet, DROP_DELIVERY_FAILED);
        packet->translated &= ~TRANSLATED_QUOTE;
    }
    int next = enter_domain(skb, packet);
    if (next == NEXT_ECHO && packet->translated) {
        packet->source = mapped(scratch->rewrite.source);
        packet->translated = 0;
    }
    return next;
}

/* What another node sent here because this one is the gateway of a domain; its hop has been counted there. */
STAGE int arrive_by_transit(struct __sk_buff *skb, struct packet *packet, __u32 domain)
{
    struct next_hop hop = {};
    if (!packet)
        return NEXT_DROP;
    if (!is_ip(packet) || is_ip_multicast(packet))
        return next_drop(packet, DROP_NOT_ROUTABLE);
    struct gateway *gateway = find_gateway_of_transit(domain, packet->network);
    if (!gateway)
        return next_drop(packet, DROP_NO_GATEWAY);
    __u32 network = gateway->network;
    enum drop_reason reason = choose_hop(packet, domain, &hop);
    if (reason || packet->place.kind != PLACE_OUTSIDE)
        return next_drop(packet, DROP_NO_ROUTE);
    if (hop.network != network) {
        /* By the source's own gateway, as its node has seen. */
        struct further_gateway *own = find_further_gateway(domain, network);
        if (!is_ipv4(packet) || !own || !own->next_hop)
            return next_drop(packet, DROP_NO_ROUTE);
        hop.network = network;
        hop.address = mapped(own->next_hop);
    }
    packet->network = hop.network;
    packet->subject = is_unspecified(&hop.address) ? packet->destination : hop.address;
    packet->place.number = domain;
    packet->crossing = noted_crossing(packet);
    return leave_domain(skb, packet);
}

/* Turns the packet in hand into the question who has packet->subject. The address that asks is one of this node's. */
STAGE int ask_outside(struct __sk_buff *skb, struct packet *packet, __u32 device)
{
    if (!packet)
        return TC_ACT_SHOT;
    struct ip sender = packet->source;
    struct mac_key key = {.network = packet->network};
    copy_mac(key.mac, packet->source_mac);
    if (!find_external(packet->network, &sender)) {
        /* Routed without translation: the router asks in its own name. */
        struct router_interface *router = bpf_map_lookup_elem(&router_interfaces, &key);
        sender = is_ipv4(packet) ? mapped(router ? router->ipv4 : 0) : router ? router->ipv6 : (struct ip){};
        if (!is_ipv4(packet) && is_unspecified(&sender))
            sender = link_local_of(packet->source_mac);
    }
    copy_mac(packet->signer_mac, packet->source_mac);
    packet->destination = packet->subject;
    bool written = is_ipv4(packet) ? write_arp_question(skb, packet, sender.word[3])
                                   : write_solicitation(skb, packet, &sender);
    if (!written)
        return drop(packet->port, DROP_ANSWER_FAILED);
    return bpf_redirect(device, 0);
}

/* Whether a neighbour may be asked now; takes note of it. */
INLINE bool may_ask(struct packet *packet, struct address_key *key, struct neighbour *known, __u64 now)
{
    if (known) {
        if (now - known->asked < NEIGHBOUR_PATIENCE)
            return false;
        known->asked = now;
        return true;
    }
    struct neighbour asked = {.asked = now};
    return answer_passes(packet->port) && !bpf_map_update_elem(&neighbours, key, &asked, BPF_ANY);
}

/* Writes what routers and translation changed, for a frame that leaves; gives the device to redirect it to, 0 for none. */
INLINE __u32 prepare_leaving(struct __sk_buff *skb, struct packet *packet, __u32 device, __u32 limits)
{
    if ((packet->translated && !write_rewrite(skb, packet)) || (packet->routers && !write_hop_limit(skb, packet)) ||
        !write_macs(skb, packet)) {
        drop(packet->port, DROP_DELIVERY_FAILED);
        return 0;
    }
    trace_note(TRACE_OUTSIDE, packet->port, device, packet->network);
    if (!limits)
        return device;
    __u32 exit = limit_leaving(skb, limits, device, packet->around ? HELD_AROUND : HELD_LEAVES);
    if (!exit)
        drop(packet->port, DROP_PACKET_RATE);
    return exit;
}

/* The last stage outwards: everything is written, and the frame leaves by the external device. */
STAGE int send_outside(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    __u32 network = packet->network, domain = packet->place.number;
    struct external_network *external = bpf_map_lookup_elem(&external_networks, &network);
    struct gateway *gateway = find_gateway(domain, network);
    if (!external || !gateway)
        return drop(packet->port, DROP_NO_GATEWAY);
    __u32 device = external->device;
    struct external_address *own = find_external(network, &packet->source);
    __u32 limits = own ? own->limits : 0, exit;
    copy_mac(packet->source_mac, own ? own->mac : gateway->mac);
    if (packet->around) {
        struct external_address *target = find_external(network, &packet->destination);
        if (!target)
            return drop(packet->port, DROP_NO_GATEWAY);
        copy_mac(packet->destination_mac, target->mac);
        exit = prepare_leaving(skb, packet, device, limits);
        return exit ? bpf_redirect(exit, exit == device ? BPF_F_INGRESS : 0) : TC_ACT_SHOT;
    }
    struct address_key key = {.network = network, .address = packet->subject};
    struct neighbour *known = bpf_map_lookup_elem(&neighbours, &key);
    __u64 now = bpf_ktime_get_ns();
    if (!known || !known->seen || now - known->seen > NEIGHBOUR_GONE) {
        drop(packet->port, DROP_RESOLVING);
        return may_ask(packet, &key, known, now) ? ask_outside(skb, packet, device) : TC_ACT_SHOT;
    }
    copy_mac(packet->destination_mac, known->mac);
    bool ask = now - known->seen > NEIGHBOUR_FRESH && may_ask(packet, &key, known, now);
    exit = prepare_leaving(skb, packet, device, limits);
    if (!ask)
        return exit ? bpf_redirect(exit, 0) : TC_ACT_SHOT;
    if (exit)
        send_copy(skb, exit);
    skb->mark = 0;
    skb->priority = 0;
    return ask_outside(skb, packet, device);
}

/* Takes note of who outside spoke to this node, or of a change of whom it knows. */
INLINE void meet(__u32 network, const struct ip *address, const __u8 *mac, bool spoken_to)
{
    struct address_key key = {.network = network, .address = *address};
    if (is_group_mac(mac) || is_unspecified(address) || (is_mapped(address) && !address->word[3]) ||
        find_external(network, address))
        return;
    if (!spoken_to && !bpf_map_lookup_elem(&neighbours, &key))
        return;
    struct neighbour fresh = {.seen = bpf_ktime_get_ns()};
    copy_mac(fresh.mac, mac);
    bpf_map_update_elem(&neighbours, &key, &fresh, BPF_ANY);
}

/* ARP from outside: answered for this node's addresses; the host may look at all else. */
STAGE int arp_from_outside(struct __sk_buff *skb, struct packet *packet)
{
    struct arp arp;
    if (!packet || !load_arp(skb, &arp))
        return GO_ON;
    struct ip sender = mapped(arp.sender), target = mapped(arp.target);
    struct external_address *own = find_external(packet->network, &target);
    meet(packet->network, &sender, arp.sender_mac, own != NULL);
    if (!own || arp.operation != bpf_htons(ARP_REQUEST) || arp.sender == arp.target)
        return GO_ON;
    struct address owner = {};
    copy_mac(owner.mac, own->mac);
    return answer_arp(skb, packet, &arp, &owner);
}

/* The same of neighbour discovery. Router advertisements and redirects from outside are the host's business alone. */
STAGE int neighbour_from_outside(struct __sk_buff *skb, struct packet *packet)
{
    struct neighbour_message message;
    __u8 mac[6];
    if (!packet || packet->hop_limit != 255 || packet->fragment != FRAGMENT_NONE ||
        packet->transport_offset + sizeof(message) > ETHERNET_BYTES + packet->ip_length ||
        bpf_skb_load_bytes(skb, packet->transport_offset, &message, sizeof(message)))
        return GO_ON;
    bool solicitation = packet->icmp_type == NEIGHBOUR_SOLICITATION;
    int option = find_mac_option(skb, packet, solicitation ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC, mac);
    if (option < 0)
        return GO_ON;
    packet->subject = message.target;
    struct external_address *own = find_external(packet->network, solicitation ? &packet->subject : &packet->destination);
    if (option)
        meet(packet->network, solicitation ? &packet->source : &packet->subject, mac, own != NULL);
    if (!solicitation || !own || is_unspecified(&packet->source))
        return GO_ON;
    struct address owner = {.place = {.kind = PLACE_ROUTER}};
    copy_mac(owner.mac, own->mac);
    return answer_solicitation(skb, packet, &packet->subject, &owner);
}

/* Whether a packet is BFD's from a neighbour, who waits for the agent's answer (RFC 5881). */
INLINE bool is_bfd(const struct packet *packet)
{
    return packet->protocol == IPPROTO_UDP && packet->fragment == FRAGMENT_NONE &&
           packet->destination_port == bpf_htons(BFD_PORT) && packet->hop_limit == 255;
}

/* What comes in by an external device; returns an enum next, or GO_ON for what is no business of the programs. */
STAGE int arrive_from_outside(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet || is_ip_multicast(packet))
        return GO_ON;
    struct external_address *own = find_external(packet->network, &packet->destination);
    if (own) {
        if (!same_mac(own->mac, packet->destination_mac))
            return GO_ON;
        if (own->limits) {
            int next = limit_arriving(skb, packet, own->limits);
            if (next != GO_ON)
                return next;
        }
        trace_note(TRACE_ENTERED, 0, skb->ifindex, packet->network);
        /* The agent has heard it already. */
        if (is_bfd(packet) && !is_ipv4(packet))
            return GO_ON;
        int next = enter_domain(skb, packet);
        if (next == NEXT_DROP && packet->reason == DROP_TRANSLATION_UNKNOWN && is_bfd(packet))
            return GO_ON;
        return next;
    }
    /* To a router's MAC, routed without translation: where there is none, or within a scope, and by the gateway node alone. */
    struct mac_key key = {.network = packet->network};
    copy_mac(key.mac, packet->destination_mac);
    struct router_interface *router = bpf_map_lookup_elem(&router_interfaces, &key);
    if (!router)
        return GO_ON;
    __u32 domain = router->domain;
    trace_note(TRACE_ENTERED, 0, skb->ifindex, packet->network);
    struct gateway *gateway = find_gateway(domain, packet->network);
    if (!gateway || gateway->place.kind != PLACE_LOCAL || (is_ipv4(packet) && gateway->flags & GATEWAY_SNAT && !find_scope(packet->network, 4)))
        return next_drop(packet, DROP_NOT_ROUTABLE);
    packet->place.number = domain;
    return NEXT_INSIDE;
}
