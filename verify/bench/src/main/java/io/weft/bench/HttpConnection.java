package io.weft.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.SocketFactory;

/**
 * A client's connection that is kept open: the least of HTTP/1.1 (RFC 9112) that a Weft server's answers need, so that
 * the load takes little of the processors that it shares with the server. One thread uses it.
 */
final class HttpConnection implements AutoCloseable {
    /** A request without a body. */
    static final byte[] NOTHING = {};

    private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.ISO_8859_1);
    private static final int ID_LENGTH = 36;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String headers;
    private byte[] buffer = new byte[8 * 1024];
    private int position;
    private int limit;
    private byte[] body = new byte[4 * 1024];
    private int bodyLength;

    private HttpConnection(Socket socket, String headers) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.headers = headers;
    }

    /** Connects to a server's API in the name of a project. */
    static HttpConnection toApi(URI server, String project) throws IOException {
        return open(SocketFactory.getDefault(), server, "X-Project-Id: " + project + "\r\n");
    }

    /** Connects through this factory, which may be one of TLS. */
    static HttpConnection open(SocketFactory factory, URI server, String headers) throws IOException {
        Socket socket = factory.createSocket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        return new HttpConnection(
                socket,
                "Host: " + server.getAuthority() + "\r\nContent-Type: application/json\r\n" + headers
                        + "Content-Length: ");
    }

    /** Sends a request, reads the answer whole and returns its status. */
    int call(String method, String path, byte[] content) throws IOException {
        bodyLength = 0;
        String head = begin(method, path, content);
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            for (int size = chunk(); size > 0; size = chunk()) {
                readBody(size);
            }
        } else {
            int at = head.indexOf("\r\ncontent-length:");
            readBody(
                    at < 0
                            ? 0
                            : Integer.parseInt(head.substring(at + 17, head.indexOf('\r', at + 17))
                                    .strip()));
        }
        return Integer.parseInt(head.substring(9, 12));
    }

    /** The same with a text, for answers of one status only. */
    HttpConnection expect(int status, String method, String path, String content) throws IOException {
        return expect(status, method, path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The same; throws when the status is another. */
    HttpConnection expect(int status, String method, String path, byte[] content) throws IOException {
        int answered = call(method, path, content);
        if (answered != status) {
            throw new IllegalStateException(
                    method + " " + path + ": status " + answered + ", expected " + status + ": " + text());
        }
        return this;
    }

    /** Sends a GET whose answer does not end, and returns its content. */
    InputStream stream(String path) throws IOException {
        String head = begin("GET", path, NOTHING);
        if (!head.startsWith("200", 9) || !head.contains("\r\ntransfer-encoding: chunked")) {
            throw new IllegalStateException("GET " + path + ": " + head);
        }
        return new Chunks();
    }

    /** The last answer's body. */
    String text() {
        return new String(body, 0, bodyLength, StandardCharsets.UTF_8);
    }

    /** The length in bytes of the last answer's body. */
    int length() {
        return bodyLength;
    }

    /** The ids of the resources in the last answer's body, in their order. */
    List<String> ids() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i <= bodyLength - ID.length - ID_LENGTH; i++) {
            if (Arrays.equals(body, i, i + ID.length, ID, 0, ID.length)) {
                ids.add(new String(body, i + ID.length, ID_LENGTH, StandardCharsets.ISO_8859_1));
                i += ID.length + ID_LENGTH;
            }
        }
        return ids;
    }

    /** The id of the resource in the last answer's body. */
    String id() {
        return ids().getFirst();
    }

    private String begin(String method, String path, byte[] content) throws IOException {
        byte[] head = (method + " " + path + " HTTP/1.1\r\n" + headers + content.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, request, head.length, content.length);
        out.write(request);
        out.flush();
        int end = endOfHead(position);
        while (end < 0) {
            int from = Math.max(0, limit - position - 3);
            fill();
            end = endOfHead(position + from);
        }
        String answered = new String(buffer, position, end - position, StandardCharsets.ISO_8859_1);
        position = end + 4;
        return answered.toLowerCase(Locale.ROOT) + "\r\n";
    }

    private int endOfHead(int from) {
        for (int i = from; i <= limit - 4; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Reads more after what is there. */
    private void fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        limit += count;
    }

    private int read() throws IOException {
        if (position == limit) {
            fill();
        }
        return buffer[position++];
    }

    /** Reads the line with the size of the next chunk, and the line end that follows the last one. */
    private int chunk() throws IOException {
        int size = 0;
        boolean any = false;
        while (true) {
            int c = read();
            if (c == '\n') {
                if (any) {
                    if (size == 0) {
                        read();
                        read();
                    }
                    return size;
                }
            } else if (c != '\r') {
                any = true;
                size = 16 * size + Character.digit(c, 16);
            }
        }
    }

    private void readBody(int count) throws IOException {
        if (bodyLength + count > body.length) {
            body = Arrays.copyOf(body, Math.max(2 * body.length, bodyLength + count));
        }
        int end = bodyLength + count;
        while (bodyLength < end) {
            bodyLength += readSome(body, bodyLength, end - bodyLength);
        }
    }

    private int readSome(byte[] into, int offset, int length) throws IOException {
        if (position == limit) {
            if (length >= buffer.length) {
                int count = in.read(into, offset, length);
                if (count < 0) {
                    throw new EOFException("the server closed the connection");
                }
                return count;
            }
            fill();
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The content of an answer in chunks. */
    private final class Chunks extends InputStream {
        private int left;
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                left = chunk();
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int count = readSome(into, offset, Math.min(length, left));
            left -= count;
            return count;
        }
    }
}
