package io.weft.vrouter;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Traffic between hosts that goes on until it is stopped, and remembers what failed. One thing is on its way at a time in
 * each, so a packet that is lost is missed.
 */
final class Loads implements AutoCloseable {
    /** How much each does between two looks at it. */
    private static final int SOME = 20;

    private static final int CALLS_OF_SOCKET = 50;

    /** Between two connections: bounds how many closed ones tables must keep. */
    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BYTES = 1000;

    private final Map<String, AtomicLong> done = new LinkedHashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final List<Idle> idle = new ArrayList<>();
    private volatile boolean over;

    private interface Step {
        void run() throws IOException;
    }

    /** Both ends of a connection that nobody uses in between. */
    private record Idle(String name, Socket caller, Socket server) {
        void speak() throws IOException {
            send(server, caller);
            send(caller, server);
        }

        private static void send(Socket from, Socket to) throws IOException {
            from.getOutputStream().write(42);
            if (to.getInputStream().read() != 42) {
                throw new IOException("something else came");
            }
        }
    }

    /** Has a host return what it is sent, over TCP and UDP. */
    void serve(Host host, int port) {
        ServerSocket listening = host.call(() -> new ServerSocket(port, 50));
        DatagramSocket datagrams = host.call(() -> new DatagramSocket(new InetSocketAddress("0.0.0.0", port)));
        servers.add(listening);
        servers.add(datagrams);
        Thread.ofVirtual()
                .start(() -> untilClosed(() -> {
                    Socket accepted = listening.accept();
                    Thread.ofVirtual()
                            .start(() -> untilClosed(() -> {
                                try (accepted) {
                                    accepted.getInputStream().transferTo(accepted.getOutputStream());
                                }
                                throw new IOException("it is over");
                            }));
                }));
        Thread.ofPlatform()
                .daemon()
                .start(() -> untilClosed(() -> {
                    DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
                    datagrams.receive(packet);
                    datagrams.send(packet);
                }));
    }

    /** What fails at a server fails at its client. */
    private static void untilClosed(Step step) {
        try {
            while (true) {
                step.run();
            }
        } catch (IOException e) {
            // Closed, by the other end or at the end.
        }
    }

    private void keep(String name, Step step) {
        AtomicLong count = new AtomicLong();
        done.put(name, count);
        threads.add(Thread.ofPlatform().name(name).start(() -> {
            try {
                while (!over) {
                    step.run();
                    count.incrementAndGet();
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (IOException | RuntimeException e) {
                failures.add(new IOException(name + ", after " + count, e));
            }
        }));
    }

    /** One connection after the other. */
    void shortConnections(String name, Host from, IpAddress to, int port) {
        keep(name, () -> {
            try (Socket socket = from.call(() -> Calls.connected(to, port))) {
                exchange(socket);
            }
        });
    }

    /** One connection all the time. */
    void longConnection(String name, Host from, IpAddress to, int port) {
        Socket socket = from.call(() -> Calls.connected(to, port));
        servers.add(socket);
        keep(name, () -> exchange(socket));
    }

    private static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(new byte[BYTES]);
        if (socket.getInputStream().readNBytes(BYTES).length != BYTES) {
            throw new IOException("the other end has closed it");
        }
    }

    /** Questions and answers, from another port after some. Datagrams are not sent again. */
    void datagrams(String name, Host from, IpAddress to, int port) {
        keep(name, () -> {
            try (DatagramSocket socket = from.call(() -> new DatagramSocket())) {
                socket.setSoTimeout(Calls.PATIENCE_MILLIS);
                for (int call = 0; call < CALLS_OF_SOCKET; call++) {
                    byte[] content = {(byte) call};
                    DatagramPacket answer = new DatagramPacket(new byte[BYTES], BYTES);
                    socket.send(new DatagramPacket(content, content.length, to.toInetAddress(), port));
                    socket.receive(answer);
                    if (answer.getLength() != 1 || answer.getData()[0] != call) {
                        throw new IOException("the answer to " + call + " is lost");
                    }
                }
            }
        });
    }

    /** A connection that speaks only in {@link #goOn}, the end that was called first. */
    void idleConnection(String name, Host from, IpAddress to, int port, Host server, int listeningPort)
            throws IOException {
        try (ServerSocket listening = server.call(() -> new ServerSocket(listeningPort, 5))) {
            listening.setSoTimeout(Calls.PATIENCE_MILLIS);
            Socket caller = from.call(() -> Calls.connected(to, port));
            Socket accepted = listening.accept();
            accepted.setSoTimeout(Calls.PATIENCE_MILLIS);
            servers.add(caller);
            servers.add(accepted);
            idle.add(new Idle(name, caller, accepted));
        }
    }

    /** Waits until each has gone on for a while; throws what failed. */
    void goOn() throws IOException {
        Map<String, Long> before = new LinkedHashMap<>();
        done.forEach((name, count) -> before.put(name, count.get()));
        for (Idle connection : idle) {
            try {
                connection.speak();
            } catch (IOException e) {
                throw new IOException(connection.name, e);
            }
        }
        Lab.await(
                "each goes on",
                PATIENCE,
                () -> !failures.isEmpty()
                        || done.entrySet().stream()
                                .allMatch(each ->
                                        each.getValue().get() >= before.getOrDefault(each.getKey(), 0L) + SOME));
        requireNoFailure();
    }

    private void requireNoFailure() throws IOException {
        if (!failures.isEmpty()) {
            IOException all = new IOException("of " + done);
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    /** Ends what runs, each after what it has begun; throws what failed. */
    void stop() throws IOException {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        requireNoFailure();
    }

    @Override
    public String toString() {
        return done.toString();
    }

    @Override
    public void close() throws IOException {
        over = true;
        for (AutoCloseable each : servers) {
            try {
                each.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
