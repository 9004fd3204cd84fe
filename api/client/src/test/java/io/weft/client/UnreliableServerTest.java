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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client does with answers that a good server does not give. */
class UnreliableServerTest {
    private static final UUID ID = new UUID(1, 2);
    private static final String ANSWER = "{\"network\": {\"id\": \"" + ID + "\", \"name\": \"n\", \"never\": [1]}}";

    private final Queue<Reply> replies = new ArrayDeque<>();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private NeutronClient client;

    private record Reply(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        client = client(server.getAddress().getPort());
    }

    private static NeutronClient client(int port) {
        return NeutronClient.of(
                new Authentication.None(URI.create("http://127.0.0.1:" + port), Optional.of("p")),
                new Settings(Duration.ofSeconds(5), Duration.ofSeconds(20), 100_000, 3, Optional.empty()));
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        Reply reply = replies.remove();
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void willAnswer(Reply... more) {
        replies.addAll(List.of(more));
    }

    private NeutronException fails(Runnable call) {
        try {
            call.run();
        } catch (NeutronException e) {
            return e;
        }
        throw new AssertionError("it was done");
    }

    @Test
    void whatMayBeRepeatedIsTriedAgainWhileTheServerIsAway() {
        willAnswer(new Reply(503, ""), new Reply(503, "<html>"), new Reply(200, ANSWER));
        assertThat(client.networks().show(ID).name()).isEqualTo("n");
        willAnswer(new Reply(503, ""), new Reply(503, ""), new Reply(503, ""));
        assertThat(fails(() -> client.networks().delete(ID)).temporary()).isTrue();
        assertThat(asked).hasValue(6);
    }

    @Test
    void whatWouldBeDoneTwiceIsTriedAgainOnlyWhenItSurelyWasNotDone() {
        willAnswer(new Reply(503, ""));
        NeutronException e = fails(() -> client.networks().create(NetworkAttributes.NONE));
        assertThat(e.uncertain()).isTrue();
        assertThat(asked).hasValue(1);
        willAnswer(
                new Reply(
                        503, "{\"NeutronError\": {\"type\": \"RetryRequest\", \"message\": \"m\", \"detail\": \"\"}}"),
                new Reply(201, ANSWER));
        assertThat(client.networks().create(NetworkAttributes.NONE).id()).isEqualTo(ID);
        assertThat(asked).hasValue(3);
    }

    @Test
    void anAnswerThatIsTooLongIsNotRead() {
        willAnswer(
                new Reply(200, "{\"network\": \"" + "x".repeat(200_000) + "\"}"),
                new Reply(200, "{\"network\": \"" + "x".repeat(200_000) + "\"}"),
                new Reply(200, "{\"network\": \"" + "x".repeat(200_000) + "\"}"));
        assertThat(fails(() -> client.networks().show(ID)).status()).isZero();
    }

    @Test
    void anAnswerThatIsNotNeutronsIsAnErrorAndNotAHalfReadObject() {
        for (String body : List.of(
                "",
                "[]",
                "{",
                "{\"network\": []}",
                "{\"network\": {\"id\": 7}}",
                "{\"network\": {\"id\": \"x\"}}",
                "{\"network\": {\"subnets\": {}}}",
                "{\"network\": {\"mtu\": \"x\"}}")) {
            willAnswer(new Reply(200, body));
            assertThat(fails(() -> client.networks().show(ID)).status())
                    .as(body)
                    .isZero();
        }
        willAnswer(new Reply(200, "{\"port\": {\"id\": \"" + ID + "\", \"mac_address\": \"zz\"}}"));
        assertThat(fails(() -> client.ports().show(ID))).hasMessageContaining("no port");
    }

    @Test
    void aListThatLeadsNowhereEnds() {
        String link = "\"networks_links\": [{\"rel\": \"next\", \"href\": \"http://elsewhere.example/\"}]";
        willAnswer(
                new Reply(200, "{\"networks\": [{\"id\": \"" + ID + "\"}], " + link + "}"),
                new Reply(200, "{\"networks\": [], " + link + "}"));
        assertThat(client.networks().list(Query.ALL)).hasSize(1);
    }

    @Test
    void nobodyThereIsSaidWithoutDoubt() {
        int port = server.getAddress().getPort();
        server.stop(0);
        try (NeutronClient alone = client(port)) {
            assertThatThrownBy(() -> alone.networks().create(NetworkAttributes.NONE))
                    .isInstanceOfSatisfying(NeutronException.class, e -> {
                        assertThat(e.uncertain()).isFalse();
                        assertThat(e.temporary()).isTrue();
                    });
        }
    }

    @Test
    void secretsAreNotInTexts() {
        Authentication.Credential password = new Authentication.Password("u", "hunter2", "Default", "p", "Default");
        Authentication.Credential application = new Authentication.ApplicationCredential("i", "hunter2");
        URI url = URI.create("http://127.0.0.1");
        assertThat(List.of(
                        Authentication.Keystone.of(url, password),
                        Authentication.Keystone.of(url, application),
                        new Authentication.Token(url, "hunter2")))
                .noneSatisfy(each -> assertThat(each.toString()).contains("hunter2"));
    }
}
