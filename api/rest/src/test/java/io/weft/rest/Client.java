package io.weft.rest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks HTTP to a server of the tests, as one caller. */
record Client(HttpClient http, int port, String token) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Client of(RestServer server, String token) {
        return new Client(HttpClient.newHttpClient(), server.port(), token);
    }

    Client as(String otherToken) {
        return new Client(http, port, otherToken);
    }

    Answer get(String path) {
        return send("GET", path, "", Map.of());
    }

    Answer post(String path, String body) {
        return send("POST", path, body, Map.of());
    }

    Answer put(String path, String body) {
        return send("PUT", path, body, Map.of());
    }

    Answer delete(String path) {
        return send("DELETE", path, "", Map.of());
    }

    Answer send(String method, String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2.0" + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("X-Auth-Token", token);
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().map());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A response. */
    record Answer(int status, String text, Map<String, List<String>> headers) {
        JsonNode json() {
            return MAPPER.readTree(text);
        }

        String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }

        String at(String pointer) {
            return json().at(pointer).asString();
        }
    }
}
