package io.weft.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the Neutron API that fails loudly. */
public final class Api {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Supplier<URI> address;
    private final Map<String, String> headers;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * @param address asked before each call, so that a test may turn to another server
     * @param headers who calls
     */
    private Api(Supplier<URI> address, Map<String, String> headers) {
        this.address = address;
        this.headers = headers;
    }

    /** An administrator in this project's name, with a server that asks for no token. */
    public static Api ofProject(Supplier<URI> address, String project) {
        return new Api(address, Map.of("X-Project-Id", project));
    }

    /** Whoever has this token. */
    public static Api ofToken(Supplier<URI> address, String token) {
        return new Api(address, Map.of("X-Auth-Token", token));
    }

    /** What the server answered. */
    public record Answer(int status, JsonNode body) {}

    /** Sends one request and returns whatever is answered. */
    public Answer call(String method, String path, Object body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.get().resolve(path))
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/json");
            headers.forEach(request::header);
            request.method(
                    method,
                    body.equals("")
                            ? HttpRequest.BodyPublishers.noBody()
                            : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String path(String kind) {
        return "/v2.0/" + kind.replace('_', '-') + "s";
    }

    /** Creates a resource; {@code kind} in the singular. Returns its attributes. */
    public JsonNode create(String kind, Map<String, ?> attributes) {
        return expect(201, call("POST", path(kind), Map.of(kind, attributes))).get(kind);
    }

    /** Changes a resource. */
    public JsonNode update(String kind, String id, Map<String, ?> attributes) {
        return expect(200, call("PUT", path(kind) + "/" + id, Map.of(kind, attributes)))
                .get(kind);
    }

    public JsonNode show(String kind, String id) {
        return expect(200, call("GET", path(kind) + "/" + id, "")).get(kind);
    }

    /** All resources of a kind; {@code query} begins with a question mark or is empty. */
    public JsonNode list(String kind, String query) {
        return expect(200, call("GET", path(kind) + query, "")).get(kind + "s");
    }

    public void delete(String kind, String id) {
        expect(204, call("DELETE", path(kind) + "/" + id, ""));
    }

    /** Gives the router an interface on the subnet, at its gateway address. */
    public void connect(String router, String subnet) {
        expect(200, call("PUT", "/v2.0/routers/" + router + "/add_router_interface", Map.of("subnet_id", subnet)));
    }

    private static JsonNode expect(int status, Answer answer) {
        if (answer.status() != status) {
            throw new IllegalStateException(
                    "status " + answer.status() + ", expected " + status + ": " + answer.body());
        }
        return answer.body();
    }
}
