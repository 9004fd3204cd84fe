package io.weft.agent.services;

import io.weft.responders.metadata.Instance;
import io.weft.responders.metadata.MetadataDocuments;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Metadata over HTTP. Instances that Nova made are Nova's to answer when one is configured, and all others get the built-in documents.
 *
 * <p>Guests are hostile: a request's head, body and time are bounded.
 */
final class MetadataServer implements AutoCloseable {
    static final int PORT = 80;

    /** Connections of a port at a time; one more is closed unheard. */
    static final int AT_ONCE = 32;

    private static final System.Logger LOGGER = System.getLogger(MetadataServer.class.getName());
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");

    /** How long a guest may take to say its request, and to take its answer. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    /** How long an answer may take to be found; Nova is given a minute. */
    private static final Duration ANSWER = Duration.ofSeconds(70);

    private final Optional<NovaProxy> nova;
    private final UserData userData;
    private final GuestConnections connections;

    private MetadataServer(
            ServicesConfiguration configuration,
            Function<InetAddress, Optional<Instance>> clients,
            List<ServerSocketChannel> sockets) {
        this.nova = configuration.nova().map(url -> new NovaProxy(url, configuration.secret()));
        this.userData = new UserData(configuration.userData());
        this.connections = new GuestConnections("metadata", AT_ONCE, clients, sockets, this::exchange);
    }

    /**
     * Begins to answer.
     *
     * @param clients who is behind a source address
     * @param sockets bound; belong to the server
     */
    static MetadataServer start(
            ServicesConfiguration configuration,
            Function<InetAddress, Optional<Instance>> clients,
            List<ServerSocketChannel> sockets) {
        MetadataServer server = new MetadataServer(configuration, clients, sockets);
        server.connections.start();
        return server;
    }

    private void exchange(SocketChannel connection, Instance instance) throws IOException, InterruptedException {
        Socket socket = connection.socket();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        Answer answer;
        boolean withContent = true;
        Future<?> deadline = connections.until(connection, REQUEST);
        try {
            GuestHttp.Request request = GuestHttp.read(in);
            deadline.cancel(false);
            deadline = connections.until(connection, ANSWER);
            withContent = !request.method().equals("HEAD");
            answer = answer(request, instance);
        } catch (GuestHttp.Refusal e) {
            answer = Answer.of(e.status);
        } finally {
            deadline.cancel(false);
        }
        deadline = connections.until(connection, REQUEST);
        try {
            GuestHttp.write(out, answer, withContent);
            socket.shutdownOutput();
            // What is unread would make the kernel reset the connection, and the guest lose the answer.
            in.skipNBytes(Math.min(in.available(), GuestHttp.LONGEST_BODY));
        } finally {
            deadline.cancel(false);
        }
    }

    private Answer answer(GuestHttp.Request request, Instance instance) throws InterruptedException {
        if (!METHODS.contains(request.method())) {
            return Answer.of(405);
        }
        if (nova.isPresent() && instance.isNovas()) {
            return nova.get().ask(instance, request.method(), request.target(), request.body());
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Answer.of(405);
        }
        try {
            return MetadataDocuments.find(request.path(), instance, userData.of(instance))
                    .map(document -> new Answer(200, document))
                    .orElseGet(() -> Answer.of(404));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "user data cannot be read", Map.entry("reason", String.valueOf(e)));
            return Answer.of(500);
        }
    }

    @Override
    public void close() {
        connections.close();
        nova.ifPresent(NovaProxy::close);
    }
}
