package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.FloatingIp;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Router;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * QoS policies and their rules (Neutron API v2.0, Quality of Service). Administrators make them, as Neutron's policy has
 * it; projects use their own and what is shared. A policy stays while ports, networks,
 * floating IPs or gateways have it.
 */
public final class QosPolicies {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    QosPolicies(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes a policy. */
    public QosPolicy create(Caller caller, NewQosPolicy wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes policies, all or none. */
    public List<QosPolicy> create(Caller caller, List<NewQosPolicy> wanted) {
        return transactor.run(plan -> {
            List<QosPolicy> made = new ArrayList<>(wanted.size());
            for (NewQosPolicy one : wanted) {
                UUID id = Stamp.newId();
                QosPolicy policy = new QosPolicy(
                        stamp.create(id, one.project(), one.name(), one.description(), List.of()),
                        Shares.ofNew(creator(caller, one.project()), one.shared(), false),
                        one.isDefault(),
                        List.of());
                if (one.isDefault()) {
                    takeDefault(plan, policy);
                }
                plan.create(policy);
                made.add(policy);
            }
            return made;
        });
    }

    /** Changes a policy. */
    public QosPolicy update(Caller caller, UUID id, QosPolicyUpdate update) {
        return transactor.run(plan -> {
            QosPolicy before = Access.qosPolicy(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            QosPolicy after = new QosPolicy(
                    stamp.describe(before, update.name(), update.description()),
                    Shares.changed(plan, before, creator(caller, before.project()), update.shared()),
                    update.isDefault().orElse(before.isDefault()),
                    before.rules());
            if (before.shared() && !after.shared()) {
                Shares.requireNotLost(plan, after, Action.ACCESS_AS_SHARED);
            }
            if (after.isDefault() && !before.isDefault()) {
                takeDefault(plan, after);
            } else if (before.isDefault() && !after.isDefault()) {
                plan.release(Layout.defaultQosPolicy(before.project()));
            }
            return write(plan, before, after);
        });
    }

    /** Removes a policy that nothing has. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            QosPolicy policy = Access.qosPolicy(plan.world(), caller, id);
            Access.requireRevision(policy, expectedRevision);
            requireUnused(plan, policy);
            if (policy.isDefault()) {
                plan.release(Layout.defaultQosPolicy(policy.project()));
            }
            plan.delete(policy);
            Shares.forget(plan, policy.sharing());
            QosUse.forget(plan, id);
            return id;
        });
    }

    /**
     * Adds a rule to a policy.
     *
     * @param wanted the rule; it gets an id of its own
     */
    public QosRule addRule(Caller caller, UUID policyId, QosRule wanted) {
        return transactor.run(plan -> {
            QosPolicy before = Access.qosPolicy(plan.world(), caller, policyId);
            QosRule rule = wanted.withId(Stamp.newId());
            requireNoRival(before, rule);
            if (rule instanceof QosRule.MinimumBandwidth) {
                requireNotOutside(plan, before);
                plan.requireWriter(WriterFormat.QOS_OUTSIDE);
            }
            write(plan, before, before.with(rule));
            return rule;
        });
    }

    /** Nothing is guaranteed by addresses outside: none has the policy, and none comes to have it. */
    private static void requireNotOutside(Plan plan, QosPolicy policy) {
        if (!plan.world().floatingIpsOfQosPolicy(policy.id()).isEmpty()
                || !plan.world().routersOfQosPolicy(policy.id()).isEmpty()) {
            throw Problem.QOS_RULE_NOT_SUPPORTED.with(
                    QosRule.Type.MINIMUM_BANDWIDTH.text(),
                    "floating IPs and gateways, which have policy " + policy.id());
        }
        QosUse.requireNotNeeded(plan, policy.id());
    }

    /**
     * Changes a rule.
     *
     * @param policyId the policy that it must belong to; any when empty
     * @param change the rule as it shall be, with the same id and type
     */
    public QosRule updateRule(
            Caller caller, Optional<UUID> policyId, QosRule.Type type, UUID ruleId, UnaryOperator<QosRule> change) {
        return transactor.run(plan -> {
            QosPolicy before = ownerOf(plan, caller, policyId, type, ruleId);
            QosRule rule = change.apply(before.rule(ruleId).orElseThrow());
            requireNoRival(before, rule);
            write(plan, before, before.with(rule));
            return rule;
        });
    }

    /** Removes a rule. */
    public void deleteRule(Caller caller, Optional<UUID> policyId, QosRule.Type type, UUID ruleId) {
        transactor.run(plan -> {
            QosPolicy before = ownerOf(plan, caller, policyId, type, ruleId);
            write(plan, before, before.without(ruleId));
            return ruleId;
        });
    }

    /** The policy, if the caller may see it. */
    public QosPolicy show(Caller caller, UUID id) {
        return Access.qosPolicy(world.get(), caller, id);
    }

    /** The policies that the caller may see, in no order. */
    public List<QosPolicy> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.qosPolicies());
        }
        List<QosPolicy> seen = new ArrayList<>(now.qosPoliciesOfProject(caller.project()));
        now.qosPoliciesSharedWith(caller.project()).stream()
                .filter(policy -> !policy.project().equals(caller.project()))
                .forEach(seen::add);
        return seen;
    }

