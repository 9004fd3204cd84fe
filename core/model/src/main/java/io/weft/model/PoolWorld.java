package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about subnet pools and address scopes; immutable.
 *
 * @param pools all pools
 * @param scopes all address scopes
 * @param byScope the pools of each address scope
 * @param defaults the default pool of each family that has one
 * @param subnets the subnets of each pool
 * @param given the addresses of the subnets of each pool, so that finding free ones does not look at every subnet
 */
record PoolWorld(
        HashMap<UUID, SubnetPool> pools,
        HashMap<UUID, AddressScope> scopes,
        Index<UUID> byScope,
        HashMap<IpFamily, UUID> defaults,
        Index<UUID> subnets,
        HashMap<UUID, PrefixSet> given) {
    static final PoolWorld EMPTY = new PoolWorld(
            HashMap.empty(), HashMap.empty(), Index.empty(), HashMap.empty(), Index.empty(), HashMap.empty());

    PoolWorld with(SubnetPool pool) {
        PoolWorld rest = without(pool.id());
        UUID id = pool.id();
        return new PoolWorld(
                rest.pools.put(id, pool),
                scopes,
                pool.addressScope().isPresent()
                        ? rest.byScope.add(pool.addressScope().get(), id)
                        : rest.byScope,
                pool.isDefault() ? rest.defaults.put(pool.family(), id) : rest.defaults,
                subnets,
                given);
    }

    PoolWorld with(AddressScope scope) {
        return new PoolWorld(pools, scopes.put(scope.id(), scope), byScope, defaults, subnets, given);
    }

    PoolWorld withoutScope(UUID id) {
        return new PoolWorld(pools, scopes.remove(id), byScope, defaults, subnets, given);
    }

    PoolWorld without(UUID id) {
        SubnetPool old = pools.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        boolean wasDefault = defaults.get(old.family()).contains(id);
        return new PoolWorld(
                pools.remove(id),
                scopes,
                old.addressScope().isPresent()
                        ? byScope.remove(old.addressScope().get(), id)
                        : byScope,
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
        return new PoolWorld(
                pools, scopes, byScope, defaults, rest.subnets.add(pool, subnet.id()), rest.given.put(pool, space));
    }

    PoolWorld withoutSubnet(Subnet subnet) {
        if (subnet.subnetPool().isEmpty()) {
            return this;
        }
        UUID pool = subnet.subnetPool().get();
        PrefixSet left = given.getOrElse(pool, PrefixSet.empty(subnet.family())).without(subnet.cidr());
        return new PoolWorld(
                pools,
                scopes,
                byScope,
                defaults,
                subnets.remove(pool, subnet.id()),
                left.isEmpty() ? given.remove(pool) : given.put(pool, left));
    }
}
