package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that leads out of it; immutable.
 *
 * @param networks the external networks
 * @param floatingIps all floating IPs
 * @param floatingIpsByPort those that lead to a port
 * @param floatingIpsByRouter those that a router translates
 * @param routersByNetwork the routers that have a gateway on an external network
 * @param routersByNode the routers that a node may be the gateway of
 */
record ExternalWorld(
        HashSet<UUID> networks,
        HashMap<UUID, FloatingIp> floatingIps,
        Index<UUID> floatingIpsByPort,
        Index<UUID> floatingIpsByRouter,
        Index<UUID> routersByNetwork,
        Index<UUID> routersByNode) {
    static final ExternalWorld EMPTY = new ExternalWorld(
            HashSet.empty(), HashMap.empty(), Index.empty(), Index.empty(), Index.empty(), Index.empty());

    /** The same object when nothing of it changed. */
    ExternalWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return switch (kind) {
            case NETWORK -> withNetwork(id, now != null && ((Network) now).external());
            case FLOATING_IP -> now == null ? withoutFloatingIp(id) : with((FloatingIp) now);
            case ROUTER -> withRouter((Router) old, (Router) now);
            default -> this;
        };
    }

    private ExternalWorld withNetwork(UUID id, boolean external) {
        return networks.contains(id) == external
                ? this
                : withNetworks(external ? networks.add(id) : networks.remove(id));
    }

    private ExternalWorld withNetworks(HashSet<UUID> now) {
        return new ExternalWorld(
                now, floatingIps, floatingIpsByPort, floatingIpsByRouter, routersByNetwork, routersByNode);
    }

    private ExternalWorld with(FloatingIp floatingIp) {
        ExternalWorld without = withoutFloatingIp(floatingIp.id());
        Index<UUID> byPort = without.floatingIpsByPort;
        for (UUID port : floatingIp.insidePorts()) {
            byPort = byPort.add(port, floatingIp.id());
        }
        Index<UUID> byRouter = floatingIp.routerId().isPresent()
                ? without.floatingIpsByRouter.add(floatingIp.routerId().get(), floatingIp.id())
                : without.floatingIpsByRouter;
        return new ExternalWorld(
                networks,
                floatingIps.put(floatingIp.id(), floatingIp),
                byPort,
                byRouter,
                routersByNetwork,
                routersByNode);
    }

    private ExternalWorld withoutFloatingIp(UUID id) {
        FloatingIp old = floatingIps.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        Index<UUID> byPort = floatingIpsByPort;
        for (UUID port : old.insidePorts()) {
            byPort = byPort.remove(port, id);
        }
        Index<UUID> byRouter = old.routerId().isPresent()
                ? floatingIpsByRouter.remove(old.routerId().get(), id)
                : floatingIpsByRouter;
        return new ExternalWorld(networks, floatingIps.remove(id), byPort, byRouter, routersByNetwork, routersByNode);
    }

    private ExternalWorld withRouter(@Nullable Router old, @Nullable Router now) {
        if (old != null && now != null && old.gateways().equals(now.gateways())) {
            return this;
        }
        Index<UUID> byNetwork = routersByNetwork;
        Index<UUID> byNode = routersByNode;
        if (old != null) {
            for (ExternalGateway gateway : old.gateways()) {
                byNetwork = byNetwork.remove(gateway.networkId(), old.id());
            }
            for (UUID node : nodes(old)) {
                byNode = byNode.remove(node, old.id());
            }
        }
        if (now != null) {
            for (ExternalGateway gateway : now.gateways()) {
                byNetwork = byNetwork.add(gateway.networkId(), now.id());
            }
            for (UUID node : nodes(now)) {
                byNode = byNode.add(node, now.id());
            }
        }
        return new ExternalWorld(networks, floatingIps, floatingIpsByPort, floatingIpsByRouter, byNetwork, byNode);
    }

    /** Those that may be the gateway of one of the router's ways out. */
    private static Set<UUID> nodes(Router router) {
        return router.gateways().stream()
                .flatMap(gateway -> gateway.nodes().stream())
                .collect(Collectors.toSet());
    }
}