    /** Whose RBAC policy it is that a policy is shared: the caller's, as in Neutron. */
    private static String creator(Caller caller, String owner) {
        return caller.project().isEmpty() ? owner : caller.project();
    }

    private static QosPolicy ownerOf(
            Plan plan, Caller caller, Optional<UUID> policyId, QosRule.Type type, UUID ruleId) {
        policyId.ifPresent(id -> Access.qosPolicy(plan.world(), caller, id));
        return plan.world()
                .qosPolicyOfRule(ruleId)
                .filter(owner -> Access.sees(plan.world(), caller, owner))
                .filter(owner -> policyId.filter(id -> !id.equals(owner.id())).isEmpty())
                .filter(owner -> owner.rule(ruleId).orElseThrow().type() == type)
                .orElseThrow(() -> notFound(policyId, type, ruleId));
    }

    private static RuntimeException notFound(Optional<UUID> policyId, QosRule.Type type, UUID ruleId) {
        return policyId.isPresent()
                ? Problem.QOS_RULE_OF_POLICY_NOT_FOUND.with(ruleId, policyId.get())
                : Problem.QOS_RULE_NOT_FOUND.with(type.text(), ruleId);
    }

    private static void takeDefault(Plan plan, QosPolicy policy) {
        plan.takeOr(
                Layout.defaultQosPolicy(policy.project()),
                policy.id(),
                Problem.QOS_POLICY_DEFAULT_EXISTS.with(policy.project()));
    }

    private static void requireNoRival(QosPolicy policy, QosRule rule) {
        policy.rival(rule).ifPresent(rival -> {
            throw Problem.QOS_RULES_CONFLICT.with(rule.type().text(), rival.id(), policy.id());
        });
        policy.contradicted(rule).ifPresent(other -> {
            throw Problem.QOS_RULE_PARAMETER_CONFLICT.with(
                    policy.id(), other.type().text(), other.id());
        });
    }

    /** Nothing has the policy, and nothing comes to have it. */
    private static void requireUnused(Plan plan, QosPolicy policy) {
        for (Port port : plan.world().portsOfQosPolicy(policy.id())) {
            throw Problem.QOS_POLICY_IN_USE.with(policy.id(), "port", port.id());
        }
        for (Network network : plan.world().networksOfQosPolicy(policy.id())) {
            throw Problem.QOS_POLICY_IN_USE.with(policy.id(), "network", network.id());
        }
        for (FloatingIp floatingIp : plan.world().floatingIpsOfQosPolicy(policy.id())) {
            throw Problem.QOS_POLICY_IN_USE.with(policy.id(), "floatingip", floatingIp.id());
        }
        for (Router router : plan.world().routersOfQosPolicy(policy.id())) {
            throw Problem.QOS_POLICY_IN_USE.with(policy.id(), "router", router.id());
        }
        QosUse.requireNotNeeded(plan, policy.id());
    }

    private QosPolicy write(Plan plan, QosPolicy before, QosPolicy after) {
        if (after.equals(before)) {
            return before;
        }
        QosPolicy touched = after.withMeta(stamp.touch(after.meta()));
        plan.update(before, touched);
        return touched;
    }
}
