package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.e2e.Throughput.Protocol;
import io.weft.e2e.Throughput.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * QoS policies from the API to real packets, between two hosts and on one. No rule may ever be exceeded; how near to it a
 * busy machine comes is the bench's to say.
 */
@Tag("alone")
class QosTest {
    private static final Duration COUNTED = QosRules.COUNTED;
    private static final String POLICIES = QosRules.POLICIES;
    private static final String LIMITED = "10.0.0.10";
    private static final String FAR = "10.0.0.12";
    private static final long PLENTY = 30_000_000L;

    private static Cloud cloud;
    private static Api api;
    private static QosRules rules;
    private static Host one;
    private static Workload limited;
    private static Workload far;
    private static String port;
    private static String network;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1");
        Host two = cloud.addHost("host2");
        api = cloud.api("tenant");
        rules = new QosRules(api);
        network = id(api.create("network", Map.of("name", "net", "port_security_enabled", false)));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        port = port(one, LIMITED);
        String other = port(two, FAR);
        limited = start(one, "limited", port, LIMITED);
        far = start(two, "far", other, FAR);
        cloud.awaitActive(api, List.of(port, other));
        Wait.until("the two to reach each other", () -> limited.pings(FAR));
    }

    private static String port(Host host, String address) {
        return id(api.create(
                "port",
                Map.of(
                        "network_id", network,
                        "fixed_ips", List.of(Map.of("ip_address", address)),
                        "binding:host_id", host.name())));
    }

    private static Workload start(Host host, String name, String port, String address) {
        Workload workload = host.attach(name, port);
        workload.run("ip", "address", "add", address + "/24", "dev", "eth0");
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
    void nothingIsLimited() {
        limit(Optional.empty());
        choose("network", network, Optional.empty());
        Wait.until("the shaper to go", () -> shapers().isEmpty());
    }

    private static void limit(Optional<String> policy) {
        choose("port", port, policy);
    }

    private static void choose(String kind, String id, Optional<String> policy) {
        ObjectNode attributes = JsonNodeFactory.instance.objectNode();
        policy.ifPresentOrElse(p -> attributes.put("qos_policy_id", p), () -> attributes.putNull("qos_policy_id"));
        Api.Answer answer = api.call("PUT", "/v2.0/" + kind + "s/" + id, Map.of(kind, attributes));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    /** The devices that hold back what workloads send, on the first host. */
    private static String shapers() {
        return Shell.sh("ip -n " + one.namespace() + " -o link | grep -o 'weft-q[0-9]*a' || true")
                .strip();
    }

    private static void awaitQdiscs(int count) {
        Wait.until(
                count + " token buckets",
                () -> Shell.run(one.enter(List.of("tc", "qdisc", "show"))).split(" tbf 5751: ", -1).length
                        == count + 1);
    }

    private static Rate sends(Protocol protocol) {
        return Throughput.measure(
                limited.namespace(), far.namespace(), FAR, protocol, PLENTY, COUNTED, cloud.log("iperf"));
    }

    private static Rate receives(Protocol protocol) {
        return Throughput.measure(
                far.namespace(), limited.namespace(), LIMITED, protocol, PLENTY, COUNTED, cloud.log("iperf"));
    }

    @Test
    void whatIsSentAndReceivedKeepsToItsRateAndFollowsItsChange() {
        String policy = rules.policy();
        // One burst takes the largest segments whole, the other has them taken apart.
        String out = rules.rule(policy, "bandwidth_limit", QosRules.bandwidth("egress", 8_000, 1_000));
        rules.rule(policy, "bandwidth_limit", QosRules.bandwidth("ingress", 5_000, 100));
        limit(Optional.of(policy));
        awaitQdiscs(2);
        for (Protocol protocol : Protocol.values()) {
            QosRules.assertThatItKeepsTo(8_000, 1_000, () -> sends(protocol));
            QosRules.assertThatItKeepsTo(5_000, 100, () -> receives(protocol));
        }
        String shaper = shapers();
        change(out, policy, 2_000);
        Wait.until(
                "the rate to change",
                () -> Shell.run(one.enter(List.of("tc", "qdisc", "show"))).contains("rate 2Mbit"));
        QosRules.assertThatItKeepsTo(2_000, 100, () -> sends(Protocol.TCP));
        assertThat(shapers()).as("the same device").isEqualTo(shaper);

        Api.Answer gone = api.call("DELETE", POLICIES + "/" + policy + "/bandwidth_limit_rules/" + out, Map.of());
        assertThat(gone.status()).isEqualTo(204);
        awaitQdiscs(1);
        Wait.until("the shaper to go", () -> shapers().isEmpty());
        assertThat(limited.pings(FAR)).isTrue();
        limit(Optional.empty());
        awaitQdiscs(0);
        assertThat(limited.pings(FAR)).isTrue();
    }

    @Test
    void theRateHoldsWithoutTheAgentAndTheNextOneTakesTheShaperOver() {
        String policy = rules.policy();
        rules.rule(policy, "bandwidth_limit", QosRules.bandwidth("egress", 2_000, 100));
        limit(Optional.of(policy));
        awaitQdiscs(1);
        QosRules.assertThatItKeepsTo(2_000, 100, () -> sends(Protocol.TCP));
        String shaper = shapers();
        one.agent().kill();
        try {
            QosRules.assertThatItKeepsTo(2_000, 100, () -> sends(Protocol.TCP));
        } finally {
            one.startAgent();
        }
        assertThat(one.weft("ports")).contains(port);
        assertThat(shapers()).as("taken over").isEqualTo(shaper);
        QosRules.assertThatItKeepsTo(2_000, 100, () -> sends(Protocol.TCP));
    }

    private static void change(String rule, String policy, int kilobits) {
        Api.Answer answer = api.call(
                "PUT",
                POLICIES + "/" + policy + "/bandwidth_limit_rules/" + rule,
                Map.of("bandwidth_limit_rule", Map.of("max_kbps", kilobits, "max_burst_kbps", 100)));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    @Test
    void packetsAreCountedAndMarkedByTheNetworksPolicy() {
        String policy = rules.policy();
        rules.rule(policy, "packet_rate_limit", Map.of("max_kpps", 2, "max_burst_kpps", 1, "direction", "ingress"));
        rules.rule(policy, "dscp_marking", Map.of("dscp_mark", 46));
        choose("network", network, Optional.of(policy));
        Wait.until("marks", QosTest::isMarked);
        double best = 0;
        for (int i = 0; i < QosRules.ATTEMPTS && best < QosRules.LEAST * 2_000; i++) {
            double packets = Throughput.measure(
                            far.namespace(),
                            limited.namespace(),
                            LIMITED,
                            Protocol.UDP,
                            4_000_000,
                            64,
                            COUNTED,
                            cloud.log("iperf"))
                    .packets();
            assertThat(packets).isLessThan(1.05 * 2_000 + 1_000.0 / COUNTED.toSeconds());
            best = Math.max(best, packets);
        }
        assertThat(best).isGreaterThan(QosRules.LEAST * 2_000);
        assertThat(one.weft("drops", "--port", port)).contains("PACKET_RATE");
        limit(Optional.of(rules.policy()));
        Wait.until("the port's own policy to count", () -> !isMarked());
    }

    private static boolean isMarked() {
        Background seen = far.start("tcpdump", "-lnnv", "-c", "1", "-i", "eth0", "icmp and src " + LIMITED);
        Wait.until("tcpdump", () -> seen.output().contains("listening"));
        Wait.until("a packet in tcpdump", () -> limited.pings(FAR) && !seen.isAlive());
        assertThat(seen.output()).contains("tos 0x");
        return seen.output().contains("tos 0xb8");
    }
}
