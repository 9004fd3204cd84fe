/* Neighbour discovery (RFC 4861): answered from the tables; advertisements move shared addresses. */
#pragma once

#include "answer.h"
#include "arp.h"
#include "punt.h"

#define OPTION_SOURCE_MAC 1
#define OPTION_TARGET_MAC 2
#define ND_OPTIONS 6

#define ADVERTISEMENT_ROUTER 0x80000000
#define ADVERTISEMENT_SOLICITED 0x40000000
#define ADVERTISEMENT_OVERRIDE 0x20000000

struct neighbour_message {
    struct icmp icmp; /* rest: the flags of an advertisement */
    struct ip target;
};

struct mac_option {
    __u8 type;
    __u8 length; /* in units of 8 bytes */
    __u8 mac[6];
};

struct neighbour_frame {
    struct ethernet ethernet;
    struct ipv6hdr ip;
    struct neighbour_message message;
    struct mac_option option;
} __attribute__((packed));

/* The MAC that an option of the message gives. 1 found, 0 absent, -1 malformed. */
INLINE int find_mac_option(struct __sk_buff *skb, const struct packet *packet, __u8 type, __u8 *mac)
{
    __u32 offset = packet->transport_offset + sizeof(struct neighbour_message);
    __u32 end = ETHERNET_BYTES + packet->ip_length;
    for (int i = 0; i < ND_OPTIONS; i++) {
        struct mac_option option;
        if (offset + sizeof(option) > end)
            return offset == end ? 0 : -1;
        if (bpf_skb_load_bytes(skb, offset, &option, sizeof(option)) || option.length == 0)
            return -1;
        if (option.type == type) {
            copy_mac(mac, option.mac);
            return 1;
        }
        offset += option.length * 8;
    }
    return 0;
}

/* Where a message is put together; NULL never happens, but the verifier cannot know. */
INLINE struct neighbour_frame *new_neighbour_frame(void)
{
    struct scratch *scratch = own_scratch();
    if (!scratch)
        return NULL;
    struct neighbour_frame *frame = (void *)scratch->frame;
    __builtin_memset(frame, 0, sizeof(*frame));
    return frame;
}

/* Fills in what is the same in all messages with one MAC option, and the checksum. */
INLINE void complete_neighbour(struct neighbour_frame *frame)
{
    __u32 length = sizeof(frame->message) + sizeof(frame->option);
    __u32 tail[2] = {bpf_htonl(length), bpf_htonl(IPPROTO_ICMPV6)};
    frame->ethernet.type = ETHERTYPE_IPV6;
    frame->ip.version = 6;
    frame->ip.payload_len = bpf_htons(length);
    frame->ip.nexthdr = IPPROTO_ICMPV6;
    frame->ip.hop_limit = 255;
    frame->option.length = 1;
    /* From the addresses on, all that the checksum covers lies in one piece. */
    __u32 sum = bpf_csum_diff(0, 0, tail, sizeof(tail), 0);
    void *covered = (__u8 *)frame + ETHERNET_BYTES + offsetof(struct ipv6hdr, saddr);
    sum = bpf_csum_diff(0, 0, covered, 2 * sizeof(struct ip) + length, sum);
    frame->message.icmp.checksum = checksum_fold(sum);
}

/* Turns the packet in hand into a neighbour message with one MAC option. */
INLINE bool write_neighbour(struct __sk_buff *skb, struct neighbour_frame *frame)
{
    complete_neighbour(frame);
    if (skb->len != sizeof(*frame) && bpf_skb_change_tail(skb, sizeof(*frame), 0))
        return false;
    return bpf_skb_store_bytes(skb, 0, frame, sizeof(*frame), 0) == 0;
}

INLINE int answer_solicitation(struct __sk_buff *skb, const struct packet *packet, const struct ip *target,
                               const struct address *owner)
{
    struct neighbour_frame *frame = new_neighbour_frame();
    if (!frame)
        return TC_ACT_SHOT;
    copy_mac(frame->ethernet.destination, packet->source_mac);
    copy_mac(frame->ethernet.source, owner->mac);
    __builtin_memcpy(&frame->ip.saddr, target, 16);
    __builtin_memcpy(&frame->ip.daddr, &packet->source, 16);
    frame->message.icmp.type = NEIGHBOUR_ADVERTISEMENT;
    frame->message.icmp.rest = bpf_htonl(ADVERTISEMENT_SOLICITED | ADVERTISEMENT_OVERRIDE |
                                        (owner->place.kind == PLACE_ROUTER ? ADVERTISEMENT_ROUTER : 0));
    frame->message.target = *target;
    frame->option.type = OPTION_TARGET_MAC;
    copy_mac(frame->option.mac, owner->mac);
    return write_neighbour(skb, frame) ? send_back(skb, packet) : drop(packet->port, DROP_ANSWER_FAILED);
}

/* Link-local addresses are not in the tables: they follow from MACs, which are. */
INLINE bool find_link_local(__u32 network, const struct ip *address, struct address *found)
{
    if (!mac_of_link_local(address, found->mac))
        return false;
    found->place = find_mac(network, found->mac);
    return found->place.kind != PLACE_NONE;
}

