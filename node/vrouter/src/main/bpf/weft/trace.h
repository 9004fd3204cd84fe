/*
 * What a trace hears of a packet's way. The object is loaded a second time with `tracing` set, beside the instance that
 * forwards: the tables are the same, but whatever programs write (connections, counters, learned places, policers) are
 * maps of its own, into which the loader copies what matters. So stages need no case for traces: they write as always,
 * and only leave a note of each decision. In the instance that forwards the verifier removes the notes.
 *
 * Nothing that leaves the machine or the program's own maps may happen in a trace: copies and events are notes, too.
 *
 * A live trace is another instance, which forwards for a device while it is watched: with all maps of the forwarding one,
 * and with notes for the packets that somebody wants to see (live.h).
 */
#pragma once

#include "packet.h"

#define TRACE_NOTES 48
#define TRACE_NOTE_BYTES 48

/* How much of a packet a live trace keeps: headers as it came; as it left, what another node can be asked about. */
#define LIVE_CAME_BYTES 192
#define LIVE_LEFT_BYTES 1664

enum tracing_mode {
    TRACING_NOTHING = 0,
    TRACING_CRAFTED = 1, /* test runs, which change and send nothing */
    TRACING_LIVE = 2,    /* packets that are forwarded, as ever */
};

/* The order is the number; new steps go to the end. */
enum trace_step {
    TRACE_NOTHING = 0,
    TRACE_PORT = 1,       /* the sending port is known; number: its network, more: its flags */
    TRACE_SOURCE = 2,     /* anti-spoofing; more: 1 when the port has it, 0 when it may send anything */
    TRACE_CONNECTION = 3, /* bytes: struct connection_key; number: enum trace_kept, more: enum connection_state */
    TRACE_VERDICT = 4,    /* bytes: struct policy_key as asked; number: rule, more: policy flags; port: unknown */
    TRACE_NO_RULE = 5,    /* bytes: likewise; nothing covers it */
    TRACE_ROUTE = 6,      /* number: domain, more: enum route_kind, 0 without one; bytes: struct next_hop */
    TRACE_OWNER = 7,      /* number: network, more: place_kind; bytes: struct ip asked, struct address found */
    TRACE_PLACE = 8,      /* of the destination's MAC; number: place's number, more: place_kind */
    TRACE_DELIVERED = 9,  /* port: the receiver; number: ifindex */
    TRACE_TUNNELLED = 10, /* number: index of the node, more: VNI */
    TRACE_ARRIVED = 11,   /* from the tunnel; number: index of the node, more: VNI */
    TRACE_SERVICE = 12,   /* handed to the node's own services; number: ifindex */
    TRACE_ANSWERED = 13,  /* sent back by the program itself; number: ifindex */
    TRACE_COPIED = 14,    /* a copy to a list's member; number: ifindex or index of the node, more: place_kind */
    TRACE_ASKED_AGENT = 15, /* number: enum event_kind */
    TRACE_DROP = 16,      /* port: who is charged; number: enum drop_reason */
    TRACE_TRANSLATED = 17, /* bytes: struct ip from, struct ip to; number: port from, more: port to (network order) */
    TRACE_BY_DEVICE = 18, /* the VXLAN device is to write the tunnel's header */
    TRACE_OUTSIDE = 19,   /* into an external network; number: ifindex, more: the network */
    TRACE_HELD = 20,      /* to the shaper, which returns it; number: ifindex */
    TRACE_SOUGHT = 21,    /* bytes: struct translation_key; number: 1 when there is one, more: enum connection_state */
    TRACE_ENTERED = 22,   /* from outside, to this node; number: ifindex, more: the network */
    TRACE_BALANCED = 23,  /* to a listener; number: enum trace_choice; bytes: struct listener_key, struct pool_key */
};

/* Why a member. */
enum trace_choice {
    TRACE_CHOICE_NONE = 0,       /* there is none */
    TRACE_CHOICE_CONNECTION = 1, /* the connection has it */
    TRACE_CHOICE_AFFINITY = 2,   /* the client's address has it */
    TRACE_CHOICE_SLOT = 3,       /* the hash chose it */
    TRACE_CHOICE_REFUSED = 4,    /* none: its sender may not call */
};

