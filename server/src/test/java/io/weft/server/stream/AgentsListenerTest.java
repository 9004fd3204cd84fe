package io.weft.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.compiler.Fabric;
import io.weft.model.Change;
import io.weft.model.DnsNames;
import io.weft.model.IpAddress;
import io.weft.model.Meta;
import io.weft.model.Node;
import io.weft.model.World;
import io.weft.protocol.NodeReport;
import io.weft.protocol.ReportCodec;
import io.weft.server.identity.AgentClient;
import io.weft.server.identity.Authority;
import io.weft.server.identity.EnrolmentTokens;
import io.weft.server.identity.MasterKey;
import io.weft.server.identity.NodeCertificates;
import io.weft.server.identity.Revocations;
import io.weft.server.identity.ServerTls;
import io.weft.server.inspection.Questions;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentsListenerTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private final EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    private final Recorder nodes = new Recorder();
    private final Fabric fabric = new Fabric(store.epoch(), DnsNames.DEFAULT_DOMAIN);
    private Authority authority;
    private EnrolmentTokens tokens;
    private NodeCertificates certificates;
    private Revocations revocations;
    private final Questions questions = new Questions();
    private AgentsListener listener;
    /** The time on the server's clock, as far as its own certificate goes. */
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    @BeforeEach
    void start() {
        fabric.onWorld(World.empty(), World.empty(), List.of());
        InstantSource clock = InstantSource.system();
        authority = Authority.open(store, MasterKey.readOrCreate(directory.resolve("key")), now::get);
        tokens = new EnrolmentTokens(store, authority, clock);
        certificates = new NodeCertificates(store, authority, tokens, Duration.ofDays(7), clock);
        revocations = Revocations.open(store, Instant.now());
        listener = AgentsListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ServerTls.context(authority, ServerTls.names(List.of()), Duration.ofDays(7), now::get),
                certificates,
                revocations,
                nodes,
                fabric::open,
                questions,
                Duration.ofMillis(50),
                Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        listener.close();
        revocations.close();
        store.close();
    }

    @Test
    void aNodeEnrolsWithATokenAndReportsWithItsCertificate() throws Exception {
        try (AgentClient agent = agent("one")) {
            assertThat(agent.enrol(token()).statusCode()).isEqualTo(200);
            assertThat(nodes.events.take()).isEqualTo("enrolled one [192.0.2.1]");
            assertThat(agent.put("/v1/status/one", report(7)).statusCode()).isEqualTo(204);
            assertThat(nodes.events.take()).isEqualTo("reported one 7");
        }
    }

    @Test
    void aNodeHearsTheQuestionsThatAreAskedOfItAndAnswersThem() throws Exception {
        try (AgentClient agent = agent("one");
                AgentClient stranger = agent("two");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(agent.enrol(token()).statusCode()).isEqualTo(200);
            assertThat(stranger.get("/v1/questions/one").statusCode()).isEqualTo(403);
            assertThat(questions.take("one", Duration.ZERO)).isEmpty();
            Future<Questions.Reply> asking =
                    threads.submit(() -> questions.ask("one", Map.of("question", "trace"), Duration.ofMinutes(1)));
            HttpResponse<byte[]> heard = agent.get("/v1/questions/one");
            assertThat(heard.statusCode()).isEqualTo(200);
            assertThat(new String(heard.body(), StandardCharsets.UTF_8))
                    .contains("\"question\":\"trace\"")
                    .contains("\"number\":\"1\"");
            assertThat(agent.post("/v1/questions/one/none", new byte[0]).statusCode())
                    .isEqualTo(400);
            assertThat(agent.post("/v1/questions/one/1", new byte[300_000]).statusCode())
                    .isEqualTo(400);
            assertThat(agent.post("/v1/questions/one/1", "{}".getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .isEqualTo(204);
            assertThat(asking.get()).isInstanceOf(Questions.Answered.class);
        }
    }

    @Test
    void withoutACertificateOnlyEnrolmentIsServed() throws Exception {
        try (AgentClient stranger = agent("one")) {
            assertThat(stranger.put("/v1/status/one", report(7)).statusCode()).isEqualTo(403);
            assertThat(stranger.stream("/v1/stream/one").statusCode()).isEqualTo(403);
            assertThat(stranger.renew().statusCode()).isEqualTo(403);
            assertThat(stranger.get("/v2.0/networks").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void theServersOwnCertificateIsRenewedWhileStreamsGoOn() throws Exception {
        try (AgentClient agent = agent("one")) {
            agent.enrol(token());
            HttpResponse<InputStream> stream = agent.stream("/v1/stream/one");
            X509Certificate first = shown(stream);
            now.updateAndGet(time -> time.plus(Duration.ofDays(3)));
            assertThat(shownNow()).isEqualTo(first);
            now.updateAndGet(time -> time.plus(Duration.ofDays(1)));
            X509Certificate second = shownNow();
            assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
            assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
            assertThat(second.getNotAfter())
                    .isEqualTo(Date.from(now.get().plus(Duration.ofDays(7)).truncatedTo(ChronoUnit.SECONDS)));
            assertThat(shownNow()).isEqualTo(second);
            fabric.onWorld(World.empty(), World.empty().at(9), List.of());
            try (BufferedReader lines = lines(stream)) {
                await(lines, "{\"alive\":{\"revision\":9");
            }
        }
    }

    /** The certificate that a connection made now is shown. */
    private X509Certificate shownNow() throws Exception {
        try (AgentClient other = agent("other")) {
            return shown(other.get("/v1/stream/other"));
        }
    }

    private static X509Certificate shown(HttpResponse<?> response) throws Exception {
        return (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
    }

    @Test
    void wrongTokensAndBodiesAreRefused() throws Exception {
        try (AgentClient stranger = agent("one")) {
            assertThat(stranger.enrol("0123456789abcdef.wrong." + authority.fingerprint())
                            .statusCode())
                    .isEqualTo(403);
            assertThat(stranger.post("/v1/enrol", "{".getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .isEqualTo(400);
            String token = token();
            assertThat(stranger.enrol(token).statusCode()).isEqualTo(200);
            assertThat(stranger.enrol(token).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void aNodeSpeaksForItselfOnly() throws Exception {
        try (AgentClient agent = agent("one")) {
            agent.enrol(token());
            assertThat(agent.put("/v1/status/two", report(7)).statusCode()).isEqualTo(403);
            assertThat(agent.stream("/v1/stream/two").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void certificatesOfAnotherInstallationEndTheHandshake() throws Exception {
        EmbeddedStore elsewhere = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
        try (elsewhere;
                AgentClient agent = agent("one")) {
            Authority foreign = Authority.open(
                    elsewhere, MasterKey.readOrCreate(directory.resolve("foreign")), InstantSource.system());
            agent.certifyBy(elsewhere, foreign);
            assertThatThrownBy(() -> agent.put("/v1/status/one", report(7))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aStreamBeginsWhereTheNodeStoppedAndGoesOn() throws Exception {
        World first = World.empty().at(7);
        fabric.onWorld(World.empty(), first, List.of());
        try (AgentClient agent = agent("one")) {
            agent.enrol(token());
            nodes.events.take();
            String position;
            try (BufferedReader lines = lines(agent.stream("/v1/stream/one"))) {
                assertThat(lines.readLine()).isEqualTo("{\"batch\":{\"full\":true}}");
                position = await(lines, "{\"commit\"").replaceAll(".*\"position\":\"([^\"]*)\".*", "$1");
                assertThat(nodes.events.take()).isEqualTo("connected one");
                assertThat(await(lines, "{\"alive\"")).contains("7");
            }
            agent.disconnect();
            assertThat(nodes.events.take()).isEqualTo("disconnected one");
            HttpResponse<InputStream> response = agent.stream("/v1/stream/one?position=" + position);
            assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
            try (BufferedReader lines = lines(response)) {
                assertThat(lines.readLine()).startsWith("{\"alive\"");
                Node node = new Node(
                        Meta.create(UUID.randomUUID(), "", "one", "", Instant.EPOCH),
                        List.of(IpAddress.parse("192.0.2.1")));
                fabric.onWorld(first, first.with(node).at(8), List.of(new Change(Optional.empty(), Optional.of(node))));
                assertThat(await(lines, "{\"topic\"")).contains("peer/one", "192.0.2.1");
                assertThat(await(lines, "{\"commit\"")).contains("8");
                assertThat(listener.streams()).isOne();
            }
        }
    }

    @Test
    void revokingANodeEndsItsStreamAndItsAccess() throws Exception {
        try (AgentClient agent = agent("one");
                AgentClient other = agent("two")) {
            agent.enrol(token());
            other.enrol(token());
            try (BufferedReader lines = lines(agent.stream("/v1/stream/one"));
                    BufferedReader others = lines(other.stream("/v1/stream/two"))) {
                await(lines, "{\"commit\"");
                certificates.revoke("one");
                String line = lines.readLine();
                while (line != null) {
                    line = lines.readLine();
                }
                await(others, "{\"alive\"");
                await(others, "{\"alive\"");
            }
            assertThat(agent.put("/v1/status/one", report(8)).statusCode()).isEqualTo(403);
            assertThat(agent.renew().statusCode()).isEqualTo(403);
            assertThat(other.put("/v1/status/two", report(8)).statusCode()).isEqualTo(204);
        }
    }

    @Test
    void aRenewedCertificateWorksLikeTheFirst() throws Exception {
        try (AgentClient agent = agent("one")) {
            agent.enrol(token());
            String first = agent.serial();
            assertThat(agent.renew().statusCode()).isEqualTo(200);
            assertThat(agent.serial()).isNotEqualTo(first);
            assertThat(agent.put("/v1/status/one", report(9)).statusCode()).isEqualTo(204);
        }
    }

    @Test
    void stoppingEndsStreamsAtOnce() throws Exception {
        try (AgentClient agent = agent("one")) {
            agent.enrol(token());
            try (BufferedReader lines = lines(agent.stream("/v1/stream/one"))) {
                await(lines, "{\"commit\"");
                listener.close();
                String line = lines.readLine();
                while (line != null) {
                    line = lines.readLine();
                }
            }
            assertThatThrownBy(() -> agent.put("/v1/status/one", report(9))).isInstanceOf(IOException.class);
        }
    }

    private String token() {
        return tokens.create(Optional.empty(), HOUR).text();
    }

    private AgentClient agent(String host) {
        return new AgentClient(host, listener.port());
    }

    private static byte[] report(long revision) {
        return ReportCodec.encode(new NodeReport(revision, "test", true, List.of(), List.of()));
    }

    private static BufferedReader lines(HttpResponse<InputStream> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static String await(BufferedReader lines, String beginning) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith(beginning)) {
            line = lines.readLine();
        }
        return Objects.requireNonNull(line, "the stream has ended");
    }

    /** Remembers what it is told. */
    private static final class Recorder implements Nodes {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void enrolled(String host, List<IpAddress> tunnelAddresses) {
            events.add("enrolled " + host + " " + tunnelAddresses);
        }

        @Override
        public void reported(String host, NodeReport report) {
            events.add("reported " + host + " " + report.revision());
        }

        @Override
        public Connection connected(String host) {
            events.add("connected " + host);
            return () -> events.add("disconnected " + host);
        }
    }
}
