package io.weft.agent.host;

import io.weft.agent.tables.HostPort;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which routes lead into the network, beside those that the host has of others.
 *
 * @param routes what the host shall have
 * @param conflicts what it shall not have, for people
 */
record HostRoutes(List<Route> routes, List<String> conflicts) {
    /** By which these routes are told from those of others to the same destination, which come first. */
    static final int METRIC = 4789;

    HostRoutes {
        routes = List.copyOf(routes);
        conflicts = List.copyOf(conflicts);
    }

    /**
     * Chooses among what the port wants.
     *
     * @param device the device by which the host is at the port
     * @param present all routes of the host
     * @param tunnels the addresses of nodes' tunnels, which no route may lead into a tunnel
     */
    static HostRoutes of(HostPort wanted, int device, List<Route> present, List<IpAddress> tunnels) {
        List<Route> others = present.stream()
                .filter(route -> route.table() == Route.MAIN && route.interfaceIndex() != device)
                .filter(route -> route.destination().length() > 0)
                .toList();
        List<Route> routes = new ArrayList<>();
        List<String> conflicts = new ArrayList<>();
        for (HostPort.Way way : wanted.routes()) {
            IpPrefix destination = way.destination();
            Optional<String> conflict = tunnels.stream()
                    .filter(destination::contains)
                    .findFirst()
                    .map(address -> "a node's tunnel address " + address + " is in it")
                    .or(() -> others.stream()
                            .filter(other -> conflict(destination, other))
                            .findFirst()
                            .map(other -> "the host has a route to " + other.destination() + " already"));
            conflict.ifPresentOrElse(
                    reason -> conflicts.add(
                            "host port: " + destination + " is not reached by processes of the host: " + reason),
                    () -> routes.add(new Route(
                            destination, way.gateway(), device, Optional.of(way.source()), Route.MAIN, METRIC)));
        }
        return new HostRoutes(routes, conflicts);
    }

    /** The same block or a part of it, or a link of the host's own that it would be cut out of. */
    private static boolean conflict(IpPrefix destination, Route other) {
        boolean onLink = other.gateway().isEmpty() && other.interfaceIndex() != 0;
        return destination.contains(other.destination())
                || onLink && other.destination().contains(destination);
    }
}
