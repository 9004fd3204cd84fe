/*
 * Addresses that many share: a router's own address outside stands for all sources inside without a floating address, and
 * its ports lead inside where they are forwarded. A floating address of a virtual one leads to members of its listeners. What
 * a packet becomes is noted in struct rewrite; rewrite.h writes it.
 */
#pragma once

#include "gateway.h"
#include "inherit.h"
#include "members.h"
#include "rewrite.h"
#include "scope.h"

/* Ports that stand for others, also identifiers of ICMP queries (RFC 6335 keeps the lower ones for servers). */
#define SHARED_FIRST_PORT 1024
#define SHARED_PORTS (65536 - SHARED_FIRST_PORT)
/* How many ports are tried, from the original one on, and the stride between them: it meets every port once. */
#define SHARED_TRIES 128
#define SHARED_STRIDE 12289

enum nameable {
    NAMEABLE,
    NAMES_QUOTE,    /* an ICMP error: what it quotes has a name */
    NAMES_FRAGMENT, /* goes where the first one went */
    NAMES_NOTHING,  /* has nothing to tell it from others */
};

INLINE void name_ends(struct translation_key *key, const struct packet *packet, __u32 scope, bool inward)
{
    key->scope = scope;
    key->local = inward ? packet->destination.word[3] : packet->source.word[3];
    key->remote = inward ? packet->source.word[3] : packet->destination.word[3];
    key->protocol = packet->protocol;
    key->inward = inward;
    key->reserved = 0;
}

INLINE enum nameable name_translation(const struct packet *packet, struct translation_key *key)
{
    bool inward = key->inward;
    if (packet->fragment == FRAGMENT_LATER)
        return NAMES_FRAGMENT;
    switch (packet->protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
        key->local_port = inward ? packet->destination_port : packet->source_port;
        key->remote_port = inward ? packet->source_port : packet->destination_port;
        return NAMEABLE;
    case IPPROTO_ICMP: {
        int request = icmp_request(true, packet->icmp_type);
        if (is_icmp_error(true, packet->icmp_type))
            return NAMES_QUOTE;
        /* Questions go out and answers come in: nobody outside can ask behind a shared address. */
        if (request < 0 || packet->icmp_code || (request == packet->icmp_type) == inward)
            return NAMES_NOTHING;
        key->local_port = packet->icmp_identifier;
        key->remote_port = request;
        return NAMEABLE;
    }
    default:
        return NAMES_NOTHING;
    }
}

INLINE struct port_forwarding *find_forwarding(__u32 network, __u32 address, __u8 protocol, __u16 port)
{
    struct port_forwarding_key key = {
        .prefix_length = PORT_FORWARDING_KEY_BITS + 16,
        .network = network,
        .address = address,
        .protocol = protocol,
        .port = port,
    };
    return bpf_map_lookup_elem(&port_forwardings, &key);
}

/* Whether a floating address still leads to the listener that a translation was made by, and that to its member. */
STAGE int still_balances(struct packet *packet, struct translation_key *outward, struct translation *found)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet || !outward || !found)
        return 0;
    struct balancing *choice = &scratch->balancing;
    struct address_key floating = {.network = found->scope, .address = mapped(found->address)};
    struct external_address *own = bpf_map_lookup_elem(&external_addresses, &floating);
    if (!own || own->domain != outward->scope)
        return 0;
    name_listener(choice, &floating, outward->protocol, found->port);
    struct ip client = mapped(outward->remote);
    if (!find_listener(packet) || !may_call(&client))
        return 0;
    choice->end = mapped(outward->local);
    choice->end_port = outward->local_port;
    choice->member = 0;
    return find_member(false);
}

