package io.weft.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.weft.protocol.Enrolment;
import io.weft.protocol.ReportCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enrolment with an authority and a server that openssl made. */
class MembershipTest {
    @TempDir
    private Path directory = Path.of("");

    private List<URI> servers = List.of();
    private Optional<HttpsServer> server = Optional.empty();

    private void openssl(String arguments) {
        try {
            Process process = new ProcessBuilder(("openssl " + arguments).split(" "))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca"
                + " -days 2");
        openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr"
                + " -subj /CN=server");
        Files.writeString(directory.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
        openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2"
                + " -extfile names");
        openssl("pkcs12 -export -inkey server.key -in server.pem -certfile ca.pem -out server.p12 -passout pass:x");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(Files.newInputStream(directory.resolve("server.p12")), "x".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "x".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        https.createContext("/v1/enrol", this::enrol);
        https.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
        https.start();
        server = Optional.of(https);
        servers = List.of(URI.create("https://127.0.0.1:" + https.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.ifPresent(https -> https.stop(0));
    }

    private void enrol(HttpExchange exchange) throws IOException {
        Enrolment.Request request =
                ReportCodec.decodeEnrolmentRequest(exchange.getRequestBody().readAllBytes());
        Files.writeString(directory.resolve("node.csr"), request.csr());
        openssl("req -in node.csr -verify -noout");
        openssl("x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out node.pem -days 2");
        byte[] answer = ReportCodec.encode(new Enrolment.Answer(
                Files.readString(directory.resolve("node.pem")), Files.readString(directory.resolve("ca.pem"))));
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private String token() throws Exception {
        X509Certificate authority = Identity.certificates(Files.readString(directory.resolve("ca.pem")))
                .getFirst();
        return "id.secret." + Fingerprint.of(authority);
    }

    @Test
    void aTokenIsExchangedOnceAndTheCertificateIsKept() throws Exception {
        Path state = directory.resolve("state");
        try (Membership membership = Membership.open(state, "node-1", servers, List.of(), Optional.of(token()))) {
            HttpResponse<Void> response = membership
                    .client()
                    .send(HttpRequest.newBuilder(servers.getFirst()).build(), HttpResponse.BodyHandlers.discarding());
            assertThat(response.statusCode()).isEqualTo(204);
        }
        Path file = state.resolve("identity.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Identity identity = Identity.load(file).orElseThrow();
        assertThat(identity.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=node-1");
        stop();
        Membership.open(state, "node-1", servers, List.of(), Optional.empty()).close();
    }

    @Test
    void aServerOfAnotherInstallationIsNotTrusted() throws Exception {
        String other = "id.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assertThatThrownBy(() ->
                        Membership.open(directory.resolve("state"), "node-1", servers, List.of(), Optional.of(other)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("installation");
    }

    @Test
    void withoutATokenAnUnknownNodeDoesNotStart() {
        assertThatThrownBy(() ->
                        Membership.open(directory.resolve("state"), "node-1", servers, List.of(), Optional.empty()))
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("token");
    }
}
