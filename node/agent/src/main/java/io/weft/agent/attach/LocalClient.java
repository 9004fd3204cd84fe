package io.weft.agent.attach;

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
import java.util.Map;

/** Asks the agent of this host; for the command line. */
public final class LocalClient {
    private final Path socket;

    public LocalClient(Path socket) {
        this.socket = socket;
    }

    /**
     * An answer.
     *
     * @param status of HTTP; 200 when the request was done
     * @param body JSON
     */
    public record Answer(int status, String body) {}

    /**
     * Sends a request.
     *
     * @param method GET or POST
     * @param path such as {@code /v1/ports}
     * @param body an object's members
     * @throws IOException when there is no agent at the socket
     */
    public Answer send(String method, String path, Map<String, String> body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            try (OutputStream out = Channels.newOutputStream(channel);
                    InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
                LocalHttp.write(out, method + " " + path + " HTTP/1.1", Json.bytes(body));
                LocalHttp.Message answer = LocalHttp.readAnswer(in);
                try {
                    return new Answer(
                            Integer.parseInt(answer.word(1)), new String(answer.body(), StandardCharsets.UTF_8));
                } catch (NumberFormatException e) {
                    throw new IOException("not HTTP: " + answer.start(), e);
                }
            }
        }
    }
}
