package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.weft.e2e.Together.Kind;
import io.weft.e2e.Together.Member;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Virtual machine, pod, Docker container and bare namespace, each with each, in every way that workloads may meet: what packets
 * do is what the reference says, over both families. Rules turn through the kinds, so that each has each part once.
 */
@Tag("long")
class TogetherTest {
    private static final List<Integer> TURNS = List.of(0, 1, 2, 3);

    private static Together world;
    private static Api api;

    @BeforeAll
    static void build() {
        world = Together.build();
        api = world.api();
    }

    @AfterAll
    static void end() {
        world.cloud().close();
    }

    /** Each member to all addresses of all others. */
    private static Map<Member, Set<Calls.Call>> eachOther() {
        Map<Member, Set<Calls.Call>> calls = new HashMap<>();
        for (Member from : world.members()) {
            Set<Calls.Call> all = new LinkedHashSet<>();
            for (Member to : world.members()) {
                if (!from.equals(to)) {
                    to.addresses().forEach(address -> all.addAll(Calls.all(address)));
                }
            }
            calls.put(from, all);
        }
        return calls;
    }

    private static String group(String name, boolean closed) {
        JsonNode made = api.create("security_group", Map.of("name", name));
        if (closed) {
            made.get("security_group_rules").forEach(rule -> api.delete("security_group_rule", Together.id(rule)));
        }
        return Together.id(made);
    }

    /** A rule for ICMP or port {@link Calls#PORT}; for all when no protocol is said. */
    private static void allow(String group, String direction, IpFamily family, String protocol, Map<String, ?> remote) {
        Map<String, Object> rule = new HashMap<>(remote);
        rule.put("security_group_id", group);
        rule.put("direction", direction);
        rule.put("ethertype", family == IpFamily.IPV4 ? "IPv4" : "IPv6");
        if (!protocol.isEmpty()) {
            rule.put("protocol", protocol.equals("icmp") && family == IpFamily.IPV6 ? "ipv6-icmp" : protocol);
        }
        if (protocol.equals("tcp") || protocol.equals("udp")) {
            rule.put("port_range_min", Calls.PORT);
            rule.put("port_range_max", Calls.PORT);
        }
        api.create("security_group_rule", rule);
    }

    @Test
    void allOfOneGroupTalkOnTheirNetworkAndThroughTheRouter() {
        world.putIntoGroups(_ -> List.of());
        Together.Met met = world.holds("one group", eachOther());
        assertThat(met.refused()).as("pairs that do not talk").isEmpty();
        assertThat(met.answered()).containsAll(world.pairs());
    }

    @Test
    void securityGroupsLetThroughWhatTheirRulesSay() {
        List<String> groups = new ArrayList<>();
        for (int part = 0; part < TURNS.size(); part++) {
            groups.add(group("part" + part, part == 3));
        }
        for (IpFamily family : IpFamily.values()) {
            allow(groups.get(0), "ingress", family, "tcp", Map.of("remote_group_id", groups.get(1)));
            allow(groups.get(0), "ingress", family, "icmp", Map.of());
            allow(groups.get(2), "ingress", family, "", Map.of("remote_group_id", groups.get(0)));
            allow(groups.get(2), "ingress", family, "udp", Map.of("remote_group_id", groups.get(3)));
        }
        allow(groups.get(1), "ingress", IpFamily.IPV4, "udp", Map.of("remote_ip_prefix", Together.NEAR4));
        allow(groups.get(1), "ingress", IpFamily.IPV6, "", Map.of("remote_ip_prefix", Together.FAR6));
        allow(groups.get(3), "ingress", IpFamily.IPV4, "tcp", Map.of());
        allow(groups.get(3), "ingress", IpFamily.IPV6, "udp", Map.of());
        allow(groups.get(3), "egress", IpFamily.IPV4, "udp", Map.of());
        allow(groups.get(3), "egress", IpFamily.IPV6, "", Map.of("remote_group_id", groups.get(2)));
        Together.Met met = new Together.Met();
        for (int turn : TURNS) {
            world.putIntoGroups(member -> List.of(groups.get(member.kind().part(turn))));
            met.add(world.holds("rules, turned " + turn + " times", eachOther()));
        }
        assertThat(met.answered()).containsAll(world.pairs());
        assertThat(met.refused()).containsAll(world.pairs());
    }

