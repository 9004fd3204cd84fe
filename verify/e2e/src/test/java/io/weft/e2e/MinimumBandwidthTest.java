package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.e2e.Throughput.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Guarantees on an uplink that others fill, from the API to real packets. */
@Tag("alone")
class MinimumBandwidthTest {
    private static final int UPLINK = 40_000;
    private static final int GUARANTEED = 25_000;

    /** What others send each, and the guaranteed one as well: together three times what the uplink carries. */
    private static final long PLENTY = 40_000_000;

    /** The tunnel's headers, which count on the uplink, on packets of the size that is sent here. */
    private static final double TUNNEL = 1442.0 / 1492;

    private static Cloud cloud;
    private static Api api;
    private static QosRules rules;
    private static Host one;
    private static final List<Workload> SENDERS = new ArrayList<>();
    private static final List<Workload> RECEIVERS = new ArrayList<>();
    private static final List<String> PORTS = new ArrayList<>();

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1", List.of("--uplink-bandwidth", String.valueOf(UPLINK)));
        Host two = cloud.addHost("host2");
        api = cloud.api("tenant");
        rules = new QosRules(api);
        String network = id(api.create("network", Map.of("name", "net", "port_security_enabled", false)));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            PORTS.add(port(network, one, address(10 + i)));
            String far = port(network, two, address(20 + i));
            all.addAll(List.of(PORTS.getLast(), far));
            SENDERS.add(start(one, "sender" + i, PORTS.getLast(), address(10 + i)));
            RECEIVERS.add(start(two, "receiver" + i, far, address(20 + i)));
        }
        cloud.awaitActive(api, all);
        for (int i = 0; i < 3; i++) {
            Workload sender = SENDERS.get(i);
            String to = address(20 + i);
            Wait.until("the two to reach each other", () -> sender.pings(to));
        }
    }

    private static String address(int host) {
        return "10.0.0." + host;
    }

    private static String port(String network, Host host, String address) {
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

    private static void choose(String port, Optional<String> policy) {
        ObjectNode attributes = JsonNodeFactory.instance.objectNode();
        policy.ifPresentOrElse(p -> attributes.put("qos_policy_id", p), () -> attributes.putNull("qos_policy_id"));
        Api.Answer answer = api.call("PUT", "/v2.0/ports/" + port, Map.of("port", attributes));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    private static String guaranteeing(int kilobits) {
        String policy = rules.policy();
        rules.rule(policy, "minimum_bandwidth", Map.of("min_kbps", kilobits, "direction", "egress"));
        return policy;
    }

    private static boolean hasClasses() {
        return Shell.run(one.enter(List.of("tc", "qdisc", "show"))).contains(" htb 5753: ");
    }

    /** What the first sender gets through, in kbit/s, while the others send as much as they can. */
    private static double rateAmongOthers() {
        List<Background> load = new ArrayList<>();
        try {
            for (int i = 1; i < 3; i++) {
                load.add(Throughput.load(
                        SENDERS.get(i).namespace(),
                        RECEIVERS.get(i).namespace(),
                        address(20 + i),
                        PLENTY,
                        cloud.log("load" + i)));
            }
            return Throughput.measure(
                                    SENDERS.getFirst().namespace(),
                                    RECEIVERS.getFirst().namespace(),
                                    address(20),
                                    Protocol.UDP_ALONE,
                                    PLENTY,
                                    QosRules.COUNTED,
                                    cloud.log("measured"))
                            .bits()
                    / 1000;
        } finally {
            load.forEach(Background::close);
        }
    }

    @Test
    void aPortHasItsMinimumHoweverMuchOthersSendAndNothingIsQueuedWithoutGuarantees() {
        assertThat(hasClasses()).isFalse();
        String other = guaranteeing(1_000);
        // With a guarantee that is next to nothing the uplink is as slow as is said, and the three share it.
        choose(PORTS.get(1), Optional.of(other));
        Wait.until("the classes", MinimumBandwidthTest::hasClasses);
        double shared = rateAmongOthers();
        assertThat(shared).isLessThan(GUARANTEED * 0.9);

        choose(PORTS.getFirst(), Optional.of(guaranteeing(GUARANTEED)));
        Wait.until(
                "the guarantee",
                () -> Shell.run(one.enter(List.of("tc", "class", "show", "dev", uplink())))
                        .contains("rate " + GUARANTEED / 1000 + "Mbit"));
        double best = 0;
        for (int i = 0; i < QosRules.ATTEMPTS && best < QosRules.LEAST * TUNNEL * GUARANTEED; i++) {
            best = Math.max(best, rateAmongOthers());
        }
        assertThat(best).isGreaterThan(QosRules.LEAST * TUNNEL * GUARANTEED);

        // What does not fit is refused, and what was guaranteed before stays so.
        choose(PORTS.get(2), Optional.of(guaranteeing(20_000)));
        Wait.until(
                "the third to be refused",
                () -> one.weft("ports").contains("its bandwidth cannot be guaranteed: 20000 kbit/s of"));
        choose(PORTS.get(2), Optional.empty());

        choose(PORTS.getFirst(), Optional.empty());
        choose(PORTS.get(1), Optional.empty());
        Wait.until("the uplink's own queue to return", () -> !hasClasses());
        assertThat(SENDERS.getFirst().pings(address(20))).isTrue();
    }

    private static String uplink() {
        return Shell.run(one.enter(List.of("tc", "qdisc", "show")))
                .lines()
                .filter(line -> line.contains(" htb 5753: "))
                .map(line -> line.replaceAll(".* dev (\\S+) .*", "$1"))
                .findFirst()
                .orElse("none");
    }
}
