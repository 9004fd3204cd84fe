package io.weft.agent.policy;

import io.weft.model.Direction;
import io.weft.model.IpFamily;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the rules of a rule set say of packets between its ports and the addresses of one class. */
final class Allowances {
    private record Way(Direction direction, IpFamily family) {}

    private static final PortTrie NOTHING = new PortTrie();

    /** No rules: nothing is allowed. */
    static final Allowances NONE = new Allowances(Map.of());

    private final Map<Way, Map<Integer, PortTrie>> ways;

    private Allowances(Map<Way, Map<Integer, PortTrie>> ways) {
        this.ways = ways;
    }

    static Allowances of(Collection<Grant> grants) {
        Map<Way, Map<Integer, PortTrie>> ways = new HashMap<>();
        for (Grant grant : grants) {
            PortTrie trie = ways.computeIfAbsent(
                            new Way(grant.rule().direction(), grant.rule().family()), way -> new HashMap<>())
                    .computeIfAbsent(grant.protocol(), protocol -> new PortTrie());
            PortBlock.of(grant.rule().ports()).forEach(block -> trie.add(block, grant));
        }
        return new Allowances(ways);
    }

    /** The entries of the policy table: for each packet the longest block of its protocol counts, then that of any protocol. */
    Map<Match, Grant> entries() {
        Map<Match, Grant> entries = new HashMap<>();
        ways.forEach((way, tries) -> {
            Standing any = any(tries);
            tries.forEach((protocol, trie) -> trie.forEach(
                    protocol == Match.ANY_PROTOCOL ? Standing.NONE : any,
                    (block, grant) -> entries.put(new Match(way.direction, way.family, protocol, block), grant)));
        });
        return entries;
    }

    private static Standing any(Map<Integer, PortTrie> tries) {
        return tries.getOrDefault(Match.ANY_PROTOCOL, NOTHING).whole();
    }

    /** Whether others allow less for some packet: nothing, or only itself where these allow its connection. */
    boolean narrowsTo(Allowances after) {
        return ways.entrySet().stream()
                .anyMatch(way -> narrows(way.getValue(), after.ways.getOrDefault(way.getKey(), Map.of())));
    }

    private static boolean narrows(Map<Integer, PortTrie> before, Map<Integer, PortTrie> after) {
        Set<Integer> protocols = new HashSet<>(before.keySet());
        protocols.addAll(after.keySet());
        protocols.add(Match.ANY_PROTOCOL);
        for (Integer protocol : protocols) {
            boolean any = protocol == Match.ANY_PROTOCOL;
            if (PortTrie.narrows(
                    before.getOrDefault(protocol, NOTHING),
                    any ? Standing.NONE : any(before),
                    after.getOrDefault(protocol, NOTHING),
                    any ? Standing.NONE : any(after))) {
                return true;
            }
        }
        return false;
    }
}
