package io.weft.agent.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.responders.NetworkView;
import io.weft.responders.PortView;
import io.weft.responders.metadata.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on the loopback, with a Nova that says what it was asked. */
class MetadataServerTest {
    private static final UUID PORT = UUID.fromString("0a000000-0000-4000-8000-000000000001");

    @TempDir
    private Path directory = Path.of("");

    private final Map<InetAddress, Instance> clients = new ConcurrentHashMap<>();
    private HttpServer nova = bound();
    private volatile int novaStatus = 200;
    private final List<MetadataServer> servers = new ArrayList<>();
    private InetSocketAddress address = new InetSocketAddress(0);

    private static HttpServer bound() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void startNova() {
        nova.createContext("/", exchange -> {
            StringBuilder said = new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\n");
            exchange.getRequestHeaders()
                    .forEach((name, values) ->
                            said.append(name).append('=').append(values).append('\n'));
            said.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] content = said.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(novaStatus, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        nova.start();
    }

    @AfterEach
    void stop() {
        servers.forEach(MetadataServer::close);
        nova.stop(0);
    }

    private void serve(boolean withNova) {
        try {
            ServerSocketChannel socket = ServerSocketChannel.open();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            address = (InetSocketAddress) socket.getLocalAddress();
            Optional<URI> url = withNova
                    ? Optional.of(
                            URI.create("http://127.0.0.1:" + nova.getAddress().getPort()))
                    : Optional.empty();
            servers.add(MetadataServer.start(
                    new ServicesConfiguration(url, withNova ? "secret" : "", directory, List.of()),
                    source -> Optional.ofNullable(clients.get(source)),
                    List.of(socket)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void asks(String owner) {
        PortView view = new PortView(
                MacAddress.parse("fa:16:3e:00:00:05"),
                "",
                List.of(),
                List.of(),
                new NetworkView(1450, List.of(), List.of()));
        clients.put(
                InetAddress.getLoopbackAddress(),
                new Instance(PORT, PORT, IpAddress.parse("10.0.0.5"), "vm-1", owner, "a-project", view));
    }

    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    @Test
    void novaHearsOfItsInstancesFromTheNodeAlone() throws IOException {
        serve(true);
        asks("compute:nova");
        String answer = ask(String.join(
                "\r\n",
                "POST /openstack/latest/password?x=1 HTTP/1.1",
                "Host: evil",
                "X-Instance-ID: other",
                "X-Instance-ID-Signature: forged",
                "X-Forwarded-For: 1.2.3.4",
                "X-Tenant-ID: theirs",
                "X-Metadata-Provider: me",
                "Cookie: a",
                "Content-Length: 2",
                "",
                "hi"));
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("POST /openstack/latest/password?x=1\n")
                .contains("X-instance-id=[vm-1]\n")
                .contains("X-tenant-id=[a-project]\n")
                .contains("X-forwarded-for=[10.0.0.5]\n")
                .contains(
                        "X-instance-id-signature=[8d8df128f7f73330977b8bd71fc9442bf6c491ce9b938aa95d11265d36ce09f5]\n")
                .endsWith("\nhi")
                .doesNotContain("evil", "other", "forged", "theirs", "Cookie", "provider");
    }

    @Test
    void whatNovaRefusesIsRefusedWithoutItsWords() throws IOException {
        serve(true);
        asks("compute:nova");
        for (int status : new int[] {403, 404, 500}) {
            novaStatus = status;
            assertThat(ask("GET / HTTP/1.1\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ")
                    .endsWith("\r\n\r\n");
        }
        novaStatus = 302;
        assertThat(ask("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        nova.stop(0);
        assertThat(ask("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void othersAndStrangersNeverReachNova() throws IOException {
        serve(true);
        asks("weft:container");
        assertThat(ask("GET /latest/meta-data/instance-id HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\nvm-1");
        assertThat(ask("HEAD /latest/meta-data/instance-id HTTP/1.1\r\n\r\n"))
                .contains("Content-Length: 4\r\n")
                .endsWith("\r\n\r\n");
        assertThat(ask("POST /latest/meta-data/ HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(ask("TRACE / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(ask("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /nothing HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        clients.clear();
        try (Socket socket = connect()) {
            assertThat(ended(socket)).isTrue();
        }
    }

    @Test
    void userDataIsTheFileOfThePortOrOfItsDevice() throws IOException {
        serve(false);
        asks("compute:nova");
        assertThat(ask("GET /latest/user-data HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        Files.writeString(directory.resolve("vm-1"), "of the device");
        assertThat(ask("GET /latest/user-data HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\nof the device");
        Files.writeString(directory.resolve(PORT.toString()), "of the port");
        assertThat(ask("GET /openstack/latest/user_data HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\nof the port");
        Files.write(directory.resolve(PORT.toString()), new byte[UserData.LONGEST + 1]);
        assertThat(ask("GET /latest/user-data HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 500 ");
    }

    @Test
    void aPortHoldsOnlySoManyConnections() throws IOException {
        serve(false);
        asks("");
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < MetadataServer.AT_ONCE; i++) {
                Socket socket = connect();
                held.add(socket);
                socket.getOutputStream().write("GET / HTTP/1.1\r\nA: ".getBytes(StandardCharsets.US_ASCII));
            }
            // All of these are being served once one more is closed unheard; until then it may overtake them.
            boolean closed = false;
            while (!closed) {
                Socket more = connect();
                held.add(more);
                more.setSoTimeout(100);
                closed = ended(more);
            }
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
        String answer = "";
        while (!answer.startsWith("HTTP/1.1 200 ")) {
            answer = askOrNothing();
        }
    }

    private String askOrNothing() {
        try {
            return ask("GET / HTTP/1.1\r\n\r\n");
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean ended(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    @Test
    void configurationsThatCannotWorkAreRefused() {
        for (String url : List.of("ftp://nova", "http://nova:8775/path", "http://u@nova", "nova:8775")) {
            assertThatThrownBy(() ->
                            new ServicesConfiguration(Optional.of(URI.create(url)), "secret", directory, List.of()))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new ServicesConfiguration(
                        Optional.of(URI.create("http://nova:8775")), "", directory, List.of()))
                .hasMessageContaining("secret");
        assertThat(new ServicesConfiguration(
                                Optional.of(URI.create("http://nova:8775")), "hidden", directory, List.of())
                        .toString())
                .doesNotContain("hidden");
    }
}
