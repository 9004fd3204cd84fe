package io.weft.agent.attach;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * As much of HTTP/1.1 as a unix socket of a node's own needs: one request a connection, a body with its length. It keeps
 * the agent small, which a web server would not.
 */
final class LocalHttp {
    static final int MAX_BODY = 1 << 20;

    /** What an agent answers: rows for each of its ports or connections. */
    private static final int MAX_ANSWER = 1 << 26;

    private static final int MAX_LINE = 8192;
    private static final int MAX_HEADERS = 64;

    private LocalHttp() {}

    /**
     * A request or an answer.
     *
     * @param start the first line
     * @param body possibly empty
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Message(String start, byte[] body) {
        /** A word of the first line; empty when there are fewer. */
        String word(int index) {
            String[] words = start.split(" ", 3);
            return index < words.length ? words[index] : "";
        }
    }

    /** Reads a request; what is too long or cut short is an {@link IOException}. */
    static Message read(InputStream in) throws IOException {
        return read(in, MAX_BODY);
    }

    /** Reads an answer; what is too long or cut short is an {@link IOException}. */
    static Message readAnswer(InputStream in) throws IOException {
        return read(in, MAX_ANSWER);
    }

    private static Message read(InputStream in, int most) throws IOException {
        String start = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new IOException("not HTTP");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int length;
        try {
            length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        } catch (NumberFormatException e) {
            throw new IOException("not HTTP", e);
        }
        if (length < 0 || length > most || headers.containsKey("transfer-encoding")) {
            throw new IOException("a body must say its length, of at most " + most + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("a body was cut short");
        }
        return new Message(start, body);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("cut short");
            }
            if (line.size() == MAX_LINE) {
                throw new IOException("a line is too long");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    static void write(OutputStream out, String start, byte[] body) throws IOException {
        String head = start + "\r\nHost: weft\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }
}
