package io.weft.docker.socket;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks an engine over its socket. HTTP/1.0, so that the answer ends with the connection. */
public final class EngineClient {
    private static final int MAX_ANSWER = 1 << 24;

    private final Path socket;

    public EngineClient(Path socket) {
        this.socket = socket;
    }

    /**
     * What lies at a path of the Engine API.
     *
     * @throws IOException when no engine answers, or it refuses
     */
    public byte[] get(String path) throws IOException {
        return ask(path, in -> {
            HttpMessage answer = HttpMessage.readAnswer(in, MAX_ANSWER);
            check(path, answer);
            return answer.body();
        });
    }

    /**
     * Takes the lines that an engine sends from now on, until it ends or the thread is interrupted.
     *
     * @param begun called when the engine has begun to send
     * @throws IOException when no engine answers, it refuses, or what it sends is cut short
     */
    public void follow(String path, Runnable begun, Consumer<byte[]> taker) throws IOException {
        ask(path, in -> {
            check(path, HttpMessage.readHead(in));
            begun.run();
            for (Optional<String> line = HttpMessage.readLine(in); line.isPresent(); line = HttpMessage.readLine(in)) {
                taker.accept(line.get().getBytes(StandardCharsets.ISO_8859_1));
            }
            return new byte[0];
        });
    }

    private void check(String path, HttpMessage answer) throws IOException {
        if (!answer.word(1).equals("200")) {
            throw new IOException("the engine at " + socket + " answers " + answer.word(1) + " to " + path);
        }
    }

    /** Reads what an engine answers. */
    private interface Reading {
        byte[] read(InputStream in) throws IOException;
    }

    private byte[] ask(String path, Reading reading) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            try (OutputStream out = Channels.newOutputStream(channel);
                    InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
                out.write(("GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                return reading.read(in);
            }
        }
    }
}
