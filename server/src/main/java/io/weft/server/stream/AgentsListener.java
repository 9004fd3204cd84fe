package io.weft.server.stream;

import io.helidon.common.socket.PeerInfo;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.InvalidException;
import io.weft.protocol.Cursor;
import io.weft.protocol.Enrolment;
import io.weft.protocol.Position;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.ReportCodec;
import io.weft.server.identity.IdentityException;
import io.weft.server.identity.IdentityException.Reason;
import io.weft.server.identity.NodeCertificates;
import io.weft.server.identity.Revocations;
import io.weft.server.inspection.Questions;
import io.weft.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The HTTPS listener for agents. Each request runs on a virtual thread of its own, a stream for as long as it lasts; the
 * listener itself owns only the set of streams, by which they are ended when a node is revoked or the server stops.
 */
public final class AgentsListener implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(AgentsListener.class.getName());
    private static final Header JSON_TYPE = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final Header LINES_TYPE =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/x-ndjson");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration QUESTION_WAIT = Duration.ofSeconds(25);
    /** How soon a request that waits for a question notices that the listener stops. */
    private static final Duration QUESTION_LOOK = Duration.ofMillis(500);

    private static final int LONGEST_ANSWER = 256 * 1024;

    private final NodeCertificates certificates;
    private final Revocations revocations;
    private final Nodes nodes;
    private final Topics topics;
    private final Questions questions;
    private final Duration heartbeat;
    private final Map<String, Set<Cursor>> streams = new ConcurrentHashMap<>();
    private final WebServer server;
    private volatile boolean stopping;

    private AgentsListener(
            SocketAddress address,
            SSLContext tls,
            NodeCertificates certificates,
            Revocations revocations,
            Nodes nodes,
            Topics topics,
            Questions questions,
            Duration heartbeat,
            Duration grace) {
        this.questions = questions;
        this.certificates = certificates;
        this.revocations = revocations;
        this.nodes = nodes;
        this.topics = topics;
        this.heartbeat = heartbeat;
        this.server = WebServer.builder()
                .bindAddress(address)
                .shutdownHook(false)
                .shutdownGracePeriod(grace)
                .connectionOptions(options -> options.socketKeepAlive(true).tcpNoDelay(true))
                .tls(Tls.builder()
                        .sslContext(tls)
                        // Enrolment comes without a certificate; everything else is refused by its handler.
                        .clientAuth(TlsClientAuth.OPTIONAL)
                        .endpointIdentificationAlgorithm(Tls.ENDPOINT_IDENTIFICATION_NONE)
                        .build())
                .routing(routing -> routing.post("/v1/enrol", answered(this::enrol))
                        .post("/v1/renew", answered(this::renew))
                        .put("/v1/status/{host}", answered(this::report))
                        .get("/v1/questions/{host}", answered(this::question))
                        .post("/v1/questions/{host}/{number}", answered(this::answer))
                        .get("/v1/stream/{host}", answered(this::stream)))
                .build();
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 means any free one
     * @param tls the server's own identity and whom it trusts
     * @param questions what is asked of nodes
     * @param heartbeat how often an idle stream says that it is alive
     * @param grace how long requests may take when the listener stops
     */
    public static AgentsListener start(
            SocketAddress address,
            SSLContext tls,
            NodeCertificates certificates,
            Revocations revocations,
            Nodes nodes,
            Topics topics,
            Questions questions,
            Duration heartbeat,
            Duration grace) {
        AgentsListener listener =
                new AgentsListener(address, tls, certificates, revocations, nodes, topics, questions, heartbeat, grace);
        revocations.onRevoked(listener::recheck);
        listener.server.start();
        return listener;
    }

    public int port() {
        return server.port();
    }

    /** Whether connections are taken. */
    public boolean running() {
        return server.isRunning();
    }

    /** How many streams there are. */
    public int streams() {
        return streams.values().stream().mapToInt(Set::size).sum();
    }

    /** Ends the streams, which agents resume elsewhere, then waits for other requests under way. */
    @Override
    public void close() {
        stopping = true;
        streams.values().forEach(cursors -> cursors.forEach(Cursor::close));
        server.stop();
    }

    private void enrol(ServerRequest request, ServerResponse response) throws IOException {
        Enrolment.Request asked = ReportCodec.decodeEnrolmentRequest(body(request));
        // The record first: when it cannot be made, the token is still good for another try.
        certificates.check(asked.token(), asked.host());
        nodes.enrolled(asked.host(), asked.tunnelAddresses());
        NodeCertificates.Issued issued = certificates.enrol(asked.token(), asked.host(), asked.csr());
        LOGGER.log(
                System.Logger.Level.INFO,
                "node enrolled",
                Map.entry("host", asked.host()),
                Map.entry("tunnel", asked.tunnelAddresses()),
                Map.entry("peer", request.remotePeer().address()));
        send(response, issued);
    }

    private void renew(ServerRequest request, ServerResponse response) throws IOException {
        X509Certificate shown = certificate(request);
        Enrolment.Request asked = ReportCodec.decodeEnrolmentRequest(body(request));
        requireHost(shown, asked.host());
        NodeCertificates.Issued issued = certificates.renew(shown, asked.csr());
        nodes.enrolled(asked.host(), asked.tunnelAddresses());
        LOGGER.log(System.Logger.Level.INFO, "certificate renewed", Map.entry("host", asked.host()));
        send(response, issued);
    }

    private static void send(ServerResponse response, NodeCertificates.Issued issued) {
        response.header(JSON_TYPE).send(ReportCodec.encode(new Enrolment.Answer(issued.certificate(), issued.ca())));
    }

    private void report(ServerRequest request, ServerResponse response) throws IOException {
        String host = host(request);
        nodes.reported(host, ReportCodec.decodeReport(body(request)));
        response.status(Status.NO_CONTENT_204).send();
    }

    /** Waits for a question to the node, shorter than the node waits for the answer to its request. */
    private void question(ServerRequest request, ServerResponse response) throws InterruptedException {
        String host = host(request);
        Optional<Questions.Question> question = Optional.empty();
        long end = System.nanoTime() + QUESTION_WAIT.toNanos();
        while (question.isEmpty() && !stopping && System.nanoTime() - end < 0) {
            question = questions.take(host, QUESTION_LOOK);
        }
        // Asked again: a certificate may have been revoked meanwhile.
        certificate(request);
        if (question.isEmpty()) {
            response.status(Status.NO_CONTENT_204).send();
            return;
        }
        Map<String, String> words = new HashMap<>(question.get().words());
        words.put("number", Long.toString(question.get().number()));
        response.header(JSON_TYPE).send(JSON.writeValueAsBytes(words));
    }

    private void answer(ServerRequest request, ServerResponse response) throws IOException, ProtocolException {
        String host = host(request);
        byte[] body = body(request);
        if (body.length > LONGEST_ANSWER) {
            throw new ProtocolException("an answer is not longer than " + LONGEST_ANSWER + " bytes");
        }
        try {
            questions.answer(
                    host, Long.parseLong(request.path().pathParameters().get("number")), body);
        } catch (NumberFormatException e) {
            throw new ProtocolException("the number of a question is needed", e);
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    private void stream(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        String host = host(request);
        Optional<Position> position =
                request.query().first("position").asOptional().flatMap(Position::parse);
        try (Nodes.Connection _ = nodes.connected(host);
                Cursor cursor = topics.open(host, position)) {
            begin(host, cursor, request, position);
            try {
                // Asked again, now that a revocation or the stop would find the cursor.
                X509Certificate shown = certificate(request);
                response.header(LINES_TYPE);
                write(cursor, shown, response);
            } finally {
                end(host, cursor);
            }
        }
    }

    /** Ends with the certificate, whose successor the node has by then; the cursor wakes at each sign of life. */
    private void write(Cursor cursor, X509Certificate shown, ServerResponse response)
            throws IOException, InterruptedException {
        try (OutputStream out = response.outputStream()) {
            while (!cursor.isClosed() && !stopping && !isOver(shown)) {
                cursor.writeTo(out);
                cursor.await(heartbeat);
            }
        }
    }

    private void begin(String host, Cursor cursor, ServerRequest request, Optional<Position> position) {
        streams.compute(host, (_, cursors) -> {
            Set<Cursor> all = cursors == null ? ConcurrentHashMap.newKeySet() : cursors;
            all.add(cursor);
            return all;
        });
        LOGGER.log(
                System.Logger.Level.INFO,
                "stream begins",
                Map.entry("host", host),
                Map.entry("peer", request.remotePeer().address()),
                Map.entry("position", position.map(Position::toString).orElse("none")));
    }

    private void end(String host, Cursor cursor) {
        streams.computeIfPresent(host, (_, cursors) -> {
            cursors.remove(cursor);
            return cursors.isEmpty() ? null : cursors;
        });
        LOGGER.log(System.Logger.Level.INFO, "stream ends", Map.entry("host", host));
    }

    // A stream of this host may run on a certificate that was revoked just now; a good one comes back at once.
    private void recheck(String host) {
        streams.getOrDefault(host, Set.of()).forEach(Cursor::close);
    }

    /** The host of the path, which must be that of a good certificate. */
    private String host(ServerRequest request) {
        String host = request.path().pathParameters().get("host");
        requireHost(certificate(request), host);
        return host;
    }

    private static void requireHost(X509Certificate certificate, String host) {
        if (!NodeCertificates.hostOf(certificate).equals(host)) {
            throw new IdentityException(Reason.CERTIFICATE_REFUSED, "the certificate is not that of host " + host);
        }
    }

    /** The certificate that the peer proved to own; TLS has checked its chain, its purpose and its time. */
    private X509Certificate certificate(ServerRequest request) {
        PeerInfo peer = request.remotePeer();
        Certificate[] chain = peer.tlsCertificates().orElse(new Certificate[0]);
        if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
            throw new IdentityException(Reason.CERTIFICATE_REFUSED, "a node's certificate is needed");
        }
        if (revocations.contains(certificate)) {
            throw new IdentityException(Reason.CERTIFICATE_REFUSED, "the certificate was revoked");
        }
        if (isOver(certificate)) {
            throw new IdentityException(Reason.CERTIFICATE_REFUSED, "the certificate has expired");
        }
        return certificate;
    }

    /** A connection may outlive the certificate that it began with. */
    private static boolean isOver(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().isBefore(Instant.now());
    }

    private static byte[] body(ServerRequest request) throws IOException {
        // By the length that the sender states: most reports are small, and a buffer for the longest is not.
        long length = request.headers().contentLength().orElse(ReportCodec.MAX_BODY + 1);
        try (InputStream in = request.content().inputStream()) {
            return in.readNBytes(Math.clamp(length, 0, ReportCodec.MAX_BODY + 1));
        }
    }

    /** Turns what a handler throws into answers. */
    private static Handler answered(Handler handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (IdentityException e) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "agent refused",
                        Map.entry("path", request.path().path()),
                        Map.entry("peer", request.remotePeer().address()),
                        Map.entry("reason", e.reason()));
                refuse(response, e.reason().status(), e.reason().name(), e.getMessage());
            } catch (ProtocolException | InvalidException e) {
                refuse(response, 400, "INVALID", e.getMessage());
            } catch (DomainException e) {
                boolean unknown = e.problem() == Problem.NODE_NOT_FOUND;
                refuse(response, unknown ? 404 : 409, e.problem().name(), e.getMessage());
            } catch (StoreException e) {
                refuse(response, 503, e.error().name(), e.getMessage());
            }
        };
    }

    private static void refuse(ServerResponse response, int status, String type, @Nullable String message) {
        if (response.isSent()) {
            throw new UncheckedIOException(new IOException("an answer was under way: " + message));
        }
        response.status(status)
                .header(JSON_TYPE)
                .send(JSON.writeValueAsBytes(
                        Map.of("error", Map.of("type", type, "message", String.valueOf(message)))));
    }
}
