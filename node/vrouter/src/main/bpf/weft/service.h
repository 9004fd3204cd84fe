/*
 * The node's own services to its workloads: metadata and DNS at one link-local address of each family, answered in a
 * network namespace of the node that has nothing else in it. There each port's address is replaced by one of the port's
 * own, which tells tenants with the same addresses apart. Both ways follow from tables alone: no state is kept.
 */
#pragma once

#include "policy.h"
#include "answer.h"

/* 169.254.169.254 and fe80::a9fe:a9fe; the last words of both are the same. */
#define SERVICE_LAST_WORD bpf_htonl(0xa9fea9fe)

#define METADATA_PORT bpf_htons(80)
#define DNS_PORT bpf_htons(53)

/* What a second of a port may cost the services, by what a packet makes them do. */
#define SERVICE_RATE 20000
#define SERVICE_BURST 20000
#define SERVICE_COST_CONNECTION 200
#define SERVICE_COST_DATAGRAM 20
#define SERVICE_COST_SEGMENT 1

/* Who answers ARP and ND for the services: the agent's responders have the same MAC, on every node. */
INLINE void service_mac(__u8 *mac)
{
    mac[0] = 0x02;
    mac[1] = 0x57;
    mac[2] = 0x45;
    mac[3] = 0x46;
    mac[4] = 0x54;
    mac[5] = 0x01;
}

INLINE bool is_service_address(const struct ip *address)
{
    return address->word[3] == SERVICE_LAST_WORD &&
           (is_mapped(address) ||
            (address->word[0] == bpf_htonl(0xfe800000) && address->word[1] == 0 && address->word[2] == 0));
}

/* The ifindex of the host's end of the pair into the service namespace; 0 when there is none. */
INLINE __u32 service_device(void)
{
    __u32 zero = 0;
    struct services *own = bpf_map_lookup_elem(&services, &zero);
    return own ? own->device : 0;
}

/* Who answers for an address: the services, if it is theirs and they are here. */
INLINE bool find_service(const struct ip *address, struct address *found)
{
    if (!is_service_address(address) || !service_device())
        return false;
    service_mac(found->mac);
    return true;
}

/* A token bucket, in units of cost. */
INLINE bool service_passes(__u32 port, __u64 cost)
{
    __u64 *ready = bpf_map_lookup_elem(&service_policers, &port);
    if (!ready)
        return false;
    __u64 now = bpf_ktime_get_ns();
    __u64 at = *ready > now ? *ready : now;
    if (at - now > SECOND / SERVICE_RATE * (SERVICE_BURST - cost))
        return false;
    *ready = at + SECOND / SERVICE_RATE * cost;
    return true;
}

/* Replaces an address of the IP header and everything that was computed of it. */
INLINE bool replace_address(struct __sk_buff *skb, struct packet *packet, const struct ip *to, bool source)
{
    __u32 transport = packet->transport_offset & 0x3ff;
    __u32 check = transport + (packet->protocol == IPPROTO_TCP ? 16 : 6);
    /* A UDP checksum of zero says that there is none, in IPv4. */
    __u64 flags = BPF_F_PSEUDO_HDR | (packet->protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0);
    struct ip *from = source ? &packet->source : &packet->destination;
    if (is_ipv4(packet)) {
        __u32 offset = ETHERNET_BYTES + (source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr));
        if (bpf_l4_csum_replace(skb, check, from->word[3], to->word[3], flags | 4) ||
            bpf_l3_csum_replace(skb, ETHERNET_BYTES + offsetof(struct iphdr, check), from->word[3], to->word[3], 4) ||
            bpf_skb_store_bytes(skb, offset, &to->word[3], 4, 0))
            return false;
    } else {
        __u32 offset = ETHERNET_BYTES + (source ? offsetof(struct ipv6hdr, saddr) : offsetof(struct ipv6hdr, daddr));
        struct ip old = *from, fresh = *to;
        __s64 difference = bpf_csum_diff((__be32 *)&old, sizeof(old), (__be32 *)&fresh, sizeof(fresh), 0);
        /* No header checksum makes up for the address: a sum over the whole packet must learn of both changes. */
        if (bpf_l4_csum_replace(skb, check, 0, difference, flags) ||
            bpf_skb_store_bytes(skb, offset, &fresh, sizeof(fresh), BPF_F_RECOMPUTE_CSUM))
            return false;
    }
    *from = *to;
    return true;
}

