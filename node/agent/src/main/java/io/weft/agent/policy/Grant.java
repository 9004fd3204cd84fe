package io.weft.agent.policy;

import io.weft.protocol.RuleFact;
import java.util.Comparator;

/**
 * What a rule of a group allows.
 *
 * @param rule the rule
 * @param stateful whether its group tracks connections
 */
record Grant(RuleFact rule, boolean stateful) {
    /** Who counts where two allow the same packets: one that tracks connections allows more, their replies. */
    static final Comparator<Grant> BETTER_FIRST =
            Comparator.comparing((Grant grant) -> !grant.stateful).thenComparing(grant -> grant.rule.ruleId());

    int protocol() {
        return rule.protocol().orElse(Match.ANY_PROTOCOL);
    }

    boolean isBetterThan(Grant other) {
        return BETTER_FIRST.compare(this, other) < 0;
    }
}
