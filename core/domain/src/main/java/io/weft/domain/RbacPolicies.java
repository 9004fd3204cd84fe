package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.AddressScope;
import io.weft.model.Network;
import io.weft.model.RbacEntry;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Shareable;
import io.weft.model.Sharing;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What projects let others use (Neutron API v2.0, RBAC policies). Owners of objects make policies of them, administrators
 * those for everyone. A policy stays while its target has something that needs it.
 */
public final class RbacPolicies {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final ExternalNetworks externals;
    private final Stamp stamp;

    RbacPolicies(Transactor transactor, Supplier<World> world, ExternalNetworks externals, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.externals = externals;
        this.stamp = stamp;
    }

    /** Makes a policy. */
    public RbacEntry create(Caller caller, NewRbacPolicy wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes policies, all or none. */
    public List<RbacEntry> create(Caller caller, List<NewRbacPolicy> wanted) {
        for (NewRbacPolicy one : wanted) {
            if (one.action() == Action.ACCESS_AS_EXTERNAL && one.kind() != Resource.Kind.NETWORK) {
                throw Problem.INVALID_ACTION_FOR_TYPE.with(
                        one.action().text(),
                        one.kind().name().toLowerCase(Locale.ROOT),
                        "['" + Action.ACCESS_AS_SHARED.text() + "']");
            }
        }
        return transactor.run(plan -> {
            Map<UUID, Shareable> before = new LinkedHashMap<>();
            Map<UUID, Sharing> sharings = new HashMap<>();
            List<RbacPolicy> made = new ArrayList<>(wanted.size());
            for (NewRbacPolicy one : wanted) {
                Shareable object = Access.shareable(plan.world(), caller, one.kind(), one.objectId());
                requireOwner(caller, object);
                requireScopeFor(plan, object, one.target());
                before.put(object.id(), object);
                Sharing sharing = sharings.getOrDefault(object.id(), object.sharing());
                requireNew(sharing, one.action(), one.target());
                RbacPolicy policy = new RbacPolicy(Stamp.newId(), one.project(), one.action(), one.target(), false);
                sharings.put(object.id(), sharing.with(policy));
                plan.count(one.project(), QuotaResource.RBAC_POLICY, 1);
                made.add(policy);
            }
            List<Shareable> after = before.values().stream()
                    .map(object -> write(plan, object, sharings.getOrDefault(object.id(), object.sharing())))
                    .toList();
            return made.stream().map(policy -> entry(after, policy)).toList();
        });
    }

    private static RbacEntry entry(List<Shareable> objects, RbacPolicy policy) {
        return objects.stream()
                .filter(object -> object.sharing().policies().contains(policy))
                .findFirst()
                .map(object -> new RbacEntry(object, policy))
                .orElseThrow();
    }

    /** Gives a policy another target, unless the one before needs it. */
    public RbacEntry update(Caller caller, UUID id, String target) {
        return transactor.run(plan -> {
            RbacEntry entry = find(plan.world(), caller, id);
            RbacPolicy before = entry.policy();
            if (target.equals(before.target())) {
                return entry;
            }
            requireOwner(caller, entry.object());
            requireScopeFor(plan, entry.object(), target);
            requireNew(entry.object().sharing(), before.action(), target);
            RbacPolicy after = before.withTarget(target);
            Sharing sharing = entry.object().sharing().with(after);
            if (!target.equals(RbacPolicy.EVERYONE)) {
                // A gateway of the new target's stays; of what else it has, Neutron does not ask whether it could.
                boolean external = before.action() == Action.ACCESS_AS_EXTERNAL;
                requireNotNeeded(
                        plan,
                        entry,
                        external ? sharing : entry.object().sharing().without(id));
            }
            return new RbacEntry(write(plan, entry.object(), sharing), after);
        });
    }

    /** Removes a policy that its target does not need. */
    public void delete(Caller caller, UUID id) {
        transactor.run(plan -> {
            RbacEntry entry = find(plan.world(), caller, id);
            Sharing left = entry.object().sharing().without(id);
            requireNotNeeded(plan, entry, left);
            Shares.forget(plan, entry.policy());
            write(plan, entry.object(), left);
            return id;
        });
    }

    /** The policy, if the caller may see it. */
    public RbacEntry show(Caller caller, UUID id) {
        return find(world.get(), caller, id);
    }

    /** The policies that the caller may see, in no order. */
    public List<RbacEntry> list(Caller caller) {
        World now = world.get();
        return caller.admin() ? now.rbacPolicies() : now.rbacPoliciesOfProject(caller.project());
    }

    private static RbacEntry find(World world, Caller caller, UUID id) {
        return world.rbacPolicy(id)
                .filter(entry -> caller.owns(entry.policy().project()))
                .orElseThrow(() -> Problem.RBAC_POLICY_NOT_FOUND.with(id));
    }

    private static void requireOwner(Caller caller, Shareable object) {
        if (!caller.owns(object.project())) {
            throw Problem.INVALID_INPUT.with("Only admins can manipulate policies on "
                    + (object instanceof Network ? "networks" : "objects") + " they do not own");
        }
    }

    /** Who may use a subnet pool may use its address scope, too. */
    private static void requireScopeFor(Plan plan, Shareable object, String target) {
        if (object instanceof SubnetPool) {
            plan.requireWriter(WriterFormat.ADDRESS_SCOPES);
        }
        if (object instanceof SubnetPool pool && pool.addressScope().isPresent()) {
            UUID id = pool.addressScope().get();
            AddressScope scope =
                    plan.world().addressScope(id).orElseThrow(() -> Problem.ADDRESS_SCOPE_NOT_FOUND.with(id));
            plan.requireUnchanged(scope);
            boolean everyones = target.equals(RbacPolicy.EVERYONE) && scope.shared();
            if (!everyones && !scope.project().equals(target) && !scope.isSharedWith(target)) {
                throw Problem.INVALID_INPUT.with("subnet pool " + pool.id() + " cannot be shared with " + target
                        + ", which may not use its address scope " + id);
            }
        }
    }

    private static void requireNew(Sharing sharing, Action action, String target) {
        if (sharing.find(action, target).isPresent()) {
            throw Problem.DUPLICATE_RBAC_POLICY.with();
        }
    }

    /** What is left lets all use the object who do. */
    private static void requireNotNeeded(Plan plan, RbacEntry entry, Sharing left) {
        Shareable object = entry.object().withSharing(left);
        RbacPolicy policy = entry.policy();
        boolean everyones = policy.target().equals(RbacPolicy.EVERYONE);
        if (everyones
                && policy.action() == Action.ACCESS_AS_EXTERNAL
                && object instanceof Network network
                && network.isDefault()) {
            throw Problem.RBAC_POLICY_IN_USE.with(object.id(), "Default external networks must be shared to everyone.");
        }
        if (everyones) {
            Shares.requireNotLost(plan, object, policy.action());
        } else {
            Shares.requireNotLost(plan, object, policy.action(), policy.target());
        }
    }

    /** A network's policies count as changes of it (Neutron's revision numbers), those of other objects do not. */
    private Shareable write(Plan plan, Shareable before, Sharing sharing) {
        Shareable after;
        if (before instanceof Network network) {
            Network changed = externals.changed(plan, network, sharing);
            after = changed.withMeta(stamp.touch(changed.meta()));
        } else {
            after = before.withSharing(sharing);
        }
        plan.update(before, after);
        return after;
    }
}
