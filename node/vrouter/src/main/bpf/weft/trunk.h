/*
 * Trunks: ports behind VLAN tags (IEEE 802.1Q) of another port's device. Such a subport has a place of its own, a number
 * that no device has, by which every stage knows it as it knows others by their ifindex. Its tag is taken off before the
 * first stage, and put on when a frame leaves for it.
 *
 * The kernel keeps a tag beside the frame. Only a test run has it in the frame's bytes, as it came.
 */
#pragma once

#include "drop.h"

#define VLAN_ID 0xfff

/* In the mark of what a subport is to receive; of what it sends, the mark is its place alone. */
#define SUBPORT_RECEIVES (1U << 29)

INLINE bool is_subport(__u32 place)
{
    return (place & SUBPORT_PLACE) != 0;
}

/* Whether a frame from a workload's device has a tag. */
INLINE bool has_tag(const struct __sk_buff *skb)
{
    return skb->vlan_present || skb->protocol == bpf_htons(ETH_P_8021Q);
}

/* Takes the tag off; the place of the subport behind it, or 0. */
STAGE __u32 take_tag(struct __sk_buff *skb)
{
    struct tag tag = {.device = skb->ifindex};
    if (skb->vlan_present) {
        if (skb->vlan_proto != bpf_htons(ETH_P_8021Q))
            return 0;
        tag.vlan = skb->vlan_tci & VLAN_ID;
    } else {
        __u16 control;
        if (bpf_skb_load_bytes(skb, ETHERNET_BYTES, &control, sizeof(control)))
            return 0;
        tag.vlan = bpf_ntohs(control) & VLAN_ID;
    }
    __u32 *place = bpf_map_lookup_elem(&places, &tag);
    if (!place || bpf_skb_vlan_pop(skb))
        return 0;
    return *place;
}

/* Puts a subport's tag on; its device, or 0. */
STAGE __u32 put_tag(struct __sk_buff *skb, __u32 place)
{
    struct subport *subport = bpf_map_lookup_elem(&subports, &place);
    if (!subport || bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), subport->tag.vlan))
        return 0;
    return subport->tag.device;
}

/*
 * Gets a frame ready for a subport; the device to send it to, or 0. What is to be held back goes to a shaper without its
 * tag, and with a mark that says for whom it is.
 */
STAGE __u32 enter_trunk(struct __sk_buff *skb, __u32 place)
{
    struct subport *subport = bpf_map_lookup_elem(&subports, &place);
    if (!subport)
        return 0;
    if (subport->shaper && !IS_TRACE) {
        skb->mark = place | SUBPORT_RECEIVES;
        return subport->shaper;
    }
    return put_tag(skb, place);
}

/* Hands the packet to the device of a place, behind its tag if it is a subport's. */
INLINE int to_place(struct __sk_buff *skb, __u32 port, __u32 place)
{
    if (is_subport(place)) {
        place = enter_trunk(skb, place);
        if (!place)
            return drop(port, DROP_DELIVERY_FAILED);
    }
    return bpf_redirect(place, 0);
}

/* Hands an answer to who sent the packet. */
INLINE int to_sender(struct __sk_buff *skb, const struct packet *packet)
{
    return is_subport(packet->entrance) ? to_place(skb, packet->port, packet->entrance) : bpf_redirect(skb->ifindex, 0);
}

/* A copy of the frame to a place. */
INLINE void copy_to_place(struct __sk_buff *skb, __u32 place)
{
    if (!is_subport(place)) {
        send_copy(skb, place);
        return;
    }
    __u32 device = enter_trunk(skb, place);
    if (device)
        send_copy(skb, device);
    skb->mark = 0;
    if (skb->vlan_present)
        bpf_skb_vlan_pop(skb);
}

/* What a subport's shaper held back: of what it sends, which returns as it came, or of what it receives. */
INLINE int from_subport_shaper(struct __sk_buff *skb, __u32 mark)
{
    __u32 place = mark & ~SUBPORT_RECEIVES;
    if (mark & SUBPORT_RECEIVES) {
        skb->mark = 0;
        __u32 device = put_tag(skb, place);
        return device ? bpf_redirect(device, 0) : TC_ACT_SHOT;
    }
    struct subport *subport = bpf_map_lookup_elem(&subports, &place);
    return subport ? bpf_redirect(subport->tag.device, BPF_F_INGRESS) : TC_ACT_SHOT;
}

/* Where the packet in hand came from: its device, or the place of a subport; 0: no workload of this node sent it. */
INLINE __u32 own_entrance(void)
{
    struct scratch *scratch = own_scratch();
    return scratch ? scratch->packet.entrance : 0;
}