/* Where a connection was looked for and found. */
enum trace_kept {
    TRACE_KEPT_NOWHERE = 0,
    TRACE_KEPT_HALF_OPEN = 1,
    TRACE_KEPT_ESTABLISHED = 2,
    TRACE_KEPT_DEAD = 4, /* a flag: it is there, and its time is over */
};

struct trace_note {
    __u32 step;
    __u32 port; /* number; 0: none */
    __u32 number;
    __u32 more;
    __u8 bytes[TRACE_NOTE_BYTES];
};

/* One trace at a time; the loader clears it before and reads it afterwards. */
struct trace {
    __u32 count; /* of notes; those beyond TRACE_NOTES are counted only */
    __u32 network; /* given: of a frame from the tunnel device */
    struct ip node; /* given: the underlay address that it came from */
    struct trace_note notes[TRACE_NOTES];
};

TABLE(trace, BPF_MAP_TYPE_ARRAY, __u32, struct trace, 0);

/* A packet that a live trace watches. */
struct live_packet {
    struct trace trace;
    __u32 done;        /* 1 when all below is written */
    __u32 action;      /* what the program said of it */
    __u64 when;        /* by bpf_ktime_get_ns */
    __u32 came_length; /* of the whole packet, as it came and as it left */
    __u32 left_length;
    __u32 offset; /* of the frame in what came, behind a tunnel's header */
    __u32 reserved;
    __u8 came[LIVE_CAME_BYTES]; /* its beginning */
    __u8 left[LIVE_LEFT_BYTES];
};

/* Which packets a live trace watches; what is 0 is not asked for. Numbers are in network order where packets have them. */
struct live_filter {
    __u64 until;   /* by bpf_ktime_get_ns; nothing is watched afterwards, whatever has become of the watcher */
    __u32 most;    /* slots of `live` */
    __u32 taken;   /* of these, or more */
    __u32 network; /* of what arrives by the tunnel */
    __u16 source_port;
    __u16 destination_port;
    struct ip source;
    struct ip destination;
    __u32 protocol; /* and one more, since there is a protocol 0 */
    __u32 reserved;
};

TABLE(live, BPF_MAP_TYPE_ARRAY, __u32, struct live_packet, 0);
TABLE(live_filter, BPF_MAP_TYPE_ARRAY, __u32, struct live_filter, 0);

_Static_assert(sizeof(struct live_packet) == sizeof(struct trace) + 32 + LIVE_CAME_BYTES + LIVE_LEFT_BYTES, "live_packet");
_Static_assert(sizeof(struct live_filter) == 64, "live_filter");
_Static_assert(sizeof(struct trace_note) == 64, "trace_note");
_Static_assert(sizeof(struct trace) == 24 + 64 * TRACE_NOTES, "trace");
_Static_assert(sizeof(struct connection_key) <= TRACE_NOTE_BYTES, "a key must fit a note");

#define IS_NOTED __builtin_expect(tracing, 0)
#define IS_TRACE __builtin_expect(tracing == TRACING_CRAFTED, 0)
#define IS_LIVE __builtin_expect(tracing == TRACING_LIVE, 0)

/* Where the packet in hand has its notes; NULL for one that nobody watches. */
INLINE struct trace *own_trace(void)
{
    __u32 zero = 0;
    if (IS_LIVE) {
        struct scratch *scratch = own_scratch();
        if (!scratch || !scratch->live)
            return NULL;
        __u32 slot = scratch->live - 1;
        struct live_packet *packet = bpf_map_lookup_elem(&live, &slot);
        return packet ? &packet->trace : NULL;
    }
    return bpf_map_lookup_elem(&trace, &zero);
}

INLINE struct trace_note *new_note(__u32 step, __u32 port, __u32 number, __u32 more)
{
    struct trace *own = own_trace();
    if (!own)
        return NULL;
    __u32 at = own->count++;
    FRESH(at);
    if (at >= TRACE_NOTES)
        return NULL;
    struct trace_note *note = &own->notes[at];
    note->step = step;
    note->port = port;
    note->number = number;
    note->more = more;
    return note;
}

STAGE int write_note(__u32 step, __u32 port, __u32 number, __u32 more)
{
    return new_note(step, port, number, more) != NULL;
}

