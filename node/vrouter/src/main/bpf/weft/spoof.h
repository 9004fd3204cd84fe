/* Anti-spoofing: a port with port security sends only from what it owns. */
#pragma once

#include "packet.h"

#define NOT_OWNED -1

#define DHCPV4_SERVER bpf_htons(67)
#define DHCPV4_CLIENT bpf_htons(68)
#define DHCPV6_CLIENT bpf_htons(546)
#define DHCPV6_SERVER bpf_htons(547)

#define MLD_QUERY 130
#define MLD_REPORT 131
#define MLD_DONE 132
#define ROUTER_SOLICITATION 133
#define ROUTER_ADVERTISEMENT 134
#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define REDIRECT 137
#define MLD2_REPORT 143

/* How the port may send from (MAC, address): a port_address_kind or NOT_OWNED. */
INLINE int ownership(const struct port *port, const __u8 *mac, const struct ip *address, __u32 family)
{
    if (same_mac(mac, port->mac)) {
        if (family == 4) {
            if (port->ipv4 && port->ipv4 == address->word[3])
                return PORT_ADDRESS_FIXED;
        } else {
            struct ip link_local = link_local_of(port->mac);
            if ((!is_unspecified(&port->ipv6) && same_ip(&port->ipv6, address)) ||
                same_ip(&link_local, address))
                return PORT_ADDRESS_FIXED;
        }
    }
    struct port_address_key key = {
        .prefix_length = PORT_ADDRESS_KEY_BITS + 128,
        .port = port->number,
        .family = family,
        .address = *address,
    };
    copy_mac(key.mac, mac);
    __u32 *kind = bpf_map_lookup_elem(&port_addresses, &key);
    return kind ? (int)(*kind & 1) : NOT_OWNED;
}

/* The same for what ARP and ND claim; not inlined, to spare the stack. */
STAGE int claim_ownership(struct port *port, struct packet *packet, struct ip *address)
{
    if (!port || !packet || !address)
        return NOT_OWNED;
    return ownership(port, packet->source_mac, address, is_mapped(address) ? 4 : 6);
}

/* What a guest may send before it has an address. */
INLINE bool is_without_address(const struct packet *packet)
{
    if (!is_unspecified(&packet->source) && packet->source.word[3])
        return false;
    if (is_ipv4(packet))
        return packet->protocol == IPPROTO_UDP && packet->source_port == DHCPV4_CLIENT &&
               packet->destination_port == DHCPV4_SERVER;
    if (packet->protocol != IPPROTO_ICMPV6 || !is_unspecified(&packet->source))
        return false;
    switch (packet->icmp_type) {
    case MLD_REPORT:
    case MLD_DONE:
    case MLD2_REPORT:
    case ROUTER_SOLICITATION:
    case NEIGHBOUR_SOLICITATION:
        return true;
    default:
        return false;
    }
}

INLINE enum drop_reason anti_spoof(const struct packet *packet, const struct port *port)
{
    if (!(port->flags & PORT_SECURITY))
        return DROP_NONE;
    bool own_mac = same_mac(packet->source_mac, port->mac);
    if (!is_ip(packet))
        return own_mac ? DROP_NONE : DROP_SPOOFED_MAC;
    if (ownership(port, packet->source_mac, &packet->source, family_of(packet)) == NOT_OWNED) {
        if (!own_mac)
            return DROP_SPOOFED_MAC;
        if (!is_without_address(packet))
            return is_ipv4(packet) ? DROP_SPOOFED_IPV4 : DROP_SPOOFED_IPV6;
    }
    if (packet->protocol == IPPROTO_UDP) {
        if (packet->source_port == DHCPV4_SERVER && packet->destination_port == DHCPV4_CLIENT)
            return DROP_SPOOFED_DHCP_SERVER;
        if (packet->source_port == DHCPV6_SERVER && packet->destination_port == DHCPV6_CLIENT)
            return DROP_SPOOFED_DHCP_SERVER;
    } else if (packet->protocol == IPPROTO_ICMPV6 &&
               (packet->icmp_type == ROUTER_ADVERTISEMENT || packet->icmp_type == REDIRECT)) {
        return DROP_SPOOFED_ROUTER;
    }
    return DROP_NONE;
}
