package io.weft.protocol;

import io.weft.model.IpAddress;
import java.util.List;

/**
 * A node, as others reach it. In topic {@code peer/HOST}.
 *
 * @param host the node's name
 * @param tunnelAddresses where it receives VXLAN, at most one of each family; possibly none
 */
public record Peer(String host, List<IpAddress> tunnelAddresses) implements Fact {
    public Peer {
        tunnelAddresses = List.copyOf(tunnelAddresses);
    }

    @Override
    public Type type() {
        return Type.PEER;
    }

    @Override
    public String key() {
        return Type.PEER.text();
    }
}
