/*
 * The programs of the data path, shared by all ports: what they know of a port stands in the tables.
 *
 *   from_workload       tcx ingress of a workload's veth or tap on the host's side
 *   from_uplink         tcx ingress of a device towards other nodes
 *   from_tunnel_device  tcx ingress of the collect-metadata VXLAN device
 *   from_shaper         tcx ingress of an end of a pair that holds back what a port, or an address outside, may not send
 *                       or receive yet
 *   from_service        tcx ingress of the host's end of the pair into the service namespace
 *   from_external       tcx ingress of a device that carries an external network
 *
 * docs/data-path.md tells the way of a packet in the order of the code.
 */
#include "weft/ask.h"
#include "weft/balance.h"
#include "weft/collect.h"
#include "weft/external.h"
#include "weft/hand.h"
#include "weft/live.h"
#include "weft/parse.h"
#include "weft/trunk.h"

/* Questions that the agent's responders answer. Returns GO_ON for everything else. */
INLINE int dhcp_from_workload(struct __sk_buff *skb, struct packet *packet, struct port *port)
{
    bool group = is_group_mac(packet->destination_mac);
    if (packet->source_port == DHCPV4_CLIENT && packet->destination_port == DHCPV4_SERVER && is_ipv4(packet)) {
        if (port->flags & PORT_DHCPV4)
            return punt(skb, packet, EVENT_DHCPV4);
        return group ? drop(packet->port, DROP_NO_RESPONDER) : GO_ON;
    }
    if (packet->source_port == DHCPV6_CLIENT && packet->destination_port == DHCPV6_SERVER && !is_ipv4(packet)) {
        if (port->flags & PORT_DHCPV6)
            return punt(skb, packet, EVENT_DHCPV6);
        return group ? drop(packet->port, DROP_NO_RESPONDER) : GO_ON;
    }
    return GO_ON;
}

/* A trunk's tag is off by now; one that is left is a second one. */
INLINE bool is_tagged(const struct __sk_buff *skb, const struct packet *packet)
{
    return skb->vlan_present || packet->ethertype == bpf_htons(ETH_P_8021Q) ||
           packet->ethertype == bpf_htons(ETH_P_8021AD);
}

/* A unicast frame to a MAC that nobody has. */
STAGE int unknown_mac(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    int copies = 0;
    if (network_has(packet->network, NETWORK_LEARNS))
        copies = flood_packet(skb, packet->network, FLOOD_UNSECURED, true);
    return drop_flooded(packet->port, copies, DROP_UNKNOWN_MAC);
}

/* Ends a packet that can go nowhere. */
INLINE int refuse(struct __sk_buff *skb, struct packet *packet, int next)
{
    return next == NEXT_ERROR ? answer_error(skb, packet, packet->reason, packet->mtu) : drop(packet->port, packet->reason);
}

