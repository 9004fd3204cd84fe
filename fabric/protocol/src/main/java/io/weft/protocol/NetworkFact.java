package io.weft.protocol;

import java.util.Optional;
import java.util.UUID;

/**
 * A network. In topic {@code network/ID}.
 *
 * @param networkId its id
 * @param vni its number on the wire (RFC 7348), 1 to 2^24 - 1; a network with a physical one has a number too, on which
 *     nothing is sent
 * @param mtu the largest IP packet that its ports send, in bytes
 * @param adminUp false takes all of its ports out of service
 * @param physicalNetwork the physical network that carries it, untagged, on the nodes that have one of this name: an external
 *     network of Neutron's type flat. Its endpoints are nobody's business. Empty for one that is tunnelled
 * @param names in which domains its ports have their names
 */
public record NetworkFact(
        UUID networkId, int vni, int mtu, boolean adminUp, Optional<String> physicalNetwork, NetworkNames names)
        implements Fact {
    /** A network that is tunnelled, whose ports have no names. */
    public NetworkFact(UUID networkId, int vni, int mtu, boolean adminUp) {
        this(networkId, vni, mtu, adminUp, Optional.empty(), NetworkNames.NONE);
    }

    @Override
    public Type type() {
        return Type.NETWORK;
    }

    @Override
    public String key() {
        return Type.NETWORK.text();
    }
}
