package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.DefaultRule;
import io.weft.model.DefaultRules;
import io.weft.model.RuleRemote;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The rules that security groups begin with (Neutron API v2.0, Default security group rules). Groups that exist keep
 * what they have. Everybody sees them; only administrators change them.
 */
public final class DefaultSecurityGroupRules {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    DefaultSecurityGroupRules(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes rules, all or none. */
    public List<DefaultRule> create(List<NewDefaultRule> wanted) {
        return transactor.run(plan -> {
            DefaultRules before = plan.world().defaultRules();
            List<DefaultRule> all = new ArrayList<>(before.rules());
            List<DefaultRule> made = new ArrayList<>(wanted.size());
            for (NewDefaultRule one : wanted) {
                DefaultRule rule = new DefaultRule(
                        Stamp.newId(), one.description(), one.match(), one.inDefault(), one.inOthers(), stamp.now());
                requireNew(all, rule);
                requireRemote(rule);
                all.add(rule);
                made.add(rule);
            }
            write(plan, before, all);
            return made;
        });
    }

    /** Removes a rule. */
    public void delete(UUID id) {
        transactor.run(plan -> {
            DefaultRules before = plan.world().defaultRules();
            if (find(before, id).isEmpty()) {
                throw Problem.DEFAULT_SECURITY_GROUP_RULE_NOT_FOUND.with(id);
            }
            write(
                    plan,
                    before,
                    before.rules().stream()
                            .filter(rule -> !rule.id().equals(id))
                            .toList());
            return id;
        });
    }

    /** The rule with this id. */
    public Optional<DefaultRule> show(UUID id) {
        return find(world.get().defaultRules(), id);
    }

    /** All rules. */
    public List<DefaultRule> list() {
        return world.get().defaultRules().rules();
    }

    private static Optional<DefaultRule> find(DefaultRules rules, UUID id) {
        return rules.rules().stream().filter(rule -> rule.id().equals(id)).findFirst();
    }

    private static void requireNew(List<DefaultRule> present, DefaultRule rule) {
        for (DefaultRule other : present) {
            boolean meet = rule.inDefault() && other.inDefault() || rule.inOthers() && other.inOthers();
            if (meet && other.match().isDuplicateOf(rule.match())) {
                throw Problem.DEFAULT_SECURITY_GROUP_RULE_EXISTS.with(other.id());
            }
        }
    }

    /** Groups of all projects begin with the rule, so it names no group of one of them. */
    private static void requireRemote(DefaultRule rule) {
        if (rule.match().remote() instanceof RuleRemote.Group
                || rule.match().remote() instanceof RuleRemote.Addresses) {
            throw Problem.INVALID_INPUT.with(
                    "a default security group rule names no group but PARENT, the one that it is put in");
        }
    }

    private void write(Plan plan, DefaultRules before, List<DefaultRule> rules) {
        DefaultRules after = new DefaultRules(stamp.touch(before.meta()), rules);
        plan.requireUnchanged(Layout.defaultRules());
        plan.create(after);
    }
}
