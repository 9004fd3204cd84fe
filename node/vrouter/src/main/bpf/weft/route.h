/*
 * Distributed routing: a frame to a router's MAC is routed here, on the node of its sender, through
 * as many routers as it takes. Nothing is written until the last hop is known, so an error can
 * still quote and answer the packet as it came.
 */
#pragma once

#include "deliver.h"
#include "flood.h"
#include "leave.h"
#include "rewrite.h"
#include "scope.h"

#define ROUTERS_MAX 8

/* Looks the destination up in one routing domain. */
INLINE enum drop_reason choose_hop(struct packet *packet, __u32 domain, struct next_hop *hop)
{
    struct route_key key = {
        .prefix_length = ROUTE_KEY_BITS + 128,
        .domain = domain,
        .family = family_of(packet),
        .address = packet->destination,
    };
    struct route *route = bpf_map_lookup_elem(&routes, &key);
    trace_route(domain, route ? route->kind : 0, route ? &route->hop : hop);
    packet->place.kind = PLACE_NONE;
    if (!route)
        return DROP_NO_ROUTE;
    if (route->kind == ROUTE_GROUP || route->kind == ROUTE_EXTERNAL_GROUP) {
        struct group_member_key member = {.group = route->group};
        if (!route->members)
            return DROP_NO_ROUTE;
        member.slot = flow_hash(packet) % route->members;
        struct next_hop *chosen = bpf_map_lookup_elem(&group_members, &member);
        if (!chosen)
            return DROP_NO_ROUTE;
        *hop = *chosen;
        trace_route(domain, route->kind, hop);
        if (route->kind == ROUTE_EXTERNAL_GROUP && find_gateway(domain, hop->network))
            packet->place.kind = PLACE_OUTSIDE;
        return DROP_NONE;
    }
    if (route->kind == ROUTE_EXTERNAL)
        packet->place.kind = PLACE_OUTSIDE;
    else if (route->kind != ROUTE_CONNECTED && route->kind != ROUTE_VIA)
        return DROP_BLACKHOLE;
    *hop = route->hop;
    return DROP_NONE;
}

INLINE __u32 mtu_ahead(const struct next_hop *hop, const struct place *place)
{
    __u32 mtu = hop->mtu;
    if (place->kind == PLACE_REMOTE) {
        __u32 index = place->number;
        struct underlay *own = own_underlay();
        struct node *node = bpf_map_lookup_elem(&nodes, &index);
        if (own && node && tunnel_mtu(own, node) < mtu)
            mtu = tunnel_mtu(own, node);
    }
    return mtu;
}

/* Whether a packet is for the router's own address outside, which is no hop further than those inside. */
INLINE bool is_own_outside(const struct packet *packet, const struct next_hop *hop)
{
    struct mac_key key = {.network = hop->network};
    copy_mac(key.mac, hop->mac);
    struct router_interface *own = bpf_map_lookup_elem(&router_interfaces, &key);
    if (!own)
        return false;
    return is_ipv4(packet) ? own->ipv4 && own->ipv4 == packet->destination.word[3]
                           : same_ip(&own->ipv6, &packet->destination);
}

INLINE bool is_echo_request(const struct packet *packet)
{
    return is_ipv4(packet) ? packet->protocol == IPPROTO_ICMP && packet->icmp_type == ICMP_ECHO
                           : packet->protocol == IPPROTO_ICMPV6 && packet->icmp_type == ICMPV6_ECHO;
}

/* The last hop is outside: whoever translates goes on from here. */
INLINE enum next leave_to(struct __sk_buff *skb, struct packet *packet, __u32 domain, struct next_hop *hop)
{
    bool expired = packet->hop_limit <= packet->routers;
    if ((expired || is_echo_request(packet)) && is_own_outside(packet, hop))
        return NEXT_ECHO;
    if (expired)
        return next_error(packet, DROP_TTL_EXPIRED, 0);
    /* What came by a way out leaves by none. */
    if (packet->outside)
        return next_drop(packet, DROP_NO_ROUTE);
    if (is_ipv4(packet) && has_several_gateways(domain))
        leave_as_source(skb, packet, domain, hop);
    if (wire_length(skb, packet) > hop->mtu)
        return next_error(packet, DROP_TOO_BIG, hop->mtu);
    packet->crossing = crossing_between(packet->signer_network, hop->network, family_of(packet));
    if (packet->crossing == CROSSING_ACROSS && !is_ipv4(packet))
        return next_drop(packet, DROP_ADDRESS_SCOPE);
    packet->network = hop->network;
    packet->subject = is_unspecified(&hop->address) ? packet->destination : hop->address;
    packet->place.number = domain;
    return NEXT_OUTSIDE;
}