/* Whether the tables still say what a translation was made by. */
INLINE bool is_current(struct packet *packet, struct translation_key *outward, struct translation *found)
{
    __u32 domain = outward->scope;
    if (found->flags & TRANSLATION_BALANCED)
        return still_balances(packet, outward, found);
    if (found->flags & TRANSLATION_FORWARDED) {
        struct port_forwarding *by = find_forwarding(found->scope, found->address, outward->protocol, found->port);
        return by && by->domain == domain && by->address == outward->local &&
               outward->local_port == bpf_htons(bpf_ntohs(found->port) + by->shift);
    }
    struct gateway *gateway = find_gateway(domain, found->scope);
    return gateway && gateway->flags & GATEWAY_SNAT && gateway->ipv4 == found->address;
}

/* Takes note of a packet; only as precise as its ageing needs. */
INLINE void follow_translation(struct translation *found, const struct packet *packet, bool inward, __u32 now)
{
    bool forward = inward == !!(found->flags & TRANSLATION_FORWARDED);
    __u8 flags = packet->tcp_flags;
    if (!translation_lives(found, packet->protocol, now)) {
        found->state = CONNECTION_NONE;
        found->flags &= TRANSLATION_BEGINS;
    }
    if (found->seen != now)
        found->seen = now;
    if (packet->protocol != IPPROTO_TCP) {
        if (found->state == CONNECTION_NONE)
            found->state = CONNECTION_NEW;
        else if (!forward && found->state == CONNECTION_NEW)
            found->state = CONNECTION_ESTABLISHED;
        return;
    }
    if (flags & TCP_RST) {
        found->flags = (found->flags & ~TRANSLATION_RESET_OUT) | (inward ? 0 : TRANSLATION_RESET_OUT);
        found->state = CONNECTION_RESET;
    } else if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
        if (found->state != CONNECTION_ESTABLISHED) {
            found->state = CONNECTION_SYN_SENT;
            found->flags &= TRANSLATION_BEGINS;
        }
    } else if (flags & TCP_FIN) {
        __u8 both = TRANSLATION_FIN_OUT | TRANSLATION_FIN_IN;
        found->flags |= inward ? TRANSLATION_FIN_IN : TRANSLATION_FIN_OUT;
        found->state = (found->flags & both) == both ? CONNECTION_CLOSED : CONNECTION_CLOSING;
    } else if (found->state == CONNECTION_RESET) {
        /* Whoever talks on has not sent the reset. */
        if (inward == !(found->flags & TRANSLATION_RESET_OUT))
            found->state = CONNECTION_ESTABLISHED;
    } else if (found->state == CONNECTION_NONE || found->state == CONNECTION_SYN_SENT) {
        found->state = forward ? CONNECTION_SYN_SENT : CONNECTION_ESTABLISHED;
    }
}

/* Keeps the outward entry, when the inward one is there, perhaps by this packet. Returns a drop_reason. */
INLINE enum drop_reason keep_translation(struct translating *work, bool made)
{
    __u32 domain = work->outward.scope;
    work->fresh.scope = work->inward.scope;
    work->fresh.address = work->inward.local;
    work->fresh.port = work->inward.local_port;
    long result = bpf_map_update_elem(&translations, &work->outward, &work->fresh, BPF_NOEXIST);
    if (result) {
        if (made)
            bpf_map_delete_elem(&translations, &work->inward);
        /* Another CPU was faster: its entry is as good. */
        return result == ALREADY_THERE ? DROP_NONE : DROP_TRANSLATIONS_FULL;
    }
    count_translations(domain, 1);
    if (bpf_map_push_elem(&translation_queue, &work->outward, 0)) {
        remove_translation(&work->outward, &work->inward);
        return DROP_TRANSLATIONS_FULL;
    }
    return DROP_NONE;
}

INLINE bool may_translate(__u32 domain)
{
    __u32 zero = 0, *own = bpf_map_lookup_elem(&translation_counts, &domain);
    if (INHERITS_TRANSLATIONS) {
        __u32 *all = bpf_map_lookup_elem(&translation_counts, &zero);
        if (!all || *all >= translation_capacity)
            return false;
    }
    return own && *own < domain_translations;
}

struct allotting {
    __u32 start;
    __u32 original;
    int outcome; /* drop_reason, DROP_NONE once a port is taken */
};

