package io.weft.agent.policy;

import io.weft.model.IpPrefix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The addresses of a security group or address group, and the scopes in which rules refer to it. */
final class MemberSet {
    /** In how many members' lists a prefix stands. */
    private final Map<IpPrefix, Integer> prefixes = new HashMap<>();

    final Set<PeerScope> scopes = new HashSet<>();

    Set<IpPrefix> prefixes() {
        return prefixes.keySet();
    }

    boolean isEmpty() {
        return prefixes.isEmpty() && scopes.isEmpty();
    }

    /** Gives whether the set has the prefix now and had not before. */
    boolean add(IpPrefix prefix) {
        return prefixes.merge(prefix, 1, Integer::sum) == 1;
    }

    /** Gives whether the set had the prefix before and has not now. */
    boolean remove(IpPrefix prefix) {
        return prefixes.computeIfPresent(prefix, (p, count) -> count == 1 ? null : count - 1) == null;
    }
}
