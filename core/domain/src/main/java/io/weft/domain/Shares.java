package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.AddressGroup;
import io.weft.model.AddressScope;
import io.weft.model.FloatingIp;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Shareable;
import io.weft.model.Sharing;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Who may use an object besides its owner, and who does. */
final class Shares {
    private Shares() {}

    /**
     * The sharing of an object that is new.
     *
     * @param creator whose policies these are
     */
    static Sharing ofNew(String creator, boolean shared, boolean external) {
        Sharing sharing = shared ? withEveryone(Sharing.NONE, creator, Action.ACCESS_AS_SHARED) : Sharing.NONE;
        return external ? withEveryone(sharing, creator, Action.ACCESS_AS_EXTERNAL) : sharing;
    }

    /** What an object's attribute makes of its sharing: a policy for everyone, or none such. */
    static Sharing changed(Plan plan, Shareable object, String creator, Optional<Boolean> shared) {
        Sharing sharing = object.sharing();
        if (shared.isEmpty() || shared.get() == object.shared()) {
            return sharing;
        }
        if (shared.get()) {
            return withEveryone(sharing, creator, Action.ACCESS_AS_SHARED);
        }
        RbacPolicy everyones =
                sharing.find(Action.ACCESS_AS_SHARED, RbacPolicy.EVERYONE).orElseThrow();
        forget(plan, everyones);
        return sharing.without(everyones.id());
    }

    /** The same for a network, which has two attributes; one that leads out no more has no policies for that either. */
    static Sharing changed(Plan plan, Network network, Optional<Boolean> shared, Optional<Boolean> external) {
        Sharing sharing = changed(plan, network, network.project(), shared);
        if (external.isEmpty() || external.get() == network.external()) {
            return sharing;
        }
        if (external.get()) {
            return withEveryone(sharing, network.project(), Action.ACCESS_AS_EXTERNAL);
        }
        sharing.policies().stream()
                .filter(policy -> policy.action() == Action.ACCESS_AS_EXTERNAL)
                .forEach(policy -> forget(plan, policy));
        return sharing.without(Action.ACCESS_AS_EXTERNAL);
    }

    private static Sharing withEveryone(Sharing sharing, String creator, Action action) {
        return sharing.with(new RbacPolicy(Stamp.newId(), creator, action, RbacPolicy.EVERYONE, true));
    }

    /** The policies go with their object. */
    static void forget(Plan plan, Sharing sharing) {
        sharing.policies().forEach(policy -> forget(plan, policy));
    }

    /** A policy goes. */
    static void forget(Plan plan, RbacPolicy policy) {
        if (!policy.implied()) {
            plan.count(policy.project(), QuotaResource.RBAC_POLICY, -1);
        }
    }

    /** Nobody uses the object who may not. */
    static void requireNotLost(Plan plan, Shareable object, Action action) {
        lost(plan, object, action).ifPresent(project -> {
            throw Problem.RBAC_POLICY_IN_USE.with(object.id(), "project_id=" + project);
        });
    }

    /**
     * A project that uses the object by this action, and may not; nobody comes to use it meanwhile.
     *
     * <p>The owner needs no policy, and yet, as in Neutron, what it does with its own groups and QoS policies counts when
     * they are for everyone no more.
     *
     * @param object the object with the policies that it is to have
     */
    static Optional<String> lost(Plan plan, Shareable object, Action action) {
        return lost(plan, object, action, object instanceof Network ? object.project() : "");
    }

    private static Optional<String> lost(Plan plan, Shareable object, Action action, String exempt) {
        return users(plan, object, action).stream()
                .filter(project -> !project.isEmpty() && !project.equals(exempt))
                .filter(project -> !object.sharing().allows(action, project))
                .findFirst();
    }

    /**
     * This project may use the object still, or does not.
     *
     * @param object the object with the policies that it is to have
     */
    static void requireNotLost(Plan plan, Shareable object, Action action, String project) {
        if (!project.equals(object.project())
                && !object.sharing().allows(action, project)
                && users(plan, object, action).contains(project)) {
            throw Problem.RBAC_POLICY_IN_USE.with(object.id(), "project_id=" + project);
        }
    }

    /** The projects that use an object by this action; nobody comes to use it meanwhile. */
    private static Set<String> users(Plan plan, Shareable object, Action action) {
        World world = plan.world();
        UUID id = object.id();
        Set<String> projects = new TreeSet<>();
        switch (object) {
            case Network network -> {
                plan.requireNoneWritten(Layout.macs(id));
                boolean outside = action == Action.ACCESS_AS_EXTERNAL;
                for (Port port : world.portsOf(network.id())) {
                    projects.add(outside ? beyond(world, port) : port.project());
                }
            }
            case SecurityGroup _ -> {
                GroupMaker.requireNotNeeded(plan, id);
                world.portsOfGroup(id).forEach(port -> projects.add(port.project()));
                // A group's own rules may name it, and are no reason.
                world.rulesWithRemote(id).stream()
                        .map(SecurityGroupRule::project)
                        .filter(project -> !project.equals(object.project()))
                        .forEach(projects::add);
            }
            case AddressGroup _ -> {
                GroupMaker.requireNotNeeded(plan, id);
                world.rulesWithRemote(id).forEach(rule -> projects.add(rule.project()));
            }
            case SubnetPool _ -> {
                plan.requireUnchanged(Layout.subnetPoolUse(id));
                world.subnetsOfPool(id).forEach(subnet -> projects.add(subnet.project()));
            }
            case AddressScope _ -> {
                plan.requireUnchanged(Layout.addressScopeUse(id));
                world.subnetPoolsOfScope(id).forEach(pool -> projects.add(pool.project()));
            }
            case QosPolicy _ -> {
                QosUse.requireNotNeeded(plan, id);
                world.portsOfQosPolicy(id).forEach(port -> projects.add(port.project()));
                world.networksOfQosPolicy(id).forEach(network -> projects.add(network.project()));
                world.floatingIpsOfQosPolicy(id).forEach(floatingIp -> projects.add(floatingIp.project()));
                world.routersOfQosPolicy(id).forEach(router -> projects.add(router.project()));
            }
        }
        return projects;
    }

    /** The project of the router or floating IP whose port this is on an external network; empty for others. */
    private static String beyond(World world, Port port) {
        Optional<? extends Resource> owner = switch (port.deviceOwner()) {
            case Port.ROUTER_GATEWAY ->
                world.router(UUID.fromString(port.deviceId())).map(Router.class::cast);
            case Port.FLOATING_IP ->
                world.floatingIp(UUID.fromString(port.deviceId())).map(FloatingIp.class::cast);
            default -> Optional.empty();
        };
        return owner.map(Resource::project).orElse("");
    }
}
