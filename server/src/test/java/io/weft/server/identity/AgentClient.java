package io.weft.server.identity;

import io.weft.model.IpAddress;
import io.weft.protocol.Enrolment;
import io.weft.protocol.ReportCodec;
import io.weft.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A client of the agents' listener with a key of its own, made from nothing but the JDK. */
public final class AgentClient implements AutoCloseable {
    private final String host;
    private final IpAddress tunnelAddress;
    private int port;
    private final FirstSeen trust = new FirstSeen();
    private final KeyPair pair = Requests.newKeyPair();
    private @Nullable X509Certificate certificate;
    private HttpClient client;

    public AgentClient(String host, int port) {
        this(host, port, "192.0.2.1");
    }

    public AgentClient(String host, int port, String tunnelAddress) {
        this.host = host;
        this.tunnelAddress = IpAddress.parse(tunnelAddress);
        this.port = port;
        this.client = newClient();
    }

    public HttpResponse<byte[]> enrol(String token) throws Exception {
        return certify("/v1/enrol", token);
    }

    public HttpResponse<byte[]> renew() throws Exception {
        return certify("/v1/renew", "");
    }

    /** Takes a certificate of an authority by a way of its own. */
    public void certifyBy(Store store, Authority authority) {
        EnrolmentTokens tokens = new EnrolmentTokens(store, authority, InstantSource.system());
        String token = tokens.create(Optional.empty(), Duration.ofHours(1)).text();
        certificate = Pem.certificate(
                new NodeCertificates(store, authority, tokens, Duration.ofDays(1), InstantSource.system())
                        .enrol(token, host, Requests.csr(host, pair))
                        .certificate());
        disconnect();
    }

    /** Turns to another server. */
    public void moveTo(int newPort) {
        port = newPort;
    }

    /** Gives all connections up and makes new ones when needed. */
    public void disconnect() {
        client.shutdownNow();
        client = newClient();
    }

    public String serial() {
        X509Certificate current = certificate;
        return current == null ? "none" : NodeCertificates.serialOf(current);
    }

    public HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofByteArray());
    }

    public HttpResponse<byte[]> put(String path, byte[] body) throws IOException, InterruptedException {
        return client.send(request(path).PUT(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
    }

    public HttpResponse<byte[]> post(String path, byte[] body) throws IOException, InterruptedException {
        return client.send(request(path).POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
    }

    public HttpResponse<InputStream> stream(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofInputStream());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpResponse<byte[]> certify(String path, String token) throws Exception {
        HttpResponse<byte[]> response = post(
                path,
                ReportCodec.encode(
                        new Enrolment.Request(token, host, Requests.csr(host, pair), List.of(tunnelAddress))));
        if (response.statusCode() == 200) {
            certificate = Pem.certificate(
                    ReportCodec.decodeEnrolmentAnswer(response.body()).certificate());
            disconnect();
        }
        return response;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpClient newClient() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new Stubborn(pair.getPrivate(), certificate)}, new TrustManager[] {trust}, null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
