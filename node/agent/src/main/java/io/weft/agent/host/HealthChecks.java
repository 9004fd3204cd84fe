package io.weft.agent.host;

import io.weft.agent.drivers.Retry;
import io.weft.agent.tables.HostPort.HealthCheck;
import io.weft.model.IpFamily;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells whoever asks at a service's health check node port, by HTTP, whether the service has an endpoint on this node: what
 * kube-proxy tells there, whatever the path. Balancers outside ask so, to send
 * their calls to nodes that have one.
 *
 * <p>Owned by the node's thread. Each port has a thread that accepts, and each connection a virtual one; these look at what was
 * said last. Whoever asks is not trusted: connections are bounded in number, size and time.
 */
final class HealthChecks implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(HealthChecks.class.getName());
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MOST_BYTES = 8192;
    private static final int AT_ONCE = 64;

    private final Map<Integer, HealthCheck> wanted = new ConcurrentHashMap<>();
    private final Map<Integer, ServerSocket> sockets = new HashMap<>();
    private final Map<Integer, String> problems = new TreeMap<>();
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final Retry retry = new Retry();

    /** What is told from now on, and where. */
    void want(List<HealthCheck> checks) {
        wanted.keySet().retainAll(checks.stream().map(HealthCheck::port).toList());
        checks.forEach(check -> wanted.put(check.port(), check));
        sockets.entrySet().removeIf(entry -> {
            boolean gone = !wanted.containsKey(entry.getKey());
            if (gone) {
                close(entry.getValue());
            }
            return gone;
        });
        problems.keySet().retainAll(wanted.keySet());
    }

    /** Why nothing is told at a port, for people. */
    List<String> problems() {
        return List.copyOf(problems.values());
    }

    /** Opens what is not open; gives the nanoseconds until it is to be tried again, {@link Long#MAX_VALUE} for not at all. */
    long work() {
        if (sockets.keySet().containsAll(wanted.keySet())) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        for (int port : List.copyOf(wanted.keySet())) {
            if (!sockets.containsKey(port)) {
                open(port);
            }
        }
        if (problems.isEmpty()) {
            retry.succeeded();
            return Long.MAX_VALUE;
        }
        retry.failed(now);
        return retry.pause(now);
    }

    private void open(int port) {
        try {
            sockets.put(port, listen(port));
            problems.remove(port);
        } catch (IOException e) {
            String text = "health check node port " + port + ": " + e.getMessage();
            if (!text.equals(problems.put(port, text))) {
                LOGGER.log(Level.WARNING, text);
            }
        }
    }

    private ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port), AT_ONCE);
        } catch (IOException e) {
            close(socket);
            throw e;
        }
        Thread.ofPlatform().name("health-" + port).daemon().start(() -> accept(socket, port));
        return socket;
    }

    private void accept(ServerSocket socket, int port) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                if (room.tryAcquire()) {
                    Thread.ofVirtual().name("health-check").start(() -> serve(connection, port));
                } else {
                    close(connection);
                }
            } catch (IOException e) {
                // Closed, or such as too many open files: whoever asks asks again, and so does this loop, in a while.
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void serve(Socket connection, int port) {
        try (connection) {
            readHead(connection);
            IpFamily family = connection.getLocalAddress() instanceof Inet4Address ? IpFamily.IPV4 : IpFamily.IPV6;
            HealthCheck check = wanted.get(port);
            if (check != null) {
                connection.getOutputStream().write(answer(check, family).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a health check ended early", e);
        } finally {
            room.release();
        }
    }

    /** Reads a request up to its empty line: nothing of it matters. */
    private static void readHead(Socket connection) throws IOException {
        long end = System.nanoTime() + LONGEST.toNanos();
        InputStream in = connection.getInputStream();
        int ends = 0;
        for (int read = 0; read < MOST_BYTES && ends < 2; read++) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("a request took too long");
            }
            connection.setSoTimeout((int) left);
            int next = in.read();
            if (next < 0) {
                throw new EOFException("a request was cut short");
            }
            ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
        }
    }

    /** The body is kube-proxy's. */
    static String answer(HealthCheck check, IpFamily family) {
        int endpoints = check.endpoints().getOrDefault(family, 0);
        int slash = check.name().indexOf('/');
        String body = "{\"service\":{\"namespace\":\"" + check.name().substring(0, slash) + "\",\"name\":\""
                + check.name().substring(slash + 1) + "\"},\"localEndpoints\":" + endpoints
                + ",\"serviceProxyHealthy\":true}";
        return "HTTP/1.1 " + (endpoints > 0 ? "200 OK" : "503 Service Unavailable")
                + "\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
                + "X-Load-Balancing-Endpoint-Weight: " + endpoints + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a socket did not close", e);
        }
    }

    /** Nothing is told any more. */
    @Override
    public void close() {
        want(List.of());
    }
}
