package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.model.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/** Real sockets between hosts; each call says from which address the other end saw it come. */
final class Calls {
    static final int PATIENCE_MILLIS = 30_000;

    private Calls() {}

    /** Sends this many bytes over TCP and has them returned; gives the caller's address as the server saw it. */
    static InetSocketAddress tcp(Host from, Host server, IpAddress to, int port, int listeningPort, int bytes)
            throws IOException {
        byte[] content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        ServerSocket listening = server.call(() -> new ServerSocket(listeningPort, 5, any(to)));
        try (listening;
                Socket calling = from.call(() -> connected(to, port))) {
            listening.setSoTimeout(PATIENCE_MILLIS);
            CompletableFuture<InetSocketAddress> seen = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try (Socket accepted = listening.accept()) {
                    accepted.setSoTimeout(PATIENCE_MILLIS);
                    byte[] received = accepted.getInputStream().readNBytes(bytes);
                    accepted.getOutputStream().write(received);
                    seen.complete((InetSocketAddress) accepted.getRemoteSocketAddress());
                } catch (IOException e) {
                    seen.completeExceptionally(e);
                }
            });
            Thread.ofVirtual().start(() -> {
                try {
                    calling.getOutputStream().write(content);
                } catch (IOException e) {
                    seen.completeExceptionally(e);
                }
            });
            InputStream in = calling.getInputStream();
            assertThat(Arrays.equals(in.readNBytes(bytes), content)).isTrue();
            return seen.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** Sends a datagram of this many bytes and has it returned. */
    static InetSocketAddress udp(Host from, Host server, IpAddress to, int port, int listeningPort, int bytes)
            throws IOException {
        byte[] content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        DatagramSocket listening = server.call(() -> new DatagramSocket(new InetSocketAddress(any(to), listeningPort)));
        try (listening;
                DatagramSocket calling = from.call(() -> new DatagramSocket())) {
            listening.setSoTimeout(1000);
            DatagramPacket received = new DatagramPacket(new byte[65536], 65536);
            // The first datagrams may be spent on questions for neighbours.
            for (int attempt = 0; ; attempt++) {
                calling.send(new DatagramPacket(content, bytes, to.toInetAddress(), port));
                try {
                    listening.receive(received);
                    break;
                } catch (java.net.SocketTimeoutException e) {
                    if (attempt == PATIENCE_MILLIS / 1000) {
                        throw e;
                    }
                }
            }
            InetSocketAddress seen = (InetSocketAddress) received.getSocketAddress();
            listening.send(received);
            DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
            calling.setSoTimeout(PATIENCE_MILLIS);
            calling.receive(answer);
            assertThat(answer.getAddress()).isEqualTo(to.toInetAddress());
            assertThat(answer.getPort()).isEqualTo(port);
            assertThat(answer.getLength()).isEqualTo(bytes);
            return seen;
        }
    }

    /** The kernel's socket is made by the connect, so this is to be called in the namespace. */
    static Socket connected(IpAddress to, int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(to.toInetAddress(), port), PATIENCE_MILLIS);
        return socket;
    }

    private static InetAddress any(IpAddress family) throws IOException {
        return InetAddress.getByName(family.isIpv4() ? "0.0.0.0" : "::");
    }
}
