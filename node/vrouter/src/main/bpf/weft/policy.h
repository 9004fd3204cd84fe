/*
 * The rules of ports. Each is called exactly where its verdict belongs, once a
 * packet: egress before any rewriting, ingress last of all.
 */
#pragma once

#include "flow.h"
#include "parse.h"
#include "spoof.h"
#include "track.h"

/* What names the connection of a packet. */
enum naming {
    NAMED,       /* the key does */
    NAMED_QUOTE, /* the packet that it quotes, an ICMP error */
    UNNAMED,     /* nothing: the rules decide alone */
};

INLINE enum naming name_connection(const struct packet *packet, __u32 port, __u32 direction, struct connection_key *key)
{
    bool ipv4 = is_ipv4(packet);
    name_addresses(key, port, packet->protocol, direction, &packet->source, &packet->destination);
    if (is_icmp(ipv4, packet->protocol)) {
        int request = icmp_request(ipv4, packet->icmp_type);
        if (is_icmp_error(ipv4, packet->icmp_type))
            return NAMED_QUOTE;
        if (request < 0 || packet->icmp_code)
            return UNNAMED;
        name_query(key, direction, request, packet->icmp_type, packet->icmp_identifier);
        return NAMED;
    }
    name_ports(key, direction, packet->source_port, packet->destination_port);
    return NAMED;
}

/* What a guest needs to have an address and neighbours at all; anti-spoofing has looked at what guests send. */
INLINE bool passes_always(const struct packet *packet, __u32 direction)
{
    if (!is_ip(packet))
        return true;
    if (packet->fragment != FRAGMENT_NONE)
        return false;
    if (packet->protocol == IPPROTO_UDP && direction == DIRECTION_EGRESS)
        return is_ipv4(packet) ? packet->source_port == DHCPV4_CLIENT && packet->destination_port == DHCPV4_SERVER
                               : packet->source_port == DHCPV6_CLIENT && packet->destination_port == DHCPV6_SERVER;
    if (packet->protocol != IPPROTO_ICMPV6 || is_ipv4(packet))
        return false;
    switch (packet->icmp_type) {
    case ROUTER_SOLICITATION:
    case ROUTER_ADVERTISEMENT:
    case NEIGHBOUR_SOLICITATION:
    case NEIGHBOUR_ADVERTISEMENT:
        return packet->hop_limit == 255;
    case MLD_QUERY:
    case MLD_REPORT:
    case MLD_DONE:
    case MLD2_REPORT:
        return packet->hop_limit == 1;
    default:
        return false;
    }
}

/*
 * Brings the verdict of a connection to the epoch of the rules, in its original direction. False when it is no
 * connection any more. TCP that is denied stays as cut, or its next segment would begin it from the other end.
 */
STAGE int renew(struct port *port, struct connection *connection, __u32 epoch)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !port || !connection)
        return 0;
    struct ruling *ruling = &scratch->ruling;
    put_connection(ruling, port, connection->flags & CONNECTION_FROM_WORKLOAD);
    int verdict = find_verdict(ruling);
    connection->epoch = epoch;
    connection->rule_set = port->rule_set;
    if (verdict & POLICY_STATEFUL) {
        connection->rule = ruling->rule;
        if (connection->state == CONNECTION_CUT && !(connection->flags & CONNECTION_CUT_BY_HAND))
            connection->state =
                connection->kept == CONNECTION_KEPT_ANSWERED ? CONNECTION_ESTABLISHED : CONNECTION_PICKED_UP;
        return 1;
    }
    if (!verdict && ruling->key.protocol == IPPROTO_TCP) {
        connection->state = CONNECTION_CUT;
        return 1;
    }
    connection->state = CONNECTION_NONE;
    return 0;
}

/* A connection's entry, if it lives and the rules still agree. Sought: ruling->slot is known. */
INLINE struct connection *find_connection(struct ruling *ruling, struct port *port, __u32 epoch, __u32 now, bool sought)
{
    if (!sought)
        ruling->slot = seek_connection(&ruling->key);
    struct connection *connection = connection_at(ruling->slot);
    bool alive = connection && is_alive(connection, ruling->key.protocol, now);
    trace_connection(&ruling->key, connection ? connection->kept | (alive ? 0 : TRACE_KEPT_DEAD) : TRACE_KEPT_NOWHERE,
                     connection ? connection->state : CONNECTION_NONE);
    if (!alive)
        return NULL;
    if ((connection->epoch != epoch || connection->rule_set != port->rule_set) && !renew(port, connection, epoch))
        return NULL;
    return connection;
}

