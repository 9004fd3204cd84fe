/* ARP (RFC 826): answered from the tables; announcements move shared addresses. */
#pragma once

#include "flood.h"
#include "learn.h"
#include "service.h"
#include "spoof.h"
#include "trunk.h"

#define ARP_REQUEST 1
#define ARP_REPLY 2

struct arp {
    __u16 hardware;
    __u16 protocol;
    __u8 hardware_length;
    __u8 protocol_length;
    __u16 operation;
    __u8 sender_mac[6];
    __u32 sender;
    __u8 target_mac[6];
    __u32 target;
} __attribute__((packed));

struct arp_frame {
    struct ethernet ethernet;
    struct arp arp;
} __attribute__((packed));

INLINE bool load_arp(struct __sk_buff *skb, struct arp *arp)
{
    return bpf_skb_load_bytes(skb, ETHERNET_BYTES, arp, sizeof(*arp)) == 0 && arp->hardware == bpf_htons(1) &&
           arp->protocol == ETHERTYPE_IPV4 && arp->hardware_length == 6 && arp->protocol_length == 4 &&
           (arp->operation == bpf_htons(ARP_REQUEST) || arp->operation == bpf_htons(ARP_REPLY));
}

INLINE struct claim arp_claim(const struct packet *packet, const struct arp *arp, struct place place)
{
    struct claim claim = {.network = packet->network, .address = mapped(arp->sender), .place = place};
    copy_mac(claim.mac, arp->sender_mac);
    return claim;
}

INLINE bool write_arp(struct __sk_buff *skb, const __u8 *to, const __u8 *from, const struct arp *arp)
{
    struct arp_frame frame = {.arp = *arp};
    copy_mac(frame.ethernet.destination, to);
    copy_mac(frame.ethernet.source, from);
    frame.ethernet.type = ETHERTYPE_ARP;
    return bpf_skb_store_bytes(skb, 0, &frame, sizeof(frame), 0) == 0;
}

/* A stage of its own, to spare the stack of who asks for it. */
STAGE int answer_arp(struct __sk_buff *skb, struct packet *packet, struct arp *question, struct address *owner)
{
    if (!packet || !question || !owner)
        return TC_ACT_SHOT;
    const __u8 *mac = owner->mac;
    struct arp answer = *question;
    answer.operation = bpf_htons(ARP_REPLY);
    copy_mac(answer.sender_mac, mac);
    answer.sender = question->target;
    copy_mac(answer.target_mac, question->sender_mac);
    answer.target = question->sender;
    if (!write_arp(skb, question->sender_mac, mac, &answer))
        return drop(packet->port, DROP_ANSWER_FAILED);
    trace_note(TRACE_ANSWERED, packet->port, skb->ifindex, 0);
    count_received(skb, packet->port);
    return to_sender(skb, packet);
}

/* Returns GO_ON when the frame should be switched. */
STAGE int arp_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    struct arp arp;
    if (!packet || !port)
        return TC_ACT_SHOT;
    if (!load_arp(skb, &arp))
        return drop(packet->port, DROP_MALFORMED);
    struct ip sender = mapped(arp.sender);
    if (port->flags & PORT_SECURITY) {
        if (!same_mac(packet->source_mac, arp.sender_mac))
            return drop(packet->port, DROP_SPOOFED_ARP);
        if (claim_ownership(port, packet, &sender) == NOT_OWNED && (arp.sender || !same_mac(arp.sender_mac, port->mac)))
            return drop(packet->port, DROP_SPOOFED_ARP);
    }
    bool announcement = arp.sender && arp.sender == arp.target;
    bool unicast = !is_group_mac(packet->destination_mac);
    struct place here = {.kind = PLACE_LOCAL, .number = packet->entrance};
    struct claim claim = arp_claim(packet, &arp, here);
    if (arp.sender || !(port->flags & PORT_SECURITY)) {
        bool tell = learn(&claim, packet->entrance, packet->port);
        if (unicast && find_mac(packet->network, packet->destination_mac).kind == PLACE_ROUTER)
            tell = tell || (may_be_shared(packet->network, &sender) && answer_passes(packet->port));
        if (tell && flood_to(skb, packet->network, FLOOD_EVERYONE, true) &&
            announcement)
            return drop(packet->port, DROP_FLOODED);
    }
    if (arp.operation == bpf_htons(ARP_REPLY))
        return unicast && !announcement ? GO_ON : drop(packet->port, DROP_PROXY_SILENT);
    if (announcement || !arp.sender)
        return drop(packet->port, DROP_PROXY_SILENT);
    struct address_key key = {.network = packet->network, .address = mapped(arp.target)};
    struct address owner = {};
    if (find_service(&key.address, &owner))
        return answer_arp(skb, packet, &arp, &owner);
    if (!find_owner(&key, &owner, true))
        return flood_question(skb, packet, &key.address, DROP_UNKNOWN_ADDRESS);
    if (owner.place.kind == PLACE_LOCAL && owner.place.number == packet->entrance)
        return drop(packet->port, DROP_PROXY_SILENT);
    return answer_arp(skb, packet, &arp, &owner);
}

/* Takes note of what another node's workload says in ARP; false when it is no ARP. */
INLINE bool arp_from_node(struct __sk_buff *skb, const struct packet *packet, __u32 node, bool *question)
{
    struct arp arp;
    if (!load_arp(skb, &arp))
        return false;
    struct place there = {.kind = PLACE_REMOTE, .number = node};
    struct claim claim = arp_claim(packet, &arp, there);
    learn(&claim, 0, 0);
    *question = arp.operation == bpf_htons(ARP_REQUEST) && arp.sender != arp.target;
    return true;
}
