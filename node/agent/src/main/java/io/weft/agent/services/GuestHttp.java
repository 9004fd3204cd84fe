package io.weft.agent.services;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * As much of HTTP/1.1 (RFC 9112) as metadata needs from guests that are not trusted: one request a connection, a body with
 * its length. No header but the body's length means anything here, and none is handed on.
 */
final class GuestHttp {
    static final int LONGEST_BODY = 64 << 10;

    private static final int LONGEST_HEAD = 32 << 10;
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");
    private static final Pattern TARGET = Pattern.compile("/[!-~&&[^#]]*");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");

    private GuestHttp() {}

    /**
     * A request.
     *
     * @param target the path, from its first slash on, and the query, both as they came
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Request(String method, String target, byte[] body) {
        /** The path without the query. */
        String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }
    }

    /** A request that is answered with this status, whatever it asks for. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        final int status;

        Refusal(int status) {
            super("refused with " + status, null, false, false);
            this.status = status;
        }
    }

    /**
     * Reads one request.
     *
     * @throws Refusal when it is none, or too long
     * @throws IOException when the connection ends before it does
     */
    static Request read(InputStream in) throws IOException, Refusal {
        Head head = new Head(in);
        String[] words = head.line().split(" ", -1);
        if (words.length != 3 || !METHOD.matcher(words[0]).matches() || !words[2].startsWith("HTTP/1.")) {
            throw new Refusal(400);
        }
        String target = origin(words[1]);
        if (!TARGET.matcher(target).matches()) {
            throw new Refusal(400);
        }
        OptionalInt length = OptionalInt.empty();
        for (String line = head.line(); !line.isEmpty(); line = head.line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new Refusal(400);
            }
            String name = line.substring(0, colon);
            if (name.equalsIgnoreCase("Transfer-Encoding")) {
                throw new Refusal(411);
            }
            if (name.equalsIgnoreCase("Content-Length")) {
                length = length(line.substring(colon + 1).strip(), length);
            }
        }
        byte[] body = in.readNBytes(length.orElse(0));
        if (body.length < length.orElse(0)) {
            throw new EOFException("a body was cut short");
        }
        return new Request(words[0], target, body);
    }

    /** The path and query of a target that may be a whole URL (RFC 9112 section 3.2.2). */
    private static String origin(String target) {
        if (!target.regionMatches(true, 0, "http://", 0, 7)) {
            return target;
        }
        int slash = target.indexOf('/', 7);
        return slash < 0 ? "/" : target.substring(slash);
    }

    private static OptionalInt length(String text, OptionalInt before) throws Refusal {
        if (!LENGTH.matcher(text).matches()) {
            throw new Refusal(400);
        }
        int length = Integer.parseInt(text);
        if (before.isPresent() && before.getAsInt() != length) {
            throw new Refusal(400);
        }
        if (length > LONGEST_BODY) {
            throw new Refusal(413);
        }
        return OptionalInt.of(length);
    }

    /** The lines before the body, all of which together are bounded. */
    private static final class Head {
        private final InputStream in;
        private int left = LONGEST_HEAD;

        Head(InputStream in) {
            this.in = in;
        }

        String line() throws IOException, Refusal {
            ByteArrayOutputStream line = new ByteArrayOutputStream(128);
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("a request was cut short");
                }
                if (--left == 0) {
                    throw new Refusal(431);
                }
                line.write(b);
            }
            String text = line.toString(StandardCharsets.ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }

    /** Writes an answer, after which the connection ends. */
    static void write(OutputStream out, Answer answer, boolean withContent) throws IOException {
        byte[] content = answer.document().content();
        String head = "HTTP/1.1 " + answer.status() + " " + reason(answer.status()) + "\r\nContent-Type: "
                + answer.document().type().replaceAll("[^ -~]", "") + "\r\nContent-Length: " + content.length
                + "\r\nConnection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        if (withContent) {
            out.write(content);
        }
        out.flush();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> status < 500 ? "Refused" : "Failed";
        };
    }
}
