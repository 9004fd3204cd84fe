/* The last stage: to a device of this node, or to another node. */
#pragma once

#include "balanced.h"
#include "policy.h"
#include "qos.h"
#include "spoof.h"
#include "tunnel.h"

/* Writes what routers changed in the IP header: the hop limit. */
INLINE bool write_hop_limit(struct __sk_buff *skb, const struct packet *packet)
{
    __u8 left = packet->hop_limit - packet->routers;
    if (!is_ipv4(packet))
        return bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct ipv6hdr, hop_limit), &left, 1,
                                   BPF_F_RECOMPUTE_CSUM) == 0;
    struct {
        __u8 ttl;
        __u8 protocol;
        __u16 check;
    } fields;
    void *data = (void *)(long)skb->data;
    struct iphdr *header = data + ETHERNET_BYTES;
    if ((void *)(header + 1) > (void *)(long)skb->data_end)
        return false;
    fields.ttl = left;
    fields.protocol = header->protocol;
    /* RFC 1624, equation 3: the TTL is the upper byte of its word. */
    __u32 sum = (__u16)~header->check;
    sum += (__u16) ~bpf_htons((__u16)header->ttl << 8);
    sum += bpf_htons((__u16)left << 8);
    fields.check = checksum_fold(sum);
    return bpf_skb_store_bytes(skb, ETHERNET_BYTES + offsetof(struct iphdr, ttl), &fields, sizeof(fields), 0) == 0;
}

/*
 * Whether a packet may enter the node itself: for an address that its port has, so that the node leads nobody elsewhere and
 * nobody speaks to its loopback; and not from tunnel to tunnel, since nodes believe what comes so: it goes by the underlay.
 */
STAGE int may_enter_host(struct port *port, struct packet *packet)
{
    if (!port || !packet)
        return false;
    if (!is_ip(packet))
        return true;
    if (ownership(port, port->mac, &packet->destination, family_of(packet)) == NOT_OWNED)
        return false;
    if (!bpf_map_lookup_elem(&underlay_addresses, &packet->source))
        return true;
    return !bpf_map_lookup_elem(&underlay_addresses, &packet->destination) &&
           !(packet->protocol == IPPROTO_UDP && packet->destination_port == VXLAN_PORT);
}

INLINE int deliver_local(struct __sk_buff *skb, struct packet *packet, __u32 ifindex)
{
    struct port *port = bpf_map_lookup_elem(&ports, &ifindex);
    if (!port || !(port->flags & PORT_ADMIN_UP) || port->network != packet->network)
        return drop(packet->port, DROP_DESTINATION_DOWN);
    if (ifindex == packet->entrance && !packet->routers && !packet->balanced)
        return drop(packet->port, DROP_HAIRPIN);
    if (port->flags & PORT_HOST && !may_enter_host(port, packet))
        return drop(port->number, DROP_HOST_REFUSED);
    enum drop_reason reason = policy_to_workload(skb, packet, port);
    if (reason)
        return drop(port->number, reason);
    if (port->flags & PORT_BALANCED) {
        reason = show_virtual(skb, port);
        if (reason)
            return drop(port->number, reason);
    }
    if (!takes(skb, port))
        return TC_ACT_SHOT;
    if (packet->routers) {
        if (!write_hop_limit(skb, packet) || !write_macs(skb, packet))
            return drop(packet->port, DROP_DELIVERY_FAILED);
    }
    trace_note(TRACE_DELIVERED, port->number, ifindex, 0);
    count_received(skb, port->number);
    if (is_example(packet, port) && !is_subport(ifindex))
        remember_flow(skb, packet, port->flags & PORT_PEER_REDIRECT ? FLOW_TO_PEER : FLOW_TO_DEVICE, ifindex,
                      port->number);
    /* Not for non-IP, whose protocol the kernel may have lost; not for the port itself. */
    if (port->flags & PORT_PEER_REDIRECT && is_ip(packet) && ifindex != skb->ifindex) {
        if (skb->pkt_type != PACKET_HOST)
            bpf_skb_change_type(skb, PACKET_HOST);
        return bpf_redirect_peer(ifindex, 0);
    }
    return to_place(skb, port->number, ifindex);
}

INLINE int deliver_remote(struct __sk_buff *skb, struct packet *packet, __u32 index)
{
    struct underlay *own = own_underlay();
    struct node *node = bpf_map_lookup_elem(&nodes, &index);
    if (!own || !own->tunnel_device || !node || is_unspecified(&node->address))
        return drop(packet->port, DROP_NODE_UNKNOWN);
    if (!packet->routers && is_ip(packet) && wire_length(skb, packet) > tunnel_mtu(own, node))
        return answer_error(skb, packet, DROP_TOO_BIG, tunnel_mtu(own, node));
    if (packet->routers && !write_hop_limit(skb, packet))
        return drop(packet->port, DROP_DELIVERY_FAILED);
    trace_note(TRACE_TUNNELLED, packet->port, index, packet->network);
    if (packet->miss.slot && !packet->unsettled && !packet->routers)
        remember_flow(skb, packet, FLOW_TO_NODE, index, 0);
    return tunnel_out(skb, packet, own, node, index);
}
