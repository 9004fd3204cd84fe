package io.weft.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What keeps the collector from marking a large heap of which nearly all is alive: while a server starts, for its classes
 * alone, and whenever its model takes up half of the heap. The one place is {@code jvm.options}, which {@code ./weft} reads too.
 */
public final class JvmOptions {
    private JvmOptions() {}

    /** The options, one for each line of the file. */
    public static List<String> recommended() {
        try (InputStream in = JvmOptions.class.getResourceAsStream("jvm.options")) {
            if (in == null) {
                throw new IllegalStateException("this build has no jvm.options");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
