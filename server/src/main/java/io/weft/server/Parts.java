package io.weft.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** What was opened, to be closed in the reverse order; one thread at a time uses it. */
final class Parts implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    /** Closes everything, also when closing something fails. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOGGER.log(
                        System.Logger.Level.ERROR,
                        "a part could not be closed",
                        Map.entry("part", part.getClass().getSimpleName()),
                        Map.entry("reason", e));
            }
        }
    }
}
