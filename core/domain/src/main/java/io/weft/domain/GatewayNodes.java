package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.ExternalGateway;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which nodes may be the gateway of which router: nodes that have the external network's physical network, ranked, evenly. A
 * list is decided in a transaction, and those on it keep their ranks: it changes for nodes that were removed or say that they
 * have the physical network no more, and to have as many as there should be.
 */
final class GatewayNodes {
    /** How many nodes a router's list has, if there are as many: the gateway and those that stand by. */
    static final int MOST = 3;

    /** How many routers one transaction gives other nodes. */
    private static final int FEW = 64;

    private final Transactor transactor;
    private final Supplier<World> world;

    GatewayNodes(Transactor transactor, Supplier<World> world) {
        this.transactor = transactor;
        this.world = world;
    }

    /** The list of a router: those of the present one that can be, in their order, and others that have little to do. */
    static List<UUID> choose(World world, UUID routerId, String physicalNetwork, List<UUID> present) {
        return choose(world, routerId, node -> node.has(physicalNetwork), present);
    }

    private static List<UUID> choose(World world, UUID routerId, Predicate<Node> able, List<UUID> present) {
        List<UUID> chosen = new ArrayList<>(MOST);
        for (UUID node : present) {
            if (world.node(node).filter(able).isPresent()) {
                chosen.add(node);
            }
        }
        if (chosen.size() < MOST) {
            Comparator<Node> byLoad = Comparator.comparingInt(node -> world.routerCountOfGatewayNode(node.id()));
            if (chosen.isEmpty()) {
                byLoad = Comparator.<Node>comparingLong(node -> firsts(world, node))
                        .thenComparing(byLoad);
            }
            world.nodes().stream()
                    .filter(able)
                    .filter(node -> !chosen.contains(node.id()))
                    .sorted(byLoad.thenComparingLong(node -> weight(routerId, node.id())))
                    .limit(MOST - chosen.size())
                    .forEach(node -> chosen.add(node.id()));
        }
        return chosen;
    }

    /** How many routers have this node first. */
    private static long firsts(World world, Node node) {
        return world.routersOfGatewayNode(node.id()).stream()
                .filter(router -> router.gateways().stream()
                        .anyMatch(
                                gateway -> gateway.nodes().stream().findFirst().equals(Optional.of(node.id()))))
                .count();
    }

    /** An order of the nodes that is another for each router, so that equals are not all chosen alike. */
    private static long weight(UUID router, UUID node) {
        long mixed = (router.getLeastSignificantBits() ^ Long.rotateLeft(node.getLeastSignificantBits(), 17))
                * 0x9e3779b97f4a7c15L;
        return mixed ^ mixed >>> 32;
    }

    /** Takes and gives up a router's nodes, so that none of them is removed unnoticed. */
    static void take(Plan plan, UUID routerId, List<ExternalGateway> gatewaysBefore, List<ExternalGateway> gateways) {
        Set<UUID> before = nodes(gatewaysBefore);
        Set<UUID> after = nodes(gateways);
        for (UUID node : after) {
            if (!before.contains(node)) {
                plan.requireExists(Layout.node(node));
                plan.put(Layout.gatewayNode(node, routerId), Bytes.utf8(routerId.toString()));
            }
        }
        for (UUID node : before) {
            if (!after.contains(node)) {
                plan.release(Layout.gatewayNode(node, routerId));
            }
        }
    }

    private static Set<UUID> nodes(List<ExternalGateway> gateways) {
        Set<UUID> nodes = new LinkedHashSet<>();
        gateways.forEach(gateway -> nodes.addAll(gateway.nodes()));
        return nodes;
    }

    /** Sees to it that routers on external networks of these physical networks have the nodes that they should. */
    void settle(Collection<String> physicalNetworks) {
        if (physicalNetworks.isEmpty()) {
            return;
        }
        World now = world.get();
        List<UUID> unsettled = now.externalNetworks().stream()
                .filter(network -> network.physicalNetwork()
                        .filter(physicalNetworks::contains)
                        .isPresent())
                .flatMap(network -> now.routersOut(network.id()).stream())
                .filter(router -> !wanted(now, router, _ -> true).equals(router.gateways()))
                .map(Router::id)
                .distinct()
                .toList();
        for (int from = 0; from < unsettled.size(); from += FEW) {
            List<UUID> some = unsettled.subList(from, Math.min(from + FEW, unsettled.size()));
            transactor.run(plan -> {
                some.forEach(id -> plan.world().router(id).ifPresent(router -> change(plan, router, _ -> true)));
                return some;
            });
        }
    }

    /** Before a node is removed: takes it from lists until few have it. */
    void leaveMany(UUID nodeId) {
        while (world.get().routerCountOfGatewayNode(nodeId) > FEW) {
            transactor.run(plan -> {
                plan.world().routersOfGatewayNode(nodeId).stream()
                        .limit(FEW)
                        .forEach(router ->
                                change(plan, router, node -> !node.id().equals(nodeId)));
                return nodeId;
            });
        }
    }

    /** Within the plan that removes a node: takes it from the last lists. */
    static void leave(Plan plan, UUID nodeId) {
        plan.requireNoneWritten(Layout.gatewayNodes(nodeId));
        plan.world()
                .routersOfGatewayNode(nodeId)
                .forEach(router -> change(plan, router, node -> !node.id().equals(nodeId)));
    }

    private static void change(Plan plan, Router router, Predicate<Node> able) {
        List<ExternalGateway> gateways = wanted(plan.world(), router, able);
        if (gateways.equals(router.gateways())) {
            return;
        }
        // Nobody asked for anything of the router, so its revision number stays.
        plan.update(router, router.withGateways(gateways));
        take(plan, router.id(), router.gateways(), gateways);
    }

    /** The router's gateways with the nodes that they should have. */
    private static List<ExternalGateway> wanted(World world, Router router, Predicate<Node> able) {
        return router.gateways().stream()
                .map(gateway -> gateway.withNodes(wanted(world, router, gateway, able)))
                .toList();
    }

    private static List<UUID> wanted(World world, Router router, ExternalGateway gateway, Predicate<Node> able) {
        Optional<String> physical = world.network(gateway.networkId()).flatMap(Network::physicalNetwork);
        return physical.isEmpty()
                ? gateway.nodes().stream()
                        .filter(id -> world.node(id).filter(able).isPresent())
                        .toList()
                : choose(world, router.id(), node -> node.has(physical.get()) && able.test(node), gateway.nodes());
    }
}
