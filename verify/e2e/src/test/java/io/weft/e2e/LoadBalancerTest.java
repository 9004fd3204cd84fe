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

/**
 * A load balancer from Octavia's API to TCP, for a caller on its network, for one behind a router, and for a host outside by a
 * floating IP.
 */
class LoadBalancerTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String BASE = "/v2/lbaas/";
    private static final String VIP = "10.0.0.80";
    private static final int WHO = 9001;

    private static Cloud cloud;
    private static Api api;
    private static String group;
    private static Workload caller;
    private static Workload stranger;
    private static Workload outside;
    private static List<Workload> members;
    private static String external;
    private static String listener;
    private static String pool;
    private static String loadBalancer;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1", WayOut.UPLINK);
        Host two = cloud.addHost("host2", WayOut.UPLINK);
        api = cloud.api("tenant");
        group = id(api.create("security_group", Map.of("name", "open")));
        api.create("security_group_rule", Map.of("security_group_id", group, "direction", "ingress"));
        outside = WayOut.segment(cloud, "outside", WayOut.OUTSIDE, one, two);
        external = WayOut.external(api, "public", "203.0.113.");
        String router =
                id(api.create("router", Map.of("name", "r", "external_gateway_info", Map.of("network_id", external))));
        String network = network(router, "10.0.0.0/24");
        String elsewhere = network(router, "10.1.0.0/24");
        loadBalancer = make(
                "loadbalancer",
                Map.of(
                        "vip_subnet_id",
                        api.show("network", network).get("subnets").get(0).asString(),
                        "vip_address",
                        VIP));
        listener = make("listener", Map.of("loadbalancer_id", loadBalancer, "protocol", "TCP", "protocol_port", 80));
        pool = make("pool", Map.of("listener_id", listener, "protocol", "TCP", "lb_algorithm", "SOURCE_IP_PORT"));
        caller = start(one, "caller", network, "10.0.0.11");
        members = List.of(start(one, "first", network, "10.0.0.12"), start(two, "second", network, "10.0.0.13"));
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
        change(change);
    }

    private static void change(Map<String, Object> change) {
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

    /** A floating IP leads to the virtual address, and to members of both nodes. */
    private static void reachFromOutside() {
        members(Map.of(12, 1, 13, 1));
        String port = id(api.list("port", "?device_owner=Octavia").get(0));
        JsonNode made = api.create("floatingip", Map.of("floating_network_id", external, "port_id", port));
        String floating = made.get("floating_ip_address").asString();
        Set<String> reached = new HashSet<>();
        Wait.until("the host outside to reach both members", () -> {
            reached.add(outside.sends(floating, 80, PATIENT));
            return reached.containsAll(Set.of("first", "second"));
        });
        assertThat(outside.pings(floating)).isTrue();
        restrictCallers(floating);
        seeWhoCalls(floating);
        // By the address outside from inside, too.
        Wait.until(
                "a caller inside to reach them by the floating IP",
                () -> Set.of("first", "second").contains(caller.sends(floating, 80, PATIENT)));
        Api.Answer answer = api.call(
                "POST",
                "/weft/v1/traces",
                Map.of(
                        "from_external",
                        external,
                        "destination",
                        floating,
                        "source",
                        WayOut.OUTSIDE,
                        "protocol",
                        "tcp",
                        "port",
                        80));
        JsonNode trace = answer.body().get("trace");
        JsonNode step = trace.get("steps")
                .valueStream()
                .filter(each -> each.get("step").asString().equals("balanced"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(trace.toString()));
        assertThat(step.get("floating_ip_id").asString()).isEqualTo(id(made));
        assertThat(step.get("pool_id").asString()).isEqualTo(pool);
        assertThat(trace.get("outcome").get("result").asString())
                .as(trace.toString())
                .isEqualTo("delivered");
        assertThat(api.call("DELETE", "/v2.0/floatingips/" + id(made), "").status())
                .isEqualTo(204);
        Wait.until("the floating IP to be gone", () -> !outside.pings(floating));
    }

    /** Who may call: by the floating IP alone, or at the virtual address, too. */
    private static void restrictCallers(String floating) {
        allow("floating", "192.0.2.0/24");
        Wait.until("the host outside to be refused", () -> !connects(outside, floating));
        assertThat(connects(caller, VIP)).isTrue();
        assertThat(connects(stranger, VIP)).isTrue();
        allow("floating", "192.0.2.0/24", WayOut.OUTSIDE);
        Wait.until("the host outside to be let in", () -> connects(outside, floating));
        allow("all", "192.0.2.0/24", WayOut.OUTSIDE);
        Wait.until("callers inside to be refused", () -> !connects(caller, VIP) && !connects(stranger, VIP));
        assertThat(connects(outside, floating)).isTrue();
        allow("all", "10.1.0.0/24");
        Wait.until("one of them to be let in", () -> connects(stranger, VIP));
        assertThat(connects(caller, VIP)).isFalse();
        allow("all");
        Wait.until("all to be let in", () -> connects(caller, VIP) && connects(outside, floating));
    }

    private static void allow(String scope, String... cidrs) {
        assertThat(api.call(
                                "PUT",
                                BASE + "listeners/" + listener,
                                Map.of(
                                        "listener",
                                        Map.of("allowed_cidrs", List.of(cidrs), "weft:allowed_cidrs_scope", scope)))
                        .status())
                .isEqualTo(200);
    }

    private static boolean connects(Workload from, String address) {
        return from.attempt(PATIENT, "socat", "-u", "OPEN:/dev/null", "TCP4:" + address + ":80,connect-timeout=3")
                .ok();
    }

    /** Who calls, as members see it, and whether datagrams come back from where they were sent. */
    private static void seeWhoCalls(String floating) {
        for (Workload member : members) {
            member.start("socat", "TCP4-LISTEN:" + WHO + ",fork,reuseaddr", "SYSTEM:echo $SOCAT_PEERADDR");
            member.start("socat", "UDP4-LISTEN:" + WHO + ",fork,reuseaddr", "SYSTEM:head -n 1; echo " + member.name());
            Wait.until(
                    member.name() + " to listen",
                    () -> member.run("ss", "-Hltnu")
                                    .lines()
                                    .filter(line -> line.contains(":" + WHO))
                                    .count()
                            == 2);
        }
        for (String protocol : List.of("TCP", "UDP")) {
            String listener = make(
                    "listener",
                    Map.of("loadbalancer_id", loadBalancer, "protocol", protocol, "protocol_port", WHO - 1));
            String own = make(
                    "pool", Map.of("listener_id", listener, "protocol", protocol, "lb_algorithm", "SOURCE_IP_PORT"));
            for (String address : List.of("10.0.0.12", "10.0.0.13")) {
                assertThat(api.call(
                                        "POST",
                                        BASE + "pools/" + own + "/members",
                                        Map.of("member", Map.of("address", address, "protocol_port", WHO)))
                                .status())
                        .isEqualTo(201);
            }
        }
        String target = floating + ":" + (WHO - 1);
        Wait.until(
                "the client's own address to be seen",
                () -> outside.attempt(PATIENT, "socat", "-u", "TCP4:" + target + ",connect-timeout=10", "-")
                        .output()
                        .strip()
                        .equals(WayOut.OUTSIDE));
        Set<String> answered = new HashSet<>();
        Wait.until("both members to answer datagrams", () -> {
            String answer = outside.attempt(PATIENT, "sh", "-c", "echo asked | socat -t 1 - UDP4:" + target)
                    .output();
            answered.addAll(answer.lines().toList());
            return answered.containsAll(Set.of("asked", "first", "second"));
        });
    }

    private static void awaitRefused(Workload from) {
        Wait.until(
                from.name() + " to be refused",
                () -> from.attempt(PATIENT, "socat", "-u", "OPEN:/dev/null", "TCP4:" + VIP + ":80,connect-timeout=10")
                        .output()
                        .contains("Connection refused"));
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
        change(Map.of("weft:member_locality", "local"));
        Wait.until("calls to stay on their node", () -> allReach(caller, "first") && allReach(stranger, "second"));
        members(Map.of(12, 1));
        awaitRefused(stranger);
        assertThat(allReach(caller, "first")).isTrue();
        change(Map.of("weft:member_locality", "prefer-local"));
        Wait.until("calls to leave a node without members", () -> allReach(stranger, "first"));
        members(Map.of(12, 1, 13, 1));
        Wait.until("calls to stay on their node", () -> allReach(caller, "first") && allReach(stranger, "second"));
        members(Map.of(12, 1));
        change(Map.of("weft:member_locality", "any"));
        Wait.until("calls to leave their node again", () -> calls(stranger).equals("first"));
        reachFromOutside();
        members(Map.of());
        awaitRefused(caller);
        awaitRefused(stranger);
        assertThat(api.call("DELETE", BASE + "loadbalancers/" + loadBalancer + "?cascade=true", "")
                        .status())
                .isEqualTo(204);
        Wait.until("the address to be gone", () -> !caller.pings(VIP));
    }
}
