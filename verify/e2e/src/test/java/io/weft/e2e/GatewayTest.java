package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Two hosts on an external segment and a host outside: a floating IP on the workload's host, a shared address on the gateway's
 * host, all through the API, with security groups in force.
 */
class GatewayTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String OUTSIDE = WayOut.OUTSIDE;

    private static Cloud cloud;
    private static Api api;
    private static Workload outside;
    private static Workload first;
    private static Workload second;
    private static String firstPort;
    private static String secondPort;
    private static String external;
    private static String gateway;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1", WayOut.UPLINK);
        Host two = cloud.addHost("host2", WayOut.UPLINK);
        api = cloud.api("tenant");
        WayOut wayOut = WayOut.make(cloud, api, one, two);
        outside = wayOut.outside();
        outside.serve();
        external = wayOut.external();
        gateway = wayOut.gateway();
        String network = wayOut.network();
        firstPort = port(network, one);
        secondPort = port(network, two);
        first = start(one, "first", firstPort);
        second = start(two, "second", secondPort);
        cloud.awaitActive(api, List.of(firstPort, secondPort));
    }

    private static String port(String network, Host host) {
        return id(api.create("port", Map.of("network_id", network, "binding:host_id", host.name())));
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

    @Test
    void workloadsReachOutAndFloatingIpsAreReachedWhereRulesAllowIt() {
        for (Workload workload : List.of(first, second)) {
            Wait.until(workload.name() + " to reach the host outside", () -> workload.pings(OUTSIDE));
            assertThat(workload.sends(OUTSIDE, PATIENT)).isEqualTo("outside");
        }
        assertThat(outside.run("ip", "neighbour")).contains(gateway);

        String floating = api.create("floatingip", Map.of("floating_network_id", external, "port_id", firstPort))
                .get("floating_ip_address")
                .asString();
        Wait.until(
                "first to speak from its floating IP",
                () -> first.pings(OUTSIDE) && outside.run("ip", "neighbour").contains(floating));
        assertThat(first.sends(OUTSIDE, PATIENT)).isEqualTo("outside");
        // The default group lets nobody in who is not of it.
        assertThat(outside.sends(floating, Duration.ofSeconds(2))).isEmpty();
        String group = id(api.create("security_group", Map.of("name", "open")));
        api.create(
                "security_group_rule",
                Map.of("security_group_id", group, "direction", "ingress", "remote_ip_prefix", OUTSIDE + "/32"));
        api.update("port", firstPort, Map.of("security_groups", List.of(group)));
        Wait.until("the floating IP to be reached", () -> outside.pings(floating));
        assertThat(outside.sends(floating, PATIENT)).isEqualTo("first");
        // From inside, by the shared address: no rule allows that one.
        assertThat(second.pings(floating)).isFalse();

        // What a trace says of the same packets.
        JsonNode in = traced(Map.of("from_external", external, "destination", floating, "source", OUTSIDE));
        assertThat(in.get("outcome").get("result").asString()).as(in.toString()).isEqualTo("delivered");
        assertThat(in.get("outcome").get("port_id").asString()).isEqualTo(firstPort);
        assertThat(kinds(in)).contains("entered", "translation", "route", "rule");
        JsonNode stranger =
                traced(Map.of("from_external", external, "destination", floating, "source", "198.51.100.7"));
        assertThat(stranger.get("outcome").get("reason").asString())
                .as(stranger.toString())
                .isEqualTo("POLICY_INGRESS");
        JsonNode out = traced(Map.of("port_id", firstPort, "destination", OUTSIDE));
        assertThat(out.get("outcome").get("result").asString())
                .as(out.toString())
                .isEqualTo("outside");
        assertThat(out.get("outcome").get("packet").get("source").asString()).isEqualTo(floating);
        assertThat(kinds(out)).contains("translation", "outside");
    }

    /** Asks again while an agent is too busy to answer in time. */
    private static JsonNode traced(Map<String, ?> words) {
        return Wait.until("the agents to answer", Duration.ofMinutes(2), () -> {
            Api.Answer answer = api.call("POST", "/weft/v1/traces", words);
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
            JsonNode trace = answer.body().get("trace");
            String result = trace.get("outcome").get("result").asString();
            return result.equals("unanswered") ? Optional.empty() : Optional.of(trace);
        });
    }

    private static List<String> kinds(JsonNode trace) {
        return trace.get("steps")
                .valueStream()
                .map(step -> step.get("step").asString())
                .toList();
    }

    @Test
    void aTraceSeesTheTranslationsThatThereAre() {
        Wait.until("second to reach the host outside", () -> second.pings(OUTSIDE));
        // Nobody inside is meant by what is no answer to anything.
        JsonNode unknown = traced(Map.of(
                "from_external",
                external,
                "destination",
                gateway,
                "source",
                OUTSIDE,
                "protocol",
                "udp",
                "port",
                50000,
                "source_port",
                50001));
        assertThat(unknown.get("outcome").get("reason").asString())
                .as(unknown.toString())
                .isEqualTo("TRANSLATION_UNKNOWN");
        // One connection, from a port that is known, so that its answer can be asked about.
        second.run("bash", "-c", "echo x | socat -u - UDP4-DATAGRAM:" + OUTSIDE + ":9,bind=:40123");
        JsonNode again = traced(Map.of(
                "port_id", secondPort, "destination", OUTSIDE, "protocol", "udp", "port", 9, "source_port", 40123));
        assertThat(again.get("outcome").get("result").asString())
                .as(again.toString())
                .isEqualTo("outside");
        assertThat(again.get("steps")
                        .valueStream()
                        .filter(step -> step.get("step").asString().equals("sharing"))
                        .findFirst()
                        .orElseThrow()
                        .get("found")
                        .asBoolean())
                .isTrue();
        String answered = again.get("outcome").get("packet").get("source").asString();
        assertThat(answered).isEqualTo(gateway);
        JsonNode answer = traced(Map.of(
                "from_external",
                external,
                "destination",
                gateway,
                "source",
                OUTSIDE,
                "protocol",
                "udp",
                "port",
                40123,
                "source_port",
                9));
        assertThat(answer.get("outcome").get("result").asString())
                .as(answer.toString())
                .isEqualTo("delivered");
        assertThat(answer.get("outcome").get("port_id").asString()).isEqualTo(secondPort);
        assertThat(api.call(
                                "POST",
                                "/weft/v1/traces",
                                Map.of("from_external", external, "destination", "203.0.113.250", "source", OUTSIDE))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aForwardedPortLeadsToItsWorkload() {
        JsonNode address = api.create("floatingip", Map.of("floating_network_id", external));
        String floating = address.get("floating_ip_address").asString();
        String fixed = api.show("port", secondPort)
                .get("fixed_ips")
                .get(0)
                .get("ip_address")
                .asString();
        Map<String, ?> forwarding = Map.of(
                "internal_port_id",
                secondPort,
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
        String group = id(api.create("security_group", Map.of("name", "served")));
        api.create(
                "security_group_rule",
                Map.of("security_group_id", group, "direction", "ingress", "remote_ip_prefix", OUTSIDE + "/32"));
        api.update("port", secondPort, Map.of("security_groups", List.of(group)));
        Wait.until(
                "the forwarded port to be reached",
                () -> outside.sends(floating, 8443, Duration.ofSeconds(5)).equals("second"));
        assertThat(outside.sends(floating, Duration.ofSeconds(2)))
                .as("any other port")
                .isEmpty();
        JsonNode in = traced(Map.of(
                "from_external",
                external,
                "destination",
                floating,
                "source",
                OUTSIDE,
                "protocol",
                "tcp",
                "port",
                8443));
        assertThat(in.get("outcome").get("result").asString()).as(in.toString()).isEqualTo("delivered");
        assertThat(in.get("outcome").get("port_id").asString()).isEqualTo(secondPort);
        String forwarded = id(made.body().get("port_forwarding"));
        assertThat(api.call("DELETE", path + "/" + forwarded, "").status()).isEqualTo(204);
        Wait.until(
                "the forwarded port to be closed",
                () -> outside.sends(floating, 8443, Duration.ofSeconds(2)).isEmpty());
    }
}