/* Whether a packet is one that a service takes (from a workload) or gives (to it). */
INLINE bool is_service_traffic(const struct packet *packet, __u16 port)
{
    if (packet->fragment != FRAGMENT_NONE)
        return false;
    if (packet->protocol == IPPROTO_TCP)
        return port == METADATA_PORT || port == DNS_PORT;
    return packet->protocol == IPPROTO_UDP && port == DNS_PORT;
}

INLINE int enter(struct __sk_buff *skb, __u32 ifindex, bool peer)
{
    if (!peer)
        return to_place(skb, 0, ifindex);
    if (skb->pkt_type != PACKET_HOST)
        bpf_skb_change_type(skb, PACKET_HOST);
    return bpf_redirect_peer(ifindex, 0);
}

/* A packet to the services' address, whatever MAC it was sent to: there is no other way to that address. */
STAGE int service_from_workload(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    __u32 device = service_device();
    if (!device)
        return drop(packet->port, DROP_SERVICE_ABSENT);
    if (!is_service_traffic(packet, packet->destination_port))
        return drop(packet->port, DROP_SERVICE_REFUSED);
    __u64 cost = SERVICE_COST_DATAGRAM;
    if (packet->protocol == IPPROTO_TCP) {
        __u8 flags = 0;
        if (bpf_skb_load_bytes(skb, (packet->transport_offset & 0x3ff) + 13, &flags, 1))
            return drop(packet->port, DROP_MALFORMED);
        cost = (flags & 0x12) == 0x02 /* SYN without ACK */ ? SERVICE_COST_CONNECTION : SERVICE_COST_SEGMENT;
    }
    if (!service_passes(packet->port, cost))
        return drop(packet->port, DROP_SERVICE_POLICED);
    struct service_client_key key = {.port = packet->port, .address = packet->source};
    struct ip *own = bpf_map_lookup_elem(&service_clients, &key);
    if (!own)
        return drop(packet->port, DROP_SERVICE_CLIENT);
    struct ip source = *own;
    trace_translation(&packet->source, &source, 0, 0);
    trace_note(TRACE_SERVICE, packet->port, device, 0);
    if (!replace_address(skb, packet, &source, true))
        return drop(packet->port, DROP_DELIVERY_FAILED);
    return enter(skb, device, true);
}

/* An answer of the services, on its way to the port that it is for. */
STAGE int service_to_workload(struct __sk_buff *skb, struct packet *packet)
{
    if (!packet)
        return TC_ACT_SHOT;
    if (!is_ip(packet) || !is_service_address(&packet->source) || !is_service_traffic(packet, packet->source_port))
        return drop(0, DROP_SERVICE_REFUSED);
    struct ip own = packet->destination;
    struct service_address *client = bpf_map_lookup_elem(&service_addresses, &own);
    if (!client)
        return drop(0, DROP_SERVICE_CLIENT);
    __u32 ifindex = client->device;
    struct ip address = client->address;
    struct port *port = bpf_map_lookup_elem(&ports, &ifindex);
    if (!port || !(port->flags & PORT_ADMIN_UP))
        return drop(0, DROP_DESTINATION_DOWN);
    packet->port = port->number;
    packet->network = port->network;
    if (!replace_address(skb, packet, &address, false))
        return drop(packet->port, DROP_DELIVERY_FAILED);
    copy_mac(packet->destination_mac, port->mac);
    service_mac(packet->source_mac);
    if (!write_macs(skb, packet))
        return drop(packet->port, DROP_DELIVERY_FAILED);
    /* The services never begin anything, so no rule can forbid their answers; but a connection learns of them. */
    policy_to_workload(skb, packet, port);
    count_received(skb, packet->port);
    return enter(skb, ifindex, port->flags & PORT_PEER_REDIRECT);
}
