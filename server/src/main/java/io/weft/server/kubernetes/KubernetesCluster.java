package io.weft.server.kubernetes;

import io.weft.server.identity.IdentityException;
import io.weft.server.identity.IdentityException.Reason;
import io.weft.server.identity.NodeWitness;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster's API server as a witness: it says to which node the pod is bound that a token was given to (<a
 * href="https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/">bound service account tokens</a>).
 * Safe for use by several threads.
 */
public final class KubernetesCluster implements NodeWitness, AutoCloseable {
    /** For whom agents' tokens are made, so that a token for anything else enrols nobody. */
    static final String AUDIENCE = "weft";

    /** Where agents find the fingerprint of the authority, in their own namespace. */
    static final String CONFIG_MAP = "weft-authority";

    private static final System.Logger LOGGER = System.getLogger(KubernetesCluster.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final String NODE = "authentication.kubernetes.io/node-name";

    private final KubernetesSettings settings;
    private final Thread publishing;

    private KubernetesCluster(KubernetesSettings settings, String fingerprint) {
        this.settings = settings;
        this.publishing = Thread.ofVirtual().name("authority").unstarted(() -> publish(fingerprint));
    }

    /** Begins to tell the agents' namespace the fingerprint of the authority, until it is told, and answers questions. */
    public static KubernetesCluster open(KubernetesSettings settings, String fingerprint) {
        KubernetesCluster cluster = new KubernetesCluster(settings, fingerprint);
        cluster.publishing.start();
        return cluster;
    }

    @Override
    public Optional<String> hostOf(String proof) {
        JsonNode answer;
        try {
            answer = call(
                    "POST",
                    "/apis/authentication.k8s.io/v1/tokenreviews",
                    "application/json",
                    Map.of(
                            "apiVersion",
                            "authentication.k8s.io/v1",
                            "kind",
                            "TokenReview",
                            "spec",
                            Map.of("token", proof, "audiences", List.of(AUDIENCE))));
        } catch (IOException e) {
            throw new IdentityException(
                    Reason.WITNESS, "the cluster cannot be asked about the token: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IdentityException(Reason.WITNESS, "the server stops", e);
        }
        JsonNode status = answer.path("status");
        String user = "system:serviceaccount:" + settings.namespace() + ":" + settings.serviceAccount();
        boolean good = status.path("authenticated").asBoolean(false)
                && StreamSupport.stream(status.path("audiences").spliterator(), false)
                        .anyMatch(audience -> AUDIENCE.equals(audience.asString()))
                && user.equals(status.path("user").path("username").asString(""));
        String node = status.path("user").path("extra").path(NODE).path(0).asString("");
        return good && !node.isEmpty() ? Optional.of(node) : Optional.empty();
    }

    private void publish(String fingerprint) {
        Duration wait = SHORTEST_RETRY;
        while (true) {
            try {
                call(
                        "PATCH",
                        "/api/v1/namespaces/" + settings.namespace() + "/configmaps/" + CONFIG_MAP,
                        "application/merge-patch+json",
                        Map.of("data", Map.of("fingerprint", fingerprint)));
                LOGGER.log(Level.INFO, "authority published", Map.entry("cluster", settings.url()));
                return;
            } catch (IOException e) {
                if (wait.equals(SHORTEST_RETRY)) {
                    LOGGER.log(
                            Level.WARNING,
                            "authority not published, trying again: new nodes wait",
                            Map.entry("cluster", settings.url()),
                            Map.entry("reason", String.valueOf(e.getMessage())));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait.multipliedBy(2);
        }
    }

    private JsonNode call(String method, String path, String type, Map<String, Object> body)
            throws IOException, InterruptedException {
        URI url = settings.url().resolve(path);
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .sslContext(tls(settings.credentials().resolve("ca.crt")))
                .build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(url)
                            .timeout(TIMEOUT)
                            .header(
                                    "Authorization",
                                    "Bearer "
                                            + Files.readString(settings.credentials()
                                                            .resolve("token"))
                                                    .strip())
                            .header("Content-Type", type)
                            .header("Accept", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() / 100 != 2) {
                String text = response.body();
                throw new IOException(method + " " + url + " was answered with " + response.statusCode() + ": "
                        + text.substring(0, Math.min(300, text.length())));
            }
            return JSON.readTree(response.body());
        } catch (GeneralSecurityException | JacksonException e) {
            throw new IOException(method + " " + url + ": " + e.getMessage(), e);
        }
    }

    private static SSLContext tls(Path authorities) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, new char[0]);
        try (InputStream in = Files.newInputStream(authorities)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("authority" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    @Override
    public void close() {
        publishing.interrupt();
    }
}
