/*
 * Balanced connections: what a guest sends to a virtual address and what it gets from the member that was chosen. Beside the
 * connection with the member, which rules judge as any, a pair of entries stands in the table of connections: one under the
 * virtual address, as the guest sees it, one under the member's, as it is. Each has what the other's remote end is, and they
 * tell each other what they have seen. The pair is on the guest's node alone.
 */
#pragma once

#include "rewrite.h"
#include "nat.h"
#include "policy.h"

INLINE void name_balanced(struct connection_key *key, const struct packet *packet, __u32 port, __u32 direction, __u8 role)
{
    name_addresses(key, port, packet->protocol, direction, &packet->source, &packet->destination);
    name_ports(key, direction, packet->source_port, packet->destination_port);
    key->role = role;
}

/* The key of the pair's other entry. */
INLINE void name_pair(struct connection_key *to, const struct connection_key *from, const struct ip *end, __u16 end_port)
{
    *to = *from;
    to->role = from->role == ROLE_TO_MEMBER ? ROLE_FROM_MEMBER : ROLE_TO_MEMBER;
    to->remote = *end;
    to->remote_port = end_port;
}

/* Of a packet of the guest's, or to it: the state after it, as far as the ageing of the pair needs it. */
INLINE void step_balanced(struct connection *entry, const struct packet *packet, bool sent)
{
    __u8 flags = packet->tcp_flags, both = CONNECTION_FIN_SENT | CONNECTION_FIN_RECEIVED;
    if (packet->protocol != IPPROTO_TCP) {
        if (!sent && entry->state == CONNECTION_NEW)
            entry->state = CONNECTION_ANSWERED;
        else if (sent && entry->state == CONNECTION_ANSWERED)
            entry->state = CONNECTION_ESTABLISHED;
    } else if (flags & TCP_RST) {
        entry->flags = (entry->flags & ~CONNECTION_RESET_SENT) | (sent ? CONNECTION_RESET_SENT : 0);
        entry->state = CONNECTION_RESET;
    } else if (flags & TCP_FIN) {
        entry->flags |= sent ? CONNECTION_FIN_SENT : CONNECTION_FIN_RECEIVED;
        entry->state = (entry->flags & both) == both ? CONNECTION_CLOSED : CONNECTION_CLOSING;
    } else if (entry->state == CONNECTION_RESET) {
        /* Whoever talks on has not sent the reset. */
        if (sent == !!(entry->flags & CONNECTION_RESET_SENT))
            entry->state = CONNECTION_ESTABLISHED;
    } else if (!sent && entry->state == CONNECTION_SYN_SENT) {
        entry->state = CONNECTION_SYN_RECEIVED;
    } else if (sent ? entry->state == CONNECTION_SYN_RECEIVED : entry->state == CONNECTION_PICKED_UP) {
        entry->state = CONNECTION_ESTABLISHED;
    }
}

/* Takes note of a packet, in both entries if it tells more than the one before. */
STAGE int follow_balanced(struct packet *packet, __u32 slot, __u32 sent)
{
    struct scratch *scratch = own_scratch();
    struct connection_set *set = slot ? set_of(slot) : NULL;
    if (!scratch || !packet || !set)
        return 0;
    struct connection_entry *found = entry_of(set, slot);
    struct connection *entry = &found->connection;
    struct connection_key *key = &scratch->balancing.key, *pair = &scratch->balancing.pair;
    __u32 now = ticks_of(packet), seen = entry->seen;
    __u8 state = entry->state, flags = entry->flags;
    step_balanced(entry, packet, sent);
    entry->seen = now;
    if (seen == now && entry->state == state && entry->flags == flags)
        return 0;
    name_pair(pair, key, &entry->end, entry->end_port);
    bool counts = entry->state == CONNECTION_ESTABLISHED && entry->kept == CONNECTION_KEPT_HALF_OPEN &&
                  may_answer(key->port);
    if (counts)
        count_as_answered(key, slot);
    __u32 other = seek_connection(pair);
    struct connection *back = connection_at(other);
    if (!back)
        return 0;
    back->seen = now;
    back->state = entry->state;
    back->flags = entry->flags;
    if (counts && back->kept == CONNECTION_KEPT_HALF_OPEN)
        count_as_answered(pair, other);
    return 0;
}

/* What a quoted IPv6 packet says of its transport: what read_quoted does for IPv4, for packets without extension headers. */
STAGE int read_quoted6(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    struct ipv6hdr header;
    __u16 ports[2];
    if (!scratch || !packet)
        return 0;
    struct connection_key *key = &scratch->balancing.key;
    __u32 offset = (packet->transport_offset & 0x3ff) + 8;
    if (offset + sizeof(header) + 8 > ETHERNET_BYTES + packet->ip_length ||
        bpf_skb_load_bytes(skb, offset, &header, sizeof(header)) || header.version != 6 ||
        !is_balanced_protocol(header.nexthdr) ||
        bpf_skb_load_bytes(skb, offset + sizeof(header), ports, sizeof(ports)))
        return 0;
    key->protocol = header.nexthdr;
    __builtin_memcpy(&key->local, &header.saddr, 16);
    __builtin_memcpy(&key->remote, &header.daddr, 16);
    key->local_port = ports[0];
    key->remote_port = ports[1];
    return 1;
}