INLINE int sent_by_workload(struct __sk_buff *skb)
{
    int action = is_watched() ? forgo_flow() : send_flow(skb);
    if (action != GO_ON)
        return action;
    struct packet *packet = new_packet();
    __u32 ifindex = skb->ifindex;

    if (!packet)
        return TC_ACT_SHOT;
    packet->miss = own_miss();
    struct port *port = bpf_map_lookup_elem(&ports, &ifindex);
    if (!port)
        return drop(0, DROP_UNKNOWN_PORT);
    packet->entrance = ifindex;
    if (has_tag(skb)) {
        packet->port = port->number;
        bool trunk = port->flags & PORT_TRUNK;
        packet->entrance = ifindex = take_tag(skb);
        port = bpf_map_lookup_elem(&ports, &ifindex);
        if (!port)
            return drop(packet->port, trunk ? DROP_VLAN_UNKNOWN : DROP_VLAN_TAGGED);
    }
    packet->network = port->network;
    packet->port = port->number;
    trace_note(TRACE_PORT, port->number, port->network, port->flags);
    if (!(port->flags & PORT_ADMIN_UP))
        return drop(packet->port, DROP_PORT_DOWN);
    if (port->flags & PORT_QOS_SENDS) {
        action = qos_from_workload(skb, port->number, packet->entrance);
        if (action != GO_ON)
            return action;
    }
    enum drop_reason reason = parse(skb, packet);
    if (reason)
        return drop(packet->port, reason);
    if (is_tagged(skb, packet))
        return drop(packet->port, DROP_VLAN_TAGGED);
    count_sent(skb, packet->port);

    if (packet->ethertype == ETHERTYPE_ARP) {
        action = arp_from_workload(skb, packet, port);
        if (action != GO_ON)
            return action;
    } else {
        reason = anti_spoof(packet, port);
        if (reason)
            return drop(packet->port, reason);
        if (packet->protocol == IPPROTO_UDP) {
            action = dhcp_from_workload(skb, packet, port);
            if (action != GO_ON)
                return action;
        } else if (packet->protocol == IPPROTO_ICMPV6 && packet->ethertype == ETHERTYPE_IPV6) {
            action = discovery_from_workload(skb, packet, port);
            if (action != GO_ON)
                return action;
        }
    }
    trace_note(TRACE_SOURCE, packet->port, 0, port->flags & PORT_SECURITY ? 1 : 0);
    if (port->flags & PORT_BALANCED && is_ip(packet)) {
        action = balance(packet, port);
        if (action != GO_ON)
            return refuse(skb, packet, action);
    }
    reason = policy_from_workload(skb, packet, port);
    if (reason)
        return drop(packet->port, reason);
    if (packet->balanced) {
        action = go_to_member(skb, packet, port);
        if (action != GO_ON)
            return refuse(skb, packet, action);
    }
    if (is_group_mac(packet->destination_mac))
        return flood_group(skb, packet);
    if (packet->destination.word[3] == SERVICE_LAST_WORD && is_ip(packet) && is_service_address(&packet->destination))
        return service_from_workload(skb, packet);

    packet->place = find_mac(packet->network, packet->destination_mac);
    trace_note(TRACE_PLACE, packet->port, packet->place.number, packet->place.kind);
    if (packet->place.kind == PLACE_ROUTER) {
        int next = route(skb, packet, packet->place.number);
        if (next == NEXT_OUTSIDE && packet->balanced)
            next = next_drop(packet, DROP_NO_ROUTE);
        if (next == NEXT_OUTSIDE)
            next = leave_domain(skb, packet);
        if (next == NEXT_INSIDE)
            next = route_inside(skb, packet);
        switch (next) {
        case NEXT_DELIVER:
            break;
        case NEXT_OUTSIDE:
            return send_outside(skb, packet);
        case NEXT_ERROR:
            return answer_error(skb, packet, packet->reason, packet->mtu);
        case NEXT_ECHO:
            return answer_router_address(skb, packet);
        case NEXT_ASK:
            return ask_for(skb, packet);
        default:
            return drop(packet->port, packet->reason);
        }
    }
    switch (packet->place.kind) {
    case PLACE_LOCAL:
        return deliver_local(skb, packet, packet->place.number);
    case PLACE_REMOTE:
        return deliver_remote(skb, packet, packet->place.number);
    case PLACE_VIRTUAL:
        return is_echo_request(packet) ? answer_router_address(skb, packet) : drop(packet->port, DROP_NO_LISTENER);
    default:
        return unknown_mac(skb, packet);
    }
}

SEC("tc")
int from_workload(struct __sk_buff *skb)
{
    if (IS_LIVE)
        begin_live(skb, 0, 0);
    int action = sent_by_workload(skb);
    if (IS_LIVE)
        end_live(skb, action);
    return action;
}

