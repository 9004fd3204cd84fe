package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.AddressScope;
import io.weft.model.Sharing;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Address scopes (Neutron API v2.0, Address scopes). Whoever puts addresses into a scope compares its {@code used/} key and
 * writes it: of those who do at once, one is first, and the others look again.
 */
public final class AddressScopes {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    AddressScopes(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes an address scope. */
    public AddressScope create(NewAddressScope wanted) {
        return create(List.of(wanted)).getFirst();
    }

    /** Makes address scopes, all or none. */
    public List<AddressScope> create(List<NewAddressScope> wanted) {
        return transactor.run(plan -> {
            List<AddressScope> made = new ArrayList<>(wanted.size());
            for (NewAddressScope one : wanted) {
                AddressScope scope = new AddressScope(
                        stamp.create(Stamp.newId(), one.project(), one.name(), "", List.of()),
                        one.family(),
                        Shares.ofNew(one.project(), one.shared(), false));
                plan.create(scope);
                made.add(scope);
            }
            return made;
        });
    }

    /**
     * Changes an address scope.
     *
     * @param name its name
     * @param shared whether every project may have subnet pools in it, which is not taken back; administrators only
     */
    public AddressScope update(Caller caller, UUID id, Optional<String> name, Optional<Boolean> shared) {
        return transactor.run(plan -> {
            AddressScope before = Access.addressScope(plan.world(), caller, id);
            if (before.shared() && shared.equals(Optional.of(false))) {
                throw Problem.ADDRESS_SCOPE_UPDATE_ERROR.with(id, "Shared address scope can't be unshared");
            }
            Sharing sharing = Shares.changed(plan, before, before.project(), shared);
            AddressScope after =
                    new AddressScope(stamp.describe(before, name, Optional.empty()), before.family(), sharing);
            if (after.equals(before)) {
                return before;
            }
            AddressScope touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes an address scope that has no subnet pools. */
    public void delete(Caller caller, UUID id) {
        transactor.run(plan -> {
            AddressScope scope = Access.addressScope(plan.world(), caller, id);
            if (!plan.world().subnetPoolsOfScope(id).isEmpty()) {
                throw Problem.ADDRESS_SCOPE_IN_USE.with(id);
            }
            plan.requireUnchanged(Layout.addressScopeUse(id));
            plan.delete(scope);
            Shares.forget(plan, scope.sharing());
            plan.release(Layout.addressScopeUse(id));
            return id;
        });
    }

    /** The address scope, if the caller may see it. */
    public AddressScope show(Caller caller, UUID id) {
        return Access.addressScope(world.get(), caller, id);
    }

    /**
     * Within a plan: a subnet pool is new in a scope, or has other addresses there.
     *
     * @param pool the pool as it will be
     * @param sameRequest the pools that this plan makes already
     */
    static void join(Plan plan, Caller caller, UUID scopeId, SubnetPool pool, List<SubnetPool> sameRequest) {
        AddressScope scope = Access.addressScope(plan.world(), caller, scopeId);
        plan.requireUnchanged(scope);
        if (scope.family() != pool.family()) {
            throw Problem.ILLEGAL_SUBNET_POOL_VERSION_ASSOCIATION.with(
                    pool.id(), scopeId, scope.family().version());
        }
        List<SubnetPool> others = new ArrayList<>(plan.world().subnetPoolsOfScope(scopeId));
        sameRequest.stream()
                .filter(other -> other.addressScope().equals(Optional.of(scopeId)))
                .forEach(others::add);
        for (SubnetPool other : others) {
            if (!other.id().equals(pool.id()) && other.prefixes().stream().anyMatch(pool.space()::meets)) {
                throw Problem.ADDRESS_SCOPE_PREFIX_CONFLICT.with();
            }
        }
        String use = Layout.addressScopeUse(scopeId);
        plan.requireUnchanged(use);
        plan.requireWriter(WriterFormat.ADDRESS_SCOPES);
        if (!plan.writes(use)) {
            plan.put(use, Bytes.EMPTY);
        }
    }

    /** Within a plan: who changes the addresses of a pool in another's scope is refused, as by Neutron. */
    static void requireOwner(Plan plan, Caller caller, SubnetPool pool, UUID scopeId) {
        boolean owner = plan.world()
                .addressScope(scopeId)
                .filter(scope -> caller.owns(scope.project()))
                .isPresent();
        if (!owner) {
            throw Problem.ILLEGAL_SUBNET_POOL_ASSOCIATION.with(pool.id(), scopeId);
        }
    }
}
