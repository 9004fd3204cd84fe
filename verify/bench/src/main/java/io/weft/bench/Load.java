package io.weft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The load of the path bench, a process of its own in a namespace: {@code serve}, or {@code stream}, {@code rr}, {@code
 * connect}, {@code udp} or {@code held} with {@code ADDRESS SECONDS}. A client first runs a while unmeasured; then it prints what got
 * through in the given time (bytes, requests, connections, datagrams), the nanoseconds that it took, and those that the
 * machine's processors worked meanwhile.
 */
public final class Load {
    /** Where a server listens last, when all the rest is up. */
    static final int LAST = 7104;

    private static final int ECHO = 7101;
    private static final int ACCEPT = 7102;
    private static final int SINK = 7103;
    private static final int DATAGRAMS = 7105;
    private static final int DATAGRAM_BYTES = 64;
    private static final int STREAM_BYTES = 128 * 1024;
    private static final double UNMEASURED = 1;
    private static final int HELD = 200;
    private static final int PATIENCE_MILLIS = 20_000;

    private Load() {}

    /** Does something once, and says how much that was. */
    private interface Operation {
        long run() throws IOException;
    }

    /** How much has got through by now. */
    private interface Progress {
        long get() throws IOException;
    }

    /** Runs one side. */
    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("serve")) {
            serve();
            return;
        }
        InetAddress address = InetAddress.getByName(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        switch (arguments[0]) {
            case "stream" -> stream(address, seconds);
            case "rr" -> requests(address, seconds);
            case "connect" -> connections(address, seconds);
            case "udp" -> datagrams(address, seconds);
            case "held" -> held(address, seconds);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    // --- server

    private static ServerSocketChannel listen(int port) throws IOException {
        return ServerSocketChannel.open()
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(new InetSocketAddress(port), 4096);
    }

    private static void background(Operation operation) {
        Thread.ofPlatform().start(() -> {
            try {
                long result = 0;
                while (result >= 0) {
                    result = operation.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void serve() throws IOException {
        AtomicLong received = new AtomicLong();
        DatagramChannel datagrams = DatagramChannel.open().bind(new InetSocketAddress(DATAGRAMS));
        ByteBuffer datagram = ByteBuffer.allocateDirect(2048);
        background(() -> {
            datagrams.receive(datagram.clear());
            return received.incrementAndGet();
        });
        ServerSocketChannel accept = listen(ACCEPT);
        background(() -> {
            accept.accept().close();
            return 0;
        });
        ServerSocketChannel sink = listen(SINK);
        background(() -> {
            SocketChannel client = sink.accept();
            ByteBuffer bytes = ByteBuffer.allocateDirect(STREAM_BYTES);
            background(() -> {
                int read = client.read(bytes.clear());
                if (read < 0) {
                    client.close();
                }
                return read;
            });
            return 0;
        });
        ServerSocketChannel echo = listen(ECHO);
        background(() -> {
            SocketChannel client = echo.accept().setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            background(() -> {
                if (client.read(one.clear()) < 0) {
                    client.close();
                    return -1;
                }
                return client.write(one.flip());
            });
            return 0;
        });
        ServerSocketChannel last = listen(LAST);
        while (true) {
            try (SocketChannel client = last.accept()) {
                ByteBuffer word = ByteBuffer.allocate(8);
                while (client.read(word.clear().limit(1)) == 1) {
                    client.write(word.clear().putLong(received.get()).flip());
                }
            }
        }
    }

    // --- clients

    private static void measure(double seconds, Operation operation, Progress progress) throws IOException {
        run(UNMEASURED, operation);
        long before = progress.get();
        long busy = Cpu.busyNanos();
        long start = System.nanoTime();
        run(seconds, operation);
        long nanos = System.nanoTime() - start;
        long worked = Cpu.busyNanos() - busy;
        System.out.println((progress.get() - before) + " " + nanos + " " + worked);
    }

    private static void run(double seconds, Operation operation) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            operation.run();
        }
    }

    private static SocketChannel connect(InetAddress address, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(address, port));
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Counts what operations say of themselves. */
    private static void measure(double seconds, Operation operation) throws IOException {
        long[] done = new long[1];
        measure(seconds, () -> done[0] += operation.run(), () -> done[0]);
    }

    private static void stream(InetAddress address, double seconds) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(STREAM_BYTES);
        try (SocketChannel channel = connect(address, SINK)) {
            measure(seconds, () -> channel.write(bytes.clear()));
        }
    }

    private static void requests(InetAddress address, double seconds) throws IOException {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        try (SocketChannel channel = connect(address, ECHO)) {
            measure(seconds, () -> {
                channel.write(one.clear());
                if (channel.read(one.clear()) != 1) {
                    throw new IOException("the echo ended");
                }
                return 1;
            });
        }
    }

    /**
     * Requests over many connections in turn, which were opened before; a fourth word says how many of them were lost. One
     * is lost when it ends or has no answer for so long that TCP has sent the request several times.
     */
    private static void held(InetAddress address, double seconds) throws IOException {
        List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < HELD; i++) {
                Socket socket = new Socket(address, ECHO);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(PATIENCE_MILLIS);
                connections.add(socket);
                exchange(socket);
            }
            // Whoever floods begins now.
            System.out.println("held");
            System.in.read();
            int[] next = new int[1];
            int[] lost = new int[1];
            measure(seconds, () -> {
                int at = next[0]++ % connections.size();
                try {
                    exchange(connections.get(at));
                    return 1;
                } catch (IOException e) {
                    lost[0]++;
                    connections.remove(at).close();
                    if (connections.isEmpty()) {
                        throw e;
                    }
                    return 0;
                }
            });
            System.out.println("lost " + lost[0]);
        } finally {
            for (Socket socket : connections) {
                socket.close();
            }
        }
    }

    private static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        if (socket.getInputStream().read() < 0) {
            throw new IOException("the connection ended");
        }
    }

    private static void connections(InetAddress address, double seconds) throws IOException {
        InetSocketAddress target = new InetSocketAddress(address, ACCEPT);
        measure(seconds, () -> {
            // A reset frees the port at once: waiting ones would run out.
            try (SocketChannel channel = SocketChannel.open().setOption(StandardSocketOptions.SO_LINGER, 0)) {
                channel.connect(target);
            }
            return 1;
        });
    }

    /** Datagrams as fast as they can be sent; what counts is those that the other end has read. */
    private static void datagrams(InetAddress address, double seconds) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES);
        ByteBuffer word = ByteBuffer.allocate(8);
        try (DatagramChannel channel = DatagramChannel.open().connect(new InetSocketAddress(address, DATAGRAMS));
                SocketChannel question = connect(address, LAST)) {
            measure(seconds, () -> channel.write(datagram.clear()), () -> {
                question.write(word.clear().limit(1));
                word.clear();
                while (word.hasRemaining()) {
                    if (question.read(word) < 0) {
                        throw new IOException("the server ended");
                    }
                }
                return word.getLong(0);
            });
        }
    }
}
