package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.PrefixSet;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Subnet pools (Neutron API v2.0, Subnet pools). What a subnet has of a pool stays the pool's until the subnet goes; a
 * pool stays while subnets have addresses of it.
 */
public final class SubnetPools {
    /** As many blocks as a pool may have, so that its record stays small. */
    private static final int MAX_PREFIXES = 1000;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    SubnetPools(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes a pool. */
    public SubnetPool create(Caller caller, NewSubnetPool wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes pools, all or none. */
    public List<SubnetPool> create(Caller caller, List<NewSubnetPool> wanted) {
        return transactor.run(plan -> {
            List<SubnetPool> made = new ArrayList<>(wanted.size());
            for (NewSubnetPool one : wanted) {
                SubnetPool pool = pool(one);
                pool.addressScope().ifPresent(scope -> AddressScopes.join(plan, caller, scope, pool, made));
                if (pool.isDefault()) {
                    takeDefault(plan, pool);
                }
                plan.create(pool);
                plan.count(pool.project(), QuotaResource.SUBNET_POOL, 1);
                made.add(pool);
            }
            return made;
        });
    }

    private SubnetPool pool(NewSubnetPool wanted) {
        if (wanted.prefixes().isEmpty()) {
            throw Problem.EMPTY_SUBNET_POOL_PREFIX_LIST.with();
        }
        IpFamily family = wanted.prefixes().getFirst().family();
        requireFamily(wanted.prefixes(), family);
        PrefixLengths.Checked lengths = wanted.lengths().orDefaults(family);
        return checked(new SubnetPool(
                stamp.create(Stamp.newId(), wanted.project(), wanted.name(), wanted.description(), List.of()),
                Shares.ofNew(wanted.project(), wanted.shared(), false),
                wanted.isDefault(),
                family,
                wanted.prefixes(),
                lengths.minimum(),
                lengths.maximum(),
                lengths.standard(),
                wanted.defaultQuota().map(OptionalInt::of).orElse(OptionalInt.empty()),
                wanted.addressScope()));
    }

    /** Changes a pool. Its addresses only become more; {@link #removePrefixes} takes some away. */
    public SubnetPool update(Caller caller, UUID id, SubnetPoolUpdate update) {
        return change(caller, id, update.expectedRevision(), (plan, before) -> {
            update.prefixes().ifPresent(prefixes -> requireGrowth(before, prefixes));
            PrefixLengths.Checked lengths = update.lengths().or(before);
            SubnetPool after = new SubnetPool(
                    stamp.describe(before, update.name(), update.description()),
                    before.sharing(),
                    update.isDefault().orElse(before.isDefault()),
                    before.family(),
                    update.prefixes().orElse(before.prefixes()),
                    lengths.minimum(),
                    lengths.maximum(),
                    lengths.standard(),
                    update.defaultQuota().map(OptionalInt::of).orElse(before.defaultQuota()),
                    update.addressScope().map(ScopeChoice::scope).orElse(before.addressScope()));
            if (after.isDefault() && !before.isDefault()) {
                takeDefault(plan, after);
            } else if (before.isDefault() && !after.isDefault()) {
                plan.release(Layout.defaultSubnetPool(before.family()));
            }
            return after;
        });
    }

    /** Adds blocks to a pool's addresses. */
    public SubnetPool addPrefixes(Caller caller, UUID id, List<IpPrefix> prefixes) {
        return change(caller, id, OptionalLong.empty(), (_, before) -> {
            requireFamily(prefixes, before.family());
            List<IpPrefix> all = new ArrayList<>(before.prefixes());
            all.addAll(prefixes);
            return before.withPrefixes(all);
        });
    }

    /** Takes blocks away from a pool's addresses, none of which a subnet has. */
    public SubnetPool removePrefixes(Caller caller, UUID id, List<IpPrefix> prefixes) {
        return change(caller, id, OptionalLong.empty(), (plan, before) -> {
            requireFamily(prefixes, before.family());
            PrefixSet given = plan.world().givenOf(before);
            PrefixSet left = before.space();
            for (IpPrefix prefix : prefixes) {
                if (left.meets(prefix) && given.meets(prefix)) {
                    throw Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE.with(
                            "One or more the prefixes to be removed is in use by a subnet.");
                }
                left = left.without(prefix);
            }
            requireNoneTaken(plan, before);
            return before.withPrefixes(left.prefixes());
        });
    }

    /** Removes a pool of which no subnet has addresses. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            SubnetPool pool = Access.subnetPool(plan.world(), caller, id);
            Access.requireRevision(pool, expectedRevision);
            if (plan.world().subnetCountOfPool(id) > 0) {
                throw Problem.SUBNET_POOL_DELETE_ERROR.with("Subnet pool has existing allocations");
            }
            requireNoneTaken(plan, pool);
            if (pool.isDefault()) {
                plan.release(Layout.defaultSubnetPool(pool.family()));
            }
            plan.delete(pool);
            Shares.forget(plan, pool.sharing());
            plan.release(Layout.subnetPoolUse(id));
            plan.count(pool.project(), QuotaResource.SUBNET_POOL, -1);
            return id;
        });
    }

    /** The pool, if the caller may see it. */
    public SubnetPool show(Caller caller, UUID id) {
        return Access.subnetPool(world.get(), caller, id);
    }

    private SubnetPool change(Caller caller, UUID id, OptionalLong expectedRevision, Change change) {
        return transactor.run(plan -> {
            SubnetPool before = Access.subnetPool(plan.world(), caller, id);
            Access.requireRevision(before, expectedRevision);
            SubnetPool after = checked(change.apply(plan, before));
            if (after.equals(before)) {
                return before;
            }
            requireScope(plan, caller, before, after);
            SubnetPool touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    static void requireScope(Plan plan, Caller caller, SubnetPool before, SubnetPool after) {
        boolean moved = !after.addressScope().equals(before.addressScope());
        boolean readdressed = !after.prefixes().equals(before.prefixes());
        if (after.addressScope().isEmpty() || !moved && !readdressed) {
            return;
        }
        UUID scope = after.addressScope().get();
        if (!moved) {
            AddressScopes.requireOwner(plan, caller, after, scope);
        }
        AddressScopes.join(plan, caller, scope, after, List.of());
    }

    private interface Change {
        SubnetPool apply(Plan plan, SubnetPool before);
    }

    /** No subnet got addresses of the pool since the view. */
    private static void requireNoneTaken(Plan plan, SubnetPool pool) {
        plan.requireUnchanged(Layout.subnetPoolUse(pool.id()));
    }

    private static void takeDefault(Plan plan, SubnetPool pool) {
        plan.takeOr(
                Layout.defaultSubnetPool(pool.family()),
                pool.id(),
                Problem.INVALID_INPUT.with("A default subnetpool for this IP family has already been set. Only one"
                        + " default may exist per IP family"));
    }

    private static void requireGrowth(SubnetPool before, List<IpPrefix> prefixes) {
        if (prefixes.isEmpty() && before.prefixes().isEmpty()) {
            throw Problem.EMPTY_SUBNET_POOL_PREFIX_LIST.with();
        }
        requireFamily(prefixes, before.family());
        PrefixSet after = PrefixSet.of(before.family(), prefixes);
        if (!before.prefixes().stream().allMatch(after::covers)) {
            throw Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE.with(
                    "Existing prefixes must be a subset of the new prefixes");
        }
    }

    private static void requireFamily(List<IpPrefix> prefixes, IpFamily family) {
        if (!prefixes.stream().allMatch(prefix -> prefix.family() == family)) {
            throw Problem.PREFIX_VERSION_MISMATCH.with();
        }
    }

    static SubnetPool checked(SubnetPool pool) {
        if (pool.prefixes().size() > MAX_PREFIXES) {
            throw Problem.INVALID_INPUT.with("a subnet pool has at most " + MAX_PREFIXES + " prefixes");
        }
        return pool;
    }
}