/* Replaces the destination of a packet that an ICMPv6 error quotes, and what was computed of it. */
STAGE int write_quoted6(struct __sk_buff *skb, struct packet *packet, struct connection *entry)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !entry)
        return 0;
    struct connection_key *key = &scratch->balancing.key;
    __u32 error = packet->transport_offset & 0x3ff, at = error + 8, transport = at + sizeof(struct ipv6hdr);
    __u32 within = checksum_offset(key->protocol), check = transport + within;
    __u16 sum = 0, fixed;
    struct ip fresh = entry->end;
    bool summed = within && check + sizeof(sum) <= ETHERNET_BYTES + packet->ip_length;
    if (summed && bpf_skb_load_bytes(skb, check, &sum, sizeof(sum)))
        return 0;
    fixed = updated_sum(sum, key->remote_port, entry->end_port);
    for (int i = 0; i < 4; i++) {
        fixed = updated_sum(fixed, key->remote.word[i], fresh.word[i]);
        if (bpf_l4_csum_replace(skb, error + 2, key->remote.word[i], fresh.word[i], 4))
            return 0;
    }
    return !bpf_skb_store_bytes(skb, at + offsetof(struct ipv6hdr, daddr), &fresh, sizeof(fresh), 0) &&
           (!summed || rewrite_quoted(skb, packet, check, sum, fixed)) &&
           rewrite_quoted(skb, packet, transport + 2, key->remote_port, entry->end_port);
}

/* An ICMP error about what was sent to a member becomes one about what was sent to the virtual address. */
STAGE int show_quoted(struct __sk_buff *skb, struct packet *packet, __u32 port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return DROP_MALFORMED;
    struct connection_key *key = &scratch->balancing.key;
    bool ipv4 = is_ipv4(packet);
    key->port = port;
    key->role = ROLE_FROM_MEMBER;
    if (ipv4) {
        struct translation_key *quoted = &scratch->translating.outward;
        quoted->inward = 0;
        if (!read_quoted(skb, packet, quoted))
            return DROP_NONE;
        key->protocol = quoted->protocol;
        key->local = mapped(quoted->remote);
        key->local_port = quoted->remote_port;
        key->remote = mapped(quoted->local);
        key->remote_port = quoted->local_port;
    } else if (!read_quoted6(skb, packet)) {
        return DROP_NONE;
    }
    struct connection *entry = connection_at(seek_connection(key));
    if (!entry || !is_alive(entry, key->protocol, ticks_of(packet)) || !same_ip(&key->local, &packet->destination))
        return DROP_NONE;
    begin_rewrite(packet);
    if (ipv4)
        set_quoted(packet, entry->end.word[3], entry->end_port);
    else if (!write_quoted6(skb, packet, entry))
        return DROP_DELIVERY_FAILED;
    if (same_ip(&packet->source, &key->remote))
        packet->source = entry->end;
    return write_rewrite(skb, packet) ? DROP_NONE : DROP_DELIVERY_FAILED;
}

/*
 * Has the receiving port see what it called: an answer of a member comes from the virtual address. The last of all
 * rewriting, when rules have judged the packet as it is. Returns a drop_reason.
 */
STAGE int show_virtual(struct __sk_buff *skb, struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !port)
        return DROP_MALFORMED;
    struct packet *packet = &scratch->packet;
    struct connection_key *key = &scratch->balancing.key;
    __u32 number = port->number;
    if (!is_ip(packet) || packet->fragment == FRAGMENT_LATER)
        return DROP_NONE;
    if (is_icmp(is_ipv4(packet), packet->protocol))
        return is_icmp_error(is_ipv4(packet), packet->icmp_type) ? show_quoted(skb, packet, number) : DROP_NONE;
    if (!is_balanced_protocol(packet->protocol))
        return DROP_NONE;
    name_balanced(key, packet, number, DIRECTION_INGRESS, ROLE_FROM_MEMBER);
    __u32 slot = seek_connection(key);
    struct connection *entry = connection_at(slot);
    trace_connection(key, entry ? entry->kept : TRACE_KEPT_NOWHERE, entry ? entry->state : CONNECTION_NONE);
    if (!entry || !is_alive(entry, packet->protocol, ticks_of(packet)))
        return DROP_NONE;
    if (packet->fragment != FRAGMENT_NONE)
        return DROP_FRAGMENT_UNTRACKED;
    follow_balanced(packet, slot, false);
    packet->unsettled = UNSETTLED; /* its way is not to be remembered: the next one is rewritten, too */
    begin_rewrite(packet);
    packet->source = entry->end;
    packet->source_port = entry->end_port;
    return write_rewrite(skb, packet) ? DROP_NONE : DROP_DELIVERY_FAILED;
}
