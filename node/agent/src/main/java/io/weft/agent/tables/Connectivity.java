package io.weft.agent.tables;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which networks are joined by routers, and which hosts have ports in any network so joined: these hosts may send into
 * each of the networks, because routing happens on the node of the sender.
 */
final class Connectivity {
    /** Networks that are joined. */
    static final class Island {
        final Set<UUID> networks = new HashSet<>();
        final Map<String, Integer> hosts = new HashMap<>();
    }

    private final Map<UUID, Island> islands = new HashMap<>();

    Island of(UUID network) {
        return islands.computeIfAbsent(network, id -> {
            Island island = new Island();
            island.networks.add(id);
            return island;
        });
    }

    Set<String> hosts(UUID network) {
        Island island = islands.get(network);
        return island == null ? Set.of() : island.hosts.keySet();
    }

    /** A host has its first or lost its last port in a network; true when that is so for the whole island. */
    boolean count(UUID network, String host, int by) {
        Map<String, Integer> hosts = of(network).hosts;
        int count = hosts.merge(host, by, Integer::sum);
        if (count == 0) {
            hosts.remove(host);
        }
        return by > 0 ? count == 1 : count == 0;
    }

    /**
     * Interfaces came or went: finds the islands anew.
     *
     * @return the hosts that each network had before, for networks that changed
     */
    Map<UUID, Set<String>> rebuild(Map<UUID, NetworkState> networks, Map<UUID, RouterState> routers) {
        Map<UUID, Set<String>> before = new HashMap<>();
        islands.forEach((id, island) -> before.put(id, island.hosts.keySet()));
        islands.clear();
        for (UUID start : networks.keySet()) {
            if (islands.containsKey(start)) {
                continue;
            }
            Island island = new Island();
            Deque<UUID> reached = new ArrayDeque<>(Set.of(start));
            while (!reached.isEmpty()) {
                UUID id = reached.pop();
                NetworkState network = networks.get(id);
                if (network == null || islands.putIfAbsent(id, island) != null) {
                    continue;
                }
                island.networks.add(id);
                network.hosts.keySet().forEach(host -> island.hosts.merge(host, 1, Integer::sum));
                reached.addAll(neighbours(network, routers));
            }
        }
        Set<UUID> all = new HashSet<>(before.keySet());
        all.addAll(islands.keySet());
        return all.stream()
                .filter(id -> !Objects.equals(before.getOrDefault(id, Set.of()), hosts(id)))
                .collect(Collectors.toMap(id -> id, id -> before.getOrDefault(id, Set.of())));
    }

    private static Set<UUID> neighbours(NetworkState network, Map<UUID, RouterState> routers) {
        return network.interfaces.values().stream()
                .map(i -> routers.get(i.routerId()))
                .filter(Objects::nonNull)
                .map(router -> router.interfaces.values())
                .flatMap(Collection::stream)
                .map(i -> i.networkId())
                .collect(Collectors.toSet());
    }
}
