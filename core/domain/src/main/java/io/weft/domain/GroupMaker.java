package io.weft.domain;

import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.DefaultRule;
import io.weft.model.Meta;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Tier;
import io.weft.store.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Puts security groups into plans, with the rules that they begin with, and says who needs them. */
final class GroupMaker {
    private static final String DEFAULT_DESCRIPTION = "Default security group";

    private final Stamp stamp;

    GroupMaker(Stamp stamp) {
        this.stamp = stamp;
    }

    /** The project's default group, which this plan makes if nobody did. */
    UUID ensureDefault(Plan plan, String project) {
        Optional<UUID> known = plan.world().defaultGroup(project).map(SecurityGroup::id);
        String key = Layout.defaultGroup(project);
        return known.or(() -> plan.taken(key)).orElseGet(() -> {
            UUID id = Stamp.newId();
            plan.take(key, id);
            Meta meta = stamp.create(id, project, SecurityGroup.DEFAULT_NAME, DEFAULT_DESCRIPTION, List.of());
            create(plan, new SecurityGroup(meta, true, true));
            return id;
        });
    }

    /** Adds a group and the rules that it begins with: those of Neutron's own kind with the default rules, others empty. */
    void create(Plan plan, SecurityGroup group) {
        plan.create(group);
        plan.count(group.project(), QuotaResource.SECURITY_GROUP, 1);
        if (group.precedence().tier() != Tier.NORMAL) {
            plan.requireWriter(WriterFormat.TIERS);
            return;
        }
        plan.requireUnchanged(Layout.defaultRules());
        for (DefaultRule initial : plan.world().defaultRules().rules()) {
            if (group.isDefault() ? initial.inDefault() : initial.inOthers()) {
                RuleMatch match = initial.match();
                if (match.remote() instanceof RuleRemote.OwnGroup) {
                    match = match.withRemote(new RuleRemote.Group(group.id()));
                } else {
                    needRemote(plan, match.remote());
                }
                addRule(plan, new NewSecurityGroupRule(group.project(), group.id(), "", match));
            }
        }
    }

    /** Adds a rule to a group. */
    SecurityGroupRule addRule(Plan plan, NewSecurityGroupRule wanted) {
        Meta meta = stamp.create(Stamp.newId(), wanted.project(), "", wanted.description(), List.of());
        SecurityGroupRule rule =
                new SecurityGroupRule(meta, wanted.groupId(), wanted.match(), wanted.action(), wanted.position());
        plan.create(rule);
        plan.count(wanted.project(), QuotaResource.SECURITY_GROUP_RULE, 1);
        return rule;
    }

    /** A rule names this other end, which stays as long as the rule does. */
    static void needRemote(Plan plan, RuleRemote remote) {
        switch (remote) {
            case RuleRemote.Group group -> need(plan, Layout.securityGroup(group.groupId()), group.groupId());
            case RuleRemote.Addresses group -> need(plan, Layout.addressGroup(group.groupId()), group.groupId());
            case RuleRemote.Anyone _, RuleRemote.Prefix _, RuleRemote.OwnGroup _ -> {}
        }
    }

    /** Ports come to need this group, which stays as long as they do. */
    static void needGroup(Plan plan, UUID groupId) {
        need(plan, Layout.securityGroup(groupId), groupId);
    }

    /**
     * The group exists, and whoever wants to remove it learns that it is needed. Those who come to need it do not
     * compare the key that they write, so they never meet.
     */
    private static void need(Plan plan, String record, UUID groupId) {
        if (plan.writes(record)) {
            return;
        }
        plan.requireExists(record);
        String key = Layout.groupUse(groupId);
        if (!plan.writes(key)) {
            plan.put(key, Bytes.EMPTY);
        }
    }

    /** Nobody came to need the group since the view, in which nobody does. */
    static void requireNotNeeded(Plan plan, UUID groupId) {
        plan.requireUnchanged(Layout.groupUse(groupId));
    }

    /** Removes what belongs to a group beside its record. */
    static void forget(Plan plan, UUID groupId) {
        plan.release(Layout.groupUse(groupId));
    }
}