static long try_port(__u32 index, struct allotting *allotting)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return 1;
    struct translating *work = &scratch->translating;
    __u32 port = SHARED_FIRST_PORT + (allotting->start + index * SHARED_STRIDE) % SHARED_PORTS;
    if (index == 0 && allotting->original >= SHARED_FIRST_PORT)
        port = allotting->original;
    work->inward.local_port = bpf_htons(port);
    trace_sought(&work->inward);
    if (is_taken_before(scratch, &work->inward))
        return 0;
    long result = bpf_map_update_elem(&translations, &work->inward, &work->fresh, BPF_NOEXIST);
    if (result == ALREADY_THERE)
        return 0;
    allotting->outcome = result ? DROP_TRANSLATIONS_FULL : DROP_NONE;
    return 1;
}

/* Finds a free port for work->outward, and keeps the pair. Returns a drop_reason. */
STAGE int allot_port(__u32 network, __u32 address)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return DROP_TRANSLATIONS_FULL;
    struct translating *work = &scratch->translating;
    struct translation_key *outward = &work->outward;
    if (!may_translate(outward->scope))
        return DROP_TRANSLATIONS_FULL;
    work->inward = *outward;
    work->inward.scope = network;
    work->inward.local = address;
    work->inward.inward = 1;
    __builtin_memset(&work->fresh, 0, sizeof(work->fresh));
    work->fresh.scope = outward->scope;
    work->fresh.address = outward->local;
    work->fresh.port = outward->local_port;
    struct allotting allotting = {
        .start = mix(mix(mix(outward->scope, outward->local), outward->remote),
                     (__u32)outward->local_port << 16 | outward->remote_port),
        .original = bpf_ntohs(outward->local_port),
        .outcome = DROP_TRANSLATION_PORTS,
    };
    bpf_loop(SHARED_TRIES, try_port, &allotting, 0);
    return allotting.outcome ? allotting.outcome : keep_translation(work, true);
}

INLINE void name_fragment(struct translated_fragment_key *key, const struct packet *packet, __u32 scope, bool inward)
{
    key->scope = scope;
    key->source = packet->source.word[3];
    key->destination = packet->destination.word[3];
    key->identifier = packet->fragment_id;
    key->protocol = packet->protocol;
    key->inward = inward;
}

INLINE void note_translated(struct packet *packet, struct translating *work, __u32 address, __u32 domain)
{
    struct translated_fragment first = {.address = address, .domain = domain, .seen = ticks_of(packet)};
    if (packet->fragment == FRAGMENT_FIRST)
        bpf_map_update_elem(&translated_fragments, &work->fragment, &first, BPF_ANY);
}

INLINE struct translated_fragment *find_first(struct packet *packet, struct translating *work)
{
    struct translated_fragment *first = bpf_map_lookup_elem(&translated_fragments, &work->fragment);
    return first && ticks_of(packet) - first->seen <= FRAGMENT_LIFE ? first : NULL;
}

INLINE void set_source(struct packet *packet, __u32 address)
{
    begin_rewrite(packet);
    packet->source = mapped(address);
}

INLINE void set_destination(struct packet *packet, __u32 address)
{
    begin_rewrite(packet);
    packet->destination = mapped(address);
    packet->readdressed = 1;
}

/* What a quoted packet's translated end is to become. */
INLINE void set_quoted(struct packet *packet, __u32 address, __u16 port)
{
    struct rewrite *was = begin_rewrite(packet);
    if (!was)
        return;
    was->fresh_address = address;
    was->fresh_port = port;
    packet->translated |= TRANSLATED_QUOTE;
}

/*
 * Reads what an ICMP error quotes: a packet that went the other way. The key gets its name there, as far as it has one; the
 * rewrite, which of its ends is the translated one. 0 when there is nothing to make out.
 */
