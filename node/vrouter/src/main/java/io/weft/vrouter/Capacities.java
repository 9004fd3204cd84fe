package io.weft.vrouter;

import java.util.Map;

/** How many entries each map gets that is not pinned yet. */
final class Capacities {
    private Capacities() {}

    static int require(Map<String, Integer> capacities, String map) {
        Integer capacity = capacities.get(map);
        if (capacity == null) {
            throw new IllegalStateException("no size is known for map " + map);
        }
        return capacity;
    }

    static Map<String, Integer> of(Sizes sizes) {
        return Map.ofEntries(
                Map.entry("ports", sizes.ports()),
                Map.entry("places", sizes.ports()),
                Map.entry("subports", sizes.ports()),
                Map.entry("counters", sizes.ports()),
                Map.entry("policers", sizes.ports()),
                Map.entry("port_addresses", sizes.portAddresses()),
                Map.entry("shared_addresses", sizes.portAddresses()),
                Map.entry("networks", sizes.networks()),
                Map.entry("macs", sizes.macs()),
                Map.entry("addresses", sizes.addresses()),
                Map.entry("router_interfaces", sizes.routes()),
                Map.entry("routes", sizes.routes()),
                Map.entry("group_members", sizes.groupMembers()),
                Map.entry("nodes", sizes.nodes()),
                Map.entry("tunnel_sources", sizes.tunnelSources()),
                Map.entry("flood", sizes.floodMembers()),
                Map.entry("underlay", 1),
                Map.entry("qos", sizes.ports()),
                Map.entry("packet_buckets", sizes.ports()),
                Map.entry("address_limits", AddressLimits.NUMBERS),
                Map.entry("address_buckets", AddressLimits.NUMBERS),
                Map.entry("services", 1),
                Map.entry("service_clients", sizes.portAddresses()),
                Map.entry("service_addresses", sizes.portAddresses()),
                Map.entry("service_policers", sizes.ports()),
                Map.entry("peer_classes", sizes.peerClasses()),
                Map.entry("policy", sizes.policies()),
                Map.entry("rule_sets", sizes.ruleSets()),
                Map.entry("rule_hits", sizes.rules()),
                Map.entry("policy_names", sizes.policyNames()),
                Map.entry("connection_sets", sizes.connectionSets()),
                Map.entry("connection_secret", 1),
                Map.entry("next_collected", 1),
                Map.entry("fragments", sizes.fragments()),
                Map.entry("flows", Flows.SLOTS),
                Map.entry("flow_tags", 1),
                Map.entry("flow_generation", 1),
                Map.entry("flow_stamps", Flows.STAMPS),
                Map.entry("loads", sizes.ports()),
                Map.entry("collector", 1),
                Map.entry("external_devices", sizes.domains()),
                Map.entry("external_networks", sizes.domains()),
                Map.entry("external_addresses", sizes.externalAddresses()),
                Map.entry("floating_addresses", sizes.externalAddresses()),
                Map.entry("gateways", sizes.domains()),
                Map.entry("further_gateways", sizes.domains()),
                Map.entry("network_scopes", 2 * sizes.networks()),
                Map.entry("source_gateways", sizes.externalAddresses()),
                Map.entry("port_forwardings", sizes.externalAddresses()),
                Map.entry("underlay_addresses", sizes.nodes()),
                Map.entry("neighbours", sizes.learned()),
                Map.entry("translations", sizes.translations()),
                Map.entry("translation_queue", sizes.translations()),
                Map.entry("translation_counts", sizes.domains()),
                Map.entry("translated_fragments", sizes.fragments()),
                Map.entry("virtual_addresses", sizes.listeners()),
                Map.entry("listeners", sizes.listeners()),
                Map.entry("allowed_callers", sizes.allowedCallers()),
                Map.entry("pools", sizes.listeners()),
                Map.entry("affinities", sizes.learned()),
                Map.entry("learned_macs", sizes.learned()),
                Map.entry("learned_addresses", sizes.learned()),
                Map.entry("events", sizes.eventBytes()));
    }
}
