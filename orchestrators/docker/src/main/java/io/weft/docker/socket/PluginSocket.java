package io.weft.docker.socket;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * A socket on which an engine posts its requests; for root alone. Each connection has a virtual thread and carries one
 * request: an engine opens another for the next.
 */
public final class PluginSocket implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(PluginSocket.class.getName());
    private static final int CONNECTIONS = 128;
    private static final int MAX_BODY = 1 << 20;
    private static final String TYPE = "application/vnd.docker.plugins.v1.1+json";

    private final Path path;
    private final Handler handler;
    private final ServerSocketChannel listener;
    private final Semaphore connections = new Semaphore(CONNECTIONS);

    /** What answers. */
    public interface Handler {
        /** The answer to a body that was posted to a path. */
        byte[] answer(String path, byte[] body);
    }

    private PluginSocket(Path path, Handler handler, ServerSocketChannel listener) {
        this.path = path;
        this.handler = handler;
        this.listener = listener;
    }

    /** Listens at a path; what lies there from a former process is removed. */
    public static PluginSocket start(Path path, Handler handler) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(path);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        PluginSocket socket = new PluginSocket(path, handler, listener);
        Thread.ofVirtual().name("docker-plugin").start(socket::accept);
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                connections.acquireUninterruptibly();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (ClosedChannelException e) {
            LOGGER.log(Level.DEBUG, "the plug-in's socket closed");
        } catch (IOException e) {
            LOGGER.log(Level.ERROR, "the plug-in's socket failed", e);
        }
    }

    private void serve(SocketChannel channel) {
        try (channel;
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
                OutputStream out = Channels.newOutputStream(channel)) {
            HttpMessage request = HttpMessage.readRequest(in, MAX_BODY);
            if (!request.word(0).equals("POST")) {
                write(out, "405 Method Not Allowed", new byte[0]);
            } else {
                write(out, "200 OK", handler.answer(request.word(1), request.body()));
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a request of Docker's failed", e);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a request of Docker's failed", e);
        } finally {
            connections.release();
        }
    }

    private static void write(OutputStream out, String status, byte[] body) throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: " + TYPE + "\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    /** Ends it; an engine waits a while for the next one. */
    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the plug-in's socket did not close", Map.entry("reason", e.toString()));
        }
    }
}
