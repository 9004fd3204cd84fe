package io.weft.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** As much of the Engine API as a check asks for: what lies at which path. */
final class SmallEngine implements AutoCloseable {
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final ServerSocketChannel listener;

    SmallEngine(Path socket) {
        try {
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    void answers(String path, String json) {
        answers.put(path, json);
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel channel = listener.accept()) {
                    ByteBuffer request = ByteBuffer.allocate(4096);
                    channel.read(request);
                    String path = new String(request.array(), StandardCharsets.UTF_8).split(" ")[1];
                    String body = answers.getOrDefault(path, "{}");
                    channel.write(ByteBuffer.wrap(("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (ClosedChannelException e) {
            answers.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
