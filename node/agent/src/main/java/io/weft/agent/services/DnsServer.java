package io.weft.agent.services;

import io.weft.responders.dns.Answered;
import io.weft.responders.dns.Directory;
import io.weft.responders.dns.DnsResponder;
import io.weft.responders.dns.Names;
import io.weft.responders.dns.Query;
import io.weft.responders.metadata.Instance;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.xbill.DNS.Message;

/**
 * DNS over datagrams and connections. Who asks follows from the source address alone, which the data path has written, and
 * so do the names that the answer may come from. What is not known here is asked of the operator's resolvers.
 *
 * <p>One platform thread a datagram socket answers what is known; a question that must be asked elsewhere, and each
 * connection, has a virtual thread. Nothing waits in a queue: who asks too much at a time is told so.
 */
final class DnsServer implements AutoCloseable {
    static final int PORT = 53;

    /** Connections of a port at a time; one more is closed unheard. */
    static final int AT_ONCE = 16;

    /** Questions on one connection. */
    static final int A_CONNECTION = 100;

    /** The longest question that is read; nobody's has more than a few hundred bytes. */
    static final int LONGEST = 4096;

    private static final System.Logger LOGGER = System.getLogger(DnsServer.class.getName());

    /** How long a connection may be silent, and an answer take to be taken. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Forwarder forwarder;
    private final Function<InetAddress, Optional<Instance>> clients;
    private final Directory directory;
    private final List<DatagramChannel> sockets;
    private final GuestConnections connections;

    private DnsServer(
            List<InetSocketAddress> forwarders,
            Function<InetAddress, Optional<Instance>> clients,
            Directory directory,
            List<DatagramChannel> sockets,
            List<ServerSocketChannel> listening) {
        this.forwarder = new Forwarder(forwarders);
        this.clients = clients;
        this.directory = directory;
        this.sockets = List.copyOf(sockets);
        this.connections = new GuestConnections("dns", AT_ONCE, clients, listening, this::converse);
    }

    /**
     * Begins to answer.
     *
     * @param forwarders who is asked what is not known here
     * @param clients who is behind a source address
     * @param directory the names that are known here
     * @param sockets bound; belong to the server
     * @param listening bound; belong to the server
     */
    static DnsServer start(
            List<InetSocketAddress> forwarders,
            Function<InetAddress, Optional<Instance>> clients,
            Directory directory,
            List<DatagramChannel> sockets,
            List<ServerSocketChannel> listening) {
        DnsServer server = new DnsServer(forwarders, clients, directory, sockets, listening);
        for (DatagramChannel socket : server.sockets) {
            Thread.ofPlatform().name("dns-datagrams").daemon().start(() -> server.listen(socket));
        }
        server.connections.start();
        return server;
    }

    private void listen(DatagramChannel socket) {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
        boolean failing = false;
        while (socket.isOpen()) {
            try {
                buffer.clear();
                SocketAddress source = socket.receive(buffer);
                failing = false;
                byte[] bytes = new byte[buffer.flip().remaining()];
                buffer.get(bytes);
                answerSafely(socket, (InetSocketAddress) source, bytes);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                if (!failing) {
                    LOGGER.log(Level.WARNING, "no question read", Map.entry("reason", String.valueOf(e)));
                }
                failing = true;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** One guest's question must not keep the others waiting, whatever it does. */
    private void answerSafely(DatagramChannel socket, InetSocketAddress source, byte[] bytes) {
        try {
            answer(socket, source, bytes);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a question was not answered", e);
        }
    }

    private void answer(DatagramChannel socket, InetSocketAddress source, byte[] bytes) {
        Optional<Instance> asker = clients.apply(source.getAddress());
        Optional<Query> asked = asker.isPresent() ? Query.parse(bytes) : Optional.empty();
        if (asker.isEmpty() || asked.isEmpty()) {
            return;
        }
        Query query = asked.get();
        switch (known(query, asker.get())) {
            case Answered.Here(Message message) -> send(socket, source, query, message);
            case Answered.Elsewhere() -> forward(socket, source, query, asker.get());
        }
    }

    private Answered known(Query query, Instance asker) {
        Names names = directory.seenFrom(asker.networkId(), asker.project());
        return DnsResponder.answer(query, names, forwarder.isPossible());
    }

    private void forward(DatagramChannel socket, InetSocketAddress source, Query query, Instance asker) {
        if (!forwarder.enter(asker.portId())) {
            send(socket, source, query, query.failure());
            return;
        }
        Thread.ofVirtual().name("dns-question").start(() -> {
            try {
                send(socket, source, query, forwarder.ask(query, true));
            } catch (RuntimeException e) {
                LOGGER.log(Level.ERROR, "a question was not forwarded", e);
            } finally {
                forwarder.leave(asker.portId());
            }
        });
    }

    private static void send(DatagramChannel socket, InetSocketAddress source, Query query, Message message) {
        try {
            socket.send(ByteBuffer.wrap(query.bytes(message, true)), source);
        } catch (IOException e) {
            // The guest asks again, or the server has ended.
            LOGGER.log(Level.DEBUG, "an answer was not sent", e);
        }
    }

    private void converse(SocketChannel connection, Instance asker) throws IOException {
        DataInputStream in = new DataInputStream(connection.socket().getInputStream());
        OutputStream out = connection.socket().getOutputStream();
        for (int i = 0; i < A_CONNECTION; i++) {
            Future<?> deadline = connections.until(connection, IDLE);
            byte[] bytes;
            try {
                bytes = in.readNBytes(length(in));
            } finally {
                deadline.cancel(false);
            }
            Optional<Query> asked = Query.parse(bytes);
            if (asked.isEmpty()) {
                return;
            }
            byte[] answer = asked.get().bytes(answer(asked.get(), asker), false);
            deadline = connections.until(connection, IDLE);
            try {
                ByteBuffer framed = ByteBuffer.allocate(answer.length + 2);
                out.write(framed.putShort((short) answer.length).put(answer).array());
            } finally {
                deadline.cancel(false);
            }
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readUnsignedShort();
        if (length > LONGEST) {
            throw new EOFException("a question of " + length + " bytes");
        }
        return length;
    }

    private Message answer(Query query, Instance asker) {
        return switch (known(query, asker)) {
            case Answered.Here(Message message) -> message;
            case Answered.Elsewhere() -> {
                if (!forwarder.enter(asker.portId())) {
                    yield query.failure();
                }
                try {
                    yield forwarder.ask(query, false);
                } finally {
                    forwarder.leave(asker.portId());
                }
            }
        };
    }

    @Override
    public void close() {
        for (DatagramChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOGGER.log(Level.DEBUG, "a socket did not close", e);
            }
        }
        connections.close();
    }
}
