package io.weft.agent;

import io.weft.model.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** A TCP connection between two guests, both ends of which the test holds. */
record GuestConnection(Socket client, Socket server) implements AutoCloseable {
    private static final int PATIENCE = 1000;

    /** Connects; empty when there is no answer within a second. */
    static Optional<GuestConnection> open(AgentLab.Guest from, AgentLab.Guest to, IpAddress address, int port) {
        try (ServerSocket listener = to.inside().call(() -> new ServerSocket(port, 1, inet(address)))) {
            Socket client = from.inside().call(() -> {
                Socket socket = new Socket();
                // The kernel's socket is made here, so that it belongs to this namespace.
                socket.bind(new InetSocketAddress(0));
                return socket;
            });
            try {
                client.connect(new InetSocketAddress(inet(address), port), PATIENCE);
                listener.setSoTimeout(PATIENCE);
                return Optional.of(new GuestConnection(client, listener.accept()));
            } catch (SocketTimeoutException e) {
                client.close();
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new AssertionError("no connection could be tried", e);
        }
    }

    /** Whether a connection can be made. */
    static boolean works(AgentLab.Guest from, AgentLab.Guest to, IpAddress address, int port) {
        Optional<GuestConnection> connection = open(from, to, address, port);
        connection.ifPresent(GuestConnection::close);
        return connection.isPresent();
    }

    private static InetAddress inet(IpAddress address) {
        return address.toInetAddress();
    }

    /** Whether a byte goes from the client to the server and back within a second each. */
    boolean carries() {
        try {
            return passes(client, server) && passes(server, client);
        } catch (IOException e) {
            throw new AssertionError("the connection was ended", e);
        }
    }

    private static boolean passes(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(1);
        to.setSoTimeout(PATIENCE);
        InputStream in = to.getInputStream();
        try {
            return in.read() == 1;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            throw new AssertionError("not closed", e);
        }
    }
}
