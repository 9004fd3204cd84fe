/* A router that does not know who has a shared address asks, as any router would (RFC 826, RFC 4861). */
#pragma once

#include "nd.h"
#include "route.h"

/* What a question takes at most, and what of a spent packet's headers may lie behind it. */
#define QUESTION_BYTES (sizeof(struct neighbour_frame))
#define SPENT_BYTES 64

/* An option of neighbour discovery that is for experiments (RFC 4727): who does not know it passes it over. */
#define OPTION_EXPERIMENT 253

/*
 * Turns the packet in hand into zeros with room for a question in front. The kernel may still owe the packet a checksum,
 * which a device would write into the question if it stood where the packet did. Gives how many zeros there are, a multiple of
 * eight; 0 when the kernel refuses.
 */
STAGE __u32 make_room(struct __sk_buff *skb, struct packet *packet)
{
    struct scratch *scratch = own_scratch();
    if (!scratch || !packet)
        return 0;
    __u32 kept = ((packet->transport_offset & 0x3ff) + 20 - ETHERNET_BYTES + 7) & ~7U;
    if (skb->len != ETHERNET_BYTES + kept && bpf_skb_change_tail(skb, ETHERNET_BYTES + kept, 0))
        return 0;
    if (bpf_skb_adjust_room(skb, QUESTION_BYTES - ETHERNET_BYTES, BPF_ADJ_ROOM_MAC, 0))
        return 0;
    __u32 spent = skb->len - QUESTION_BYTES;
    FRESH(spent);
    if (spent > SPENT_BYTES)
        spent = SPENT_BYTES;
    __builtin_memset(scratch->frame, 0, SPENT_BYTES + QUESTION_BYTES);
    if (!spent || bpf_skb_store_bytes(skb, QUESTION_BYTES, scratch->frame, spent, 0) ||
        bpf_skb_store_bytes(skb, 0, scratch->frame, QUESTION_BYTES, 0))
        return 0;
    return spent;
}

INLINE bool write_arp_question(struct __sk_buff *skb, struct packet *packet, __u32 sender)
{
    const __u8 everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct arp arp = {
        .hardware = bpf_htons(1),
        .protocol = ETHERTYPE_IPV4,
        .hardware_length = 6,
        .protocol_length = 4,
        .operation = bpf_htons(ARP_REQUEST),
        .sender = sender,
        .target = packet->destination.word[3],
    };
    copy_mac(arp.sender_mac, packet->signer_mac);
    return make_room(skb, packet) && write_arp(skb, everyone, packet->signer_mac, &arp);
}

INLINE bool write_solicitation(struct __sk_buff *skb, struct packet *packet, const struct ip *sender)
{
    __u32 spent = make_room(skb, packet);
    struct neighbour_frame *frame = spent ? new_neighbour_frame() : NULL;
    if (!frame)
        return false;
    struct ip group = {{bpf_htonl(0xff020000), 0, bpf_htonl(1), packet->destination.word[3] | bpf_htonl(0xff000000)}};
    const __u8 *low = (const __u8 *)&group.word[3];
    __u8 to[6] = {0x33, 0x33, 0xff, low[1], low[2], low[3]};
    copy_mac(frame->ethernet.destination, to);
    copy_mac(frame->ethernet.source, packet->signer_mac);
    __builtin_memcpy(&frame->ip.saddr, sender, 16);
    __builtin_memcpy(&frame->ip.daddr, &group, 16);
    frame->message.icmp.type = NEIGHBOUR_SOLICITATION;
    frame->message.target = packet->destination;
    frame->option.type = OPTION_SOURCE_MAC;
    copy_mac(frame->option.mac, packet->signer_mac);
    complete_neighbour(frame);
    if (skb->len == QUESTION_BYTES + spent) {
        /*
         * Where the checksum is still owed, Linux drops a packet that is longer than it says: it would have to cut off
         * where the checksum belongs. So the zeros are an option, and whatever is summed up of zeros changes no sum.
         */
        __u16 option = bpf_htons(OPTION_EXPERIMENT << 8 | spent / 8);
        frame->ip.payload_len = bpf_htons(sizeof(frame->message) + sizeof(frame->option) + spent);
        frame->message.icmp.checksum =
            updated_sum(frame->message.icmp.checksum, 0, option | (__u32)bpf_htons(spent) << 16);
        if (bpf_skb_store_bytes(skb, QUESTION_BYTES, &option, sizeof(option), 0))
            return false;
    }
    return bpf_skb_store_bytes(skb, 0, frame, sizeof(*frame), 0) == 0;
}

/* The packet is spent as the question; whoever sent it will try again. */
STAGE int ask_for(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    __u32 network = packet->signer_network;
    bool shared = may_be_shared(network, &packet->destination);
    bool learns = network_has(network, NETWORK_LEARNS);
    struct mac_key key = {.network = network};
    copy_mac(key.mac, packet->signer_mac);
    struct router_interface *router = bpf_map_lookup_elem(&router_interfaces, &key);
    if (!router)
        return drop(packet->port, DROP_UNKNOWN_ADDRESS);
    if (!answer_passes(packet->port))
        return drop(packet->port, DROP_ANSWER_POLICED);
    struct ip sender = router->ipv6;
    if (is_unspecified(&sender))
        sender = link_local_of(packet->signer_mac);
    bool written = is_ipv4(packet) ? write_arp_question(skb, packet, router->ipv4)
                                   : write_solicitation(skb, packet, &sender);
    if (!written)
        return drop(packet->port, DROP_ANSWER_FAILED);
    if (shared)
        flood_to(skb, network, FLOOD_CANDIDATES, true);
    if (learns)
        flood_to(skb, network, FLOOD_UNSECURED, true);
    return drop(packet->port, DROP_RESOLVING);
}