STAGE int read_quoted(struct __sk_buff *skb, struct packet *packet, struct translation_key *key)
{
    struct scratch *scratch = own_scratch();
    struct iphdr header;
    __u8 begin[8] = {};
    if (!scratch || !packet || !key)
        return 0;
    struct rewrite *was = &scratch->rewrite;
    __u32 offset = (packet->transport_offset & 0x3ff) + 8;
    if (bpf_skb_load_bytes(skb, offset, &header, sizeof(header)) || header.version != 4 || header.ihl < 5)
        return 0;
    __u32 transport = offset + header.ihl * 4;
    bool whole = !(header.frag_off & bpf_htons(0x1fff)) && least_transport_bytes(header.protocol) &&
                 transport + sizeof(begin) <= ETHERNET_BYTES + packet->ip_length;
    if (whole && bpf_skb_load_bytes(skb, transport, begin, sizeof(begin)))
        return 0;
    __u16 source = *(__u16 *)begin, destination = *(__u16 *)(begin + 2);
    bool inward = key->inward;
    key->local = inward ? header.saddr : header.daddr;
    key->remote = inward ? header.daddr : header.saddr;
    key->protocol = header.protocol;
    key->local_port = inward ? source : destination;
    key->remote_port = inward ? destination : source;
    if (header.protocol == IPPROTO_ICMP) {
        key->local_port = *(__u16 *)(begin + 4);
        key->remote_port = whole ? icmp_request(true, begin[0]) : 0;
    }
    was->quoted_offset = offset;
    was->quoted_transport = transport;
    was->quoted_protocol = whole ? header.protocol : 0;
    was->quoted_source = inward;
    was->quoted_address = key->local;
    was->quoted_port = key->local_port;
    return 1;
}

/* Out of a domain by its gateway on packet->network, under the router's address there. Returns a drop_reason. */
STAGE int share_address(struct __sk_buff *skb, struct packet *packet, __u32 domain)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return DROP_NO_GATEWAY;
    __u32 network = packet->network;
    struct gateway *gateway = find_gateway(domain, network);
    if (!gateway)
        return DROP_NO_GATEWAY;
    struct translating *work = &scratch->translating;
    struct translation_key *key = &work->outward;
    __u32 address = gateway->ipv4;
    __u32 now = ticks_of(packet);
    bool shares = gateway->flags & GATEWAY_SNAT && packet->crossing != CROSSING_WITHIN;
    /* What has no name among those that share goes out as it is where nobody needs to, if that is allowed. */
    enum drop_reason as_it_is = packet->crossing == CROSSING_ACROSS ? DROP_ADDRESS_SCOPE : DROP_NONE;
    enum drop_reason nameless = shares ? DROP_TRANSLATION_REFUSED : as_it_is;
    name_ends(key, packet, domain, false);
    if (packet->fragment != FRAGMENT_NONE)
        name_fragment(&work->fragment, packet, domain, false);
    switch (name_translation(packet, key)) {
    case NAMES_FRAGMENT: {
        struct translated_fragment *first = find_first(packet, work);
        if (!first)
            return nameless ? DROP_FRAGMENT_UNTRACKED : DROP_NONE;
        set_source(packet, first->address);
        return DROP_NONE;
    }
    case NAMES_QUOTE: {
        if (!read_quoted(skb, packet, key))
            return nameless;
        trace_sought(key);
        struct translation *quoted = find_translation(key);
        if (!quoted || quoted->scope != network || !translation_lives(quoted, key->protocol, now) ||
            !is_current(packet, key, quoted))
            return nameless;
        set_quoted(packet, quoted->address, quoted->port);
        set_source(packet, quoted->address);
        return DROP_NONE;
    }
    case NAMES_NOTHING:
        return nameless;
    default:
        break;
    }
    trace_sought(key);
    struct translation *found = find_translation(key);
    /* One of another gateway is none here: the way out is another by now. */
    if (found && (found->scope != network || !is_current(packet, key, found))) {
        turn(&work->inward, key, found);
        remove_translation(key, &work->inward);
        found = NULL;
    }
    if (!found) {
        if (!shares)
            return as_it_is;
        int reason = allot_port(network, address);
        if (reason)
            return reason;
        found = find_translation(key);
        if (!found)
            return DROP_TRANSLATIONS_FULL;
    }
    follow_translation(found, packet, false, now);
    address = found->address;
    note_translated(packet, work, address, domain);
    set_source(packet, address);
    if (packet->protocol == IPPROTO_ICMP)
        packet->icmp_identifier = found->port;
    else
        packet->source_port = found->port;
    return DROP_NONE;
}