/* Does what was decided about a packet that no local workload sent. */
INLINE int carry_out(struct __sk_buff *skb, struct packet *packet, int next)
{
    if (next == NEXT_INSIDE)
        next = route_inside(skb, packet);
    switch (next) {
    case NEXT_DELIVER:
        return packet->place.kind == PLACE_LOCAL ? deliver_local(skb, packet, packet->place.number)
               : packet->place.kind == PLACE_REMOTE ? deliver_remote(skb, packet, packet->place.number)
                                                   : drop(packet->port, DROP_DESTINATION_DOWN);
    case NEXT_OUTSIDE:
        return send_outside(skb, packet);
    case NEXT_ERROR:
        return answer_error(skb, packet, packet->reason, packet->mtu);
    case NEXT_ECHO:
        return answer_router_address(skb, packet);
    case NEXT_ASK:
        return ask_for(skb, packet);
    case NEXT_HELD:
        return TC_ACT_REDIRECT;
    case GO_ON:
        return GO_ON;
    default:
        return drop(packet->port, packet->reason);
    }
}

/* Copies a frame from another node to the local members of the list that it concerns. */
STAGE int flood_locally(struct __sk_buff *skb, struct packet *packet, __u32 question)
{
    int copies = 0;
    if (!packet)
        return TC_ACT_SHOT;
    if (question) {
        copies += flood_packet(skb, packet->network, FLOOD_CANDIDATES, false);
        copies += flood_packet(skb, packet->network, FLOOD_UNSECURED, false);
    } else {
        copies = flood_packet(skb, packet->network, FLOOD_EVERYONE, false);
    }
    return drop_flooded(packet->port, copies, DROP_TUNNEL_NOT_FLOODED);
}

/* The VNI and the sender of what the VXLAN device received. */
INLINE bool received_tunnel(struct __sk_buff *skb, __u32 *network, struct ip *source)
{
    struct bpf_tunnel_key key = {};
    if (IS_TRACE) {
        struct trace *given = own_trace();
        if (!given)
            return false;
        *network = given->network;
        *source = given->node;
        return true;
    }
    if (bpf_skb_get_tunnel_key(skb, &key, sizeof(key), 0) == 0) {
        *source = mapped(bpf_htonl(key.remote_ipv4));
    } else if (bpf_skb_get_tunnel_key(skb, &key, sizeof(key), BPF_F_TUNINFO_IPV6) == 0) {
        __builtin_memcpy(source, key.remote_ipv6, 16);
    } else {
        return false;
    }
    *network = key.tunnel_id;
    return true;
}

/* A live trace of what the VXLAN device received. */
INLINE int begin_live_received(struct __sk_buff *skb)
{
    struct ip source;
    __u32 network = 0;
    return received_tunnel(skb, &network, &source) ? begin_live(skb, 0, network) : forget_live();
}

/* Learns from what a guest of another node announces; whether it asks for somebody. */
STAGE int learn_from_node(struct __sk_buff *skb, struct packet *packet, __u32 node)
{
    bool question = false;
    if (!packet)
        return 0;
    if (packet->ethertype == ETHERTYPE_ARP)
        arp_from_node(skb, packet, node, &question);
    else
        neighbour_from_node(skb, packet, node, &question);
    return question;
}

INLINE int received_by_device(struct __sk_buff *skb)
{
    struct packet *packet = new_packet();
    struct ip source;

    if (!packet)
        return TC_ACT_SHOT;
    if (!received_tunnel(skb, &packet->network, &source))
        return drop(0, DROP_TUNNEL_MALFORMED);
    int node = tunnel_source(&source, packet->network);
    if (node < 0)
        return drop(0, DROP_TUNNEL_SOURCE);
    enum drop_reason reason = parse(skb, packet);
    if (reason)
        return drop(0, reason);
    if (is_tagged(skb, packet))
        return drop(0, DROP_VLAN_TAGGED);
    int question = learn_from_node(skb, packet, node);
    if (is_group_mac(packet->destination_mac))
        return flood_locally(skb, packet, question);
    struct place place = find_mac(packet->network, packet->destination_mac);
    trace_note(TRACE_PLACE, 0, place.number, place.kind);
    if (place.kind == PLACE_LOCAL)
        return deliver_local(skb, packet, place.number);
    if (place.kind == PLACE_ROUTER)
        return carry_out(skb, packet, arrive_by_transit(skb, packet, place.number));
    if (place.kind == PLACE_NONE && network_has(packet->network, NETWORK_LEARNS))
        return drop_flooded(0, flood_packet(skb, packet->network, FLOOD_UNSECURED, false), DROP_TUNNEL_UNKNOWN_MAC);
    return drop(0, DROP_TUNNEL_UNKNOWN_MAC);
}

