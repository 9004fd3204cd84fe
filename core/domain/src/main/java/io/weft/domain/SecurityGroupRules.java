package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.InvalidException;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Shareable;
import io.weft.model.Tier;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The rules of security groups (Neutron API v2.0, Security group rules). They are made and removed, never changed, and
 * each counts as a change of its group, so that a group's rules are known from its record's being unchanged.
 */
public final class SecurityGroupRules {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final GroupMaker maker;
    private final Stamp stamp;

    SecurityGroupRules(Transactor transactor, Supplier<World> world, GroupMaker maker, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.maker = maker;
        this.stamp = stamp;
    }

    /** Makes a rule. */
    public SecurityGroupRule create(Caller caller, NewSecurityGroupRule wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes rules of one group and one project, all or none. */
    public List<SecurityGroupRule> create(Caller caller, List<NewSecurityGroupRule> wanted) {
        requireOneOwner(wanted);
        if (wanted.isEmpty()) {
            return List.of();
        }
        UUID groupId = wanted.getFirst().groupId();
        return transactor.run(plan -> {
            SecurityGroup group = Access.securityGroup(plan.world(), caller, groupId);
            requireNew(plan, group, wanted);
            List<SecurityGroupRule> made = new ArrayList<>(wanted.size());
            for (NewSecurityGroupRule one : wanted) {
                requireTier(group, one);
                requireRemote(plan, caller, group, one.match().remote());
                made.add(maker.addRule(plan, one));
            }
            plan.update(group, group.withMeta(stamp.touch(group.meta())));
            return made;
        });
    }

    /** Removes a rule. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            SecurityGroupRule rule = Access.securityGroupRule(plan.world(), caller, id);
            Access.requireRevision(rule, expectedRevision);
            plan.delete(rule);
            plan.count(rule.project(), QuotaResource.SECURITY_GROUP_RULE, -1);
            plan.world()
                    .securityGroup(rule.groupId())
                    .ifPresent(group -> plan.update(group, group.withMeta(stamp.touch(group.meta()))));
            return id;
        });
    }

    /** The rule, if the caller may see it. */
    public SecurityGroupRule show(Caller caller, UUID id) {
        return Access.securityGroupRule(world.get(), caller, id);
    }

    /** The rules that the caller may see, in no order: its own and those of its groups. */
    public List<SecurityGroupRule> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.securityGroupRules());
        }
        Set<SecurityGroupRule> seen = new HashSet<>(now.securityGroupRulesOfProject(caller.project()));
        for (SecurityGroup group : now.securityGroupsOfProject(caller.project())) {
            seen.addAll(now.rulesOf(group.id()));
        }
        return List.copyOf(seen);
    }

    private static void requireOneOwner(List<NewSecurityGroupRule> wanted) {
        if (wanted.stream().map(NewSecurityGroupRule::groupId).distinct().count() > 1) {
            throw Problem.SECURITY_GROUP_RULES_OF_SEVERAL_GROUPS.with();
        }
        if (wanted.stream().map(NewSecurityGroupRule::project).distinct().count() > 1) {
            throw Problem.SECURITY_GROUP_RULES_OF_SEVERAL_PROJECTS.with();
        }
    }

    /** None of the rules says the same as another of them or of the group; the group's rules are compared with it. */
    private static void requireNew(Plan plan, SecurityGroup group, List<NewSecurityGroupRule> wanted) {
        List<SecurityGroupRule> present = plan.world().rulesOf(group.id());
        List<NewSecurityGroupRule> earlier = new ArrayList<>(wanted.size());
        for (NewSecurityGroupRule one : wanted) {
            if (earlier.stream().anyMatch(other -> meansTheSame(one, other.match(), other.position()))) {
                throw Problem.DUPLICATE_SECURITY_GROUP_RULE_IN_POST.with();
            }
            earlier.add(one);
            for (SecurityGroupRule rule : present) {
                if (meansTheSame(one, rule.match(), rule.position())) {
                    throw Problem.SECURITY_GROUP_RULE_EXISTS.with(rule.id());
                }
            }
        }
    }

    /** Two rules of a group mean the same packets at the same position; what they do with them does not matter. */
    private static boolean meansTheSame(NewSecurityGroupRule one, RuleMatch match, int position) {
        return one.position() == position && one.match().isDuplicateOf(match);
    }

    private static void requireTier(SecurityGroup group, NewSecurityGroupRule wanted) {
        Tier tier = group.precedence().tier();
        if (!tier.takes(wanted.action())) {
            throw new InvalidException(
                    "weft:action",
                    "rules of groups of the tier " + tier.text() + " do not "
                            + wanted.action().text());
        }
        if (tier == Tier.NORMAL && wanted.position() != 0) {
            throw new InvalidException("weft:position", "rules of groups of the tier normal have no position");
        }
    }

    /** The sharing stays that lets the caller name another project's group. */
    private static void requireShared(Plan plan, Caller caller, Shareable remote) {
        if (!caller.owns(remote.project())) {
            plan.requireUnchanged(remote);
        }
    }

    private static void requireRemote(Plan plan, Caller caller, SecurityGroup group, RuleRemote remote) {
        switch (remote) {
            case RuleRemote.Group other -> {
                if (other.groupId().equals(group.id())) {
                    return;
                }
                requireShared(plan, caller, Access.securityGroup(plan.world(), caller, other.groupId()));
            }
            case RuleRemote.Addresses addresses ->
                requireShared(plan, caller, Access.addressGroup(plan.world(), caller, addresses.groupId()));
            case RuleRemote.Anyone _, RuleRemote.Prefix _, RuleRemote.OwnGroup _ -> {}
        }
        GroupMaker.needRemote(plan, remote);
    }
}