/* Routes until a workload is next; returns an enum next. */
STAGE int route(struct __sk_buff *skb, struct packet *packet, __u32 domain)
{
    struct next_hop hop = {};
    struct address owner = {};
    if (!packet)
        return NEXT_DROP;
    if (!is_ip(packet) || is_ip_multicast(packet))
        return next_drop(packet, DROP_NOT_ROUTABLE);
    packet->signer_network = packet->network;
    copy_mac(packet->signer_mac, packet->destination_mac);
    if (!is_ipv4(packet) && is_ipv6_link_local(&packet->destination)) {
        struct ip own = link_local_of(packet->destination_mac);
        return same_ip(&own, &packet->destination) ? NEXT_ECHO : next_drop(packet, DROP_NOT_ROUTABLE);
    }
    for (__u32 passed = 1; passed <= ROUTERS_MAX; passed++) {
        enum drop_reason reason = choose_hop(packet, domain, &hop);
        if (reason && packet->hop_limit <= passed)
            return next_error(packet, DROP_TTL_EXPIRED, 0);
        if (reason == DROP_BLACKHOLE)
            return next_drop(packet, reason);
        if (reason)
            return next_error(packet, reason, 0);
        if (packet->place.kind == PLACE_OUTSIDE) {
            packet->routers = passed;
            return leave_to(skb, packet, domain, &hop);
        }
        struct address_key key = {.network = hop.network};
        key.address = is_unspecified(&hop.address) ? packet->destination : hop.address;
        bool found = find_owner(&key, &owner, false);
        if (found)
            trace_owner(hop.network, &key.address, &owner);
        bool router_next = found && owner.place.kind == PLACE_ROUTER;
        if (router_next && owner.place.number == domain && same_ip(&key.address, &packet->destination))
            return NEXT_ECHO;
        if (packet->hop_limit <= passed)
            return next_error(packet, DROP_TTL_EXPIRED, 0);
        if (!packet->readdressed &&
            crossing_between(packet->signer_network, hop.network, family_of(packet)) == CROSSING_ACROSS)
            return next_drop(packet, DROP_ADDRESS_SCOPE);
        packet->readdressed = 0;
        __u32 mtu = found ? mtu_ahead(&hop, &owner.place) : hop.mtu;
        if (wire_length(skb, packet) > mtu)
            return next_error(packet, DROP_TOO_BIG, mtu);
        if (!found) {
            if (!network_has(hop.network, NETWORK_LEARNS) && !may_be_shared(hop.network, &key.address))
                return next_error(packet, DROP_UNKNOWN_ADDRESS, 0);
            packet->destination = key.address;
            packet->signer_network = hop.network;
            copy_mac(packet->signer_mac, hop.mac);
            return NEXT_ASK;
        }
        /* Packets to listeners were balanced before they were routed, where their sender's own router leads there. */
        if (owner.place.kind == PLACE_VIRTUAL)
            return is_echo_request(packet) ? NEXT_ECHO : next_drop(packet, DROP_NO_LISTENER);
        if (router_next) {
            packet->signer_network = hop.network;
            copy_mac(packet->signer_mac, owner.mac);
            domain = owner.place.number;
            continue;
        }
        if (packet->translated && !write_rewrite(skb, packet))
            return next_drop(packet, DROP_DELIVERY_FAILED);
        packet->routers = passed;
        packet->network = hop.network;
        packet->place = owner.place;
        copy_mac(packet->source_mac, hop.mac);
        copy_mac(packet->destination_mac, owner.mac);
        return NEXT_DELIVER;
    }
    return next_drop(packet, DROP_ROUTER_LOOP);
}
