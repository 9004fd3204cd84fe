package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Precedence;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Sharing;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Security groups (Neutron API v2.0, Security groups). A group goes with its rules and with the rules that name it as
 * their other end, but not while it has ports.
 */
public final class SecurityGroups {
    /** The most rules of other groups that are removed with a group; bounds the transaction. */
    private static final int MAX_FOREIGN_RULES = 1000;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final GroupMaker maker;
    private final Stamp stamp;

    SecurityGroups(Transactor transactor, Supplier<World> world, GroupMaker maker, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.maker = maker;
        this.stamp = stamp;
    }

    /** Makes a security group. */
    public SecurityGroup create(NewSecurityGroup wanted) {
        return create(List.of(wanted)).getFirst();
    }

    /** Makes security groups, all or none; projects that have none get their default group as well. */
    public List<SecurityGroup> create(List<NewSecurityGroup> wanted) {
        for (NewSecurityGroup one : wanted) {
            requireOtherName(one.name());
        }
        return transactor.run(plan -> {
            List<SecurityGroup> made = new ArrayList<>(wanted.size());
            for (NewSecurityGroup one : wanted) {
                maker.ensureDefault(plan, one.project());
                SecurityGroup group = new SecurityGroup(
                        stamp.create(Stamp.newId(), one.project(), one.name(), one.description(), one.tags()),
                        false,
                        one.stateful(),
                        one.precedence(),
                        Sharing.NONE);
                maker.create(plan, group);
                made.add(group);
            }
            return made;
        });
    }

    /** The project has its default group from now on: made when somebody looks, as in Neutron. */
    public void ensureDefault(Caller caller, String project) {
        if (caller.admin() || caller.project().equals(project)) {
            if (world.get().defaultGroup(project).isEmpty()) {
                transactor.run(plan -> maker.ensureDefault(plan, project));
            }
        }
    }

    /** Changes a security group. */
    public SecurityGroup update(Caller caller, UUID id, SecurityGroupUpdate update) {
        return transactor.run(plan -> {
            SecurityGroup before = Access.securityGroup(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            if (update.name().isPresent()) {
                if (before.isDefault()) {
                    throw Problem.SECURITY_GROUP_CANNOT_UPDATE_DEFAULT.with();
                }
                requireOtherName(update.name().get());
            }
            SecurityGroup after = new SecurityGroup(
                    stamp.describe(before, update.name(), update.description()),
                    before.isDefault(),
                    update.stateful().orElse(before.stateful()),
                    new Precedence(
                            before.precedence().tier(),
                            update.priority().orElse(before.precedence().priority())),
                    before.sharing());
            if (after.equals(before)) {
                return before;
            }
            if (after.stateful() != before.stateful()) {
                requireNoPorts(plan, before);
            }
            SecurityGroup touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes a security group; only administrators remove a default group, and it comes back when it is needed. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            SecurityGroup group = Access.securityGroup(plan.world(), caller, id);
            Access.requireRevision(group, expectedRevision);
            requireNoPorts(plan, group);
            if (group.isDefault()) {
                if (!caller.admin()) {
                    throw Problem.SECURITY_GROUP_CANNOT_REMOVE_DEFAULT.with();
                }
                plan.release(Layout.defaultGroup(group.project()));
            }
            plan.delete(group);
            Shares.forget(plan, group.sharing());
            GroupMaker.forget(plan, id);
            plan.count(group.project(), QuotaResource.SECURITY_GROUP, -1);
            for (SecurityGroupRule rule : plan.world().rulesOf(id)) {
                plan.delete(rule);
                plan.count(rule.project(), QuotaResource.SECURITY_GROUP_RULE, -1);
            }
            removeForeignRules(plan, group);
            return id;
        });
    }

    /** The security group, if the caller may see it. */
    public SecurityGroup show(Caller caller, UUID id) {
        return Access.securityGroup(world.get(), caller, id);
    }

    /** The security groups that the caller may see, in no order. */
    public List<SecurityGroup> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.securityGroups());
        }
        List<SecurityGroup> seen = new ArrayList<>(now.securityGroupsOfProject(caller.project()));
        now.securityGroupsSharedWith(caller.project()).stream()
                .filter(group -> !group.project().equals(caller.project()))
                .forEach(seen::add);
        return seen;
    }

    /** Removes the rules of other groups that name this one. */
    private void removeForeignRules(Plan plan, SecurityGroup group) {
        Map<UUID, List<SecurityGroupRule>> foreign = new HashMap<>();
        int count = 0;
        for (SecurityGroupRule rule : plan.world().rulesWithRemote(group.id())) {
            if (!rule.groupId().equals(group.id())) {
                foreign.computeIfAbsent(rule.groupId(), _ -> new ArrayList<>()).add(rule);
                count++;
            }
        }
        if (count > MAX_FOREIGN_RULES) {
            throw Problem.SECURITY_GROUP_IN_USE.with(group.id());
        }
        foreign.forEach((id, rules) -> {
            plan.world()
                    .securityGroup(id)
                    .ifPresent(owner -> plan.update(owner, owner.withMeta(stamp.touch(owner.meta()))));
            for (SecurityGroupRule rule : rules) {
                plan.delete(rule);
                plan.count(rule.project(), QuotaResource.SECURITY_GROUP_RULE, -1);
            }
        });
    }

    private static void requireNoPorts(Plan plan, SecurityGroup group) {
        if (plan.world().portCountOfGroup(group.id()) > 0) {
            throw Problem.SECURITY_GROUP_IN_USE.with(group.id());
        }
        GroupMaker.requireNotNeeded(plan, group.id());
    }

    private static void requireOtherName(String name) {
        if (name.toLowerCase(Locale.ROOT).equals(SecurityGroup.DEFAULT_NAME)) {
            throw Problem.SECURITY_GROUP_DEFAULT_EXISTS.with();
        }
    }
}
