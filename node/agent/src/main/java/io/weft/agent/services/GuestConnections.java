package io.weft.agent.services;

import io.weft.responders.metadata.Instance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
 * The connections of guests to one service. Whose a connection is follows from its source address alone, which the data
 * path has written.
 *
 * <p>Guests are hostile: the connections of one port at a time are bounded, and the service sets each of them deadlines;
 * the data path bounds how fast a port may open them. One platform thread a socket accepts, and each connection has a
 * virtual thread.
 */
final class GuestConnections implements AutoCloseable {
    /** What is done with a connection, which is closed when this returns. */
    @FunctionalInterface
    interface Service {
        void serve(SocketChannel connection, Instance instance) throws IOException, InterruptedException;
    }

    private static final System.Logger LOGGER = System.getLogger(GuestConnections.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final String name;
    private final int atOnce;
    private final Function<InetAddress, Optional<Instance>> clients;
    private final List<ServerSocketChannel> sockets;
    private final Service service;
    private final Map<UUID, Integer> connections = new ConcurrentHashMap<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * @param name of the service, for the names of threads
     * @param atOnce connections of a port at a time; one more is closed unheard
     * @param clients who is behind a source address
     * @param sockets bound; belong to this
     */
    GuestConnections(
            String name,
            int atOnce,
            Function<InetAddress, Optional<Instance>> clients,
            List<ServerSocketChannel> sockets,
            Service service) {
        this.name = name;
        this.atOnce = atOnce;
        this.clients = clients;
        this.sockets = List.copyOf(sockets);
        this.service = service;
        this.deadlines = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name + "-deadlines").daemon().factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /** Begins to accept. */
    void start() {
        for (ServerSocketChannel socket : sockets) {
            Thread.ofPlatform().name(name).daemon().start(() -> accept(socket));
        }
    }

    /** Ends a connection when this much time has passed, unless what is given back is cancelled before. */
    Future<?> until(SocketChannel connection, Duration limit) {
        return deadlines.schedule(() -> cut(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void accept(ServerSocketChannel socket) {
        boolean failing = false;
        while (socket.isOpen()) {
            try {
                SocketChannel connection = socket.accept();
                failing = false;
                open.add(connection);
                Thread.ofVirtual().name(name + "-request").start(() -> serve(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Such as too many open files: the guest tries again, and so does this loop, in a while.
                if (!failing) {
                    LOGGER.log(
                            Level.WARNING,
                            "no connection accepted",
                            Map.entry("service", name),
                            Map.entry("reason", String.valueOf(e)));
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
            LOGGER.log(Level.DEBUG, "a guest's connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a guest's request failed", e);
        } finally {
            open.remove(connection);
        }
    }

    private void admit(SocketChannel connection, Instance instance) throws IOException, InterruptedException {
        UUID port = instance.portId();
        try {
            if (connections.merge(port, 1, Integer::sum) <= atOnce) {
                service.serve(connection, instance);
            }
        } finally {
            connections.computeIfPresent(port, (p, count) -> count == 1 ? null : count - 1);
        }
    }

    private static void cut(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a connection did not close", e);
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
        open.forEach(GuestConnections::cut);
    }
}
