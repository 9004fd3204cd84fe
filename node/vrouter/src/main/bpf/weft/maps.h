/* The maps. Sizes here are placeholders: the loader sets them, and pins each map with its version. */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tables.h"

#define TABLE(name_, type_, key_, value_, flags_)                                                  \
    struct {                                                                                       \
        __uint(type, type_);                                                                       \
        __uint(max_entries, 1);                                                                    \
        __type(key, key_);                                                                         \
        __type(value, value_);                                                                     \
        __uint(map_flags, flags_);                                                                 \
    } name_ SEC(".maps")

TABLE(ports, BPF_MAP_TYPE_HASH, __u32, struct port, 0);
TABLE(places, BPF_MAP_TYPE_HASH, struct tag, __u32, BPF_F_NO_PREALLOC);
TABLE(subports, BPF_MAP_TYPE_HASH, __u32, struct subport, BPF_F_NO_PREALLOC);
TABLE(port_addresses, BPF_MAP_TYPE_LPM_TRIE, struct port_address_key, __u32, BPF_F_NO_PREALLOC);
TABLE(networks, BPF_MAP_TYPE_HASH, __u32, struct network, 0);
TABLE(macs, BPF_MAP_TYPE_HASH, struct mac_key, struct place, BPF_F_NO_PREALLOC);
TABLE(addresses, BPF_MAP_TYPE_HASH, struct address_key, struct address, BPF_F_NO_PREALLOC);
TABLE(shared_addresses, BPF_MAP_TYPE_LPM_TRIE, struct shared_address_key, __u32, BPF_F_NO_PREALLOC);
TABLE(router_interfaces, BPF_MAP_TYPE_HASH, struct mac_key, struct router_interface, BPF_F_NO_PREALLOC);
TABLE(routes, BPF_MAP_TYPE_LPM_TRIE, struct route_key, struct route, BPF_F_NO_PREALLOC);
TABLE(group_members, BPF_MAP_TYPE_HASH, struct group_member_key, struct next_hop, BPF_F_NO_PREALLOC);
TABLE(nodes, BPF_MAP_TYPE_ARRAY, __u32, struct node, 0);
TABLE(tunnel_sources, BPF_MAP_TYPE_HASH, struct tunnel_source_key, __u32, BPF_F_NO_PREALLOC);
TABLE(flood, BPF_MAP_TYPE_HASH, struct flood_key, struct place, BPF_F_NO_PREALLOC);
TABLE(underlay, BPF_MAP_TYPE_ARRAY, __u32, struct underlay, 0);
TABLE(learned_macs, BPF_MAP_TYPE_LRU_HASH, struct mac_key, struct learned_mac, 0);
TABLE(learned_addresses, BPF_MAP_TYPE_LRU_HASH, struct address_key, struct learned_address, 0);
TABLE(peer_classes, BPF_MAP_TYPE_LPM_TRIE, struct peer_class_key, __u32, BPF_F_NO_PREALLOC);
TABLE(policy, BPF_MAP_TYPE_LPM_TRIE, struct policy_key, struct policy, BPF_F_NO_PREALLOC);
TABLE(policy_names, BPF_MAP_TYPE_HASH, struct policy_name_key, struct policy_name, BPF_F_NO_PREALLOC);
TABLE(rule_sets, BPF_MAP_TYPE_ARRAY, __u32, struct rule_set, 0);
TABLE(rule_hits, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, __u64, 0);
/* Mapped memory begins at a page: so entries begin at cache lines. */
TABLE(connection_sets, BPF_MAP_TYPE_ARRAY, __u32, struct connection_set, BPF_F_MMAPABLE);
TABLE(connection_secret, BPF_MAP_TYPE_ARRAY, __u32, struct connection_secret, 0);
TABLE(flows, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct flow, 0);
TABLE(flow_tags, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct flow_tags, 0);
TABLE(flow_generation, BPF_MAP_TYPE_ARRAY, __u32, __u64, 0);
TABLE(flow_stamps, BPF_MAP_TYPE_ARRAY, __u32, __u64, 0);
TABLE(loads, BPF_MAP_TYPE_ARRAY, __u32, struct load, 0);
TABLE(fragments, BPF_MAP_TYPE_LRU_HASH, struct fragment_key, __u32, 0);
TABLE(counters, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct counters, 0);
TABLE(policers, BPF_MAP_TYPE_ARRAY, __u32, struct policer, 0);
TABLE(external_devices, BPF_MAP_TYPE_HASH, __u32, __u32, BPF_F_NO_PREALLOC);
TABLE(external_networks, BPF_MAP_TYPE_HASH, __u32, struct external_network, BPF_F_NO_PREALLOC);
TABLE(external_addresses, BPF_MAP_TYPE_HASH, struct address_key, struct external_address, BPF_F_NO_PREALLOC);
TABLE(floating_addresses, BPF_MAP_TYPE_HASH, struct floating_key, __u32, BPF_F_NO_PREALLOC);
TABLE(gateways, BPF_MAP_TYPE_HASH, __u32, struct gateway, BPF_F_NO_PREALLOC);
TABLE(further_gateways, BPF_MAP_TYPE_HASH, struct further_gateway_key, struct further_gateway, BPF_F_NO_PREALLOC);
TABLE(network_scopes, BPF_MAP_TYPE_HASH, struct network_scope_key, struct address_scope, BPF_F_NO_PREALLOC);
TABLE(source_gateways, BPF_MAP_TYPE_LPM_TRIE, struct source_gateway_key, __u32, BPF_F_NO_PREALLOC);
TABLE(port_forwardings, BPF_MAP_TYPE_LPM_TRIE, struct port_forwarding_key, struct port_forwarding, BPF_F_NO_PREALLOC);
TABLE(underlay_addresses, BPF_MAP_TYPE_HASH, struct ip, __u32, BPF_F_NO_PREALLOC);
TABLE(neighbours, BPF_MAP_TYPE_LRU_HASH, struct address_key, struct neighbour, 0);
TABLE(translations, BPF_MAP_TYPE_HASH, struct translation_key, struct translation, BPF_F_NO_PREALLOC);
TABLE(translation_counts, BPF_MAP_TYPE_ARRAY, __u32, __u32, 0);
TABLE(translated_fragments, BPF_MAP_TYPE_LRU_HASH, struct translated_fragment_key, struct translated_fragment, 0);
TABLE(qos, BPF_MAP_TYPE_HASH, __u32, struct qos, BPF_F_NO_PREALLOC);
TABLE(packet_buckets, BPF_MAP_TYPE_ARRAY, __u32, struct packet_buckets, 0);
TABLE(address_limits, BPF_MAP_TYPE_HASH, __u32, struct address_limits, BPF_F_NO_PREALLOC);
TABLE(address_buckets, BPF_MAP_TYPE_ARRAY, __u32, struct packet_buckets, 0);
TABLE(services, BPF_MAP_TYPE_ARRAY, __u32, struct services, 0);
TABLE(service_clients, BPF_MAP_TYPE_HASH, struct service_client_key, struct ip, BPF_F_NO_PREALLOC);
TABLE(service_addresses, BPF_MAP_TYPE_HASH, struct ip, struct service_address, BPF_F_NO_PREALLOC);
TABLE(service_policers, BPF_MAP_TYPE_ARRAY, __u32, __u64, 0);
TABLE(virtual_addresses, BPF_MAP_TYPE_HASH, struct address_key, __u32, BPF_F_NO_PREALLOC);
TABLE(listeners, BPF_MAP_TYPE_HASH, struct listener_key, struct listener, BPF_F_NO_PREALLOC);
TABLE(allowed_callers, BPF_MAP_TYPE_LPM_TRIE, struct allowed_caller_key, __u32, BPF_F_NO_PREALLOC);
TABLE(pools, BPF_MAP_TYPE_HASH, struct pool_key, struct pool, BPF_F_NO_PREALLOC);
TABLE(affinities, BPF_MAP_TYPE_LRU_HASH, struct affinity_key, struct affinity, 0);

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 65536);
} events SEC(".maps");

