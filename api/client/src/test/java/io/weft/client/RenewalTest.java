package io.weft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that end, from a Keystone and a Neutron that do only what is needed to see it. */
class RenewalTest {
    private final AtomicInteger given = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile int valid = 1;
    private HttpServer server;
    private NeutronClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/identity/v3/auth/tokens", this::giveToken);
        server.createContext("/net/v2.0/networks", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        client = client(Optional.of("two"));
    }

    private NeutronClient client(Optional<String> region) {
        return NeutronClient.of(
                new Authentication.Keystone(
                        url("/identity"),
                        new Authentication.ApplicationCredential("id", "secret"),
                        region,
                        "internal",
                        Optional.empty()),
                Settings.DEFAULTS);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private void giveToken(HttpExchange exchange) throws IOException {
        asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.getResponseHeaders().add("X-Subject-Token", "token-" + given.incrementAndGet());
        String body = """
                {"token": {"catalog": [
                  {"type": "compute", "endpoints": [{"interface": "internal", "region_id": "two", "url": "http://127.0.0.1:1"}]},
                  {"type": "network", "endpoints": [
                    {"interface": "public", "region_id": "two", "url": "http://127.0.0.1:1"},
                    {"interface": "internal", "region_id": "one", "url": "http://127.0.0.1:1"},
                    {"interface": "internal", "region_id": "two", "url": "%s"}]}]}}""".formatted(url("/net/"));
        send(exchange, 201, body);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean good = ("token-" + valid).equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
        send(
                exchange,
                good ? 200 : 401,
                good ? "{\"networks\": []}" : "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\"}}");
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void oneTokenServesUntilItIsRefused() {
        client.networks().list(Query.ALL);
        client.networks().list(Query.ALL);
        assertThat(given).hasValue(1);
        valid = 2;
        assertThat(client.networks().list(Query.ALL)).isEmpty();
        client.networks().list(Query.ALL);
        assertThat(given).hasValue(2);
        assertThat(asked).allSatisfy(body -> assertThat(body).contains("\"application_credential\"", "\"secret\""));
    }

    @Test
    void aFreshTokenThatIsRefusedTooIsAnError() {
        valid = 99;
        assertThatThrownBy(() -> client.networks().list(Query.ALL))
                .isInstanceOfSatisfying(
                        NeutronException.class, e -> assertThat(e.status()).isEqualTo(401));
        assertThat(given).hasValue(2);
    }

    @Test
    void aCatalogueWithoutTheServiceIsSaid() {
        try (NeutronClient lost = client(Optional.of("three"))) {
            assertThatThrownBy(() -> lost.networks().list(Query.ALL))
                    .hasMessageContaining("no internal endpoint of a service 'network' in region three");
        }
    }
}
