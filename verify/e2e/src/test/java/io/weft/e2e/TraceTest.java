package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A trace over two nodes and a router: as the page about it shows, as a tenant sees it, and when a node is away. */
@TestMethodOrder(MethodOrderer.Random.class)
class TraceTest {

    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    private static Cloud cloud;
    private static Api api;
    private static Workload client;
    private static Workload server;
    private static String clientPort;
    private static String serverPort;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServerWithTokens(Tenants.TOKENS);
        cloud.addHost("host1");
        cloud.addHost("host2");
        Api admin = cloud.apiWithToken(Tenants.ADMIN);
        api = cloud.apiWithToken(Tenants.ACME);
        String router = named("ROUTER", api.create("router", Map.of("name", "gate")));
        String web = network("WEB", "10.0.0.0/24", "fd00:0:0:1::/64", router);
        String db = network("DB", "10.0.1.0/24", "fd00:0:0:2::/64", router);
        clientPort = port("CLIENT", web, "10.0.0.11", "fd00:0:0:1::11");
        serverPort = port("SERVER", db, "10.0.1.10", "fd00:0:0:2::10");
        admin.update("port", clientPort, Map.of("binding:host_id", "host1"));
        admin.update("port", serverPort, Map.of("binding:host_id", "host2"));
        JsonNode usual = api.list("security_group", "?name=default").get(0);
        named("GROUP", usual);
        for (JsonNode rule : api.list("security_group_rule", "?direction=egress&ethertype=IPv4")) {
            named("EGRESS", rule);
        }
        String open = named("OPEN", api.create("security_group", Map.of("name", "open")));
        api.update("port", serverPort, Map.of("security_groups", List.of(open)));
        named(
                "RULE",
                api.create(
                        "security_group_rule",
                        Map.of(
                                "security_group_id",
                                open,
                                "direction",
                                "ingress",
                                "protocol",
                                "tcp",
                                "port_range_min",
                                5432,
                                "port_range_max",
                                5432)));
        client = start(cloud.host("host1"), "client", clientPort);
        server = start(cloud.host("host2"), "server", serverPort);
        cloud.awaitActive(api, List.of(clientPort, serverPort));
    }

    private static String network(String name, String ipv4, String ipv6, String router) {
        String network = named(name, api.create("network", Map.of("name", name)));
        JsonNode four = api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", ipv4));
        JsonNode six = api.create("subnet", Map.of("network_id", network, "ip_version", 6, "cidr", ipv6));
        api.connect(router, four.get("id").asString());
        api.connect(router, six.get("id").asString());
        return network;
    }

    private static String port(String name, String network, String ipv4, String ipv6) {
        return named(
                name,
                api.create(
                        "port",
                        Map.of(
                                "network_id",
                                network,
                                "fixed_ips",
                                List.of(Map.of("ip_address", ipv4), Map.of("ip_address", ipv6)))));
    }

    private static String named(String name, JsonNode object) {
        String id = object.get("id").asString();
        NAMES.put(id, name);
        return id;
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        return workload;
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    /** What a command prints, with names for ids. */
    private static String weft(String... arguments) {
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        Shell.Result result = Shell.attempt(Duration.ofMinutes(1), "", command);
        assertThat(result.ok()).as(result.output()).isTrue();
        return shortened(result.output());
    }

    private static String shortened(String output) {
        return named(output).replaceAll("fa:16:3e(:[0-9a-f]{2}){3}", "MAC");
    }

    private static String named(String output) {
        String named = output;
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }

    private static String trace(String... more) {
        List<String> arguments = new ArrayList<>(List.of("trace", clientPort, "10.0.1.10"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--server", cloud.server().api().toString(), "--auth-token", Tenants.ADMIN));
        return weft(arguments.toArray(String[]::new));
    }

    private static JsonNode asked(Api who, Map<String, ?> words) {
        Map<String, Object> all = new LinkedHashMap<>(words);
        all.put("port_id", clientPort);
        Api.Answer answer = who.call("POST", "/weft/v1/traces", all);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().get("trace");
    }

    @Test
    void itSaysWhatThePageAboutItShows() throws IOException {
        String page = Files.readString(Path.of("../../docs/trace.md"));
        assertThat(page)
                .contains("weft trace CLIENT 10.0.1.10 --protocol tcp --port 5432\n"
                        + trace("--protocol", "tcp", "--port", "5432"))
                .contains("weft trace CLIENT 10.0.1.10 --protocol tcp --port 22\n"
                        + trace("--protocol", "tcp", "--port", "22"));
    }

    @Test
    void theCommandsPrintWhatTheApiSays() {
        JsonMapper json = JsonMapper.builder().build();
        Api admin = cloud.apiWithToken(Tenants.ADMIN);
        JsonNode printed = json.readTree(trace("--protocol", "tcp", "--port", "22", "--json"));
        JsonNode answered =
                json.readTree(shortened(asked(admin, Map.of("destination", "10.0.1.10", "protocol", "tcp", "port", 22))
                        .toString()));
        assertThat(printed).isEqualTo(answered);
        assertThat(printed.get("outcome").get("reason").asString()).isEqualTo("POLICY_INGRESS");
        assertThat(client.attempt(Duration.ofSeconds(20), "timeout", "1", "bash", "-c", "</dev/tcp/10.0.1.10/22")
                        .ok())
                .isFalse();
        JsonNode drops = json.readTree(cloud.host("host2").weft("drops", "--port", serverPort, "--json"));
        assertThat(drops.toString()).contains(serverPort, "POLICY_INGRESS");
    }

    @Test
    void whatItSaysIsWhatHappens() {
        assertThat(trace("--protocol", "icmp")).contains("=> dropped: POLICY_INGRESS");
        assertThat(client.pings("10.0.1.10")).isFalse();
        String gateway = asked(cloud.apiWithToken(Tenants.ADMIN), Map.of("destination", "10.0.0.1"))
                .get("outcome")
                .get("result")
                .asString();
        assertThat(gateway).isEqualTo("answered");
        assertThat(client.pings("10.0.0.1")).isTrue();
        assertThat(asked(cloud.apiWithToken(Tenants.ADMIN), Map.of("destination", "10.0.7.1"))
                        .get("outcome")
                        .get("reason")
                        .asString())
                .isEqualTo("NO_ROUTE");
        assertThat(asked(cloud.apiWithToken(Tenants.ADMIN), Map.of("destination", "10.0.0.77"))
                        .get("outcome")
                        .get("result")
                        .asString())
                .isEqualTo("unreachable");
    }

    @Test
    void aDenialNamesItsRuleAndItsGroup() {
        Api admin = cloud.apiWithToken(Tenants.ADMIN);
        String open = api.list("security_group", "?name=open").get(0).get("id").asString();
        String first = named("FIRST", admin.create("security_group", Map.of("name", "first", "weft:tier", "admin")));
        named(
                "DENIAL",
                admin.create(
                        "security_group_rule",
                        Map.of("security_group_id", first, "direction", "ingress", "weft:action", "deny")));
        admin.update("port", serverPort, Map.of("security_groups", List.of(open, first)));
        traced("host2  rule        ingress denied: by rule DENIAL of security group FIRST, port SERVER");
        admin.update("port", serverPort, Map.of("security_groups", List.of(open)));
        traced("host2  rule        ingress allowed: by rule RULE of security group OPEN, port SERVER");
        admin.delete("security_group", first);
    }

    private static void traced(String step) {
        Wait.until(
                step,
                Duration.ofMinutes(1),
                () -> Optional.of(trace("--protocol", "tcp", "--port", "5432")).filter(said -> said.contains(step)));
    }

    @Test
    void itFollowsIpv6AsItDoesIpv4() {
        JsonNode trace = asked(
                cloud.apiWithToken(Tenants.ADMIN),
                Map.of("destination", "fd00:0:0:2::10", "protocol", "tcp", "port", 5432));
        // The rule that lets IPv4 in is for IPv4.
        assertThat(trace.get("outcome").get("reason").asString()).isEqualTo("POLICY_INGRESS");
        assertThat(trace.get("outcome").get("node").asString()).isEqualTo("host2");
        assertThat(trace.get("steps").get(0).get("answered").asBoolean()).isTrue();
        assertThat(trace.toString()).contains("\"prefix\":\"fd00:0:0:2::/64\"");
        assertThat(asked(cloud.apiWithToken(Tenants.ADMIN), Map.of("destination", "fd00:0:0:1::1"))
                        .get("outcome")
                        .get("result")
                        .asString())
                .isEqualTo("answered");
    }

    @Test
    void aTenantSeesItsOwnPartAndNoHosts() {
        JsonNode trace = asked(api, Map.of("destination", "10.0.1.10", "protocol", "tcp", "port", 5432));
        assertThat(trace.get("outcome").get("result").asString()).isEqualTo("delivered");
        String text = trace.toString();
        assertThat(text).contains(clientPort).contains(serverPort).contains("\"rule\"");
        assertThat(text)
                .doesNotContain("host1")
                .doesNotContain("host2")
                .doesNotContain(cloud.host("host2").tunnelAddress())
                .doesNotContain("vni");
        Api.Answer other = cloud.apiWithToken(Tenants.GLOBEX)
                .call("POST", "/weft/v1/traces", Map.of("port_id", clientPort, "destination", "10.0.1.10"));
        assertThat(other.status()).isEqualTo(404);
    }

    /** Tries to connect again and again, until it is closed. */
    private static Background connecting(int port) {
        return client.start(
                "bash", "-c", "while :; do timeout 1 bash -c '</dev/tcp/10.0.1.10/" + port + "' 2>&1; sleep 0.1; done");
    }

    private static JsonNode watched(Api who, Map<String, ?> words) {
        Map<String, Object> all = new LinkedHashMap<>(words);
        all.put("port_id", clientPort);
        Api.Answer answer = who.call("POST", "/weft/v1/traces/live", all);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().get("trace").get("packets");
    }

    private static List<JsonNode> steps(JsonNode packet, String kind, String node) {
        List<JsonNode> steps = new ArrayList<>();
        for (JsonNode step : packet.get("steps")) {
            if (step.get("step").asString().equals(kind)
                    && step.get("node").asString().equals(node)) {
                steps.add(step);
            }
        }
        return steps;
    }

    @Test
    void aLivePacketIsFollowedOverBothNodesWhileItPasses() {
        Api admin = cloud.apiWithToken(Tenants.ADMIN);
        Map<String, ?> words =
                Map.of("destination", "10.0.1.10", "protocol", "tcp", "port", 5432, "packets", 2, "seconds", 20);
        try (Background _ = connecting(5432)) {
            for (JsonNode packet : watched(admin, words)) {
                assertThat(packet.get("packet").get("port").asInt()).isEqualTo(5432);
                assertThat(packet.get("packet").get("source").asString()).isEqualTo("10.0.0.11");
                assertThat(packet.get("outcome").get("result").asString())
                        .as(packet.toString())
                        .isEqualTo("delivered");
                assertThat(packet.get("outcome").get("port_id").asString()).isEqualTo(serverPort);
                assertThat(steps(packet, "route", "host1")).hasSize(1);
                assertThat(steps(packet, "arrived", "host2")).hasSize(1);
                assertThat(packet.toString()).doesNotContain("replayed");
                // Each begins a connection, at both ends: what is seen is what was decided then, not afterwards.
                for (String node : List.of("host1", "host2")) {
                    assertThat(steps(packet, "connection", node)
                                    .getFirst()
                                    .get("state")
                                    .asString())
                            .isEqualTo("none");
                    assertThat(steps(packet, "rule", node)).hasSize(1);
                }
            }
        }
    }

    @Test
    void aLivePacketThatIsDroppedNamesWhatDroppedIt() {
        try (Background _ = connecting(22)) {
            String said = trace("--live", "--protocol", "tcp", "--port", "22", "--packets", "1", "--seconds", "20");
            assertThat(said)
                    .contains("to 10.0.1.10 22, protocol 6")
                    .contains("host2  rule        ingress denied: no rule covers it, port SERVER")
                    .contains("=> dropped: POLICY_INGRESS");
        }
    }

    @Test
    void aTenantSeesOnlyItsOwnPartOfALivePacket() {
        Map<String, ?> words =
                Map.of("destination", "10.0.1.10", "protocol", "tcp", "port", 5432, "packets", 1, "seconds", 20);
        try (Background _ = connecting(5432)) {
            JsonNode packets = watched(api, words);
            assertThat(packets).hasSize(1);
            String text = packets.toString();
            assertThat(text).contains(clientPort).contains(serverPort).contains("\"rule\"");
            assertThat(text)
                    .doesNotContain("host1")
                    .doesNotContain("host2")
                    .doesNotContain(cloud.host("host2").tunnelAddress())
                    .doesNotContain("vni")
                    .doesNotContain("signature")
                    .doesNotContain("handover");
        }
        Api.Answer other =
                cloud.apiWithToken(Tenants.GLOBEX).call("POST", "/weft/v1/traces/live", Map.of("port_id", clientPort));
        assertThat(other.status()).isEqualTo(404);
    }

    @Test
    void withoutADestinationTheNextNodeIsAskedAfterwards() {
        try (Background _ = connecting(22)) {
            JsonNode packets =
                    watched(cloud.apiWithToken(Tenants.ADMIN), Map.of("protocol", "tcp", "packets", 1, "seconds", 20));
            assertThat(packets).hasSize(1);
            assertThat(packets.get(0).get("outcome").get("reason").asString()).isEqualTo("POLICY_INGRESS");
            assertThat(steps(packets.get(0), "arrived", "host2")
                            .getFirst()
                            .get("replayed")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void whenNothingIsSentNothingIsSeen() {
        assertThat(weft(
                        "trace",
                        serverPort,
                        "10.0.0.77",
                        "--live",
                        "--seconds",
                        "1",
                        "--server",
                        cloud.server().api().toString(),
                        "--auth-token",
                        Tenants.ADMIN))
                .contains("=> no such packet was sent");
        for (Map<String, ?> words :
                List.of(Map.of("port", 22), Map.of("packets", 17), Map.of("seconds", 0), Map.of("colour", "red"))) {
            Map<String, Object> all = new LinkedHashMap<>(words);
            all.put("port_id", clientPort);
            assertThat(api.call("POST", "/weft/v1/traces/live", all).status())
                    .as(words.toString())
                    .isEqualTo(400);
        }
    }

    @Test
    void theAgentAloneWatchesItsOwnPart() {
        try (Background _ = connecting(5432)) {
            assertThat(weft(
                            "trace",
                            clientPort,
                            "10.0.1.10",
                            "--live",
                            "--packets",
                            "1",
                            "--local",
                            "--socket",
                            cloud.host("host1").socket().toString()))
                    .contains("=> goes on at host host2");
        }
    }

    @Test
    void wordsThatMakeNoSenseAreRefused() {
        for (Map<String, String> words : List.of(
                Map.of("destination", "nowhere"),
                Map.of("destination", "10.0.1.10", "protocol", "tcp"),
                Map.of("destination", "10.0.1.10", "port", "22"),
                Map.of("destination", "10.0.1.10", "protocol", "300"),
                Map.of("destination", "10.0.1.10", "colour", "red"),
                Map.of("destination", "10.0.1.10", "source", "2001:db8::1"))) {
            Map<String, String> all = new LinkedHashMap<>(words);
            all.put("port_id", clientPort);
            assertThat(api.call("POST", "/weft/v1/traces", all).status())
                    .as(words.toString())
                    .isEqualTo(400);
        }
    }

    @Test
    void theAgentOfTheHostAnswersWithoutAnyServer() {
        String[] local = {
            "trace",
            clientPort,
            "10.0.1.10",
            "--local",
            "--socket",
            cloud.host("host1").socket().toString()
        };
        assertThat(weft(local)).contains("=> goes on at host host2");
    }

    @Test
    void dropsRulesAndConnectionsAreNamedOnTheHost() {
        Host host = cloud.host("host2");
        assertThat(client.attempt(Duration.ofSeconds(20), "timeout", "1", "bash", "-c", "</dev/tcp/10.0.1.10/22")
                        .ok())
                .isFalse();
        assertThat(named(host.weft("drops", "--port", serverPort)))
                .containsPattern("SERVER +POLICY_INGRESS +[0-9]+  no rule of the receiving port allows it, "
                        + "or one denies it, those of security groups OPEN");
        // Somebody listens: a connection that is refused is forgotten at once.
        Pattern connection = Pattern.compile("SERVER +6 +ingress.* RULE ");
        try (Background _ = server.start("socat", "-u", "TCP4-LISTEN:5432,fork,reuseaddr", "OPEN:/dev/null");
                Background _ = connecting(5432)) {
            Wait.until(
                    "a connection to be listed with its rule",
                    () -> connection
                            .matcher(named(host.weft("connections", "--port", serverPort, "--local-port", "5432")))
                            .find());
        }
        assertThat(named(host.weft("port", "show", serverPort))).containsPattern("RULE +[1-9]");
    }
}
