package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A router with a default route by each of two external networks, each with its gateway on another host and a router outside that
 * runs FRR's BFD daemon. Behind both lies one address of each family, and who answers there says which way was taken.
 */
@Tag("alone")
class NextHopsTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final List<String> BEYOND = List.of("192.0.2.7", "2001:db8:77::7");
    private static final String INSIDE6 = "2001:db8:10::/64";

    private static final List<BfdDaemon> daemons = new ArrayList<>();
    private static Cloud cloud;
    private static Api api;
    private static Host one;
    private static Workload left;
    private static List<Workload> guests;
    private static String router;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1", List.of("--physical-networks", "left:ext0"));
        Host two = cloud.addHost("host2", List.of("--physical-networks", "right:ext0"));
        left = outside("left", "203.0.113.", "2001:db8:1::", one);
        Workload right = outside("right", "198.51.100.", "2001:db8:2::", two);
        api = cloud.api("tenant");
        String leftNetwork = external("left", "203.0.113.", "2001:db8:1::");
        String rightNetwork = external("right", "198.51.100.", "2001:db8:2::");
        String network = id(api.create("network", Map.of("name", "net")));
        String subnet = id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24")));
        String subnet6 = id(api.create(
                "subnet",
                Map.of(
                        "network_id",
                        network,
                        "ip_version",
                        6,
                        "cidr",
                        INSIDE6,
                        "ipv6_ra_mode",
                        "slaac",
                        "ipv6_address_mode",
                        "slaac")));
        router = id(api.create(
                "router", Map.of("name", "doors", "external_gateway_info", Map.of("network_id", leftNetwork))));
        Api.Answer added = api.call(
                "PUT",
                "/v2.0/routers/" + router + "/add_external_gateways",
                Map.of("router", Map.of("external_gateways", List.of(Map.of("network_id", rightNetwork)))));
        assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
        api.connect(router, subnet);
        api.connect(router, subnet6);
        JsonNode gateways = api.show("router", router).get("external_gateways");
        watch(left, gateways.get(0));
        watch(right, gateways.get(1));
        String group = id(api.create("security_group", Map.of("name", "open")));
        String first = port(network, group, one);
        String second = port(network, group, two);
        guests = List.of(start(one, "first", first), start(two, "second", second));
        cloud.awaitActive(api, List.of(first, second));
        api.update("router", router, Map.of("enable_default_route_bfd", true));
    }

    private static Workload outside(String name, String ipv4, String ipv6, Host host) {
        Workload made = WayOut.segment(cloud, name, ipv4 + "1", host);
        made.run("ip", "address", "add", ipv6 + "1/64", "dev", "eth0", "nodad");
        made.run("ip", "address", "add", BEYOND.get(0) + "/32", "dev", "lo");
        made.run("ip", "address", "add", BEYOND.get(1) + "/128", "dev", "lo", "nodad");
        made.serve();
        return made;
    }

    private static String external(String physical, String ipv4, String ipv6) {
        String network = WayOut.external(api, physical, ipv4);
        api.create(
                "subnet", Map.of("network_id", network, "ip_version", 6, "cidr", ipv6 + "/64", "enable_dhcp", false));
        return network;
    }

    /** The router outside watches the gateway's addresses, and knows that the tenant's IPv6 network is behind it. */
    private static void watch(Workload outside, JsonNode gateway) {
        List<String> addresses = new ArrayList<>();
        gateway.get("external_fixed_ips")
                .forEach(ip -> addresses.add(ip.get("ip_address").asString()));
        for (String address : addresses) {
            if (address.contains(":")) {
                outside.run("ip", "route", "add", INSIDE6, "via", address);
            }
        }
        daemons.add(new BfdDaemon(outside, addresses));
    }

    private static String port(String network, String group, Host host) {
        return id(api.create(
                "port",
                Map.of("network_id", network, "binding:host_id", host.name(), "security_groups", List.of(group))));
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(2);
        return workload;
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        daemons.forEach(BfdDaemon::close);
        cloud.close();
    }

    @BeforeEach
    void allLive() {
        daemons.forEach(BfdDaemon::start);
        all("left");
    }

    /** Every guest's way leads there, in both families. */
    private static void all(String name) {
        for (Workload guest : guests) {
            for (String address : BEYOND) {
                Wait.until(
                        guest.name() + " to reach " + name + " at " + address,
                        () -> guest.sends(address, PATIENT).equals(name));
            }
        }
    }

    @Test
    void aNextHopThatDiesIsLeftAndTakenAgainWhenItIsBack() {
        daemons.getFirst().kill();
        all("right");
        daemons.getFirst().start();
        all("left");
    }

    @Test
    void aCutOfTheSegmentIsSeenThoughTheLinkStaysUp() {
        left.run("ip", "link", "set", WayOut.link(one), "nomaster");
        try {
            all("right");
        } finally {
            left.run("ip", "link", "set", WayOut.link(one), "master", "eth0");
        }
        all("left");
    }

    @Test
    void sharedDefaultRoutesGoByThoseThatLive() {
        api.update("router", router, Map.of("enable_default_route_ecmp", true));
        try {
            Wait.until(
                    "some connection to go right",
                    () -> guests.getFirst().sends(BEYOND.getFirst(), PATIENT).equals("right"));
            daemons.getLast().kill();
            Wait.until("twelve connections in a row to go left", () -> {
                for (int connection = 0; connection < 12; connection++) {
                    if (!guests.getFirst().sends(BEYOND.getFirst(), PATIENT).equals("left")) {
                        return false;
                    }
                }
                return true;
            });
        } finally {
            api.update("router", router, Map.of("enable_default_route_ecmp", false));
        }
    }

    @Test
    void withoutAnyThatLivesAllStayInUse() {
        daemons.getFirst().kill();
        all("right");
        daemons.getLast().kill();
        all("left");
    }

    @Test
    void whereTheWatchIsTurnedOffTheOtherEndsAreTold() {
        for (BfdDaemon daemon : daemons) {
            Wait.until("both sessions to be up", () -> count(daemon, "Status: up") == 2);
        }
        api.update("router", router, Map.of("enable_default_route_bfd", false));
        try {
            for (BfdDaemon daemon : daemons) {
                Wait.until(
                        "both sessions to be ended",
                        () -> count(daemon, "Remote diagnostics: administratively down") == 2);
                assertThat(daemon.sessions())
                        .contains("neighbor signaled session down")
                        .doesNotContain("Status: up");
            }
        } finally {
            api.update("router", router, Map.of("enable_default_route_bfd", true));
        }
        for (BfdDaemon daemon : daemons) {
            Wait.until("both sessions to be up again", () -> count(daemon, "Status: up") == 2);
        }
    }

    private static int count(BfdDaemon daemon, String what) {
        return daemon.sessions().split(what, -1).length - 1;
    }
}