INLINE struct claim nd_claim(const struct packet *packet, const struct ip *address, const __u8 *mac,
                             struct place place)
{
    struct claim claim = {.network = packet->network, .address = *address, .place = place};
    copy_mac(claim.mac, mac);
    return claim;
}

/* Answers for packet->subject, or asks those who may know. */
STAGE int solicitation_from_workload(struct __sk_buff *skb, struct packet *packet)
{
    struct address owner = {};
    if (!packet)
        return TC_ACT_SHOT;
    struct ip *target = &packet->subject;
    struct address_key key = {.network = packet->network, .address = *target};
    if (is_unspecified(&packet->source))
        return drop(packet->port, DROP_PROXY_SILENT);
    if (find_service(target, &owner))
        return answer_solicitation(skb, packet, target, &owner);
    bool known = is_ipv6_link_local(target) ? find_link_local(packet->network, target, &owner)
                                            : find_owner(&key, &owner, true);
    if (!known)
        return flood_question(skb, packet, target, DROP_UNKNOWN_ADDRESS);
    if (owner.place.kind == PLACE_LOCAL && owner.place.number == packet->entrance)
        return drop(packet->port, DROP_PROXY_SILENT);
    return answer_solicitation(skb, packet, target, &owner);
}

#define SOLICITED 100

/*
 * Neighbour solicitation and advertisement: checked and learned from. Returns SOLICITED when the
 * question should be answered, and GO_ON when the frame should be switched.
 */
STAGE int neighbour_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    struct neighbour_message message;
    __u8 mac[6];
    if (!packet || !port)
        return TC_ACT_SHOT;
    bool solicitation = packet->icmp_type == NEIGHBOUR_SOLICITATION;
    if (packet->hop_limit != 255 || packet->fragment != FRAGMENT_NONE ||
        packet->transport_offset + sizeof(message) > ETHERNET_BYTES + packet->ip_length ||
        bpf_skb_load_bytes(skb, packet->transport_offset, &message, sizeof(message)))
        return drop(packet->port, DROP_MALFORMED);
    int option = find_mac_option(skb, packet, solicitation ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC, mac);
    if (option < 0)
        return drop(packet->port, DROP_MALFORMED);
    struct ip claimed = solicitation ? packet->source : message.target;
    if (port->flags & PORT_SECURITY) {
        if (option > 0 && !same_mac(mac, packet->source_mac))
            return drop(packet->port, DROP_SPOOFED_ND);
        if (!solicitation && claim_ownership(port, packet, &claimed) == NOT_OWNED)
            return drop(packet->port, DROP_SPOOFED_ND);
    }
    bool unicast = !is_group_mac(packet->destination_mac);
    if (!is_unspecified(&claimed)) {
        struct place here = {.kind = PLACE_LOCAL, .number = packet->entrance};
        struct claim claim = nd_claim(packet, &claimed, packet->source_mac, here);
        bool tell = learn(&claim, packet->entrance, packet->port);
        if (unicast && !solicitation && find_mac(packet->network, packet->destination_mac).kind == PLACE_ROUTER)
            tell = tell || (may_be_shared(packet->network, &claimed) && answer_passes(packet->port));
        if (tell && flood_to(skb, packet->network, FLOOD_EVERYONE, true) &&
            !solicitation && !unicast)
            return drop(packet->port, DROP_FLOODED);
    }
    packet->subject = message.target;
    if (solicitation)
        return SOLICITED;
    return unicast ? GO_ON : drop(packet->port, DROP_PROXY_SILENT);
}

/* ICMPv6 that is not for the wire. Returns GO_ON when the packet is an ordinary one. */
INLINE int discovery_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    int action;
    switch (packet->icmp_type) {
    case NEIGHBOUR_SOLICITATION:
    case NEIGHBOUR_ADVERTISEMENT:
        action = neighbour_from_workload(skb, packet, port);
        return action == SOLICITED ? solicitation_from_workload(skb, packet) : action;
    case ROUTER_SOLICITATION:
        if (port->flags & PORT_ROUTER_ADVERTISEMENT)
            return punt(skb, packet, EVENT_ROUTER_SOLICITATION);
        return drop(packet->port, DROP_NO_RESPONDER);
    default:
        return GO_ON;
    }
}

/* Takes note of what another node's workload says in ND; false when it is neither NS nor NA. */
INLINE bool neighbour_from_node(struct __sk_buff *skb, const struct packet *packet, __u32 node, bool *question)
{
    struct neighbour_message message;
    if (packet->protocol != IPPROTO_ICMPV6 || packet->ethertype != ETHERTYPE_IPV6)
        return false;
    *question = packet->icmp_type == NEIGHBOUR_SOLICITATION;
    if (!*question && packet->icmp_type != NEIGHBOUR_ADVERTISEMENT)
        return false;
    if (bpf_skb_load_bytes(skb, packet->transport_offset, &message, sizeof(message)))
        return false;
    struct place there = {.kind = PLACE_REMOTE, .number = node};
    struct claim claim = nd_claim(packet, *question ? &packet->source : &message.target, packet->source_mac, there);
    if (!is_unspecified(&claim.address))
        learn(&claim, 0, 0);
    return true;
}
