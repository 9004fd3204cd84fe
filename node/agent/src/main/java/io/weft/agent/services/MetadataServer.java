package io.weft.agent.services;

import io.weft.responders.metadata.Instance;
import io.weft.responders.metadata.MetadataDocuments;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Metadata over HTTP. Whose a request is follows from its source address alone, which the data path has written;
 * instances that Nova made are Nova's to answer when one is configured, and all others get the built-in documents.
 *
 * <p>Guests are hostile: a request's head, body and time are bounded, and so are the connections of one port at a time;
 * the data path bounds how fast a port may open them. One platform thread a socket accepts, and each connection has a
 * virtual thread.
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

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Function<InetAddress, Optional<Instance>> clients;
    private final Optional<NovaProxy> nova;
    private final UserData userData;
    private final List<ServerSocketChannel> sockets;
    private final Map<UUID, Integer> connections = new ConcurrentHashMap<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor deadlines = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("metadata-deadlines").daemon().factory());

    private MetadataServer(
            ServicesConfiguration configuration,
            Function<InetAddress, Optional<Instance>> clients,
            List<ServerSocketChannel> sockets) {
        this.clients = clients;
        this.nova = configuration.nova().map(url -> new NovaProxy(url, configuration.secret()));
        this.userData = new UserData(configuration.userData());
        this.sockets = List.copyOf(sockets);
        deadlines.setRemoveOnCancelPolicy(true);
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
        for (ServerSocketChannel socket : server.sockets) {
            Thread.ofPlatform().name("metadata").daemon().start(() -> server.accept(socket));
        }
        return server;
    }

    private void accept(ServerSocketChannel socket) {
        boolean failing = false;
        while (socket.isOpen()) {
            try {
                SocketChannel connection = socket.accept();
                failing = false;
                open.add(connection);
                Thread.ofVirtual().name("metadata-request").start(() -> serve(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Such as too many open files: the guest tries again, and so does this loop, in a while.
                if (!failing) {
                    LOGGER.log(Level.WARNING, "no connection accepted", Map.entry("reason", String.valueOf(e)));
                }
                failing = true;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            InetAddress source = ((InetSocketAddress) connection.getRemoteAddress()).getAddress();
            Optional<Instance> instance = clients.apply(source);
            if (instance.isPresent()) {
                admit(connection, instance.get());
            }
        } catch (IOException | UncheckedIOException | RejectedExecutionException e) {
            // The guest's doing, or the server's end.
            LOGGER.log(Level.DEBUG, "a metadata connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a metadata request failed", e);
        } finally {
            open.remove(connection);
        }
    }

    private void admit(SocketChannel connection, Instance instance) throws IOException, InterruptedException {
        UUID port = instance.portId();
        try {
            if (connections.merge(port, 1, Integer::sum) <= AT_ONCE) {
                exchange(connection, instance);
            }
        } finally {
            connections.computeIfPresent(port, (p, count) -> count == 1 ? null : count - 1);
        }
    }

    private void exchange(SocketChannel connection, Instance instance) throws IOException, InterruptedException {
        Socket socket = connection.socket();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream());
        Answer answer;
        boolean withContent = true;
        Future<?> deadline = until(connection, REQUEST);
        try {
            GuestHttp.Request request = GuestHttp.read(in);
            deadline.cancel(false);
            deadline = until(connection, ANSWER);
            withContent = !request.method().equals("HEAD");
            answer = answer(request, instance);
        } catch (GuestHttp.Refusal e) {
            answer = Answer.of(e.status);
        } finally {
            deadline.cancel(false);
        }
        deadline = until(connection, REQUEST);
        try {
            GuestHttp.write(out, answer, withContent);
            socket.shutdownOutput();
            // What is unread would make the kernel reset the connection, and the guest lose the answer.
            in.skipNBytes(Math.min(in.available(), GuestHttp.LONGEST_BODY));
        } finally {
            deadline.cancel(false);
        }
    }

    private Future<?> until(SocketChannel connection, Duration limit) {
        return deadlines.schedule(() -> cut(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void cut(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a connection did not close", e);
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
        for (ServerSocketChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOGGER.log(Level.DEBUG, "a socket did not close", e);
            }
        }
        deadlines.shutdownNow();
        open.forEach(MetadataServer::cut);
        nova.ifPresent(NovaProxy::close);
    }
}
