package io.weft.e2e;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An external network on a segment of its own, a host outside on it, and a router that leads a tenant's network there. What
 * the server gives away outside is from {@code 203.0.113.100} to {@code 203.0.113.199}, so that a test may choose the rest.
 *
 * @param outside the host outside, whose {@code eth0} is the segment's bridge
 * @param external the external network's id
 * @param network the tenant's network's id
 * @param gateway the router's address outside
 */
record WayOut(Workload outside, String external, String network, String gateway) {
    /** The address of the host outside. */
    static final String OUTSIDE = "203.0.113.1";

    /** What the hosts that are joined to the segment are started with. */
    static final List<String> UPLINK = List.of("--physical-networks", "public:ext0");

    /** Joins these hosts to the segment and makes the networks through the API. */
    static WayOut make(Cloud cloud, Api api, Host... hosts) {
        Workload outside = segment(cloud, "outside", OUTSIDE, hosts);
        String external = external(api, "public", "203.0.113.");
        String network = id(api.create("network", Map.of("name", "net")));
        String subnet = id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24")));
        JsonNode router =
                api.create("router", Map.of("name", "door", "external_gateway_info", Map.of("network_id", external)));
        api.connect(id(router), subnet);
        String gateway = router.get("external_gateway_info")
                .get("external_fixed_ips")
                .get(0)
                .get("ip_address")
                .asString();
        return new WayOut(outside, external, network, gateway);
    }

    /** An external network on what hosts call {@code physical}, of 256 addresses; returns its id. */
    static String external(Api api, String physical, String beginning) {
        String external = id(api.create(
                "network",
                Map.of(
                        "name",
                        physical,
                        "router:external",
                        true,
                        "provider:network_type",
                        "flat",
                        "provider:physical_network",
                        physical)));
        api.create(
                "subnet",
                Map.of(
                        "network_id",
                        external,
                        "ip_version",
                        4,
                        "cidr",
                        beginning + "0/24",
                        "allocation_pools",
                        List.of(Map.of("start", beginning + "100", "end", beginning + "199")),
                        "enable_dhcp",
                        false));
        return external;
    }

    /** A host outside, whose {@code eth0} is the bridge of a segment that these hosts are joined to by their {@code ext0}. */
    static Workload segment(Cloud cloud, String name, String address, Host... hosts) {
        String namespace = cloud.prefix() + "w-" + name;
        Shell.run("ip", "netns", "add", namespace);
        Workload made = new Workload(name, namespace, cloud.makeDirectory("w-" + name));
        cloud.closeLater(made);
        made.run("ip", "link", "set", "lo", "up");
        made.run("ip", "link", "add", "eth0", "type", "bridge");
        made.run("ip", "address", "add", address + "/24", "dev", "eth0");
        made.run("ip", "link", "set", "eth0", "up");
        for (Host host : hosts) {
            String end = link(host);
            made.run("ip", "link", "add", end, "type", "veth", "peer", "name", "ext0", "netns", host.namespace());
            made.run("ip", "link", "set", end, "master", "eth0", "up");
        }
        return made;
    }

    /** The name of the segment's link to a host. */
    static String link(Host host) {
        return "to-" + host.name();
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }
}
