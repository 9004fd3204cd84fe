package io.weft.agent.policy;

import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A security group as far as it is known, and the rule sets that it is part of. */
final class GroupState {
    final UUID id;
    final Map<UUID, RuleFact> rules = new TreeMap<>();
    final Set<LocalRuleSet> users = new HashSet<>();
    Optional<SecurityGroupFact> fact = Optional.empty();

    GroupState(UUID id) {
        this.id = id;
    }

    boolean isEmpty() {
        return rules.isEmpty() && users.isEmpty() && fact.isEmpty();
    }
}
