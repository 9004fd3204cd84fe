package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.protocol.NodeReport;
import io.weft.protocol.PortReport;
import io.weft.protocol.ReportCodec;
import io.weft.server.config.Configuration;
import io.weft.server.config.ConfigurationException;
import io.weft.server.identity.AgentClient;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ServerTest {
    @TempDir
    private Path directory;

    @Test
    void isReadyOnAnEmptyDirectoryAndMeasuresItself() throws Exception {
        try (Server server = start();
                Client client = new Client(server.apiPort())) {
            awaitReady(client);
            assertThat(client.call("GET", "/healthz", "").status()).isEqualTo(200);
            assertThat(client.get("/v2.0/networks").get("networks").size()).isZero();
            assertThat(client.text("/metrics"))
                    .contains("weft_request_seconds_count{collection=\"networks\",method=\"GET\",status=\"2xx\"} 1")
                    .contains("weft_build_info{version=\"" + Version.text() + "\"} 1");
            assertThat(client.get("/weft/v1/status").get("status").get("store").asString())
                    .isEqualTo("embedded");
        }
    }

    @Test
    void aNodeEnrolsHearsOfItsPortAndMakesItActive() throws Exception {
        try (Server server = start();
                Client client = new Client(server.apiPort());
                AgentClient agent = new AgentClient("one", server.agentsPort())) {
            awaitReady(client);
            assertThat(agent.enrol(client.token("one")).statusCode()).isEqualTo(200);
            try (BufferedReader stream = new BufferedReader(
                    new InputStreamReader(agent.stream("/v1/stream/one").body(), StandardCharsets.UTF_8))) {
                JsonNode network = client.create("network", Map.of("name", "n"));
                client.create(
                        "subnet",
                        Map.of("network_id", network.get("id").asString(), "cidr", "10.0.0.0/24", "ip_version", 4));
                JsonNode port = client.create(
                        "port",
                        Map.of("network_id", network.get("id").asString(), "binding:host_id", "one", "device_id", "x"));
                String id = port.get("id").asString();
                long revision = revisionThatBrings(stream, "port/" + id);
                assertThat(port.get("status").asString()).isEqualTo("DOWN");
                agent.put("/v1/status/one", up(revision, id));
                await(() -> client.get("/v2.0/ports/" + id)
                        .get("port")
                        .get("status")
                        .asString()
                        .equals("ACTIVE"));
                JsonNode node = client.get("/weft/v1/nodes/one").get("node");
                assertThat(node.get("alive").asBoolean()).isTrue();
                assertThat(node.get("ports").asInt()).isOne();
                assertThat(client.call("DELETE", "/weft/v1/nodes/one", "").status())
                        .isEqualTo(409);
                assertThat(client.call("DELETE", "/v2.0/ports/" + id, "").status())
                        .isEqualTo(204);
            }
            agent.disconnect();
            await(() ->
                    !client.get("/weft/v1/nodes/one").get("node").get("alive").asBoolean());
            assertThat(client.call("DELETE", "/weft/v1/nodes/one", "").status()).isEqualTo(204);
            await(() -> agent.put("/v1/status/one", up(1, UUID.randomUUID().toString()))
                            .statusCode()
                    == 403);
        }
    }

    @Test
    void aPortIsActiveHalfASecondAfterItsNodeIsReadyThoughAnotherNodeStaysSilent() throws Exception {
        try (Server server = start();
                Client client = new Client(server.apiPort());
                AgentClient one = new AgentClient("one", server.agentsPort());
                AgentClient two = new AgentClient("two", server.agentsPort(), "192.0.2.2")) {
            awaitReady(client);
            one.enrol(client.token("one"));
            two.enrol(client.token("two"));
            try (BufferedReader stream = lines(one, "one");
                    BufferedReader silent = lines(two, "two")) {
                String network =
                        client.create("network", Map.of("name", "n")).get("id").asString();
                String there = client.create("port", Map.of("network_id", network, "binding:host_id", "two"))
                        .get("id")
                        .asString();
                long ready = revisionThatBrings(silent, "port/" + there);
                two.put("/v1/status/two", up(ready, there));
                await(() -> isActive(client, there));

                long start = System.nanoTime();
                String here = client.create("port", Map.of("network_id", network, "binding:host_id", "one"))
                        .get("id")
                        .asString();
                one.put("/v1/status/one", up(revisionThatBrings(stream, "port/" + here), here));
                await(() -> isActive(client, here));
                assertThat(System.nanoTime() - start)
                        .as("the other node has not confirmed")
                        .isGreaterThan(450_000_000L);
            }
        }
    }

    private static boolean isActive(Client client, String port) throws IOException, InterruptedException {
        return client.get("/v2.0/ports/" + port)
                .get("port")
                .get("status")
                .asString()
                .equals("ACTIVE");
    }

    private static BufferedReader lines(AgentClient agent, String host) throws IOException, InterruptedException {
        return new BufferedReader(
                new InputStreamReader(agent.stream("/v1/stream/" + host).body(), StandardCharsets.UTF_8));
    }

    @Test
    void whatWasAcknowledgedBeforeAndDuringAStopIsThereAfterwards() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Server server = start();
        List<Thread> writers = new ArrayList<>();
        CountDownLatch busy = new CountDownLatch(20);
        for (int i = 0; i < 4; i++) {
            writers.add(Thread.ofVirtual().start(() -> createUntilRefused(server.apiPort(), acknowledged, busy)));
        }
        busy.await();
        server.close();
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(20);
        try (Server again = start();
                Client client = new Client(again.apiPort())) {
            Set<String> found = new HashSet<>();
            client.get("/v2.0/networks")
                    .get("networks")
                    .forEach(network -> found.add(network.get("id").asString()));
            assertThat(found).containsAll(acknowledged);
        }
    }

    @Test
    void anEnrolledNodeIsKnownAfterARestart() throws Exception {
        try (AgentClient agent = new AgentClient("one", 0)) {
            try (Server server = start();
                    Client client = new Client(server.apiPort())) {
                agent.moveTo(server.agentsPort());
                agent.enrol(client.token("one"));
            }
            try (Server server = start()) {
                agent.moveTo(server.agentsPort());
                assertThat(agent.put("/v1/status/one", up(1, UUID.randomUUID().toString()))
                                .statusCode())
                        .isEqualTo(204);
            }
        }
    }

    @Test
    void aDirectoryHasOneServerAtATime() {
        try (Server _ = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            error -> assertThat(error.error()).isEqualTo(StoreError.LOCKED));
        }
    }

    @Test
    void anAddressInUseIsNamedAndNothingStaysOpen() {
        try (Server other = Server.start(configuration(directory.resolve("other"), Map.of()))) {
            Map<String, String> taken = Map.of("WEFT_API_LISTEN", "127.0.0.1:" + other.apiPort());
            assertThatThrownBy(() -> Server.start(configuration(directory, taken)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("api.listen: 127.0.0.1:" + other.apiPort());
        }
        start().close();
    }

    @Test
    void fixedTokensDecideWhoIsAnAdministrator() throws Exception {
        Path tokens = secret("# who is who\noperators-token ops admin admin\ntenants-token acme alice member\n");
        Map<String, String> settings =
                Map.of("WEFT_API_AUTHENTICATION", "tokens", "WEFT_API_TOKENS_FILE", tokens.toString());
        try (Server server = Server.start(configuration(directory, settings));
                Client nobody = new Client(server.apiPort());
                Client operator = new Client(server.apiPort(), "operators-token");
                Client tenant = new Client(server.apiPort(), "tenants-token")) {
            assertThat(nobody.call("GET", "/v2.0/networks", "").status()).isEqualTo(401);
            assertThat(nobody.call("GET", "/healthz", "").status()).isEqualTo(200);
            assertThat(tenant.call("GET", "/v2.0/networks", "").status()).isEqualTo(200);
            assertThat(tenant.call("GET", "/weft/v1/nodes", "").status()).isEqualTo(403);
            assertThat(operator.call("GET", "/weft/v1/nodes", "").status()).isEqualTo(200);
        }
    }

    @Test
    void aPolicyFileSaysWhoMayDoWhat() throws Exception {
        Path tokens = secret("managers-token acme mary manager\ntenants-token acme alice member\n");
        Path policy = Files.writeString(directory.resolve("policy.yaml"), """
                "create_network:shared": "rule:admin_only or (role:manager and project_id:%(project_id)s)"
                "get_network:provider:network_type": "@"
                "delete_network": "!"
                """);
        Map<String, String> settings = Map.of(
                "WEFT_API_AUTHENTICATION",
                "tokens",
                "WEFT_API_TOKENS_FILE",
                tokens.toString(),
                "WEFT_API_POLICY_FILE",
                policy.toString());
        try (Server server = Server.start(configuration(directory, settings));
                Client manager = new Client(server.apiPort(), "managers-token");
                Client tenant = new Client(server.apiPort(), "tenants-token")) {
            Map<String, Object> body = Map.of("network", Map.of("shared", true));
            assertThat(tenant.call("POST", "/v2.0/networks", body).status()).isEqualTo(403);
            Client.Answer made = manager.call("POST", "/v2.0/networks", body);
            assertThat(made.status()).isEqualTo(201);
            String id = made.body().at("/network/id").asString();
            assertThat(tenant.call("GET", "/v2.0/networks/" + id, "")
                            .body()
                            .at("/network/provider:network_type")
                            .asString())
                    .isEqualTo("vxlan");
            assertThat(manager.call("DELETE", "/v2.0/networks/" + id, "").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void loadBalancersAreServedBesideNetworksUnderTheSamePolicyFile() throws Exception {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), "\"create_loadbalancer\": \"!\"\n");
        try (Server server = Server.start(configuration(directory, Map.of("WEFT_API_POLICY_FILE", policy.toString())));
                Client client = new Client(server.apiPort())) {
            awaitReady(client);
            for (String base : List.of("/v2/lbaas/", "/v2.0/lbaas/")) {
                assertThat(client.get(base + "loadbalancers")
                                .get("loadbalancers")
                                .size())
                        .isZero();
                assertThat(client.call("POST", base + "loadbalancers", Map.of("loadbalancer", Map.of("name", "x")))
                                .status())
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void aPolicyFileWithMistakesIsRefusedByLineAndRule() throws IOException {
        Path policy = Files.writeString(directory.resolve("policy.yaml"), """
                "create_network": "rule:nobody_knows"
                "delete_network": "role:a and"
                """);
        assertThatThrownBy(
                        () -> Server.start(configuration(directory, Map.of("WEFT_API_POLICY_FILE", policy.toString()))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(
                        "line 1: rule 'create_network': asks for rule 'nobody_knows', which does not exist",
                        "line 2: rule 'delete_network': a check is missing at the end");
    }

    @Test
    void aTokensFileWithMistakesIsRefusedByLineWithoutShowingTokens() throws IOException {
        Path tokens = secret("short p u r\nlong-enough-secret p u\n");
        Map<String, String> settings =
                Map.of("WEFT_API_AUTHENTICATION", "tokens", "WEFT_API_TOKENS_FILE", tokens.toString());
        assertThatThrownBy(() -> Server.start(configuration(directory, settings)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("line 1", "line 2")
                .message()
                .doesNotContain("long-enough-secret");
    }

    @Test
    void aTokensFileThatOthersMayReadIsRefused() throws IOException {
        Path tokens = secret("operators-token ops admin admin\n");
        Map<String, String> settings =
                Map.of("WEFT_API_AUTHENTICATION", "tokens", "WEFT_API_TOKENS_FILE", tokens.toString());
        for (String mode : List.of("rw-r--r--", "rw-rw----", "rw-----w-")) {
            Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> Server.start(configuration(directory, settings)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll(tokens.toString(), "chmod 640", mode);
        }
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-r-----"));
        Server.start(configuration(directory, settings)).close();
    }

    /** A file of tokens that its owner alone may read. */
    private Path secret(String text) throws IOException {
        Path tokens = directory.resolve("tokens");
        Files.writeString(tokens, text);
        return Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
    }

    private Server start() {
        return Server.start(configuration(directory, Map.of()));
    }

    static Configuration configuration(Path directory, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "WEFT_DATA_DIRECTORY",
                directory.toString(),
                "WEFT_API_LISTEN",
                "127.0.0.1:0",
                "WEFT_AGENTS_LISTEN",
                "127.0.0.1:0",
                "WEFT_AGENTS_HEARTBEAT",
                "100ms"));
        environment.putAll(settings);
        return Configuration.read(Optional.empty(), environment);
    }

    static byte[] up(long revision, String port) {
        return ReportCodec.encode(new NodeReport(
                revision,
                "test",
                true,
                List.of(new PortReport(UUID.fromString(port), PortReport.State.UP, "")),
                List.of()));
    }

    private static void createUntilRefused(int port, Set<String> acknowledged, CountDownLatch busy) {
        try (Client client = new Client(port)) {
            while (true) {
                Client.Answer answer = client.call("POST", "/v2.0/networks", Map.of("network", Map.of("name", "n")));
                if (answer.status() != 201) {
                    return;
                }
                acknowledged.add(answer.body().get("network").get("id").asString());
                busy.countDown();
            }
        } catch (IOException e) {
            // The server has stopped to listen, which is what this waits for.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the stream to the commit of the batch that has a record with this key; answers its revision. */
    private static long revisionThatBrings(BufferedReader stream, String key) throws IOException {
        boolean seen = false;
        while (true) {
            String line = stream.readLine();
            assertThat(line).as("the stream goes on").isNotNull();
            seen |= line.contains("\"key\":\"" + key + "\"");
            if (seen && line.startsWith("{\"commit\"")) {
                return Long.parseLong(line.replaceAll(".*\"revision\":(\\d+).*", "$1"));
            }
        }
    }

    private static void awaitReady(Client client) throws Exception {
        await(() -> client.call("GET", "/readyz", "").status() == 200);
    }

    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
