package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A routing domain between networks, present on every node (Neutron API v2.0, Routers). Its interfaces are ports.
 *
 * @param meta what every resource has
 * @param adminStateUp false stops it from forwarding
 * @param routes static routes besides the connected ones; several with one destination share its flows (ECMP)
 * @param gateways its ways out, each on an external network of its own. The default route is the first one's
 * @param defaultRouteEcmp whether the default routes of all gateways share the flows (Neutron's {@code enable_default_route_ecmp})
 * @param defaultRouteBfd whether the next hops of default routes are watched by BFD, and those that are down not used while another
 *     one is up (Neutron's {@code enable_default_route_bfd})
 * @param availabilityZoneHints the availability zones that were asked for
 * @param flavor the flavor that was asked for; all routers are alike, with one or without
 */
public record Router(
        Meta meta,
        boolean adminStateUp,
        List<Route> routes,
        List<ExternalGateway> gateways,
        boolean defaultRouteEcmp,
        boolean defaultRouteBfd,
        List<String> availabilityZoneHints,
        Optional<UUID> flavor)
        implements Resource {
    public Router {
        routes = List.copyOf(routes);
        gateways = List.copyOf(gateways);
        availabilityZoneHints = List.copyOf(availabilityZoneHints);
    }

    /** A router that was asked for without hints or a flavor. */
    public Router(
            Meta meta,
            boolean adminStateUp,
            List<Route> routes,
            List<ExternalGateway> gateways,
            boolean defaultRouteEcmp,
            boolean defaultRouteBfd) {
        this(meta, adminStateUp, routes, gateways, defaultRouteEcmp, defaultRouteBfd, List.of(), Optional.empty());
    }

    /** A router with one way out, or none. */
    public Router(Meta meta, boolean adminStateUp, List<Route> routes, Optional<ExternalGateway> gateway) {
        this(meta, adminStateUp, routes, gateway.stream().toList(), false, false);
    }

    /** A router without a way out. */
    public Router(Meta meta, boolean adminStateUp, List<Route> routes) {
        this(meta, adminStateUp, routes, List.of(), false, false);
    }

    /** Its first way out. */
    public Optional<ExternalGateway> gateway() {
        return gateways.stream().findFirst();
    }

    /** Its way out to an external network. */
    public Optional<ExternalGateway> gatewayTo(UUID networkId) {
        return gateways.stream()
                .filter(gateway -> gateway.networkId().equals(networkId))
                .findFirst();
    }

    /** The same with this way out and no other. */
    public Router withGateway(Optional<ExternalGateway> newGateway) {
        return withGateways(newGateway.stream().toList());
    }

    /** The same with these ways out. */
    public Router withGateways(List<ExternalGateway> newGateways) {
        return new Router(
                meta,
                adminStateUp,
                routes,
                newGateways,
                defaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    /** The same with these static routes. */
    public Router withRoutes(List<Route> newRoutes) {
        return new Router(
                meta,
                adminStateUp,
                newRoutes,
                gateways,
                defaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    /** The same whose default routes share the flows, or do not. */
    public Router withDefaultRouteEcmp(boolean newDefaultRouteEcmp) {
        return new Router(
                meta,
                adminStateUp,
                routes,
                gateways,
                newDefaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    /** The same whose next hops are watched, or not. */
    public Router withDefaultRouteBfd(boolean newDefaultRouteBfd) {
        return new Router(
                meta,
                adminStateUp,
                routes,
                gateways,
                defaultRouteEcmp,
                newDefaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    @Override
    public Router withMeta(Meta newMeta) {
        return new Router(
                newMeta,
                adminStateUp,
                routes,
                gateways,
                defaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    @Override
    public Kind kind() {
        return Kind.ROUTER;
    }
}