/* Follows a packet that has a name of its own. */
STAGE int follow(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction, __u32 epoch)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_MALFORMED;
    struct ruling *ruling = &scratch->ruling;
    __u8 flags = packet->tcp_flags;
    bool tcp = packet->protocol == IPPROTO_TCP;
    struct tracking tracking = {
        .port = port->number,
        .direction = direction,
        .now = ticks_of(packet),
        .sequence = packet->sequence,
        .acknowledgement = packet->acknowledgement,
    };
    if (tcp && !is_valid_tcp(flags))
        return judge_odd(packet, port, direction);

    struct connection *connection =
        find_connection(ruling, port, epoch, tracking.now, packet->unsettled == UNSETTLED_SOUGHT);
    if (!connection) {
        if (!tcp) {
            bool answer = is_icmp(is_ipv4(packet), packet->protocol) &&
                          icmp_request(is_ipv4(packet), packet->icmp_type) != packet->icmp_type;
            return answer ? judge_by_rules(packet, port, direction)
                          : begin(skb, packet, port, direction, 0);
        }
        if (flags & TCP_SYN)
            return flags & TCP_ACK ? judge_odd(packet, port, direction)
                                   : begin(skb, packet, port, direction, tracking.sequence);
        if (flags & (TCP_RST | TCP_FIN))
            return judge_by_rules(packet, port, direction);
        return begin(skb, packet, port, direction, 0);
    }
    saw(connection, tracking.now);
    count_connection(skb, connection, direction);
    tracking.answered = connection->kept == CONNECTION_KEPT_ANSWERED;
    __u8 before = connection->state;
    if (!tcp) {
        plain_step(&tracking, ruling, connection);
        if (connection->state != before)
            forget_flows(&ruling->key);
        return DROP_NONE;
    }
    enum step step = tcp_step(&tracking, ruling, connection, flags);
    if (before == CONNECTION_ESTABLISHED && connection->state != before)
        forget_flows(&ruling->key);
    switch (step) {
    case STEP_PASS:
        return DROP_NONE;
    case STEP_BEGIN:
        return begin(skb, packet, port, direction, tracking.sequence);
    case STEP_JUDGE:
        return judge_by_rules(packet, port, direction);
    case STEP_FULL:
        return DROP_CONNECTIONS_FULL;
    case STEP_CUT:
        return DROP_CONNECTION_CUT;
    default:
        return DROP_CONNECTION_INVALID;
    }
}

#define QUOTED_EXTENSIONS 3

/* Where the transport header of a quoted IPv6 packet begins, and of which protocol it is; 0 when there is none. */
INLINE __u32 quoted_transport(struct __sk_buff *skb, __u32 offset, __u8 *protocol)
{
    for (int i = 0; i < QUOTED_EXTENSIONS; i++) {
        __u8 header[8];
        if (*protocol != IPPROTO_HOPOPTS && *protocol != IPPROTO_ROUTING && *protocol != IPPROTO_DSTOPTS &&
            *protocol != IPPROTO_FRAGMENT)
            return offset;
        if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
            return 0;
        if (*protocol == IPPROTO_FRAGMENT) {
            if (header[2] || header[3] & 0xf8)
                return 0;
            offset += 8;
        } else {
            offset += (header[1] + 1) * 8;
        }
        *protocol = header[0];
    }
    return 0;
}

/*
 * Whether an ICMP error quotes a packet of a living connection of the port, that went the other way and came from where
 * the error goes (RFC 5927 section 4). Changes nothing but the key.
 */
