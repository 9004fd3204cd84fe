package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A router that leads to two external networks, of which each host has one: so each gateway is on a node of its own. Behind
 * both segments lies one address, and who answers there says which way was taken.
 */
class SeveralGatewaysTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String LEFT = "203.0.113.1";
    private static final String RIGHT = "198.51.100.1";
    private static final String BEYOND = "192.0.2.7";

    private static Cloud cloud;
    private static Api api;
    private static Workload right;
    private static Workload first;
    private static Workload second;
    private static String firstPort;
    private static String secondPort;
    private static String rightNetwork;
    private static String router;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1", List.of("--physical-networks", "left:ext0"));
        Host two = cloud.addHost("host2", List.of("--physical-networks", "right:ext0"));
        outside("left", LEFT, one);
        right = outside("right", RIGHT, two);
        api = cloud.api("tenant");
        String leftNetwork = WayOut.external(api, "left", "203.0.113.");
        rightNetwork = WayOut.external(api, "right", "198.51.100.");
        String network = id(api.create("network", Map.of("name", "net")));
        String subnet = id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24")));
        router = id(api.create(
                "router", Map.of("name", "doors", "external_gateway_info", Map.of("network_id", leftNetwork))));
        Api.Answer added = api.call(
                "PUT",
                "/v2.0/routers/" + router + "/add_external_gateways",
                Map.of("router", Map.of("external_gateways", List.of(Map.of("network_id", rightNetwork)))));
        assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
        api.connect(router, subnet);
        String group = id(api.create("security_group", Map.of("name", "open")));
        api.create("security_group_rule", Map.of("security_group_id", group, "direction", "ingress"));
        firstPort = port(network, group, one);
        secondPort = port(network, group, two);
        first = start(one, "first", firstPort);
        second = start(two, "second", secondPort);
        cloud.awaitActive(api, List.of(firstPort, secondPort));
    }

    /** A host outside that has the address beyond, too. */
    private static Workload outside(String name, String address, Host host) {
        Workload made = WayOut.segment(cloud, name, address, host);
        made.run("ip", "address", "add", BEYOND + "/32", "dev", "lo");
        made.serve();
        return made;
    }

    private static String port(String network, String group, Host host) {
        return id(api.create(
                "port",
                Map.of("network_id", network, "binding:host_id", host.name(), "security_groups", List.of(group))));
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        workload.serve();
        return workload;
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @AfterEach
    void oneDefaultRouteAndNoFloatingIp() {
        share(false);
        for (JsonNode floatingIp : api.list("floatingip", "")) {
            api.delete("floatingip", id(floatingIp));
        }
    }

    private static void share(boolean shared) {
        api.update("router", router, Map.of("enable_default_route_ecmp", shared));
    }

    private static void reaches(Workload workload, String address, String name) {
        Wait.until(
                workload.name() + " to reach " + name + " at " + address,
                () -> workload.sends(address, PATIENT).equals(name));
    }

    /** What the host outside says to an address comes from beyond. */
    private static void speakFromBeyond(Workload outside, String to) {
        outside.run("ip", "route", "replace", to + "/32", "dev", "eth0", "src", BEYOND);
    }

    @Test
    void eachNetworkIsReachedByItsOwnGatewayAndTheRestByTheFirst() {
        for (Workload workload : List.of(first, second)) {
            reaches(workload, LEFT, "left");
            reaches(workload, RIGHT, "right");
            reaches(workload, BEYOND, "left");
        }
    }

    @Test
    void aFloatingIpAnswersByItsOwnNetworkWhereverItsWorkloadIs() {
        Map.of(firstPort, first, secondPort, second).forEach((port, workload) -> {
            String floating = api.create("floatingip", Map.of("floating_network_id", rightNetwork, "port_id", port))
                    .get("floating_ip_address")
                    .asString();
            speakFromBeyond(right, floating);
            Wait.until("the floating IP of " + workload.name(), () -> right.pings(floating));
            assertThat(right.sends(floating, PATIENT)).isEqualTo(workload.name());
            // It speaks to others by it, too.
            reaches(workload, BEYOND, "right");
        });
    }

    @Test
    void aForwardedPortAnswersByTheNetworkThatItIsForwardedFrom() {
        for (String port : List.of(firstPort, secondPort)) {
            JsonNode address = api.create("floatingip", Map.of("floating_network_id", rightNetwork));
            String floating = address.get("floating_ip_address").asString();
            String fixed = api.show("port", port)
                    .get("fixed_ips")
                    .get(0)
                    .get("ip_address")
                    .asString();
            Map<String, ?> forwarding = Map.of(
                    "internal_port_id",
                    port,
                    "internal_ip_address",
                    fixed,
                    "internal_port",
                    Workload.COUNTER,
                    "external_port",
                    8443,
                    "protocol",
                    "tcp");
            String path = "/v2.0/floatingips/" + id(address) + "/port_forwardings";
            Api.Answer made = api.call("POST", path, Map.of("port_forwarding", forwarding));
            assertThat(made.status()).as("%s", made.body()).isEqualTo(201);
            speakFromBeyond(right, floating);
            String name = port.equals(firstPort) ? "first" : "second";
            Wait.until(
                    "the forwarded port of " + name,
                    () -> right.sends(floating, 8443, Duration.ofSeconds(5)).equals(name));
            String forwarded = id(made.body().get("port_forwarding"));
            assertThat(api.call("DELETE", path + "/" + forwarded, "").status()).isEqualTo(204);
        }
    }

    @Test
    void sharedDefaultRoutesTakeConnectionsEitherWayAndWhole() {
        share(true);
        for (Workload workload : List.of(first, second)) {
            Set<String> taken = new HashSet<>();
            Wait.until("both ways to be taken", () -> {
                taken.add(workload.sends(BEYOND, PATIENT));
                return taken.containsAll(Set.of("left", "right"));
            });
            for (int connection = 0; connection < 4; connection++) {
                assertThat(workload.sends(BEYOND, PATIENT)).isIn("left", "right");
            }
        }
    }

    @Test
    void aRouteLeadsOverTheNextHopOutside() {
        api.update(
                "router", router, Map.of("routes", List.of(Map.of("destination", "192.0.2.0/28", "nexthop", RIGHT))));
        reaches(first, BEYOND, "right");
        reaches(second, BEYOND, "right");
        api.update("router", router, Map.of("routes", List.of()));
        reaches(first, BEYOND, "left");
    }
}
