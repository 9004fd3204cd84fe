package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MemberLocality;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.vrouter.Pool;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is balanced on the networks of this node, and to whom. */
final class ServicesState {
    /** Where a member is reached. */
    record Socket(IpAddress address, int port) {}

    /** A pool; a member is known by the networks that name it, for each has it in its own topic. */
    private static final class Members {
        final Map<UUID, ServiceMember> byId = new HashMap<>();
        final Map<UUID, Set<UUID>> networks = new HashMap<>();
        final Map<IpFamily, Map<Socket, Integer>> places = new EnumMap<>(IpFamily.class);
    }

    private final Map<UUID, Map<UUID, ServiceFact>> services = new HashMap<>();
    private final Map<UUID, Members> pools = new HashMap<>();

    /** Of each pool of which this node chooses its own members, first or alone: the services that have it. */
    private final Map<UUID, Map<UUID, Use>> nearby = new HashMap<>();

    /** From which network a service has a pool, and how it chooses there. */
    private record Use(UUID network, MemberLocality locality) {}

    /** Those that nodes answer for themselves. */
    private final Map<UUID, ServiceFact> answered = new HashMap<>();

    /** Takes in a service; true when it is the first of its network. */
    boolean put(ServiceFact service) {
        Map<UUID, ServiceFact> known = services.computeIfAbsent(service.networkId(), _ -> new HashMap<>());
        known.put(service.serviceId(), service);
        if (service.nodeHealth().isPresent()) {
            answered.put(service.serviceId(), service);
        }
        if (service.locality() != MemberLocality.ANY && service.poolId().isPresent()) {
            nearby.computeIfAbsent(service.poolId().get(), _ -> new HashMap<>())
                    .put(service.serviceId(), new Use(service.networkId(), service.locality()));
        }
        return known.size() == 1;
    }

    /** Takes a service out; true when it was the last of its network. */
    boolean remove(ServiceFact service) {
        answered.remove(service.serviceId());
        service.poolId()
                .ifPresent(pool -> nearby.computeIfPresent(pool, (_, users) -> {
                    users.remove(service.serviceId());
                    return users.isEmpty() ? null : users;
                }));
        Map<UUID, ServiceFact> known = services.getOrDefault(service.networkId(), Map.of());
        boolean last = known.containsKey(service.serviceId()) && known.size() == 1;
        if (last) {
            services.remove(service.networkId());
        } else if (!known.isEmpty()) {
            known.remove(service.serviceId());
        }
        return last;
    }

    void put(UUID network, ServiceMember member) {
        Members pool = pools.computeIfAbsent(member.poolId(), _ -> new Members());
        pool.byId.put(member.memberId(), member);
        pool.networks.computeIfAbsent(member.memberId(), _ -> new HashSet<>()).add(network);
    }

    void remove(UUID network, ServiceMember member) {
        Members pool = pools.get(member.poolId());
        Set<UUID> networks = pool == null ? null : pool.networks.get(member.memberId());
        if (pool == null || networks == null) {
            return;
        }
        networks.remove(network);
        if (networks.isEmpty()) {
            pool.networks.remove(member.memberId());
            pool.byId.remove(member.memberId());
        }
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    /** The services that nodes answer for themselves. */
    Collection<ServiceFact> answered() {
        return answered.values();
    }

    Optional<ServiceFact> service(UUID network, UUID id) {
        return Optional.ofNullable(services.getOrDefault(network, Map.of()).get(id));
    }

    Collection<ServiceFact> of(UUID network) {
        return services.getOrDefault(network, Map.of()).values();
    }

    /** Whether any of these networks has a service. */
    boolean anyIn(Collection<UUID> networks) {
        return networks.stream().anyMatch(services::containsKey);
    }

    /** The pools of which this node chooses its own members. */
    Set<UUID> nearby() {
        return Set.copyOf(nearby.keySet());
    }

    /** The pools of which this node chooses its own members, and that have one at one of these addresses. */
    List<UUID> nearbyAt(Collection<IpAddress> addresses) {
        return nearby.keySet().stream()
                .filter(id -> {
                    Members pool = pools.get(id);
                    return pool != null
                            && pool.byId.values().stream().anyMatch(member -> addresses.contains(member.address()));
                })
                .toList();
    }

    /** The networks from which a pool is called if this node chooses its own members of it; else empty. */
    Optional<Set<UUID>> nearbyFrom(UUID pool) {
        return Optional.ofNullable(nearby.get(pool))
                .map(uses -> uses.values().stream().map(Use::network).collect(Collectors.toSet()));
    }

    /**
     * Whether of a pool of which this node chooses its own members no others take calls: where they are merely preferred, when
     * one of them does.
     *
     * @param here the addresses that are this node's
     */
    boolean keepsTo(UUID id, IpFamily family, Set<IpAddress> here) {
        Members pool = pools.get(id);
        return nearby.getOrDefault(id, Map.of()).values().stream()
                        .anyMatch(use -> use.locality() == MemberLocality.LOCAL)
                || pool != null
                        && inOrder(pool, family).stream()
                                .anyMatch(member -> member.weight() > 0 && here.contains(member.address()));
    }

    /**
     * The members of a pool that have addresses of a family, the first {@link Pool#MEMBERS} of them. Each keeps its place as
     * long as it is there.
     *
     * @param takes which of them take connections; others keep those that they have
     */
    Pool members(UUID id, IpFamily family, Predicate<IpAddress> takes) {
        Members pool = pools.get(id);
        if (pool == null) {
            return new Pool(Map.of());
        }
        Map<Socket, ServiceMember> wanted = new HashMap<>();
        for (ServiceMember member : inOrder(pool, family)) {
            wanted.putIfAbsent(new Socket(member.address(), member.port()), member);
        }
        Map<Socket, Integer> places = pool.places.computeIfAbsent(family, _ -> new HashMap<>());
        places.keySet().retainAll(wanted.keySet());
        Set<Integer> used = new HashSet<>(places.values());
        Map<Integer, Pool.Member> members = new HashMap<>();
        int free = 0;
        for (ServiceMember member : inOrder(pool, family)) {
            Socket socket = new Socket(member.address(), member.port());
            Integer place = places.get(socket);
            if (place == null) {
                while (used.contains(free)) {
                    free++;
                }
                place = free++;
                if (place >= Pool.MEMBERS) {
                    break;
                }
                places.put(socket, place);
            }
            int weight = takes.test(member.address()) ? member.weight() : 0;
            members.putIfAbsent(place, new Pool.Member(member.address(), member.port(), weight));
        }
        if (pool.byId.isEmpty()) {
            pools.remove(id);
        }
        return new Pool(members);
    }

    /** Where the members of a pool are reached that have addresses of a family. */
    Set<Socket> sockets(UUID id, IpFamily family) {
        Members pool = pools.get(id);
        return pool == null
                ? Set.of()
                : inOrder(pool, family).stream()
                        .map(member -> new Socket(member.address(), member.port()))
                        .collect(Collectors.toSet());
    }

    /** How many members of a family the pool has beyond what a table holds. */
    int beyond(UUID id, IpFamily family) {
        Members pool = pools.get(id);
        return pool == null ? 0 : Math.max(0, inOrder(pool, family).size() - Pool.MEMBERS);
    }

    private static List<ServiceMember> inOrder(Members pool, IpFamily family) {
        return pool.byId.values().stream()
                .filter(member -> member.address().family() == family)
                .sorted(Comparator.comparing(ServiceMember::memberId))
                .toList();
    }
}