    @Test
    void floatingIpsLeadInFromOutsideAndFromEachToEach() {
        String group = group("from-outside", false);
        allow(group, "ingress", IpFamily.IPV4, "tcp", Map.of("remote_ip_prefix", "203.0.113.0/24"));
        allow(group, "ingress", IpFamily.IPV4, "icmp", Map.of("remote_ip_prefix", WayOut.OUTSIDE + "/32"));
        allow(group, "ingress", IpFamily.IPV6, "udp", Map.of("remote_ip_prefix", "2001:db8:f::/64"));
        world.putIntoGroups(_ -> List.of(group));
        List<String> floatingIps = new ArrayList<>();
        Map<Member, IpAddress> addresses = new HashMap<>();
        for (Member member : world.near()) {
            JsonNode made = api.create(
                    "floatingip",
                    Map.of(
                            "floating_network_id",
                            world.external(),
                            "port_id",
                            member.port().toString()));
            floatingIps.add(Together.id(made));
            addresses.put(
                    member, IpAddress.parse(made.get("floating_ip_address").asString()));
        }
        JsonNode shared = api.create("floatingip", Map.of("floating_network_id", world.external()));
        floatingIps.add(Together.id(shared));
        List<Calls.Call> forwarded = forward(
                Together.id(shared),
                IpAddress.parse(shared.get("floating_ip_address").asString()));
        Map<Member, Set<Calls.Call>> calls = new HashMap<>();
        for (Member from : world.members()) {
            Set<Calls.Call> all = new LinkedHashSet<>();
            addresses.forEach((to, address) -> {
                if (!to.equals(from)) {
                    all.addAll(Calls.all(address));
                }
            });
            Together.OUTSIDE.values().forEach(address -> all.addAll(Calls.all(address)));
            all.addAll(forwarded);
            calls.put(from, all);
        }
        Set<Calls.Call> fromOutside = new LinkedHashSet<>(forwarded);
        addresses.values().forEach(address -> fromOutside.addAll(Calls.all(address)));
        world.members().forEach(to -> fromOutside.addAll(Calls.all(to.address(IpFamily.IPV6))));
        Together.Met met = world.holds("floating IPs", calls, fromOutside);
        // Of those with an address outside; the others of each kind call by the router's.
        assertThat(met.answered()).containsAll(world.pairs());
        unforward(Together.id(shared));
        floatingIps.forEach(id -> api.delete("floatingip", id));
        world.holds("floating IPs that are gone", calls, fromOutside);
    }

    /** Makes forwardings to those without a floating IP of their own; the calls that go there. */
    private static List<Calls.Call> forward(String floatingIp, IpAddress address) {
        List<Calls.Call> calls = new ArrayList<>();
        int port = 9000;
        for (Member to : world.members()) {
            if (to.near()) {
                continue;
            }
            for (Calls.Protocol protocol : List.of(Calls.Protocol.TCP, Calls.Protocol.UDP)) {
                Map<String, ?> forwarding = Map.of(
                        "internal_port_id", to.port().toString(),
                        "internal_ip_address", to.address(IpFamily.IPV4).toString(),
                        "internal_port", Calls.PORT,
                        "external_port", ++port,
                        "protocol", protocol.name().toLowerCase(Locale.ROOT));
                Api.Answer made = api.call(
                        "POST",
                        "/v2.0/floatingips/" + floatingIp + "/port_forwardings",
                        Map.of("port_forwarding", forwarding));
                assertThat(made.status()).as("%s", made.body()).isEqualTo(201);
                calls.add(new Calls.Call(protocol, address, port));
            }
        }
        return calls;
    }

    private static void unforward(String floatingIp) {
        String path = "/v2.0/floatingips/" + floatingIp + "/port_forwardings";
        api.call("GET", path, "")
                .body()
                .get("port_forwardings")
                .forEach(each -> assertThat(api.call("DELETE", path + "/" + Together.id(each), "")
                                .status())
                        .isEqualTo(204));
    }

