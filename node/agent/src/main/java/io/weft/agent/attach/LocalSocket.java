package io.weft.agent.attach;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** A unix socket that speaks HTTP with JSON, for root alone. Each connection has a virtual thread. */
public final class LocalSocket implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(LocalSocket.class.getName());
    /** A runtime may start many containers at once, each of which waits here. */
    private static final int CONNECTIONS = 512;

    private final Path path;
    private final Handler handler;
    private final ServerSocketChannel listener;
    private final Semaphore connections = new Semaphore(CONNECTIONS);

    private LocalSocket(Path path, Handler handler, ServerSocketChannel listener) {
        this.path = path;
        this.handler = handler;
        this.listener = listener;
    }

    /**
     * A request.
     *
     * @param method GET or POST
     * @param path such as {@code /v1/cni}
     * @param body possibly empty
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Request(String method, String path, byte[] body) {}

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param body what becomes JSON
     */
    public record Answer(int status, Object body) {}

    /** Whoever answers, on several threads. */
    public interface Handler {
        /** @throws AttachException when the request cannot be done */
        Answer answer(Request request) throws IOException;
    }

    /** Listens at a path; what lies there from a former process is removed. */
    public static LocalSocket start(Path path, Handler handler) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(path);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        LocalSocket socket = new LocalSocket(path, handler, listener);
        Thread.ofVirtual().name("local-api").start(socket::accept);
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                if (connections.tryAcquire()) {
                    Thread.ofVirtual().start(() -> serve(channel));
                } else {
                    channel.close();
                }
            }
        } catch (ClosedChannelException e) {
            LOGGER.log(Level.DEBUG, "local socket closed");
        } catch (IOException e) {
            LOGGER.log(Level.ERROR, "the local socket failed", e);
        }
    }

    private void serve(SocketChannel channel) {
        try (channel;
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
                OutputStream out = Channels.newOutputStream(channel)) {
            LocalHttp.Message request = LocalHttp.read(in);
            Answer answer;
            try {
                answer = handler.answer(new Request(request.word(0), request.word(1), request.body()));
            } catch (AttachException e) {
                answer = new Answer(
                        e.status(),
                        Map.of("error", Map.of("type", e.reason().name(), "message", String.valueOf(e.getMessage()))));
            }
            LocalHttp.write(
                    out,
                    "HTTP/1.1 " + answer.status() + " " + (answer.status() == 200 ? "OK" : "Error"),
                    Json.bytes(answer.body()));
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a local request failed", e);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a local request failed", e);
        } finally {
            connections.release();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the local socket did not close", e);
        }
    }
}