/* A connection from outside to a forwarded port. Returns a drop_reason. */
STAGE int begin_forwarded(struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return DROP_TRANSLATION_UNKNOWN;
    struct translating *work = &scratch->translating;
    struct translation_key *inward = &work->inward;
    struct port_forwarding *by = find_forwarding(inward->scope, inward->local, inward->protocol, inward->local_port);
    if (!by)
        return DROP_TRANSLATION_UNKNOWN;
    if (!may_translate(by->domain))
        return DROP_TRANSLATIONS_FULL;
    struct translation *fresh = &work->fresh;
    __builtin_memset(fresh, 0, sizeof(*fresh));
    fresh->scope = by->domain;
    fresh->address = by->address;
    fresh->port = bpf_htons(bpf_ntohs(inward->local_port) + by->shift);
    fresh->flags = TRANSLATION_FORWARDED;
    turn(&work->outward, inward, fresh);
    trace_sought(&work->outward);
    /* One client that comes by two floating addresses to one port inside: its two connections would be one there. */
    if (find_translation(&work->outward))
        return DROP_TRANSLATION_PORTS;
    long result = bpf_map_update_elem(&translations, inward, fresh, BPF_NOEXIST);
    if (result && result != ALREADY_THERE)
        return DROP_TRANSLATIONS_FULL;
    return keep_translation(work, !result);
}

/* Whether the client's port is free for choice->end: it has not come to it by another address, nor was it called by it. */
INLINE bool is_free_outside(struct packet *packet, struct translating *work, struct balancing *choice)
{
    struct translation_key inward;
    work->fresh.address = choice->end.word[3];
    work->fresh.port = choice->end_port;
    turn(&work->outward, &work->inward, &work->fresh);
    trace_sought(&work->outward);
    struct translation *found = find_translation(&work->outward);
    if (!found)
        return true;
    if (translation_lives(found, work->outward.protocol, ticks_of(packet)))
        return false;
    turn(&inward, &work->outward, found);
    remove_translation(&work->outward, &inward);
    return true;
}

/* A connection from outside to a listener that a floating address leads to in packet->place. Returns a drop_reason. */
STAGE int begin_balanced(struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return DROP_TRANSLATION_UNKNOWN;
    struct translating *work = &scratch->translating;
    struct balancing *choice = &scratch->balancing;
    struct translation_key *inward = &work->inward;
    struct translation *fresh = &work->fresh;
    struct address_key floating = {.network = inward->scope, .address = mapped(inward->local)};
    __u32 domain = packet->place.number;
    bool found = false;
    name_listener(choice, &floating, inward->protocol, inward->local_port);
    if (inward->protocol == IPPROTO_ICMP || !find_listener(packet))
        return DROP_TRANSLATION_UNKNOWN;
    if (!may_call(&packet->source)) {
        trace_balanced(0, TRACE_CHOICE_REFUSED);
        return DROP_CALLER_REFUSED;
    }
    if (!may_translate(domain))
        return DROP_TRANSLATIONS_FULL;
    __builtin_memset(fresh, 0, sizeof(*fresh));
    fresh->scope = domain;
    fresh->flags = TRANSLATION_FORWARDED | TRANSLATION_BALANCED;
    if (find_affinity(packet) && is_free_outside(packet, work, choice)) {
        trace_balanced(0, TRACE_CHOICE_AFFINITY);
        found = true;
    }
    for (__u32 i = 0; i < CHOICE_TRIES && !found; i++) {
        if (find_slot(packet, i) && is_free_outside(packet, work, choice)) {
            trace_balanced(0, TRACE_CHOICE_SLOT);
            found = true;
        }
    }
    if (!found) {
        trace_balanced(0, TRACE_CHOICE_NONE);
        return DROP_NO_MEMBERS;
    }
    long result = bpf_map_update_elem(&translations, inward, fresh, BPF_NOEXIST);
    if (result == ALREADY_THERE) {
        /* Another CPU was faster: its choice counts. */
        struct translation *chosen = find_translation(inward);
        if (!chosen)
            return DROP_TRANSLATIONS_FULL;
        *fresh = *chosen;
        turn(&work->outward, inward, fresh);
    } else if (result) {
        return DROP_TRANSLATIONS_FULL;
    } else {
        note_affinity(packet, choice);
    }
    return keep_translation(work, !result);
}

