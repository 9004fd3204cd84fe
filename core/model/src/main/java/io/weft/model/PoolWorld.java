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

    /** The same object when nothing of it changed. */
    PoolWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return switch (kind) {
            case SUBNET_POOL -> now == null ? without(id) : with((SubnetPool) now);
            case ADDRESS_SCOPE -> withScopes(now == null ? scopes.remove(id) : scopes.put(id, (AddressScope) now));
            case SUBNET -> withSubnet((Subnet) old, (Subnet) now);
            default -> this;
        };
    }

    private PoolWorld with(SubnetPool pool) {
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

    private PoolWorld withScopes(HashMap<UUID, AddressScope> now) {
        return new PoolWorld(pools, now, byScope, defaults, subnets, given);
    }

    private PoolWorld without(UUID id) {
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

    private PoolWorld withSubnet(@Nullable Subnet old, @Nullable Subnet now) {
        Optional<UUID> before = pool(old);
        Optional<UUID> after = pool(now);
        if (before.equals(after)) {
            return this;
        }
        Index<UUID> index = subnets;
        HashMap<UUID, PrefixSet> spaces = given;
        if (old != null && before.isPresent()) {
            UUID pool = before.get();
            index = index.remove(pool, old.id());
            PrefixSet left = given(spaces, pool, old).without(old.cidr());
            spaces = left.isEmpty() ? spaces.remove(pool) : spaces.put(pool, left);
        }
        if (now != null && after.isPresent()) {
            UUID pool = after.get();
            index = index.add(pool, now.id());
            spaces = spaces.put(pool, given(spaces, pool, now).with(now.cidr()));
        }
        return new PoolWorld(pools, scopes, byScope, defaults, index, spaces);
    }

    private static Optional<UUID> pool(@Nullable Subnet subnet) {
        return subnet == null ? Optional.empty() : subnet.subnetPool();
    }

    private static PrefixSet given(HashMap<UUID, PrefixSet> spaces, UUID pool, Subnet subnet) {
        return spaces.getOrElse(pool, PrefixSet.empty(subnet.family()));
    }
}