STAGE int write_connection(struct connection_key *key, __u32 kept, __u32 state)
{
    struct trace_note *note = key ? new_note(TRACE_CONNECTION, key->port, kept, state) : NULL;
    if (note)
        __builtin_memcpy(note->bytes, key, sizeof(*key));
    return note != NULL;
}

STAGE int write_question(__u32 step, struct policy_key *asked, __u32 rule, __u32 flags)
{
    struct trace_note *note = asked ? new_note(step, 0, rule, flags) : NULL;
    if (note)
        __builtin_memcpy(note->bytes, asked, sizeof(*asked));
    return note != NULL;
}

STAGE int write_route(__u32 domain, __u32 kind, struct next_hop *hop)
{
    struct trace_note *note = hop ? new_note(TRACE_ROUTE, 0, domain, kind) : NULL;
    if (note)
        __builtin_memcpy(note->bytes, hop, sizeof(*hop));
    return note != NULL;
}

STAGE int write_owner(__u32 network, struct ip *address, struct address *owner)
{
    struct trace_note *note = address && owner ? new_note(TRACE_OWNER, 0, network, owner->place.kind) : NULL;
    if (note) {
        __builtin_memcpy(note->bytes, address, sizeof(*address));
        __builtin_memcpy(note->bytes + sizeof(*address), owner, sizeof(*owner));
    }
    return note != NULL;
}

STAGE int write_translation(struct ip *from, struct ip *to, __u32 port_from, __u32 port_to)
{
    struct trace_note *note = from && to ? new_note(TRACE_TRANSLATED, 0, port_from, port_to) : NULL;
    if (note) {
        __builtin_memcpy(note->bytes, from, sizeof(*from));
        __builtin_memcpy(note->bytes + sizeof(*from), to, sizeof(*to));
    }
    return note != NULL;
}

STAGE int write_sought(struct translation_key *key)
{
    struct trace_note *note = key ? new_note(TRACE_SOUGHT, 0, 0, 0) : NULL;
    if (!note)
        return 0;
    struct translation *found = bpf_map_lookup_elem(&translations, key);
    note->number = found != NULL;
    note->more = found ? found->state : 0;
    __builtin_memcpy(note->bytes, key, sizeof(*key));
    return 1;
}

STAGE int write_balanced(__u32 port, __u32 choice)
{
    struct scratch *scratch = own_scratch();
    struct trace_note *note = scratch ? new_note(TRACE_BALANCED, port, choice, 0) : NULL;
    if (note) {
        struct balancing *work = &scratch->balancing;
        __builtin_memcpy(note->bytes, &work->listener, sizeof(work->listener));
        __builtin_memcpy(note->bytes + sizeof(work->listener), &work->pool, sizeof(work->pool));
    }
    return note != NULL;
}

/*
 * What stages call. Arguments are not evaluated while forwarding. Pointers must lead into a map's value or onto the
 * stack.
 */
#define trace_note(step, port, number, more)                                                       \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_note(step, port, number, more);                                                  \
    } while (0)
#define trace_connection(key, kept, state)                                                         \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_connection(key, kept, state);                                                    \
    } while (0)
#define trace_question(step, asked, rule, flags)                                                   \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_question(step, asked, rule, flags);                                              \
    } while (0)
#define trace_route(domain, kind, hop)                                                             \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_route(domain, kind, hop);                                                        \
    } while (0)
#define trace_owner(network, address, owner)                                                       \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_owner(network, address, owner);                                                  \
    } while (0)
#define trace_translation(from, to, port_from, port_to)                                            \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_translation(from, to, port_from, port_to);                                       \
    } while (0)

#define trace_sought(key)                                                                          \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_sought(key);                                                                     \
    } while (0)

#define trace_balanced(port, choice)                                                               \
    do {                                                                                           \
        if (IS_NOTED)                                                                              \
            write_balanced(port, choice);                                                          \
    } while (0)

/* A copy of the frame to another device; the only way in which a stage may send one. */
INLINE void send_copy(struct __sk_buff *skb, __u32 ifindex)
{
    if (!IS_TRACE)
        bpf_clone_redirect(skb, ifindex, 0);
}