SEC("tc")
int from_tunnel_device(struct __sk_buff *skb)
{
    if (IS_LIVE)
        begin_live_received(skb);
    int action = received_by_device(skb);
    if (IS_LIVE)
        end_live(skb, action);
    return action;
}

#define OUTER_BYTES(ip) (ETHERNET_BYTES + sizeof(struct ip) + sizeof(struct udp) + sizeof(struct vxlan))

/*
 * What stands behind the outer IP header, when the program may take the tunnel off itself: unicast IP
 * that is not segmented or is TCP, for a veth whose peer is elsewhere. Everything else is the device's.
 */
INLINE int tunnel_in(struct __sk_buff *skb, struct ip *source, __u32 outer_ip)
{
    int action = is_watched() ? forgo_flow() : arrive_flow(skb, source, outer_ip);
    if (action != GO_ON)
        return action;
    __u32 offset = ETHERNET_BYTES + outer_ip;
    struct {
        struct udp udp;
        struct vxlan vxlan;
        struct ethernet inner;
    } __attribute__((packed)) *tunnel;
    __u8 *inner;
    __u32 network;
    bool ipv4;

    if (!reachable(skb, offset + sizeof(*tunnel) + sizeof(struct iphdr)))
        return GO_ON;
    tunnel = (void *)(long)skb->data + offset;
    inner = (void *)(tunnel + 1);
    if ((void *)(inner + sizeof(struct iphdr)) > (void *)(long)skb->data_end)
        return GO_ON;
    if ((tunnel->vxlan.flags & VXLAN_VNI_VALID) == 0)
        return drop(0, DROP_TUNNEL_MALFORMED);
    network = bpf_ntohl(tunnel->vxlan.vni) >> 8;
    if (tunnel_source(source, network) < 0)
        return drop(0, DROP_TUNNEL_SOURCE);
    if (is_group_mac(tunnel->inner.destination))
        return GO_ON;

    /* The protocol of the inner packet: byte 9 of an IPv4 header, byte 6 of an IPv6 header. */
    ipv4 = tunnel->inner.type == ETHERTYPE_IPV4;
    if (!ipv4 && tunnel->inner.type != ETHERTYPE_IPV6)
        return GO_ON;
    __u8 protocol = ipv4 ? inner[9] : inner[6];
    if (skb->gso_size && protocol != IPPROTO_TCP)
        return GO_ON;
    if (!ipv4 && protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
        return GO_ON; /* may be ND, which moves shared addresses */

    struct ethernet frame = tunnel->inner;
    struct place place = find_mac(network, frame.destination);
    if (place.kind != PLACE_LOCAL)
        return GO_ON;
    __u32 ifindex = place.number;
    struct port *port = bpf_map_lookup_elem(&ports, &ifindex);
    if (!port || !(port->flags & PORT_PEER_REDIRECT))
        return GO_ON;
    if (!(port->flags & PORT_ADMIN_UP) || port->network != network)
        return drop(0, DROP_DESTINATION_DOWN);

    int left = leave_tunnel(skb, outer_ip, &frame);
    if (left != TC_ACT_OK)
        return left;
    if (port->rule_set || port->flags & PORT_BALANCED) {
        int reason = judge_arrived(skb, port);
        if (reason)
            return drop(port->number, reason);
        if (port->flags & PORT_BALANCED) {
            reason = show_virtual(skb, port);
            if (reason)
                return drop(port->number, reason);
        }
        remember_arrived(source, ifindex, port);
    }
    if (!takes(skb, port))
        return TC_ACT_SHOT;
    trace_note(TRACE_DELIVERED, port->number, ifindex, 0);
    count_received(skb, port->number);
    if (skb->pkt_type != PACKET_HOST)
        bpf_skb_change_type(skb, PACKET_HOST);
    return bpf_redirect_peer(ifindex, 0);
}

INLINE int received_on_uplink(struct __sk_buff *skb)
{
    struct underlay *own = own_underlay();
    struct ip source;
    if (!own)
        return GO_ON;
    if (skb->protocol == ETHERTYPE_IPV4) {
        if (!reachable(skb, OUTER_BYTES(iphdr)))
            return GO_ON;
        struct iphdr *header = (void *)(long)skb->data + ETHERNET_BYTES;
        struct udp *udp = (void *)(header + 1);
        if ((void *)(udp + 1) > (void *)(long)skb->data_end)
            return GO_ON;
        if (header->protocol != IPPROTO_UDP || header->ihl != 5 || header->daddr != own->ipv4 ||
            udp->destination != VXLAN_PORT || header->frag_off & bpf_htons(0x3fff))
            return GO_ON;
        source = mapped(header->saddr);
        return tunnel_in(skb, &source, sizeof(*header));
    }
    if (skb->protocol == ETHERTYPE_IPV6) {
        if (!reachable(skb, OUTER_BYTES(ipv6hdr)))
            return GO_ON;
        struct ipv6hdr *header = (void *)(long)skb->data + ETHERNET_BYTES;
        struct udp *udp = (void *)(header + 1);
        if ((void *)(udp + 1) > (void *)(long)skb->data_end)
            return GO_ON;
        struct ip destination;
        __builtin_memcpy(&destination, &header->daddr, 16);
        if (header->nexthdr != IPPROTO_UDP || udp->destination != VXLAN_PORT ||
            !same_ip(&destination, &own->ipv6))
            return GO_ON;
        __builtin_memcpy(&source, &header->saddr, 16);
        return tunnel_in(skb, &source, sizeof(*header));
    }
    return GO_ON;
}

SEC("tc")
int from_uplink(struct __sk_buff *skb)
{
    if (IS_LIVE)
        begin_live_tunnelled(skb);
    int action = received_on_uplink(skb);
    if (IS_LIVE)
        end_live(skb, action);
    return action;
}

SEC("tc")
int from_service(struct __sk_buff *skb)
{
    struct packet *packet = new_packet();
    if (!packet)
        return TC_ACT_SHOT;
    enum drop_reason reason = parse(skb, packet);
    if (reason)
        return drop(0, reason);
    return service_to_workload(skb, packet);
}

SEC("tc")
int from_external(struct __sk_buff *skb)
{
    __u32 ifindex = skb->ifindex;
    __u32 *network = bpf_map_lookup_elem(&external_devices, &ifindex);
    struct packet *packet = new_packet();
    /* The host may use the device, too: what is odd, or for nobody here, goes on to it. */
    if (!network || !packet || skb->vlan_present || parse(skb, packet))
        return GO_ON;
    packet->network = *network;
    packet->outside = 1;
    if (packet->ethertype == ETHERTYPE_ARP)
        return arp_from_outside(skb, packet);
    if (!is_ip(packet))
        return GO_ON;
    if (packet->protocol == IPPROTO_ICMPV6 && !is_ipv4(packet) &&
        (packet->icmp_type == NEIGHBOUR_SOLICITATION || packet->icmp_type == NEIGHBOUR_ADVERTISEMENT))
        return neighbour_from_outside(skb, packet);
    return carry_out(skb, packet, arrive_from_outside(skb, packet));
}

/* Returns what was held back to the device that it came from, or sends it on, also to a subport. */
SEC("tc")
int from_shaper(struct __sk_buff *skb)
{
    __u32 mark = skb->mark, device = mark & HELD_DEVICE;
    if (is_subport(mark))
        return from_subport_shaper(skb, mark);
    if (!device)
        return TC_ACT_SHOT;
    if (mark != device)
        skb->mark = 0;
    return bpf_redirect(device, mark & HELD_LEAVES ? 0 : BPF_F_INGRESS);
}

char licence[] SEC("license") = "GPL";
