package io.weft.server.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.weft.server.identity.Authority;
import io.weft.server.identity.IdentityException;
import io.weft.server.identity.MasterKey;
import io.weft.server.identity.ServerTls;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KubernetesClusterTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path directory;

    private final EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private volatile Map<String, Object> status = Map.of();
    private final AtomicInteger refusals = new AtomicInteger(1);
    private HttpsServer api;
    private KubernetesCluster cluster;

    @BeforeEach
    void start() throws IOException {
        Authority authority =
                Authority.open(store, MasterKey.readOrCreate(directory.resolve("master.key")), InstantSource.system());
        Files.writeString(directory.resolve("token"), "the-server\n");
        Files.writeString(directory.resolve("ca.crt"), pem(authority));
        api = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setHttpsConfigurator(new HttpsConfigurator(
                ServerTls.context(authority, List.of("127.0.0.1"), Duration.ofDays(1), InstantSource.system())));
        api.createContext("/", this::answer);
        api.start();
        cluster = KubernetesCluster.open(
                new KubernetesSettings(
                        "weft-system",
                        "weft-agent",
                        URI.create("https://127.0.0.1:" + api.getAddress().getPort()),
                        directory),
                "the-fingerprint");
    }

    private static String pem(Authority authority) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder()
                            .encodeToString(authority.certificate().getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        cluster.close();
        api.stop(0);
        store.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        boolean review = exchange.getRequestURI().getPath().endsWith("/tokenreviews");
        int code = 201;
        if (!review) {
            // The API server is not there at once.
            code = refusals.getAndDecrement() > 0 ? 503 : 200;
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
        } else if (body.path("spec").path("token").asString().equals("broken")) {
            code = 500;
        }
        byte[] text = JSON.writeValueAsBytes(Map.of("status", status, "spec", body.path("spec")));
        exchange.sendResponseHeaders(code, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    @ParameterizedTest
    @CsvSource({
        "true,  weft,  system:serviceaccount:weft-system:weft-agent,  node-1, node-1",
        "false, weft,  system:serviceaccount:weft-system:weft-agent,  node-1, ''",
        "true,  other, system:serviceaccount:weft-system:weft-agent,  node-1, ''",
        "true,  weft,  system:serviceaccount:weft-system:weft-server, node-1, ''",
        "true,  weft,  system:serviceaccount:default:weft-agent,      node-1, ''",
        "true,  weft,  system:serviceaccount:weft-system:weft-agent,  '',     ''",
    })
    void aPodsTokenSaysOnWhichNodeItIs(
            boolean authenticated, String audience, String user, String node, String expected) {
        status = Map.of(
                "authenticated",
                authenticated,
                "audiences",
                List.of(audience),
                "user",
                Map.of(
                        "username",
                        user,
                        "extra",
                        node.isEmpty() ? Map.of() : Map.of("authentication.kubernetes.io/node-name", List.of(node))));
        assertThat(cluster.hostOf("a.b.c").orElse("")).isEqualTo(expected);
    }

    @Test
    void anAnswerWithoutAStatusIsNoWord() {
        assertThat(cluster.hostOf("a.b.c")).isEmpty();
    }

    @Test
    void aClusterThatDoesNotAnswerIsNoRefusal() {
        assertThatThrownBy(() -> cluster.hostOf("broken"))
                .isInstanceOfSatisfying(
                        IdentityException.class,
                        e -> assertThat(e.reason()).isEqualTo(IdentityException.Reason.WITNESS))
                .hasMessageContaining("500");
    }

    @Test
    void theAuthorityIsToldUntilTheClusterHasHeardIt() throws InterruptedException {
        String expected = "PATCH /api/v1/namespaces/weft-system/configmaps/weft-authority application/merge-patch+json"
                + " Bearer the-server {\"data\":{\"fingerprint\":\"the-fingerprint\"}}";
        assertThat(asked.poll(1, TimeUnit.MINUTES)).isEqualTo(expected);
        assertThat(asked.poll(1, TimeUnit.MINUTES)).isEqualTo(expected);
    }
}
