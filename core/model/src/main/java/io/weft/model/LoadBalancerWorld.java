package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about load balancers; immutable.
 *
 * @param loadBalancers all load balancers
 * @param byPort the load balancer of each port that has one's address
 * @param listeners all listeners
 * @param listenersByOwner the listeners of each load balancer
 * @param listenersByPool the listeners that have a pool as theirs
 * @param pools all pools
 * @param poolsByOwner the pools of each load balancer
 * @param members all members
 * @param membersByPool the members of each pool
 */
record LoadBalancerWorld(
        HashMap<UUID, LoadBalancer> loadBalancers,
        HashMap<UUID, UUID> byPort,
        HashMap<UUID, Listener> listeners,
        Index<UUID> listenersByOwner,
        Index<UUID> listenersByPool,
        HashMap<UUID, Pool> pools,
        Index<UUID> poolsByOwner,
        HashMap<UUID, PoolMember> members,
        Index<UUID> membersByPool) {
    static final LoadBalancerWorld EMPTY = new LoadBalancerWorld(
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            Index.empty(),
            Index.empty(),
            HashMap.empty(),
            Index.empty(),
            HashMap.empty(),
            Index.empty());

    /** The same object when nothing of it changed. */
    LoadBalancerWorld changed(Resource.Kind kind, UUID id, @Nullable Resource now) {
        return switch (kind) {
            case LOAD_BALANCER -> now == null ? withoutLoadBalancer(id) : with((LoadBalancer) now);
            case LISTENER -> now == null ? withoutListener(id) : with((Listener) now);
            case POOL -> now == null ? withoutPool(id) : with((Pool) now);
            case POOL_MEMBER -> now == null ? withoutMember(id) : with((PoolMember) now);
            default -> this;
        };
    }

    private LoadBalancerWorld with(LoadBalancer loadBalancer) {
        LoadBalancerWorld rest = withoutLoadBalancer(loadBalancer.id());
        return rest.withLoadBalancers(
                rest.loadBalancers.put(loadBalancer.id(), loadBalancer),
                rest.byPort.put(loadBalancer.portId(), loadBalancer.id()));
    }

    private LoadBalancerWorld withoutLoadBalancer(UUID id) {
        Optional<LoadBalancer> old = loadBalancers.get(id).toJavaOptional();
        if (old.isEmpty()) {
            return this;
        }
        // A port that changes hands within a revision may be known as the other's already.
        UUID port = old.get().portId();
        return withLoadBalancers(
                loadBalancers.remove(id), byPort.get(port).contains(id) ? byPort.remove(port) : byPort);
    }

    private LoadBalancerWorld withLoadBalancers(HashMap<UUID, LoadBalancer> all, HashMap<UUID, UUID> ports) {
        return new LoadBalancerWorld(
                all, ports, listeners, listenersByOwner, listenersByPool, pools, poolsByOwner, members, membersByPool);
    }

    private LoadBalancerWorld with(Listener listener) {
        LoadBalancerWorld rest = withoutListener(listener.id());
        return rest.withListeners(
                rest.listeners.put(listener.id(), listener),
                rest.listenersByOwner.add(listener.loadBalancerId(), listener.id()),
                listener.defaultPool().isPresent()
                        ? rest.listenersByPool.add(listener.defaultPool().get(), listener.id())
                        : rest.listenersByPool);
    }

    private LoadBalancerWorld withoutListener(UUID id) {
        Optional<Listener> old = listeners.get(id).toJavaOptional();
        if (old.isEmpty()) {
            return this;
        }
        Optional<UUID> pool = old.get().defaultPool();
        return withListeners(
                listeners.remove(id),
                listenersByOwner.remove(old.get().loadBalancerId(), id),
                pool.isPresent() ? listenersByPool.remove(pool.get(), id) : listenersByPool);
    }

    private LoadBalancerWorld withListeners(HashMap<UUID, Listener> all, Index<UUID> byOwner, Index<UUID> byPool) {
        return new LoadBalancerWorld(
                loadBalancers, byPort, all, byOwner, byPool, pools, poolsByOwner, members, membersByPool);
    }

    private LoadBalancerWorld with(Pool pool) {
        LoadBalancerWorld rest = withoutPool(pool.id());
        return rest.withPools(rest.pools.put(pool.id(), pool), rest.poolsByOwner.add(pool.loadBalancerId(), pool.id()));
    }

    private LoadBalancerWorld withoutPool(UUID id) {
        Optional<Pool> old = pools.get(id).toJavaOptional();
        return old.isEmpty()
                ? this
                : withPools(pools.remove(id), poolsByOwner.remove(old.get().loadBalancerId(), id));
    }

    private LoadBalancerWorld withPools(HashMap<UUID, Pool> all, Index<UUID> byOwner) {
        return new LoadBalancerWorld(
                loadBalancers,
                byPort,
                listeners,
                listenersByOwner,
                listenersByPool,
                all,
                byOwner,
                members,
                membersByPool);
    }

    private LoadBalancerWorld with(PoolMember member) {
        LoadBalancerWorld rest = withoutMember(member.id());
        return rest.withMembers(
                rest.members.put(member.id(), member), rest.membersByPool.add(member.poolId(), member.id()));
    }

    private LoadBalancerWorld withoutMember(UUID id) {
        Optional<PoolMember> old = members.get(id).toJavaOptional();
        return old.isEmpty()
                ? this
                : withMembers(members.remove(id), membersByPool.remove(old.get().poolId(), id));
    }

    private LoadBalancerWorld withMembers(HashMap<UUID, PoolMember> all, Index<UUID> byPool) {
        return new LoadBalancerWorld(
                loadBalancers, byPort, listeners, listenersByOwner, listenersByPool, pools, poolsByOwner, all, byPool);
    }
}
