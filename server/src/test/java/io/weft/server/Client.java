package io.weft.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of a server's API on this machine. */
final class Client implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String address;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Client(int port) {
        this(port, "");
    }

    Client(int port, String token) {
        this.address = "http://127.0.0.1:" + port;
        this.token = token;
    }

    record Answer(int status, JsonNode body) {}

    Answer call(String method, String path, Object body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("X-Auth-Token", token)
                        .method(
                                method,
                                body.equals("")
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                        .build(),
                BodyHandlers.ofByteArray());
        boolean json = response.headers()
                .firstValue("content-type")
                .filter(type -> type.startsWith("application/json"))
                .isPresent();
        return new Answer(response.statusCode(), json ? JSON.readTree(response.body()) : JSON.createObjectNode());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return expect(200, call("GET", path, ""));
    }

    String text(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString())
                .body();
    }

    /** Makes a Neutron resource and answers its attributes. */
    JsonNode create(String kind, Map<String, ?> attributes) throws IOException, InterruptedException {
        return expect(201, call("POST", "/v2.0/" + kind + "s", Map.of(kind, attributes)))
                .get(kind);
    }

    String token(String host) throws IOException, InterruptedException {
        return expect(200, call("POST", "/weft/v1/tokens", Map.of("host", host)))
                .get("token")
                .get("token")
                .asString();
    }

    private static JsonNode expect(int status, Answer answer) {
        if (answer.status() != status) {
            throw new AssertionError("status " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
