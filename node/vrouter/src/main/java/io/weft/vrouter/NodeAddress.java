package io.weft.vrouter;

import io.weft.model.IpAddress;

/**
 * Where another node's tunnel ends; the key is the node's index, 0 to {@link Sizes#nodes()} - 1, chosen by the agent.
 *
 * @param address its underlay address, or :: for no node (the table is an array: removing writes this)
 */
public record NodeAddress(IpAddress address) {
    static final Codec<NodeAddress> CODEC = new Codec<>(
            16, (node, out) -> Codec.putAddress(out, node.address), in -> new NodeAddress(Codec.getAddress(in)));
}
