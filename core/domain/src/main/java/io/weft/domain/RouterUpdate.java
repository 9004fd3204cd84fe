package io.weft.domain;

import io.weft.model.Route;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of a router; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param adminStateUp whether it forwards
 * @param routes its static routes
 * @param gateway its first way out
 * @param defaultRouteEcmp whether the default routes of several ways out share the flows. Administrators only
 * @param defaultRouteBfd whether the next hops of default routes are watched by BFD. Administrators only
 * @param expectedRevision the revision number that it must have
 */
public record RouterUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> adminStateUp,
        Optional<List<Route>> routes,
        Optional<GatewayInfo> gateway,
        Optional<Boolean> defaultRouteEcmp,
        Optional<Boolean> defaultRouteBfd,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final RouterUpdate NONE = new RouterUpdate(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with these routes. */
    public RouterUpdate withRoutes(List<Route> newRoutes) {
        return new RouterUpdate(
                name,
                description,
                adminStateUp,
                Optional.of(newRoutes),
                gateway,
                defaultRouteEcmp,
                defaultRouteBfd,
                expectedRevision);
    }

    /** The same with this way out. */
    public RouterUpdate withGateway(GatewayInfo newGateway) {
        return new RouterUpdate(
                name,
                description,
                adminStateUp,
                routes,
                Optional.of(newGateway),
                defaultRouteEcmp,
                defaultRouteBfd,
                expectedRevision);
    }

    /** The same whose default routes share the flows, or do not. */
    public RouterUpdate withDefaultRouteEcmp(boolean newEcmp) {
        return new RouterUpdate(
                name,
                description,
                adminStateUp,
                routes,
                gateway,
                Optional.of(newEcmp),
                defaultRouteBfd,
                expectedRevision);
    }

    /** The same whose next hops are watched, or not. */
    public RouterUpdate withDefaultRouteBfd(boolean newBfd) {
        return new RouterUpdate(
                name,
                description,
                adminStateUp,
                routes,
                gateway,
                defaultRouteEcmp,
                Optional.of(newBfd),
                expectedRevision);
    }
}
