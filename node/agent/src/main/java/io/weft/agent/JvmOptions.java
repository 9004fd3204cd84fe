package io.weft.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What keeps an agent's process small and quick to start: one collector thread, one compiler, small heaps that shrink.
 * The one place is {@code jvm.options}, which {@code ./weft} reads too.
 */
public final class JvmOptions {
    private JvmOptions() {}

    /** The options, one for each line of the file. */
    public static List<String> recommended() {
        try (InputStream in = JvmOptions.class.getResourceAsStream("jvm.options")) {
            if (in == null) {
                throw new IllegalStateException("this build has no jvm.options");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
