package io.weft.e2e;

import static io.weft.e2e.QosRules.assertThatItKeepsTo;
import static io.weft.e2e.QosRules.bandwidth;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.e2e.Throughput.Protocol;
import io.weft.e2e.Throughput.Rate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Limits of floating IPs and of a router's gateway, from the API to real packets: between two hosts and one outside, and of
 * what goes by these addresses and by no others.
 */
@Tag("long")
class AddressQosTest {
    private static final String OUTSIDE = WayOut.OUTSIDE;
    private static final long PLENTY = 30_000_000L;

    /** More than any limit here. */
    private static final double UNLIMITED = 15_000_000;

    private static Cloud cloud;
    private static Api api;
    private static QosRules rules;
    private static Host one;
    private static WayOut wayOut;
    private static String router;
    private static Workload first;
    private static Workload near;
    private static Workload second;
    private static JsonNode floating;
    private static String nearFloating;
    private static String policy;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1", WayOut.UPLINK);
        Host two = cloud.addHost("host2", WayOut.UPLINK);
        api = cloud.api("tenant");
        rules = new QosRules(api);
        wayOut = WayOut.make(cloud, api, one, two);
        router = id(
                api.call("GET", "/v2.0/routers", Map.of()).body().get("routers").get(0));
        String firstPort = port(one);
        String nearPort = port(one);
        String secondPort = port(two);
        first = start(one, "first", firstPort);
        near = start(one, "near", nearPort);
        second = start(two, "second", secondPort);
        cloud.awaitActive(api, List.of(firstPort, nearPort, secondPort));
        floating = floatingIp(firstPort);
        nearFloating = floatingIp(nearPort).get("floating_ip_address").asString();
        for (Workload workload : List.of(first, near, second)) {
            Wait.until(workload.name() + " to reach the host outside", () -> workload.pings(OUTSIDE));
        }
        Wait.until("the floating IP to be reached", () -> wayOut.outside().pings(address()));
        policy = rules.policy();
        rules.rule(policy, "bandwidth_limit", bandwidth("egress", 8_000, 1_000));
        rules.rule(policy, "bandwidth_limit", bandwidth("ingress", 5_000, 100));
    }

    private static String port(Host host) {
        return id(api.create(
                "port",
                Map.of(
                        "network_id",
                        wayOut.network(),
                        "port_security_enabled",
                        false,
                        "binding:host_id",
                        host.name())));
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        return workload;
    }

    private static JsonNode floatingIp(String port) {
        return api.create("floatingip", Map.of("floating_network_id", wayOut.external(), "port_id", port));
    }

    private static String address() {
        return floating.get("floating_ip_address").asString();
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @AfterEach
    void nothingIsLimited() {
        ofFloatingIp("");
        ofGateway("");
        Wait.until("the pair to go", () -> !hasPair(one));
    }

    private static void ofFloatingIp(String wanted) {
        change("floatingip", id(floating), choice(JsonNodeFactory.instance.objectNode(), wanted));
    }

    private static void ofGateway(String wanted) {
        ObjectNode info = choice(JsonNodeFactory.instance.objectNode(), wanted).put("network_id", wayOut.external());
        change("router", router, JsonNodeFactory.instance.objectNode().set("external_gateway_info", info));
    }

    private static ObjectNode choice(ObjectNode attributes, String wanted) {
        return wanted.isEmpty() ? attributes.putNull("qos_policy_id") : attributes.put("qos_policy_id", wanted);
    }

    private static void change(String kind, String id, JsonNode attributes) {
        Api.Answer answer = api.call("PUT", "/v2.0/" + kind + "s/" + id, Map.of(kind, attributes));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    private static boolean hasPair(Host host) {
        return Shell.sh("ip -n " + host.namespace() + " -o link").contains("weft-limit-a");
    }

    private static void awaitClasses(int count) {
        Wait.until(
                count + " classes",
                () -> cloud.hosts().stream()
                                .flatMap(host -> List.of("a", "b").stream()
                                        .map(end -> Shell.sh("tc -n " + host.namespace() + " class show dev weft-limit-"
                                                + end + " 2>/dev/null || true")))
                                .flatMap(String::lines)
                                .filter(line -> line.startsWith("class htb 5752:"))
                                .count()
                        == count);
    }

    private static Rate rate(Workload from, Workload to, String address, Protocol protocol) {
        return Throughput.measure(
                from.namespace(), to.namespace(), address, protocol, PLENTY, QosRules.COUNTED, cloud.log("iperf"));
    }

    @Test
    void aFloatingIpKeepsToItsPolicyBothWaysAndOtherTrafficDoesNot() {
        ofFloatingIp(policy);
        awaitClasses(2);
        for (Protocol protocol : Protocol.values()) {
            assertThatItKeepsTo(8_000, 1_000, () -> rate(first, wayOut.outside(), OUTSIDE, protocol));
            assertThatItKeepsTo(5_000, 100, () -> rate(wayOut.outside(), first, address(), protocol));
        }
        assertThat(rate(near, wayOut.outside(), OUTSIDE, Protocol.UDP).bits()).isGreaterThan(UNLIMITED);
        String inside = second.awaitAddresses(1).getFirst();
        assertThat(rate(first, second, inside, Protocol.UDP).bits())
                .as("not by the address")
                .isGreaterThan(UNLIMITED);

        // Between two floating IPs of one host nothing passes the segment, and yet it goes by the address.
        Wait.until("the other floating IP to be reached", () -> first.pings(nearFloating));
        assertThatItKeepsTo(8_000, 1_000, () -> rate(first, near, nearFloating, Protocol.TCP));
        assertThatItKeepsTo(5_000, 100, () -> rate(near, first, address(), Protocol.TCP));

        one.agent().kill();
        try {
            assertThatItKeepsTo(8_000, 1_000, () -> rate(first, wayOut.outside(), OUTSIDE, Protocol.TCP));
        } finally {
            one.startAgent();
        }
        Wait.until("the next agent", () -> one.weft("ports").contains(" UP "));
        awaitClasses(2);
        assertThatItKeepsTo(5_000, 100, () -> rate(wayOut.outside(), first, address(), Protocol.TCP));
        ofFloatingIp("");
        Wait.until("the pair to go", () -> !hasPair(one));
        assertThat(rate(first, wayOut.outside(), OUTSIDE, Protocol.UDP).bits()).isGreaterThan(UNLIMITED);
    }

    @Test
    void aGatewaysPolicyIsForItsSharedAddressAlone() {
        ofGateway(policy);
        awaitClasses(2);
        assertThatItKeepsTo(8_000, 1_000, () -> rate(second, wayOut.outside(), OUTSIDE, Protocol.TCP));
        assertThatItKeepsTo(8_000, 1_000, () -> rate(second, wayOut.outside(), OUTSIDE, Protocol.UDP));
        assertThat(rate(first, wayOut.outside(), OUTSIDE, Protocol.UDP).bits()).isGreaterThan(UNLIMITED);
        change("router", router, JsonNodeFactory.instance.objectNode().put("description", "x"));
        assertThat(api.show("router", router)
                        .get("external_gateway_info")
                        .get("qos_policy_id")
                        .asString())
                .isEqualTo(policy);
    }

    @Test
    void whatLeavesWithAFloatingIpIsCountedAndMarked() {
        String counted = rules.policy();
        rules.rule(counted, "packet_rate_limit", Map.of("max_kpps", 2, "max_burst_kpps", 1, "direction", "egress"));
        rules.rule(counted, "dscp_marking", Map.of("dscp_mark", 46));
        ofFloatingIp(counted);
        Wait.until("marks", AddressQosTest::isMarked);
        double best = 0;
        for (int i = 0; i < QosRules.ATTEMPTS && best < QosRules.LEAST * 2_000; i++) {
            double packets = Throughput.measure(
                            first.namespace(),
                            wayOut.outside().namespace(),
                            OUTSIDE,
                            Protocol.UDP,
                            4_000_000,
                            64,
                            QosRules.COUNTED,
                            cloud.log("iperf"))
                    .packets();
            assertThat(packets).isLessThan(1.05 * 2_000 + 1_000.0 / QosRules.COUNTED.toSeconds());
            best = Math.max(best, packets);
        }
        assertThat(best).isGreaterThan(QosRules.LEAST * 2_000);
        ofFloatingIp("");
        Wait.until("no marks", () -> !isMarked());
    }

    private static boolean isMarked() {
        Background seen =
                wayOut.outside().start("tcpdump", "-lnnv", "-c", "1", "-i", "eth0", "icmp and src " + address());
        Wait.until("tcpdump", () -> seen.output().contains("listening"));
        Wait.until("a packet in tcpdump", () -> first.pings(OUTSIDE) && !seen.isAlive());
        assertThat(seen.output()).contains("tos 0x");
        return seen.output().contains("tos 0xb8");
    }
}
