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
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/** Real sockets between hosts; each call says from which address the other end saw it come. */
final class Calls {
    static final int PATIENCE_MILLIS = 30_000;

    /** After so long a datagram without an answer is sent again. */
    private static final int AGAIN_MILLIS = 200;

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

    /**
     * Sends a datagram of this many bytes and has it returned. Those before it, and answers to them, may be spent on questions
     * for neighbours and on learning the path's MTU.
     */
    static InetSocketAddress udp(Host from, Host server, IpAddress to, int port, int listeningPort, int bytes)
            throws IOException {
        byte[] content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        DatagramSocket listening = server.call(() -> new DatagramSocket(new InetSocketAddress(any(to), listeningPort)));
        try (listening;
                DatagramSocket calling = from.call(() -> new DatagramSocket())) {
            listening.setSoTimeout(AGAIN_MILLIS);
            calling.setSoTimeout(AGAIN_MILLIS);
            DatagramPacket received = new DatagramPacket(new byte[65536], 65536);
            DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
            for (int attempt = 0; ; attempt++) {
                calling.send(new DatagramPacket(content, bytes, to.toInetAddress(), port));
                try {
                    listening.receive(received);
                    listening.send(received);
                    calling.receive(answer);
                    break;
                } catch (SocketTimeoutException e) {
                    if (attempt == PATIENCE_MILLIS / AGAIN_MILLIS) {
                        throw e;
                    }
                }
            }
            assertThat(answer.getAddress()).isEqualTo(to.toInetAddress());
            assertThat(answer.getPort()).isEqualTo(port);
            assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(content);
            return (InetSocketAddress) received.getSocketAddress();
        }
    }

    /**
     * Sends forty datagrams of 1,200 bytes in one go, cut by the kernel or the devices (UDP_SEGMENT): each arrives, in their
     * order. Both ends know the way already.
     */
    static void segments(Host from, Host server, IpAddress to, int port, int listeningPort) throws IOException {
        byte[] content = new byte[48_000];
        ThreadLocalRandom.current().nextBytes(content);
        Path file = Files.write(Files.createTempFile("segments", ""), content);
        try (DatagramSocket listening =
                server.call(() -> new DatagramSocket(new InetSocketAddress(any(to), listeningPort)))) {
            listening.setReceiveBufferSize(212_992);
            listening.setSoTimeout(PATIENCE_MILLIS);
            from.require(
                    "socat",
                    "-b",
                    String.valueOf(content.length),
                    "-u",
                    "FILE:" + file,
                    (to.isIpv4() ? "UDP4-SENDTO:" + to : "UDP6-SENDTO:[" + to + "]") + ":" + port
                            + ",setsockopt-int=17:103:1200");
            byte[] seen = new byte[0];
            while (seen.length < content.length) {
                DatagramPacket datagram = new DatagramPacket(new byte[65536], 65536);
                listening.receive(datagram);
                assertThat(datagram.getLength()).isEqualTo(1200);
                seen = Arrays.copyOf(seen, seen.length + 1200);
                System.arraycopy(datagram.getData(), 0, seen, seen.length - 1200, 1200);
            }
            assertThat(Arrays.equals(seen, content)).isTrue();
        } finally {
            Files.delete(file);
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
