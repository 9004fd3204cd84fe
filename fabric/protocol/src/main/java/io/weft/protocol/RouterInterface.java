package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.UUID;

/**
 * A router's presence on a network, the same on every node. In topic {@code router/ID}.
 *
 * @param portId the port that it is
 * @param routerId the router
 * @param networkId the network
 * @param mac its MAC on the network
 * @param addresses its addresses, each with the subnet that is connected by it
 * @param adminUp whether it forwards: false when the port or its network is down
 */
public record RouterInterface(
        UUID portId, UUID routerId, UUID networkId, MacAddress mac, List<InterfaceAddress> addresses, boolean adminUp)
        implements Fact {
    public RouterInterface {
        addresses = List.copyOf(addresses);
    }

    /**
     * An address of an interface.
     *
     * @param address the address
     * @param subnet the block that is on the link
     */
    public record InterfaceAddress(IpAddress address, IpPrefix subnet) {}

    @Override
    public Type type() {
        return Type.INTERFACE;
    }

    @Override
    public String key() {
        return Type.INTERFACE.key(portId);
    }
}
