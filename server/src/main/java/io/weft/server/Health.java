package io.weft.server;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.weft.server.metrics.Metrics;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /healthz}: the process lives. {@code /readyz}: it can serve, with the reason when it cannot. {@code /metrics}:
 * what it measures. Nothing here tells of tenants, so everybody may ask.
 */
final class Health {
    private static final Header JSON_TYPE = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final Header METRICS_TYPE =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Metrics metrics;
    private final Map<String, Callable<Optional<String>>> checks = new LinkedHashMap<>();
    private volatile boolean stopping;

    Health(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Adds a condition of readiness, before the first request: what is wrong, or nothing. */
    void require(String name, Callable<Optional<String>> check) {
        checks.put(name, check);
    }

    /** Not ready from now on. */
    void stop() {
        stopping = true;
    }

    void register(HttpRouting.Builder routing) {
        routing.get("/healthz", (_, response) -> response.send("ok\n".getBytes(StandardCharsets.UTF_8)))
                .get("/readyz", this::ready)
                .get("/metrics", (_, response) -> {
                    response.header(METRICS_TYPE);
                    try (OutputStream out = response.outputStream()) {
                        metrics.write(out);
                    }
                });
    }

    private void ready(ServerRequest request, ServerResponse response) {
        Map<String, String> wrong = wrong();
        response.status(wrong.isEmpty() ? 200 : 503)
                .header(JSON_TYPE)
                .send(JSON.writeValueAsBytes(Map.of("ready", wrong.isEmpty(), "problems", wrong)));
    }

    private Map<String, String> wrong() {
        if (stopping) {
            return Map.of("server", "it stops");
        }
        Map<String, String> wrong = new LinkedHashMap<>();
        checks.forEach((name, check) -> reason(check).ifPresent(reason -> wrong.put(name, reason)));
        return wrong;
    }

    private static Optional<String> reason(Callable<Optional<String>> check) {
        try {
            return check.call();
        } catch (Exception e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
