package io.weft.server.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** Takes a record of the JDK's logging apart into time, level, source, message, fields and stack trace. */
abstract class Lines extends Formatter {
    private static final String PACKAGE = "io.weft.";

    @Override
    public final String format(LogRecord logRecord) {
        Map<String, String> fields = new LinkedHashMap<>();
        @Nullable Object @Nullable [] parameters = logRecord.getParameters();
        if (parameters != null) {
            for (Object parameter : parameters) {
                if (parameter instanceof Map.Entry<?, ?> field) {
                    fields.put(String.valueOf(field.getKey()), String.valueOf(field.getValue()));
                }
            }
        }
        return line(
                logRecord.getInstant().truncatedTo(ChronoUnit.MILLIS),
                level(logRecord.getLevel()),
                source(logRecord.getLoggerName()),
                formatMessage(logRecord),
                fields,
                trace(logRecord.getThrown()));
    }

    /** The line, with its end. */
    abstract String line(
            Instant time, String level, String source, String message, Map<String, String> fields, String trace);

    private static String level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        return value >= Level.INFO.intValue() ? "INFO" : value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    private static String source(@Nullable String logger) {
        if (logger == null) {
            return "";
        }
        return logger.startsWith(PACKAGE) ? logger.substring(PACKAGE.length()) : logger;
    }

    private static String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