STAGE int quotes_connection(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction,
                            __u32 epoch)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return 0;
    struct connection_key *key = &scratch->ruling.key;
    struct ip *source = direction == DIRECTION_EGRESS ? &key->remote : &key->local;
    struct ip *destination = direction == DIRECTION_EGRESS ? &key->local : &key->remote;
    bool ipv4 = is_ipv4(packet);
    __u32 offset = packet->transport_offset + 8;
    __u32 back = direction == DIRECTION_EGRESS ? DIRECTION_INGRESS : DIRECTION_EGRESS;
    __u8 protocol, begin[8];
    if (ipv4) {
        struct iphdr *header = (void *)scratch->frame;
        if (bpf_skb_load_bytes(skb, offset, header, sizeof(*header)))
            return 0;
        if (header->version != 4 || header->ihl < 5 || header->frag_off & bpf_htons(0x1fff))
            return 0;
        *source = mapped(header->saddr);
        *destination = mapped(header->daddr);
        protocol = header->protocol;
        offset += header->ihl * 4;
    } else {
        struct ipv6hdr *header = (void *)scratch->frame;
        if (bpf_skb_load_bytes(skb, offset, header, sizeof(*header)) || header->version != 6)
            return 0;
        __builtin_memcpy(source, &header->saddr, 16);
        __builtin_memcpy(destination, &header->daddr, 16);
        protocol = header->nexthdr;
        offset = quoted_transport(skb, offset + sizeof(*header), &protocol);
        if (!offset)
            return 0;
    }
    if (!same_ip(source, &packet->destination))
        return 0;
    key->port = port->number;
    key->protocol = protocol;
    key->role = ROLE_CONNECTION;
    key->local_port = 0;
    key->remote_port = 0;
    if (least_transport_bytes(protocol)) {
        if (offset + sizeof(begin) > ETHERNET_BYTES + packet->ip_length ||
            bpf_skb_load_bytes(skb, offset, begin, sizeof(begin)))
            return 0;
        if (is_icmp(ipv4, protocol)) {
            int request = icmp_request(ipv4, begin[0]);
            if (request < 0)
                return 0;
            name_query(key, back, request, begin[0], *(__u16 *)(begin + 4));
        } else {
            name_ports(key, back, *(__u16 *)begin, *(__u16 *)(begin + 2));
        }
    }
    struct connection *connection =
        find_connection(&scratch->ruling, port, epoch, ticks_of(packet), false);
    return connection && connection->state != CONNECTION_CUT;
}

/* What rules and connections say of a packet that has its transport header. */
INLINE int judge_head(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction,
                      struct ruling *ruling)
{
    __u32 set = port->rule_set;
    struct rule_set *facts = bpf_map_lookup_elem(&rule_sets, &set);
    if (!facts)
        return denied(direction);
    __u32 epoch = facts->epoch;
    enum naming naming = UNNAMED;
    /* Group packets have no answers that would know them by their addresses. */
    if (!(facts->flags & RULE_SET_STATELESS) && !is_group_mac(packet->destination_mac) && !is_ip_multicast(packet))
        naming = name_connection(packet, port->number, direction, &ruling->key);
    if (naming == NAMED)
        return follow(skb, packet, port, direction, epoch);
    if (naming == NAMED_QUOTE && quotes_connection(skb, packet, port, direction, epoch))
        return DROP_NONE;
    return judge_by_rules(packet, port, direction);
}

INLINE void put_fragment(struct fragment_key *key, const struct packet *packet, __u32 port, __u32 direction)
{
    key->port = port;
    key->direction = direction;
    key->protocol = is_ipv4(packet) ? packet->protocol : 0;
    key->identifier = packet->fragment_id;
    key->source = packet->source;
    key->destination = packet->destination;
}

/* Later fragments go where the first one went; one that comes before it is dropped. */
INLINE enum drop_reason judge_later(struct packet *packet, struct fragment_key *key)
{
    __u32 *first = bpf_map_lookup_elem(&fragments, key);
    return first && ticks_of(packet) - *first <= FRAGMENT_LIFE ? DROP_NONE : DROP_FRAGMENT_UNTRACKED;
}

INLINE void note_first(struct packet *packet, struct fragment_key *key, bool passed)
{
    __u32 now = ticks_of(packet);
    if (passed)
        bpf_map_update_elem(&fragments, key, &now, BPF_ANY);
    else
        bpf_map_delete_elem(&fragments, key);
}

