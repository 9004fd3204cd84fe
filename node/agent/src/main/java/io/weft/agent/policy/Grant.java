package io.weft.agent.policy;

import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import java.util.Comparator;

/**
 * What a rule of a group says.
 *
 * @param rule the rule
 * @param stateful whether its group tracks connections
 * @param precedence when its group is asked
 */
record Grant(RuleFact rule, boolean stateful, Precedence precedence) {
    /**
     * Who counts where two rules of a tier match the same packets: the first in its order. Where there is none, as in Neutron's own
     * groups, the one that tracks connections, since it allows more: their replies.
     */
    private static final Comparator<Grant> FIRST = Comparator.comparingInt((Grant grant) -> grant.precedence.priority())
            .thenComparingInt(grant -> grant.rule.position())
            .thenComparing(Grant::action)
            .thenComparing(grant -> !grant.stateful)
            .thenComparing(grant -> grant.rule.ruleId());

    Grant(RuleFact rule, SecurityGroupFact group) {
        this(rule, group.stateful(), group.precedence());
    }

    int protocol() {
        return rule.protocol().orElse(Match.ANY_PROTOCOL);
    }

    RuleAction action() {
        return rule.action();
    }

    boolean isBefore(Grant other) {
        return FIRST.compare(this, other) < 0;
    }
}
