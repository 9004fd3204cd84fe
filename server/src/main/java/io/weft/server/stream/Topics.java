package io.weft.server.stream;

import io.weft.protocol.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where the lines of the nodes' streams come from. */
public interface Topics {
    /**
     * Begins a stream.
     *
     * @param host the node
     * @param position where it stopped, if anywhere
     */
    Cursor open(String host, Optional<Position> position);

    /** One node's place in what happens; one thread reads it, any may close it. */
    interface Cursor extends AutoCloseable {
        /**
         * Waits for what comes next: whole batches, or a sign of life when the time is over.
         *
         * @return encoded lines; empty when the cursor was closed
         */
        List<byte[]> next(Duration patience) throws InterruptedException;

        /** Ends the wait of the reader, now and from now on. */
        @Override
        void close();
    }
}
