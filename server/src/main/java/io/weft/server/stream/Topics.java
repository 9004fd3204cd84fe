package io.weft.server.stream;

import io.weft.protocol.Cursor;
import io.weft.protocol.Position;
import java.util.Optional;

/** Where the nodes' streams come from. */
@FunctionalInterface
public interface Topics {
    /**
     * Begins a stream.
     *
     * @param host the node
     * @param position where it stopped, if anywhere
     */
    Cursor open(String host, Optional<Position> position);
}
