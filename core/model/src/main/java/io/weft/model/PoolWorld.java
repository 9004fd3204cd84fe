package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about subnet pools; immutable.
 *
 * @param pools all pools
 * @param shared those that every project may use
 * @param defaults the default pool of each family that has one
 * @param subnets the subnets of each pool
 * @param given the addresses of the subnets of each pool, so that finding free ones does not look at every subnet
 */
record PoolWorld(
        HashMap<UUID, SubnetPool> pools,
        HashSet<UUID> shared,
        HashMap<IpFamily, UUID> defaults,
        Index<UUID> subnets,
        HashMap<UUID, PrefixSet> given) {
    static final PoolWorld EMPTY =
            new PoolWorld(HashMap.empty(), HashSet.empty(), HashMap.empty(), Index.empty(), HashMap.empty());

    PoolWorld with(SubnetPool pool) {
        PoolWorld rest = without(pool.id());
        UUID id = pool.id();
        return new PoolWorld(
                rest.pools.put(id, pool),
                pool.shared() ? rest.shared.add(id) : rest.shared,
                pool.isDefault() ? rest.defaults.put(pool.family(), id) : rest.defaults,
                subnets,
                given);
    }

    PoolWorld without(UUID id) {
        SubnetPool old = pools.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        boolean wasDefault = defaults.get(old.family()).contains(id);
        return new PoolWorld(
                pools.remove(id),
                shared.remove(id),
                wasDefault ? defaults.remove(old.family()) : defaults,
                subnets,
                given);
    }

    /** A subnet came or changed; the same object when its pool did not. */
    PoolWorld withSubnet(@Nullable Subnet old, Subnet subnet) {
        Optional<UUID> before = old == null ? Optional.empty() : old.subnetPool();
        if (before.equals(subnet.subnetPool())) {
            return this;
        }
        PoolWorld rest = old == null ? this : withoutSubnet(old);
        if (subnet.subnetPool().isEmpty()) {
            return rest;
        }
        UUID pool = subnet.subnetPool().get();
        PrefixSet space =
                rest.given.getOrElse(pool, PrefixSet.empty(subnet.family())).with(subnet.cidr());
        return new PoolWorld(pools, shared, defaults, rest.subnets.add(pool, subnet.id()), rest.given.put(pool, space));
    }

    PoolWorld withoutSubnet(Subnet subnet) {
        if (subnet.subnetPool().isEmpty()) {
            return this;
        }
        UUID pool = subnet.subnetPool().get();
        PrefixSet left = given.getOrElse(pool, PrefixSet.empty(subnet.family())).without(subnet.cidr());
        return new PoolWorld(
                pools,
                shared,
                defaults,
                subnets.remove(pool, subnet.id()),
                left.isEmpty() ? given.remove(pool) : given.put(pool, left));
    }
}
