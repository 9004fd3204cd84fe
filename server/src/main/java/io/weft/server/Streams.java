package io.weft.server;

import io.weft.domain.status.Acknowledgements;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicLog;
import java.util.UUID;
import java.util.function.ToLongFunction;

/** What the streams of this server tell of what is in force. */
record Streams(TopicLog log) implements Acknowledgements {
    @Override
    public long ofNode(String host, long reported) {
        return log.inForce(host, reported);
    }

    @Override
    public long ofNetwork(UUID networkId, ToLongFunction<String> reported) {
        return log.inForce(Topic.network(networkId), reported);
    }
}
