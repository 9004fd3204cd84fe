/*
 * Places that ARP and ND tell: of allowed address pairs, and of what stands behind ports without
 * port security. A port's permitted ARP or ND moves the place on its own node and is copied to the
 * network's nodes, whose programs move it there, without agent or server. What the tables say
 * without PLACE_SHARED cannot be moved by anyone.
 */
#pragma once

#include "drop.h"
#include "police.h"

/* A claim is told again after this time, so that those who joined late hear of it. */
#define RETELL (60 * SECOND)
/* Questions are answered from what was learned no longer than this ago; then the owner is asked. */
#define LEARNED_FRESH (1800 * SECOND)

struct claim {
    __u32 network;
    struct ip address;
    __u8 mac[6];
    __u16 reserved;
    struct place place;
};

INLINE bool same_place(const struct place *a, const struct place *b)
{
    return a->kind == b->kind && a->number == b->number;
}

INLINE bool may_be_shared(__u32 network, const struct ip *address)
{
    struct shared_address_key key = {
        .prefix_length = SHARED_ADDRESS_KEY_BITS + 128,
        .network = network,
        .family = is_mapped(address) ? 4 : 6,
        .address = *address,
    };
    return bpf_map_lookup_elem(&shared_addresses, &key) != NULL;
}

INLINE bool network_has(__u32 network, __u32 flag)
{
    struct network *facts = bpf_map_lookup_elem(&networks, &network);
    return facts && facts->flags & flag;
}

INLINE void tell_agent(const struct claim *claim, __u32 ifindex, __u32 port)
{
    if (IS_TRACE)
        return;
    struct {
        struct event event;
        struct learned_event learned;
    } *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
    if (!record)
        return;
    record->event = (struct event){
        .kind = EVENT_LEARNED,
        .ifindex = ifindex,
        .port = port,
        .network = claim->network,
        .length = sizeof(struct learned_event),
        .time = bpf_ktime_get_ns(),
    };
    record->learned.address = claim->address;
    copy_mac(record->learned.mac, claim->mac);
    record->learned.reserved = 0;
    record->learned.place = claim->place;
    bpf_ringbuf_submit(record, 0);
}

/*
 * A port's claims are policed, so that it cannot push those of others out of the tables; what comes
 * from another node was policed there.
 */
INLINE bool may_claim(__u32 port)
{
    return !port || answer_passes(port);
}

/* Takes note of a permitted claim. Returns whether the network's other nodes should hear it. */
STAGE int learn(struct claim *claim, __u32 ifindex, __u32 port)
{
    if (!claim)
        return 0;
    __u64 now = bpf_ktime_get_ns();
    bool learns = network_has(claim->network, NETWORK_LEARNS);
    bool tell = false;

    struct mac_key mac = {.network = claim->network};
    copy_mac(mac.mac, claim->mac);
    struct place *place = bpf_map_lookup_elem(&macs, &mac);
    if (place && !(place->flags & PLACE_SHARED)) {
        if (!same_place(place, &claim->place))
            return 0;
    } else if (place || learns) {
        struct learned_mac *known = bpf_map_lookup_elem(&learned_macs, &mac);
        if (!known || !same_place(&known->place, &claim->place) || now - known->seen > RETELL) {
            if (!may_claim(port))
                return 0;
            struct learned_mac update = {.place = claim->place, .seen = now};
            bpf_map_update_elem(&learned_macs, &mac, &update, BPF_ANY);
            tell = true;
        }
    } else {
        return 0;
    }

    struct address_key key = {.network = claim->network, .address = claim->address};
    if (is_unspecified(&key.address) || (is_mapped(&key.address) && !key.address.word[3]))
        return tell;
    struct address *owner = bpf_map_lookup_elem(&addresses, &key);
    if (owner ? !(owner->place.flags & PLACE_SHARED) : !learns && !may_be_shared(claim->network, &key.address))
        return tell;
    struct learned_address *known = bpf_map_lookup_elem(&learned_addresses, &key);
    bool moved = !known || !same_mac(known->mac, claim->mac) || !same_place(&known->place, &claim->place);
    if (!moved && now - known->seen <= RETELL)
        return tell;
    if (!tell && !may_claim(port))
        return 0;
    struct learned_address update = {.place = claim->place, .seen = now};
    copy_mac(update.mac, claim->mac);
    bpf_map_update_elem(&learned_addresses, &key, &update, BPF_ANY);
    if (moved)
        tell_agent(claim, ifindex, port);
    return 1;
}

/* Who has an address, by the tables and by what was learned; false when nobody is known. */
INLINE bool find_owner(const struct address_key *key, struct address *found, bool only_fresh)
{
    struct address *owner = bpf_map_lookup_elem(&addresses, key);
    if (owner && !(owner->place.flags & PLACE_SHARED)) {
        *found = *owner;
        return true;
    }
    struct learned_address *learned = bpf_map_lookup_elem(&learned_addresses, key);
    if (learned && (!only_fresh || bpf_ktime_get_ns() - learned->seen < LEARNED_FRESH)) {
        copy_mac(found->mac, learned->mac);
        found->reserved = 0;
        found->place = learned->place;
        return true;
    }
    if (owner && owner->place.kind != PLACE_NONE) {
        *found = *owner;
        return true;
    }
    return false;
}

/* Where a MAC is; kind PLACE_NONE when nobody knows. */
INLINE struct place find_mac(__u32 network, const __u8 *mac)
{
    struct mac_key key = {.network = network};
    copy_mac(key.mac, mac);
    struct place *place = bpf_map_lookup_elem(&macs, &key);
    if (place && !(place->flags & PLACE_SHARED))
        return *place;
    struct learned_mac *learned = bpf_map_lookup_elem(&learned_macs, &key);
    if (learned)
        return learned->place;
    if (place)
        return *place;
    return (struct place){};
}
