package io.weft.server.stream;

import io.weft.model.IpAddress;
import io.weft.protocol.NodeReport;
import java.util.List;

/** What the agents' listener tells of nodes. Methods may be called from any thread and may block. */
public interface Nodes {
    /** A node has enrolled or come back with other tunnel addresses; its record is made or changed. */
    void enrolled(String host, List<IpAddress> tunnelAddresses);

    /** A node has said how it is. */
    void reported(String host, NodeReport report);

    /** A stream of a node has begun at this server; there may be several for a moment. */
    Connection connected(String host);

    /** A stream of a node, to be closed when it ends. */
    interface Connection extends AutoCloseable {
        @Override
        void close();
    }
}
