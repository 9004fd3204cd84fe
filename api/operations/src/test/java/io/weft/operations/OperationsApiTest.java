package io.weft.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.rest.RestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OperationsApiTest {
    private static final Authenticator CALLERS = new FixedTokens(Map.of(
            "administrator", Caller.administrator("root"), "somebody", new Caller("p", "u", Set.of("member"), false)));

    private final SmallInstallation installation = new SmallInstallation();
    private final RestServer server = RestServer.start(
            RestServer.anyLoopbackPort(),
            routing -> routing.register(OperationsApi.PATH, new OperationsApi(installation, CALLERS, _ -> null)));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void tenantsMayAskForATraceToo() throws Exception {
        JsonNode trace = body(ask(
                        "POST", "/traces", "somebody", "{\"port_id\": \"p\", \"port\": 80, \"source\": null}"))
                .get("trace");
        assertThat(trace.get("user").asString()).isEqualTo("u");
        assertThat(trace.get("words").propertyNames()).containsExactlyInAnyOrder("port_id", "port");
        assertThat(ask("POST", "/traces", "somebody", "{\"port_id\": []}").statusCode())
                .isEqualTo(400);
        assertThat(ask("POST", "/traces", "nobody", "{}").statusCode()).isEqualTo(401);
        JsonNode live = body(ask("POST", "/traces/live", "somebody", "{\"port_id\": \"p\", \"seconds\": 3}"))
                .get("trace");
        assertThat(live.get("live").asBoolean()).isTrue();
        assertThat(live.get("words").propertyNames()).containsExactlyInAnyOrder("port_id", "seconds");
        assertThat(ask("POST", "/traces/live", "nobody", "{}").statusCode()).isEqualTo(401);
    }

    @Test
    void nodesAreListedAndShownByNameAndId() throws Exception {
        JsonNode nodes = body(ask("GET", "/nodes", "administrator", "")).get("nodes");
        assertThat(nodes.size()).isEqualTo(1);
        assertThat(nodes.get(0).get("tunnel_addresses").get(0).asString()).isEqualTo("192.0.2.1");
        assertThat(nodes.get(0).get("last_seen").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(nodes.get(0).get("problems").get(0).asString()).isEqualTo("no clock");
        String id = nodes.get(0).get("id").asString();
        assertThat(body(ask("GET", "/nodes/" + id, "administrator", ""))
                        .get("node")
                        .get("name")
                        .asString())
                .isEqualTo("one");
    }

    @Test
    void claimsAreListedAllOrThoseOfAnAddress() throws Exception {
        assertThat(body(ask("GET", "/claims", "administrator", ""))
                        .get("claims")
                        .size())
                .isEqualTo(2);
        JsonNode claims = body(ask("GET", "/claims?address=2001:db8:0::100", "administrator", ""))
                .get("claims");
        assertThat(claims.size()).isEqualTo(1);
        assertThat(claims.get(0).get("mac").asString()).isEqualTo("00:00:5e:00:02:33");
        assertThat(claims.get(0).get("port_id").asString()).isEqualTo(new UUID(0, 2).toString());
        assertThat(claims.get(0).get("node").asString()).isEqualTo("one");
        assertThat(ask("GET", "/claims?address=nowhere", "administrator", "").statusCode())
                .isEqualTo(400);
        assertThat(ask("GET", "/claims", "somebody", "").statusCode()).isEqualTo(403);
    }

    @Test
    void aNodeIsDeletedOnce() throws Exception {
        assertThat(ask("DELETE", "/nodes/one", "administrator", "").statusCode())
                .isEqualTo(204);
        assertThat(ask("DELETE", "/nodes/one", "administrator", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aTokenIsMadeForAHostAndATime() throws Exception {
        JsonNode token = body(ask("POST", "/tokens", "administrator", "{\"host\":\"two\",\"lifetime_seconds\":60}"))
                .get("token");
        assertThat(token.get("token").asString()).isEqualTo("two for PT1M");
        assertThat(body(ask("POST", "/tokens", "administrator", ""))
                        .get("token")
                        .get("token")
                        .asString())
                .isEqualTo("any for PT1H");
    }

    @Test
    void wrongBodiesAreRefusedWithTheRule() throws Exception {
        assertThat(ask("POST", "/tokens", "administrator", "{\"lifetime_seconds\":0}"))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(400))
                .satisfies(answer -> assertThat(text(answer)).contains("lifetime_seconds", "must be from 1"));
        assertThat(ask("POST", "/tokens", "administrator", "{\"hots\":\"a\"}").statusCode())
                .isEqualTo(400);
        assertThat(ask("POST", "/tokens", "administrator", "[").statusCode()).isEqualTo(400);
    }

    @Test
    void onlyAdministratorsAreServed() throws Exception {
        assertThat(ask("GET", "/nodes", "somebody", "").statusCode()).isEqualTo(403);
        assertThat(ask("GET", "/backup", "somebody", "").statusCode()).isEqualTo(403);
        assertThat(ask("GET", "/nodes", "wrong", "").statusCode()).isEqualTo(401);
        assertThat(ask("GET", "/nothing", "wrong", "").statusCode()).isEqualTo(401);
        assertThat(ask("GET", "/nothing", "administrator", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aBackupIsAStreamOfBytes() throws Exception {
        assertThat(text(ask("GET", "/backup", "administrator", ""))).isEqualTo("everything");
    }

    @Test
    void theStatusCounts() throws Exception {
        JsonNode status = body(ask("GET", "/status", "administrator", "")).get("status");
        assertThat(status.get("store_revision").asLong()).isEqualTo(7);
        assertThat(status.get("resources").get("port").asInt()).isEqualTo(2);
    }

    private HttpResponse<byte[]> ask(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + OperationsApi.PATH + path))
                        .header("X-Auth-Token", token)
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static JsonNode body(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        return JsonMapper.builder().build().readTree(answer.body());
    }

    /** One node, and tokens that say what they were made with. */
    private static final class SmallInstallation implements Installation {
        private final List<NodeView> nodes = new ArrayList<>(List.of(new NodeView(
                UUID.randomUUID(),
                "one",
                List.of(IpAddress.parse("192.0.2.1")),
                true,
                Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                "0.1",
                5,
                2,
                List.of("no clock"))));

        @Override
        public List<NodeView> nodes() {
            return List.copyOf(nodes);
        }

        @Override
        public List<ClaimView> claims() {
            return List.of(
                    new ClaimView(
                            IpAddress.parse("10.0.0.100"), "00:00:5e:00:01:33", new UUID(0, 2), new UUID(0, 3), "one"),
                    new ClaimView(
                            IpAddress.parse("2001:db8::100"),
                            "00:00:5e:00:02:33",
                            new UUID(0, 2),
                            new UUID(0, 3),
                            "one"));
        }

        @Override
        public Map<String, Object> trace(Caller caller, Map<String, String> words) {
            return Map.of("user", caller.user(), "words", words);
        }

        @Override
        public Map<String, Object> liveTrace(Caller caller, Map<String, String> words) {
            return Map.of("live", true, "words", words);
        }

        @Override
        public void deleteNode(String name) {
            nodes.removeIf(node -> node.name().equals(name));
        }

        @Override
        public TokenView createToken(Optional<String> host, Duration lifetime) {
            return new TokenView(host.orElse("any") + " for " + lifetime, Instant.EPOCH);
        }

        @Override
        public StatusView status() {
            return new StatusView("0.1", "embedded", new UUID(0, 1), 7, 7, Map.of("port", 2), 1, 1);
        }

        @Override
        public void backup(OutputStream out) throws IOException {
            out.write("everything".getBytes(StandardCharsets.UTF_8));
        }
    }
}
