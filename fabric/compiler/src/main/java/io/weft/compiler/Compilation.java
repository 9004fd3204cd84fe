package io.weft.compiler;

import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.protocol.Fact;
import io.weft.protocol.Topic;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Everything that nodes need at one revision, computed plainly from the world alone.
 *
 * @param topics the records of each topic that has any, by key
 * @param interests the topics that each host needs, by its name: those that are nodes or have ports
 */
public record Compilation(Map<Topic, Map<String, Fact>> topics, Map<String, Set<Topic>> interests) {
    /**
     * The compilation of this world.
     *
     * @param dnsDomain the operator's domain
     */
    public static Compilation of(World world, String dnsDomain) {
        Map<Topic, Map<String, Fact>> topics = new TreeMap<>();
        Set<String> hosts = new TreeSet<>();
        for (Collection<? extends Resource> resources : world.everything()) {
            for (Resource resource : resources) {
                for (Records.Filed filed : Records.of(world, resource, dnsDomain)) {
                    topics.computeIfAbsent(filed.topic(), t -> new TreeMap<>())
                            .put(filed.fact().key(), filed.fact());
                }
            }
        }
        world.nodes().forEach(node -> hosts.add(node.name()));
        world.ports().stream()
                .filter(port -> port.binding().isBound())
                .forEach(port -> hosts.add(port.binding().host()));
        Map<String, Set<Topic>> interests = new TreeMap<>();
        hosts.forEach(host -> interests.put(host, interest(world, host)));
        return new Compilation(topics, interests);
    }

    /** The closure of what the ports of this host touch. */
    public static Set<Topic> interest(World world, String host) {
        Set<Topic> interest = new TreeSet<>(List.of(Topic.node(host), Topic.peer(host)));
        Set<UUID> networks = new HashSet<>();
        Set<UUID> routers = new HashSet<>();
        Deque<UUID> next = new ArrayDeque<>();
        world.portsOnHost(host).stream().filter(port -> !port.isServed()).forEach(port -> {
            next.add(port.networkId());
            for (UUID group : port.groups()) {
                interest.add(Topic.group(group));
                world.rulesOf(group)
                        .forEach(rule -> rule.remoteGroup().ifPresent(remote -> interest.add(Topic.members(remote))));
            }
        });
        for (Router router : world.routers()) {
            if (gatewayHosts(world, router).contains(host)) {
                reach(world, router.id(), routers, interest, next);
            }
        }
        while (!next.isEmpty()) {
            UUID network = next.remove();
            if (!networks.add(network)) {
                continue;
            }
            interest.add(Topic.network(network));
            for (Port port : world.portsOf(network)) {
                if (!port.isRouterInterface()) {
                    if (port.binding().isBound() && !port.isServed()) {
                        interest.add(Topic.peer(port.binding().host()));
                    }
                    continue;
                }
                Records.routerOf(port).ifPresent(router -> reach(world, router, routers, interest, next));
            }
        }
        return interest;
    }

    /** A router leads to the networks of its interfaces, and out: to the external network alone, with its gateways' hosts. */
    private static void reach(World world, UUID routerId, Set<UUID> routers, Set<Topic> interest, Deque<UUID> next) {
        if (!routers.add(routerId)) {
            return;
        }
        interest.add(Topic.router(routerId));
        world.interfacesOf(routerId).forEach(face -> next.add(face.networkId()));
        world.router(routerId).ifPresent(router -> {
            router.gateways().forEach(gateway -> interest.add(Topic.network(gateway.networkId())));
            gatewayHosts(world, router).forEach(host -> interest.add(Topic.peer(host)));
        });
    }

    private static List<String> gatewayHosts(World world, Router router) {
        return router.gateways().stream()
                .flatMap(gateway -> GatewayRecords.hosts(world, gateway).stream())
                .toList();
    }
}
