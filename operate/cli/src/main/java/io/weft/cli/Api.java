package io.weft.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server that a command speaks to, with the options that say which and as whom. */
final class Api {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server's API; default $WEFT_SERVER or http://127.0.0.1:9696")
    private @Nullable String server;

    @Option(names = "--auth-token", paramLabel = "TOKEN", description = "the token to show; default $WEFT_TOKEN")
    private @Nullable String token;

    @Option(names = "--project", paramLabel = "ID", description = "the project to work in; default $WEFT_PROJECT")
    private @Nullable String project;

    private @Nullable HttpClient client;

    Api() {}

    /** The server on this machine with this port, in the name of a project. */
    Api(int port, String project) {
        this.server = "http://127.0.0.1:" + port;
        this.project = project;
    }

    /** A server, as the caller who has this token. */
    Api(URI server, String token) {
        this.server = server.toString();
        this.token = token;
    }

    JsonNode get(String path) {
        return json(send(request(path).GET().build(), BodyHandlers.ofByteArray()));
    }

    JsonNode post(String path, Object body) {
        return post(path, body, TIMEOUT);
    }

    /** A request whose answer may take so long. */
    JsonNode post(String path, Object body, Duration timeout) {
        return json(send(withBody(path).timeout(timeout).POST(publisher(body)).build(), BodyHandlers.ofByteArray()));
    }

    JsonNode put(String path, Object body) {
        return json(send(withBody(path).PUT(publisher(body)).build(), BodyHandlers.ofByteArray()));
    }

    void delete(String path) {
        send(request(path).DELETE().build(), BodyHandlers.ofByteArray());
    }

    /** Waits until the server says that it is ready, as long as its process runs. */
    void awaitReady(BooleanSupplier running) throws InterruptedException {
        while (running.getAsBoolean()) {
            try {
                send(request("/readyz").GET().build(), BodyHandlers.ofByteArray());
                return;
            } catch (CommandException e) {
                Thread.sleep(100);
            }
        }
        throw new CommandException("the server ended before it was ready");
    }

    /** A long answer, to be read and closed by the caller. */
    InputStream stream(String path) {
        return send(request(path).GET().build(), BodyHandlers.ofInputStream()).body();
    }

    /** A text as a part of a path or a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String url() {
        String url = setting(server, "WEFT_SERVER").orElse("http://127.0.0.1:9696");
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private static Optional<String> setting(@Nullable String option, String variable) {
        return Optional.ofNullable(option == null ? System.getenv(variable) : option)
                .filter(text -> !text.isBlank());
    }

    private HttpRequest.Builder request(String path) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
            setting(token, "WEFT_TOKEN").ifPresent(text -> request.header("X-Auth-Token", text));
            setting(project, "WEFT_PROJECT").ifPresent(text -> request.header("X-Project-Id", text));
            return request;
        } catch (IllegalArgumentException e) {
            throw new CommandException("'" + url() + "' is no URL of a server", e);
        }
    }

    private HttpRequest.Builder withBody(String path) {
        return request(path).header("Content-Type", "application/json").timeout(TIMEOUT);
    }

    private static HttpRequest.BodyPublisher publisher(Object body) {
        return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        HttpClient open = client;
        if (open == null) {
            open = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();
            client = open;
        }
        try {
            HttpResponse<T> response = open.send(request, handler);
            if (response.statusCode() / 100 != 2) {
                throw new CommandException(message(response));
            }
            return response;
        } catch (ConnectException e) {
            throw new CommandException("no server answers at " + url(), e);
        } catch (IOException e) {
            throw new CommandException("the server at " + url() + " does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private static JsonNode json(HttpResponse<byte[]> response) {
        return response.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    private static String message(HttpResponse<?> response) {
        String text = switch (response.body()) {
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case InputStream in -> read(in);
            default -> "";
        };
        try {
            JsonNode tree = JSON.readTree(text);
            for (JsonNode error : tree) {
                if (error.path("message").isString()) {
                    return error.get("message").asString();
                }
            }
        } catch (JacksonException e) {
            return "the server answered " + response.statusCode() + ": " + text.strip();
        }
        return "the server answered " + response.statusCode() + ": " + text.strip();
    }

    private static String read(InputStream in) {
        try (in) {
            return new String(in.readNBytes(65_536), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
