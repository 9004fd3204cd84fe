/*
 * Address scopes: a router leads packets as they are between networks of one scope, and to others translated or not at all.
 * What it has translated is at home where its new address is.
 */
#pragma once

#include "parse.h"

/* From the network that a packet comes from to the one that it goes to. */
enum crossing {
    CROSSING_UNSCOPED, /* neither has a scope: as if there were none */
    CROSSING_WITHIN,   /* both are of one scope: nothing is to be translated */
    CROSSING_ACROSS,   /* they are not: nothing passes untranslated */
};

INLINE struct address_scope *find_scope(__u32 network, __u32 family)
{
    struct network_scope_key key = {.network = network, .family = family};
    return bpf_map_lookup_elem(&network_scopes, &key);
}

STAGE int crossing_between(__u32 from, __u32 to, __u32 family)
{
    struct address_scope *here = find_scope(from, family), *there = find_scope(to, family);
    if (!here)
        return there ? CROSSING_ACROSS : CROSSING_UNSCOPED;
    if (!there)
        return CROSSING_ACROSS;
    return here->upper == there->upper && here->lower == there->lower ? CROSSING_WITHIN : CROSSING_ACROSS;
}

/* To the gateway's node, which does not see where the packet came from, the crossing goes as the source MAC. */
INLINE void note_crossing(struct packet *packet)
{
    __u8 note[6] = {0x02, 0, 0, 0, 0, packet->crossing};
    if (packet->crossing != CROSSING_UNSCOPED)
        copy_mac(packet->source_mac, note);
}

INLINE __u8 noted_crossing(const struct packet *packet)
{
    const __u8 *mac = packet->source_mac;
    bool noted = mac[0] == 0x02 && !(mac[1] | mac[2] | mac[3] | mac[4]) && mac[5] <= CROSSING_ACROSS;
    return noted ? mac[5] : CROSSING_UNSCOPED;
}
