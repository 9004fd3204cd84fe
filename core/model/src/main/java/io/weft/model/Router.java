package io.weft.model;

import java.util.List;
import java.util.Optional;

/**
 * A routing domain between networks, present on every node (Neutron API v2.0, Routers). Its interfaces are ports.
 *
 * @param meta what every resource has
 * @param adminStateUp false stops it from forwarding
 * @param routes static routes besides the connected ones; several with one destination share its flows (ECMP)
 * @param gateway its way out, if it has one
 */
public record Router(Meta meta, boolean adminStateUp, List<Route> routes, Optional<ExternalGateway> gateway)
        implements Resource {
    public Router {
        routes = List.copyOf(routes);
    }

    /** A router without a way out. */
    public Router(Meta meta, boolean adminStateUp, List<Route> routes) {
        this(meta, adminStateUp, routes, Optional.empty());
    }

    /** The same with this way out. */
    public Router withGateway(Optional<ExternalGateway> newGateway) {
        return new Router(meta, adminStateUp, routes, newGateway);
    }

    @Override
    public Router withMeta(Meta newMeta) {
        return new Router(newMeta, adminStateUp, routes, gateway);
    }

    @Override
    public Kind kind() {
        return Kind.ROUTER;
    }
}
