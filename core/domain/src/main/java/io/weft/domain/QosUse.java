package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.store.Bytes;
import java.util.Optional;
import java.util.UUID;

/** Which QoS policy a port, network, floating IP or gateway has, and who needs it. */
final class QosUse {
    private QosUse() {}

    /** The policy of something new, which the caller may use and which stays as long as it is used. */
    static Optional<UUID> ofNew(Plan plan, Caller caller, Optional<UUID> wanted) {
        wanted.ifPresent(id -> need(plan, caller, id));
        return wanted;
    }

    /** The policy of something that changes. A policy that the caller may not see is not for it to take away. */
    static Optional<UUID> ofChanged(Plan plan, Caller caller, Optional<UUID> before, Optional<QosChoice> wanted) {
        if (wanted.isEmpty() || wanted.get().policyId().equals(before)) {
            return before;
        }
        Optional<QosPolicy> old = before.flatMap(plan.world()::qosPolicy);
        if (old.isPresent() && !Access.sees(plan.world(), caller, old.get())) {
            throw Problem.QOS_POLICY_REMOVE_UNAUTHORIZED.with(old.get().id());
        }
        return ofNew(plan, caller, wanted.get().policyId());
    }

    /** The policy of a new address outside: one that guarantees nothing. */
    static Optional<UUID> ofNewOutside(Plan plan, Caller caller, Optional<UUID> wanted) {
        return limiting(plan, ofNew(plan, caller, wanted));
    }

    /** The policy of an address outside that changes: one that guarantees nothing. */
    static Optional<UUID> ofChangedOutside(
            Plan plan, Caller caller, Optional<UUID> before, Optional<QosChoice> wanted) {
        return limiting(plan, ofChanged(plan, caller, before, wanted));
    }

    private static Optional<UUID> limiting(Plan plan, Optional<UUID> id) {
        id.flatMap(plan.world()::qosPolicy)
                .filter(policy -> policy.guaranteedKbps() > 0)
                .ifPresent(policy -> {
                    throw Problem.QOS_RULE_NOT_SUPPORTED.with(
                            QosRule.Type.MINIMUM_BANDWIDTH.text(),
                            "floating IPs and gateways, and is in policy " + policy.id());
                });
        if (id.isPresent()) {
            plan.requireWriter(WriterFormat.QOS_OUTSIDE);
        }
        return id;
    }

    private static void need(Plan plan, Caller caller, UUID id) {
        QosPolicy policy = Access.qosPolicy(plan.world(), caller, id);
        if (caller.owns(policy.project())) {
            require(plan, policy);
        } else {
            // It is the sharing that lets the caller use it.
            plan.requireUnchanged(policy);
            use(plan, id);
        }
    }

    /** The project's default policy for a new network. */
    static Optional<UUID> ofProject(Plan plan, String project) {
        Optional<QosPolicy> policy = plan.world().defaultQosPolicy(project);
        plan.requireUnchanged(Layout.defaultQosPolicy(project));
        policy.ifPresent(p -> require(plan, p));
        return policy.map(QosPolicy::id);
    }

    private static void require(Plan plan, QosPolicy policy) {
        plan.requireExists(Layout.record(policy));
        use(plan, policy.id());
    }

    /** Those who come to need a policy do not compare the key that they write, so they never meet. */
    private static void use(Plan plan, UUID id) {
        String key = Layout.qosPolicyUse(id);
        if (!plan.writes(key)) {
            plan.put(key, Bytes.EMPTY);
        }
    }

    /** Nobody came to need the policy since the view. */
    static void requireNotNeeded(Plan plan, UUID id) {
        plan.requireUnchanged(Layout.qosPolicyUse(id));
    }

    /** Removes what belongs to a policy beside its record. */
    static void forget(Plan plan, UUID id) {
        plan.release(Layout.qosPolicyUse(id));
    }
}