/* The outward keys of translations, in the order in which the collector looks at them; one for each pair. */
struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, 1);
    __type(value, struct translation_key);
} translation_queue SEC(".maps");

/* The tables of a build with another layout, in the instance that takes over from it; see inherit.h. Not used otherwise. */
TABLE(previous_connection_sets, BPF_MAP_TYPE_ARRAY, __u32, struct connection_set, BPF_F_MMAPABLE);
TABLE(previous_translations, BPF_MAP_TYPE_HASH, struct translation_key, struct translation, BPF_F_NO_PREALLOC);

struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, 1);
    __type(value, struct translation_key);
} previous_translation_queue SEC(".maps");

/* Bytes of a struct connection or translation in the tables of a build with another layout; 0: there are none. */
const volatile __u32 previous_connection_bytes = 0;
const volatile __u32 previous_set_count = 1; /* how many sets of connections it has */
const volatile __u32 previous_translation_bytes = 0;

/* What the loader reads: the versions of tables, as far as they may not be 1. */
const volatile __u32 version_of_ports = VERSION_OF_ports;
const volatile __u32 version_of_nodes = VERSION_OF_nodes;
const volatile __u32 version_of_flows = VERSION_OF_flows;
const volatile __u32 version_of_counters = VERSION_OF_counters;
const volatile __u32 version_of_connection_sets = VERSION_OF_connection_sets;
const volatile __u32 version_of_translations = VERSION_OF_translations;

struct collector {
    struct bpf_timer timer;
};

TABLE(collector, BPF_MAP_TYPE_ARRAY, __u32, struct collector, 0);

/* The set of connections that the collector looks at next. */
TABLE(next_collected, BPF_MAP_TYPE_ARRAY, __u32, __u32, 0);

/* Set in the instances that explain: an enum tracing_mode; see trace.h. */
const volatile __u32 tracing = 0;

/* What the loader says of sizes, since programs cannot ask a map. */
const volatile __u32 set_count = 1;           /* of connections */
const volatile __u32 connection_capacity = 1; /* answered ones */
const volatile __u32 port_connections = 1; /* how many of them a port may have */
const volatile __u32 port_half_open = 1;
const volatile __u32 translation_capacity = 1;
const volatile __u32 domain_translations = 1; /* how many of them a router may have */