/* Whether a balanced connection is over for who calls, so that another member may be chosen. */
INLINE bool begins_anew(const struct packet *packet, const struct translation *outward, __u32 now)
{
    bool syn = (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    return outward->flags & TRANSLATION_BALANCED &&
           (!translation_lives(outward, packet->protocol, now) || (syn && outward->state > CONNECTION_ESTABLISHED));
}

/*
 * From outside to an address that many share: finds who is meant, and the routing domain, in packet->place. Returns a
 * drop_reason.
 */
STAGE int find_sharer(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return DROP_TRANSLATION_UNKNOWN;
    struct translating *work = &scratch->translating;
    struct translation_key *key = &work->inward;
    __u32 now = ticks_of(packet);
    name_ends(key, packet, packet->network, true);
    if (packet->fragment != FRAGMENT_NONE)
        name_fragment(&work->fragment, packet, packet->network, true);
    enum nameable nameable = name_translation(packet, key);
    if (nameable == NAMES_NOTHING)
        return DROP_TRANSLATION_UNKNOWN;
    if (nameable == NAMES_FRAGMENT) {
        struct translated_fragment *first = find_first(packet, work);
        if (!first)
            return DROP_FRAGMENT_UNTRACKED;
        packet->place.number = first->domain;
        set_destination(packet, first->address);
        return DROP_NONE;
    }
    if (nameable == NAMES_QUOTE && (!read_quoted(skb, packet, key) || key->local != packet->destination.word[3]))
        return DROP_TRANSLATION_UNKNOWN;
    trace_sought(key);
    struct translation *found = find_translation(key), *outward = NULL;
    if (found) {
        turn(&work->outward, key, found);
        trace_sought(&work->outward);
        outward = find_translation(&work->outward);
        if (outward && (!is_current(packet, &work->outward, outward) ||
                        (nameable == NAMEABLE && begins_anew(packet, outward, now)))) {
            remove_translation(&work->outward, key);
            outward = NULL;
        }
        /* Only who began it may begin it anew. */
        bool again = nameable == NAMEABLE && outward && outward->flags & TRANSLATION_FORWARDED;
        if (outward && !again && !translation_lives(outward, key->protocol, now))
            return DROP_TRANSLATION_UNKNOWN;
    }
    if (nameable == NAMES_QUOTE) {
        if (!outward)
            return DROP_TRANSLATION_UNKNOWN;
        set_quoted(packet, work->outward.local, work->outward.local_port);
    } else {
        if (!outward) {
            int reason = begin_forwarded(packet);
            if (reason == DROP_TRANSLATION_UNKNOWN)
                reason = begin_balanced(packet);
            if (reason)
                return reason;
            outward = find_translation(&work->outward);
            if (!outward)
                return DROP_TRANSLATIONS_FULL;
        }
        follow_translation(outward, packet, true, now);
        note_translated(packet, work, work->outward.local, work->outward.scope);
    }
    packet->place.number = work->outward.scope;
    set_destination(packet, work->outward.local);
    if (nameable == NAMES_QUOTE)
        return DROP_NONE;
    if (packet->protocol == IPPROTO_ICMP)
        packet->icmp_identifier = work->outward.local_port;
    else
        packet->destination_port = work->outward.local_port;
    return DROP_NONE;
}
