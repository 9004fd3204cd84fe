package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.UUID;

/**
 * A route of a router besides its connected ones. In topic {@code router/ID}.
 *
 * @param routerId the router
 * @param destination the addresses that it leads to
 * @param nextHops the neighbours that share its flows (ECMP), sorted by address; at least one
 */
public record StaticRoute(UUID routerId, IpPrefix destination, List<NextHop> nextHops) implements Fact {
    public StaticRoute {
        nextHops = List.copyOf(nextHops);
        if (nextHops.isEmpty()) {
            throw new IllegalArgumentException("a route has a next hop");
        }
    }

    /**
     * A neighbour of a router.
     *
     * @param networkId the network on which the router has it
     * @param address its address, of the destination's family
     */
    public record NextHop(UUID networkId, IpAddress address) {}

    @Override
    public Type type() {
        return Type.ROUTE;
    }

    @Override
    public String key() {
        return Type.ROUTE.key(destination);
    }
}
