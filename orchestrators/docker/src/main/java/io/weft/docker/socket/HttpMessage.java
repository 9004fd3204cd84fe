package io.weft.docker.socket;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request or an answer of HTTP/1.
 *
 * @param start the first line
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record HttpMessage(String start, byte[] body) {
    private static final int MAX_LINE = 8192;
    private static final int MAX_HEADERS = 64;

    /** A word of the first line; empty when there are fewer. */
    String word(int index) {
        String[] words = start.split(" ", 3);
        return index < words.length ? words[index] : "";
    }

    /** Reads a request, whose body says its length; what is too long, cut short or otherwise sent is refused. */
    static HttpMessage readRequest(InputStream in, int most) throws IOException {
        String start = line(in);
        Map<String, String> headers = headers(in);
        if (headers.containsKey("transfer-encoding")) {
            throw new IOException("a body must say its length");
        }
        int length = length(headers, most);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("a body was cut short");
        }
        return new HttpMessage(start, body);
    }

    /** Reads an answer to a request of HTTP/1.0, whose body ends with the connection. */
    static HttpMessage readAnswer(InputStream in, int most) throws IOException {
        String start = line(in);
        headers(in);
        byte[] body = in.readNBytes(most);
        if (in.read() >= 0) {
            throw new IOException("an answer has at most " + most + " bytes");
        }
        return new HttpMessage(start, body);
    }

    /** Reads what stands before the body of an answer. */
    static HttpMessage readHead(InputStream in) throws IOException {
        String start = line(in);
        headers(in);
        return new HttpMessage(start, new byte[0]);
    }

    /** Reads a line of a body; empty when there are no more. */
    static Optional<String> readLine(InputStream in) throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return Optional.empty();
        }
        in.reset();
        return Optional.of(line(in));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new IOException("not HTTP");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        return headers;
    }

    private static int length(Map<String, String> headers, int most) throws IOException {
        int length;
        try {
            length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        } catch (NumberFormatException e) {
            throw new IOException("not HTTP", e);
        }
        if (length < 0 || length > most) {
            throw new IOException("a body has at most " + most + " bytes");
        }
        return length;
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
}
