package io.weft.protocol;

import java.util.UUID;

/**
 * A network. In topic {@code network/ID}.
 *
 * @param networkId its id
 * @param vni its number on the wire (RFC 7348), 1 to 2^24 - 1
 * @param mtu the largest IP packet that its ports send, in bytes
 * @param adminUp false takes all of its ports out of service
 */
public record NetworkFact(UUID networkId, int vni, int mtu, boolean adminUp) implements Fact {
    @Override
    public Type type() {
        return Type.NETWORK;
    }

    @Override
    public String key() {
        return Type.NETWORK.text();
    }
}
