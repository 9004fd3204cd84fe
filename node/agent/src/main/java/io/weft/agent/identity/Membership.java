package io.weft.agent.identity;

import io.weft.model.IpAddress;
import io.weft.protocol.Enrolment;
import io.weft.protocol.ReportCodec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;

/**
 * The node's membership of an installation: enrols with a token, keeps the certificate on disk, renews it when half of
 * its life is over, and gives out HTTP clients that show it. Safe for use by several threads.
 */
public final class Membership implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Membership.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private final Path file;
    private final String host;
    private final List<URI> servers;
    private final List<IpAddress> tunnelAddresses;
    private volatile Identity identity;
    private volatile HttpClient client;
    private final Thread renewal;

    private Membership(Path file, String host, List<URI> servers, List<IpAddress> tunnelAddresses, Identity identity)
            throws GeneralSecurityException, IOException {
        this.file = file;
        this.host = host;
        this.servers = servers;
        this.tunnelAddresses = tunnelAddresses;
        this.identity = identity;
        this.client = client(identity.tls());
        this.renewal = Thread.ofVirtual().name("renewal").unstarted(this::renewAgainAndAgain);
    }

    /**
     * Opens the membership that the state directory holds, or enrols.
     *
     * @param state the node's state directory
     * @param token a one-time token; only needed when the node has no certificate that still holds
     * @throws EnrolmentException when there is neither
     * @throws IOException when no server can be reached
     */
    public static Membership open(
            Path state, String host, List<URI> servers, List<IpAddress> tunnelAddresses, Optional<String> token)
            throws IOException, InterruptedException {
        Path file = state.resolve("identity.pem");
        try {
            Optional<Identity> kept = Identity.load(file);
            Optional<Identity> known =
                    kept.filter(i -> i.certificate().getNotAfter().toInstant().isAfter(Instant.now()));
            Identity identity = known.isPresent()
                    ? known.get()
                    : enrolled(
                            file,
                            host,
                            servers,
                            tunnelAddresses,
                            token.orElseThrow(() -> new EnrolmentException(
                                    kept.isPresent() ? over(host) : "this node is not enrolled: a token is needed")));
            Membership membership = new Membership(file, host, servers, tunnelAddresses, identity);
            membership.renewal.start();
            return membership;
        } catch (GeneralSecurityException e) {
            throw new EnrolmentException("the node's identity cannot be used: " + e.getMessage(), e);
        }
    }

    /** A client for all servers of the installation, with the present certificate. */
    public HttpClient client() {
        return client;
    }

    private static HttpClient client(SSLContext tls) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .sslContext(tls)
                .build();
    }

    private static Identity enrolled(
            Path file, String host, List<URI> servers, List<IpAddress> tunnelAddresses, String token)
            throws GeneralSecurityException, IOException, InterruptedException {
        String fingerprint = token.strip().substring(token.strip().lastIndexOf('.') + 1);
        try (HttpClient client = client(Fingerprint.tls(fingerprint))) {
            KeyPair keys = keys();
            Enrolment.Request request =
                    new Enrolment.Request(token.strip(), host, CertificateRequest.pem(host, keys), tunnelAddresses);
            Identity identity = identity(keys, answer(client, servers, "/v1/enrol", request));
            identity.save(file);
            LOGGER.log(Level.INFO, "node enrolled", Map.entry("host", host));
            return identity;
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static Identity identity(KeyPair keys, Enrolment.Answer answer) throws GeneralSecurityException {
        List<X509Certificate> own = Identity.certificates(answer.certificate());
        if (own.isEmpty() || !own.getFirst().getPublicKey().equals(keys.getPublic())) {
            throw new EnrolmentException("the server's certificate is not for this node's key");
        }
        List<X509Certificate> authorities = Identity.certificates(answer.ca());
        if (authorities.isEmpty()) {
            throw new EnrolmentException("the server named no authority");
        }
        return new Identity(keys.getPrivate(), own.getFirst(), authorities);
    }

    /** The answer of the first server that gives one. */
    private static Enrolment.Answer answer(HttpClient client, List<URI> servers, String path, Enrolment.Request request)
            throws IOException, InterruptedException {
        IOException last = new IOException("there is no server");
        for (URI server : servers) {
            try {
                HttpResponse<byte[]> response = client.send(
                        HttpRequest.newBuilder(server.resolve(path))
                                .timeout(TIMEOUT)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(ReportCodec.encode(request)))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() == 200) {
                    return ReportCodec.decodeEnrolmentAnswer(response.body());
                }
                String text = new String(response.body(), StandardCharsets.UTF_8);
                String message = server + " answered " + response.statusCode() + ": "
                        + text.substring(0, Math.min(500, text.length()));
                if (response.statusCode() / 100 == 4) {
                    throw new EnrolmentException(message);
                }
                last = new IOException(message);
            } catch (IOException e) {
                last = new IOException(server + ": " + e.getMessage(), e);
            }
        }
        throw last;
    }

    private void renewAgainAndAgain() {
        Random random = new Random();
        Instant due = halfOf(identity.certificate());
        boolean failing = false;
        boolean toldOfTheEnd = false;
        try {
            while (true) {
                Duration wait = Duration.between(Instant.now(), due);
                Thread.sleep(wait.isNegative() ? Duration.ZERO : wait);
                failing = !renew(failing);
                Instant now = Instant.now();
                Duration left = Duration.between(
                        now, identity.certificate().getNotAfter().toInstant());
                if (failing && !left.isPositive() && !toldOfTheEnd) {
                    LOGGER.log(Level.ERROR, over(host));
                    toldOfTheEnd = true;
                }
                due = now.plus(failing ? retry(left) : left.dividedBy(2))
                        // Not all nodes of an installation at once.
                        .plusMillis(random.nextLong(Math.max(0, left.toMillis()) / 20 + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Instant halfOf(X509Certificate certificate) {
        Instant begin = certificate.getNotBefore().toInstant();
        return begin.plus(
                Duration.between(begin, certificate.getNotAfter().toInstant()).dividedBy(2));
    }

    /** How long to wait after a try that failed: the less time is left, the sooner comes the next. */
    private static Duration retry(Duration left) {
        Duration part = left.dividedBy(10);
        return part.compareTo(LONGEST_RETRY) > 0 || !left.isPositive()
                ? LONGEST_RETRY
                : part.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : part;
    }

    private static String over(String host) {
        return "the certificate of this node has expired and cannot be renewed: it forwards on with the records that it"
                + " has. Make a token ('weft token create --host " + host
                + "') and start the agent with it ('--token TOKEN')";
    }

    private boolean renew(boolean wasFailing) throws InterruptedException {
        try {
            KeyPair keys = keys();
            Enrolment.Request request =
                    new Enrolment.Request("", host, CertificateRequest.pem(host, keys), tunnelAddresses);
            Identity renewed = identity(keys, answer(client, servers, "/v1/renew", request));
            renewed.save(file);
            identity = renewed;
            // Whoever still uses the former client goes on with it; it ends with its last exchange.
            client = client(renewed.tls());
            LOGGER.log(
                    Level.INFO,
                    "certificate renewed",
                    Map.entry("until", renewed.certificate().getNotAfter()));
            return true;
        } catch (IOException | GeneralSecurityException | EnrolmentException e) {
            if (!wasFailing) {
                LOGGER.log(Level.WARNING, "certificate not renewed, trying again", e);
            }
            return false;
        }
    }

    @Override
    public void close() {
        renewal.interrupt();
        client.shutdownNow();
    }
}