/* Everything but plain packets of established connections. */
STAGE int judge_slowly(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !port)
        return DROP_MALFORMED;
    struct fragment_key *fragment = &scratch->ruling.fragment;
    if (passes_always(packet, direction))
        return DROP_NONE;
    if (packet->fragment != FRAGMENT_NONE)
        put_fragment(fragment, packet, port->number, direction);
    if (packet->fragment == FRAGMENT_LATER)
        return judge_later(packet, fragment);
    int reason = judge_head(skb, packet, port, direction, &scratch->ruling);
    if (packet->fragment == FRAGMENT_FIRST)
        note_first(packet, fragment, reason == DROP_NONE);
    return reason;
}

/* Whether a packet that changes no state may pass without another question. */
INLINE bool is_settled(const struct connection *connection, const struct rule_set *facts, __u32 set, __u32 direction)
{
    if (connection->epoch != facts->epoch || connection->rule_set != set)
        return false;
    bool forward = (direction == DIRECTION_EGRESS) == !!(connection->flags & CONNECTION_FROM_WORKLOAD);
    return connection->state == CONNECTION_ESTABLISHED || (connection->state == CONNECTION_NEW && forward) ||
           (connection->state == CONNECTION_ANSWERED && !forward);
}

/* One look into the table of connections for each packet; without rules none. */
INLINE enum drop_reason judge(struct __sk_buff *skb, struct packet *packet, struct port *port, __u32 direction)
{
    struct scratch *scratch = own_scratch();
    __u32 set = port->rule_set;
    bool sought = false;
    if (!set)
        return DROP_NONE;
    if (!scratch)
        return DROP_MALFORMED;
    struct connection_key *key = &scratch->ruling.key;
    if ((packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP) && packet->fragment == FRAGMENT_NONE &&
        !(packet->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST))) {
        name_addresses(key, port->number, packet->protocol, direction, &packet->source, &packet->destination);
        name_ports(key, direction, packet->source_port, packet->destination_port);
        sought = true;
        scratch->ruling.slot = seek_connection(key);
        struct connection *connection = connection_at(scratch->ruling.slot);
        struct rule_set *facts = bpf_map_lookup_elem(&rule_sets, &set);
        if (connection && facts && is_settled(connection, facts, set, direction)) {
            __u32 now = ticks_of(packet);
            if (is_alive(connection, packet->protocol, now)) {
                trace_connection(key, connection->kept, connection->state);
                saw(connection, now);
                count_connection(skb, connection, direction);
                if (connection->sent_packets + connection->received_packets < FLOW_WORTH)
                    packet->unsettled = UNSETTLED;
                return DROP_NONE;
            }
        }
    }
    packet->unsettled = sought ? UNSETTLED_SOUGHT : UNSETTLED;
    return judge_slowly(skb, packet, port, direction);
}

/* What the sending port's rules say; before any rewriting. */
INLINE enum drop_reason policy_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    return judge(skb, packet, port, DIRECTION_EGRESS);
}

/* What the receiving port's rules say; the last stage before delivery. */
INLINE enum drop_reason policy_to_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    return judge(skb, packet, port, DIRECTION_INGRESS);
}

/* The same for a packet that has come out of the tunnel and was not looked at before; returns a drop_reason. */
STAGE int judge_arrived(struct __sk_buff *skb, struct port *port)
{
    struct packet *packet = new_packet();
    if (!packet || !port)
        return DROP_MALFORMED;
    packet->network = port->network;
    enum drop_reason reason = parse(skb, packet);
    return reason ? reason : policy_to_workload(skb, packet, port);
}

/* The same for a copy of a packet to a group, by rules alone. */
STAGE int judge_copy(struct port *port)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !port)
        return DROP_MALFORMED;
    struct packet *packet = &scratch->packet;
    struct fragment_key *fragment = &scratch->ruling.fragment;
    if (!port->rule_set || passes_always(packet, DIRECTION_INGRESS))
        return DROP_NONE;
    if (packet->fragment != FRAGMENT_NONE)
        put_fragment(fragment, packet, port->number, DIRECTION_INGRESS);
    if (packet->fragment == FRAGMENT_LATER)
        return judge_later(packet, fragment);
    put_packet(&scratch->ruling, port, DIRECTION_INGRESS, packet);
    int verdict = find_verdict(&scratch->ruling);
    if (packet->fragment == FRAGMENT_FIRST)
        note_first(packet, fragment, verdict);
    return verdict ? DROP_NONE : DROP_POLICY_INGRESS;
}
