package io.weft.server.log;

import java.time.Instant;
import java.util.Map;

/** Lines for people: {@code 2026-01-01T00:00:00.000Z INFO server.Server listening address=127.0.0.1:9696}. */
final class TextLines extends Lines {
    @Override
    String line(Instant time, String level, String source, String message, Map<String, String> fields, String trace) {
        StringBuilder line = new StringBuilder(120);
        line.append(time)
                .append(' ')
                .append(level)
                .append(' ')
                .append(source)
                .append(' ')
                .append(message);
        fields.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(quoted(value)));
        line.append('\n');
        return line.append(trace).toString();
    }

    // A value from outside must not be able to begin a line or a field of its own.
    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != '"' && c != '\\' && c != 0x7f);
        if (plain) {
            return value;
        }
        StringBuilder quoted = new StringBuilder("\"");
        value.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append((char) c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append(String.format("\\u%04x", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
