package io.weft.model;

import java.util.List;

/**
 * A routing domain between networks, present on every node (Neutron API v2.0, Routers). Its interfaces are ports.
 *
 * @param meta what every resource has
 * @param adminStateUp false stops it from forwarding
 * @param routes static routes besides the connected ones; several with one destination share its flows (ECMP)
 */
public record Router(Meta meta, boolean adminStateUp, List<Route> routes) implements Resource {
    public Router {
        routes = List.copyOf(routes);
    }

    @Override
    public Router withMeta(Meta newMeta) {
        return new Router(newMeta, adminStateUp, routes);
    }

    @Override
    public Kind kind() {
        return Kind.ROUTER;
    }
}
