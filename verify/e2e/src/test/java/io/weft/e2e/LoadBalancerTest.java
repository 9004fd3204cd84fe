package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A load balancer from Octavia's API to TCP, for a caller on its network and for one behind a router. */
class LoadBalancerTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String BASE = "/v2/lbaas/";
    private static final String VIP = "10.0.0.80";

    private static Cloud cloud;
    private static Api api;
    private static String group;
    private static Workload caller;
    private static Workload stranger;
    private static String pool;
    private static String loadBalancer;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1");
        Host two = cloud.addHost("host2");
        api = cloud.api("tenant");
        group = id(api.create("security_group", Map.of("name", "open")));
        api.create("security_group_rule", Map.of("security_group_id", group, "direction", "ingress"));
        String router = id(api.create("router", Map.of("name", "r")));
        String network = network(router, "10.0.0.0/24");
        String elsewhere = network(router, "10.1.0.0/24");
        loadBalancer = make(
                "loadbalancer",
                Map.of(
                        "vip_subnet_id",
                        api.show("network", network).get("subnets").get(0).asString(),
                        "vip_address",
                        VIP));
        String listener =
                make("listener", Map.of("loadbalancer_id", loadBalancer, "protocol", "TCP", "protocol_port", 80));
        pool = make("pool", Map.of("listener_id", listener, "protocol", "TCP", "lb_algorithm", "SOURCE_IP_PORT"));
        caller = start(one, "caller", network, "10.0.0.11");
        start(one, "first", network, "10.0.0.12");
        start(two, "second", network, "10.0.0.13");
        stranger = start(two, "stranger", elsewhere, "10.1.0.11");
    }

    private static String network(String router, String cidr) {
        String network = id(api.create("network", Map.of("name", cidr)));
        api.connect(router, id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", cidr))));
        return network;
    }

    private static Workload start(Host host, String name, String network, String address) {
        String port = id(api.create(
                "port",
                Map.of(
                        "network_id", network,
                        "fixed_ips", List.of(Map.of("ip_address", address)),
                        "security_groups", List.of(group),
                        "binding:host_id", host.name())));
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        workload.serve();
        cloud.awaitActive(api, List.of(port));
        return workload;
    }

    private static String make(String kind, Map<String, ?> attributes) {
        Api.Answer answer = api.call("POST", BASE + kind + "s", Map.of(kind, attributes));
        assertThat(answer.status()).as(() -> answer.body().toString()).isEqualTo(201);
        return id(answer.body().get(kind));
    }

    /** The pool has these members, each by the last byte of its address and its weight. */
    private static void members(Map<Integer, Integer> weights) {
        List<Map<String, Object>> members = weights.entrySet().stream()
                .map(member -> Map.<String, Object>of(
                        "address",
                        "10.0.0." + member.getKey(),
                        "protocol_port",
                        Workload.COUNTER,
                        "weight",
                        member.getValue()))
                .toList();
        assertThat(api.call("PUT", BASE + "pools/" + pool + "/members", Map.of("members", members))
                        .status())
                .isEqualTo(202);
    }

    private static void persist(int seconds) {
        Map<String, Object> change = new HashMap<>();
        change.put(
                "session_persistence",
                seconds == 0 ? null : Map.of("type", "SOURCE_IP", "persistence_timeout", seconds));
        assertThat(api.call("PUT", BASE + "pools/" + pool, Map.of("pool", change))
                        .status())
                .isEqualTo(200);
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    private static String calls(Workload from) {
        return from.sends(VIP, 80, PATIENT);
    }

    private static boolean allReach(Workload from, String member) {
        return IntStream.range(0, 6).allMatch(_ -> calls(from).equals(member));
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @Test
    void callsAreSpreadOverMembersAsTheApiSaysAndRefusedWithoutAny() {
        members(Map.of(12, 1, 13, 1));
        for (Workload from : List.of(caller, stranger)) {
            Set<String> reached = new HashSet<>();
            Wait.until(from.name() + " to reach both members", () -> {
                reached.add(calls(from));
                return reached.containsAll(Set.of("first", "second"));
            });
        }
        assertThat(caller.pings(VIP)).isTrue();
        members(Map.of(12, 0, 13, 1));
        Wait.until("the first to get no more", () -> allReach(caller, "second") && allReach(stranger, "second"));
        members(Map.of(12, 1, 13, 1));
        Wait.until("the first to get calls again", () -> calls(caller).equals("first"));
        persist(600);
        Wait.until("calls to stay with a member", () -> {
            String member = calls(caller);
            return !member.isEmpty() && allReach(caller, member);
        });
        persist(0);
        members(Map.of());
        for (Workload from : List.of(caller, stranger)) {
            Wait.until(
                    from.name() + " to be refused",
                    () -> from.attempt(
                                    PATIENT, "socat", "-u", "OPEN:/dev/null", "TCP4:" + VIP + ":80,connect-timeout=10")
                            .output()
                            .contains("Connection refused"));
        }
        assertThat(api.call("DELETE", BASE + "loadbalancers/" + loadBalancer + "?cascade=true", "")
                        .status())
                .isEqualTo(204);
        Wait.until("the address to be gone", () -> !caller.pings(VIP));
    }
}