    @Test
    void servicesLeadFromEachToEach() {
        world.putIntoGroups(_ -> List.of());
        List<String> balancers = new ArrayList<>();
        Set<Calls.Call> calls = new LinkedHashSet<>();
        for (IpFamily family : IpFamily.values()) {
            String subnet = world.subnet(family == IpFamily.IPV4 ? Together.NEAR4 : Together.NEAR6);
            JsonNode balancer = make("loadbalancers", "loadbalancer", Map.of("vip_subnet_id", subnet));
            balancers.add(Together.id(balancer));
            IpAddress address = IpAddress.parse(balancer.get("vip_address").asString());
            calls.add(new Calls.Call(Calls.Protocol.PING, address, 0));
            for (Calls.Protocol protocol : List.of(Calls.Protocol.TCP, Calls.Protocol.UDP)) {
                int port = 8000;
                calls.add(new Calls.Call(protocol, address, port));
                listen(balancer, protocol, port, family, world.members());
                for (Kind kind : Kind.values()) {
                    calls.add(new Calls.Call(protocol, address, ++port));
                    listen(
                            balancer,
                            protocol,
                            port,
                            family,
                            world.members().stream()
                                    .filter(member -> member.kind() == kind)
                                    .toList());
                }
            }
        }
        Map<Member, Set<Calls.Call>> ofAll = new HashMap<>();
        world.members().forEach(member -> ofAll.put(member, calls));
        Together.Met met = world.holds("services", ofAll);
        assertThat(met.answered()).containsAll(world.pairs());
        for (String balancer : balancers) {
            assertThat(api.call("DELETE", "/v2/lbaas/loadbalancers/" + balancer + "?cascade=true", "")
                            .status())
                    .isEqualTo(204);
        }
        world.holds("services that are gone", ofAll);
    }

    private static void listen(
            JsonNode balancer, Calls.Protocol protocol, int port, IpFamily family, List<Member> members) {
        JsonNode listener = make(
                "listeners",
                "listener",
                Map.of("loadbalancer_id", Together.id(balancer), "protocol", protocol.name(), "protocol_port", port));
        JsonNode pool = make(
                "pools",
                "pool",
                Map.of(
                        "listener_id",
                        Together.id(listener),
                        "protocol",
                        protocol.name(),
                        "lb_algorithm",
                        "SOURCE_IP_PORT"));
        for (Member member : members) {
            make(
                    "pools/" + Together.id(pool) + "/members",
                    "member",
                    Map.of("address", member.address(family).toString(), "protocol_port", Calls.PORT));
        }
    }

    private static JsonNode make(String path, String kind, Map<String, ?> attributes) {
        Api.Answer made = api.call("POST", "/v2/lbaas/" + path, Map.of(kind, attributes));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(201);
        return made.body().get(kind);
    }

    /** Workloads of all kinds are pods here, by the part they have; those of the first network are in namespace x, others in y. */
    @Test
    void policiesLetThroughWhatTheySay() {
        List<NetworkPolicy> policies = Policies.parse("x", """
                {podSelector: {matchLabels: {part: p0}}, policyTypes: [Ingress], ingress: [
                  {from: [{podSelector: {matchLabels: {part: p1}}}], ports: [{port: 7080}]},
                  {from: [{namespaceSelector: {matchLabels: {ns: y}}}], ports: [{port: 7080, protocol: UDP}]}]}
                """, "x", """
                {podSelector: {matchLabels: {part: p1}}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [
                  {to: [{ipBlock: {cidr: 10.70.0.0/16, except: [10.70.2.0/24]}}, {ipBlock: {cidr: "fd70:0:0:2::/64"}}]}]}
                """, "x", """
                {podSelector: {matchLabels: {part: p2}}, policyTypes: [Egress], egress: [
                  {to: [{podSelector: {matchLabels: {part: p3}}}], ports: [{port: 7000, endPort: 7100}]}]}
                """, "y", """
                {podSelector: {}, policyTypes: [Ingress], ingress: [
                  {from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: part, operator: In, values: [p2, p3]}]}}]},
                  {from: [{namespaceSelector: {matchLabels: {ns: x}}}], ports: [{port: 7080}]}]}
                """);
        Together.Met met = new Together.Met();
        for (int turn : TURNS) {
            Policies applied = Policies.apply(api, world.members(), policies, turn);
            world.putIntoGroups(applied::groups);
            met.add(world.holds("policies, turned " + turn + " times", eachOther(), applied::lets));
        }
        assertThat(met.answered()).containsAll(world.pairs());
        assertThat(met.refused()).containsAll(world.pairs());
    }
}
