package io.weft.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listening, and who is believed to be who. */
class RestServerTest {
    private final Things things = new Things();

    private void open(HttpRouting.Builder routing) {
        routing.register(
                "/v2.0",
                RestEndpoint.withAuthenticator(new NoAuthentication())
                        .resource(things.resource)
                        .policy(Things.POLICY)
                        .build());
    }

    @Test
    void aUnixSocketServesAsTheLoopbackAddressDoes(@TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("api.sock"));
        try (RestServer server = RestServer.start(address, this::open);
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(server.running()).isTrue();
            channel.connect(address);
            channel.write(ByteBuffer.wrap(
                    "GET /v2.0/things HTTP/1.1\r\nHost: weft\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            String text = "";
            while (!text.endsWith("}") && channel.read(answer) >= 0) {
                text = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
            }
            assertThat(text).startsWith("HTTP/1.1 200 OK").endsWith("{\"things\":[]}");
        }
    }

    @Test
    void withoutAuthenticationTheProjectIsTakenFromAHeader() {
        try (RestServer server = RestServer.start(RestServer.anyLoopbackPort(), this::open)) {
            Client client = Client.of(server, "");
            String body = "{\"thing\": {\"mtu\": 1500}}";
            assertThat(client.post("/things", body).at("/thing/project_id"))
                    .isEqualTo(NoAuthentication.DEFAULT_PROJECT);
            assertThat(client.send("POST", "/things", body, Map.of("X-Project-Id", "alpha"))
                            .at("/thing/project_id"))
                    .isEqualTo("alpha");
            client.http().close();
        }
    }

    @Test
    void withoutAuthenticationOtherMachinesAreRefused() {
        Authenticator.Credentials fromAfar = new Authenticator.Credentials() {
            @Override
            public Optional<String> header(String name) {
                return Optional.empty();
            }

            @Override
            public boolean local() {
                return false;
            }
        };
        assertThatThrownBy(() -> new NoAuthentication().authenticate(fromAfar))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        error -> assertThat(error.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED));
    }
}
