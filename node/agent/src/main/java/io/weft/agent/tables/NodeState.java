package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.protocol.Peer;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What is known of another node. */
final class NodeState {
    @Nullable
    Peer peer;

    int endpoints;
    OptionalInt index = OptionalInt.empty();

    boolean isEmpty() {
        return peer == null && endpoints == 0;
    }

    List<IpAddress> addresses() {
        Peer known = peer;
        return known == null ? List.of() : known.tunnelAddresses();
    }
}
