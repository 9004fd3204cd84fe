package io.weft.agent.policy;

import io.weft.agent.policy.PolicyOutput.Verdict;
import io.weft.model.RuleAction;
import io.weft.protocol.Remote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * The rules of ports that have the same security groups, and its entries of the policy table. Of a class whose entries do
 * not fit there none stands there: nothing is allowed then between it and the ports.
 *
 * <p>One whose rules {@link #denies deny} is never given others: {@link Policy} makes another one beside it, so that no packet meets
 * what it allows now without what it denies now.
 */
final class LocalRuleSet {
    /** What stands in the table for one class. */
    private record Compiled(Allowances allowances, Map<Match, Verdict> entries, boolean fits) {
        static final Compiled NONE = new Compiled(Allowances.NONE, Map.of(), true);
    }

    /** A rule set takes at most this share of the table, so that one tenant does not fill it for all. */
    static final int SHARE = 4;

    final int number;
    final List<UUID> groups;
    final Set<UUID> ports = new HashSet<>();
    Optional<PeerScope> scope = Optional.empty();

    int epoch;

    private final Room room;
    private final ToIntFunction<UUID> ruleNumbers;
    private final PolicyOutput output;
    private Map<Remote, List<Grant>> grants = Map.of();
    private boolean inUse;
    private boolean shut;
    private final Map<Integer, Compiled> compiled = new HashMap<>();
    private final Set<Integer> unwritten = new HashSet<>();
    private int size;
    private int stateful;

    LocalRuleSet(int number, List<UUID> groups, Room room, ToIntFunction<UUID> ruleNumbers, PolicyOutput output) {
        this.number = number;
        this.groups = List.copyOf(groups);
        this.room = room;
        this.ruleNumbers = ruleNumbers;
        this.output = output;
    }

    /** Its rules are these now, by the other end that they mean. */
    void grants(Map<Remote, List<Grant>> now) {
        grants = now;
        inUse = true;
    }

    /** Its rules, by the other end that they mean. */
    Map<Remote, List<Grant>> grants() {
        return grants;
    }

    /** Whether ports may have it in the kernel: it was given rules. */
    boolean isInUse() {
        return inUse;
    }

    /** Whether rules do more than to allow. */
    static boolean deny(Map<Remote, List<Grant>> grants) {
        return grants.values().stream().flatMap(List::stream).anyMatch(grant -> grant.action() != RuleAction.ALLOW);
    }

    /** Whether its rules do more than to allow. */
    boolean denies() {
        return deny(grants);
    }

    /**
     * Whether addresses that its rules deny may be taken for others that they allow, because a prefix does not fit into the table
     * of peer classes. Then nothing is allowed.
     */
    boolean mustBeShut() {
        return denies() && scope.filter(one -> one.unwritten() > 0).isPresent();
    }

    /** Nothing is allowed, if {@link #mustBeShut}; to be called before entries are written. */
    void shutIfNeeded() {
        shut = mustBeShut();
    }

    boolean isShut() {
        return shut;
    }

    /** Whom its rules name, in a fixed order. */
    List<Remote> selectors() {
        TreeSet<Remote> sorted = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        grants.keySet().stream()
                .filter(remote -> !(remote instanceof Remote.Anyone))
                .forEach(sorted::add);
        return List.copyOf(sorted);
    }

    /** What is said of addresses of a class, as far as the present scope has its selectors. */
    private Allowances computed(PeerClass one, List<Remote> selectors) {
        List<Grant> all = new ArrayList<>(grants.getOrDefault(new Remote.Anyone(), List.of()));
        one.selectors.stream().forEach(index -> all.addAll(grants.getOrDefault(selectors.get(index), List.of())));
        all.removeIf(grant -> grant.rule().family() != one.family);
        return Allowances.of(all);
    }

    private Allowances allowances(PeerClass one) {
        Compiled known = compiled.get(one.number);
        return known != null && one.number != 0 ? known.allowances : computed(one, selectorsOfScope());
    }

    private List<Remote> selectorsOfScope() {
        return scope.map(s -> s.selectors).orElse(List.of());
    }

    /** Whether addresses that had a class may do less when they have another. */
    boolean narrows(PeerScope.Move move) {
        return allowances(move.before()).narrowsTo(allowances(move.after()));
    }

    /** Makes the table's entries for addresses that nobody names what the rules say; gives whether less is allowed. */
    boolean writeNobody() {
        return write(0, Allowances.of(grants.getOrDefault(new Remote.Anyone(), List.of())));
    }

    /** Makes the table's entries for a class of the scope what the rules say; gives whether less is allowed. */
    boolean write(PeerClass one) {
        return write(one.number, computed(one, selectorsOfScope()));
    }

    /**
     * Whether less is allowed to addresses of a class of a former scope now than the table says.
     *
     * @param selectors of the former scope
     */
    boolean narrows(PeerClass former, List<Remote> selectors) {
        return compiled.getOrDefault(former.number, Compiled.NONE).allowances.narrowsTo(computed(former, selectors));
    }

    private Verdict verdict(Grant grant) {
        boolean allow = grant.action() == RuleAction.ALLOW;
        return new Verdict(
                allow,
                allow && grant.stateful(),
                ruleNumbers.applyAsInt(grant.rule().ruleId()));
    }

    private boolean write(int peerClass, Allowances allowances) {
        Compiled former = compiled.getOrDefault(peerClass, Compiled.NONE);
        Map<Match, Verdict> before = former.entries;
        Map<Match, Verdict> now = new HashMap<>();
        Map<Match, Grant> entries = shut ? Map.of() : allowances.entries();
        entries.forEach((match, grant) -> now.put(match, verdict(grant)));
        int others = size - before.size();
        boolean fits = others + now.size() <= room.capacity() / SHARE
                && (now.size() <= before.size() || room.take(now.size() - before.size()));
        if (!fits) {
            now.clear();
        }
        if (now.size() < before.size()) {
            room.give(before.size() - now.size());
        }
        before.keySet().stream()
                .filter(match -> !now.containsKey(match))
                .forEach(match -> output.removeVerdict(number, peerClass, match));
        now.forEach((match, verdict) -> {
            if (!verdict.equals(before.get(match))) {
                output.putVerdict(number, peerClass, match, verdict);
            }
        });
        size += now.size() - before.size();
        stateful += stateful(now) - stateful(before);
        compiled.put(peerClass, new Compiled(allowances, Map.copyOf(now), fits));
        if (fits) {
            unwritten.remove(peerClass);
        } else {
            unwritten.add(peerClass);
        }
        return former.allowances.narrowsTo(allowances) || former.fits && !fits;
    }

    /** Takes the entries for a class away. */
    void remove(int peerClass) {
        Compiled gone = compiled.remove(peerClass);
        unwritten.remove(peerClass);
        if (gone != null) {
            gone.entries.keySet().forEach(match -> output.removeVerdict(number, peerClass, match));
            room.give(gone.entries.size());
            size -= gone.entries.size();
            stateful -= stateful(gone.entries);
        }
    }

    /** The classes that have entries. */
    Set<Integer> classes() {
        return Set.copyOf(compiled.keySet());
    }

    /** How many classes' entries do not fit into the table. */
    int unwritten() {
        return unwritten.size();
    }

    /** Whether not all of its entries are in the table, and all of them would fit beside those that are. */
    boolean wouldFitAnew() {
        if (unwritten.isEmpty()) {
            return false;
        }
        int wanted = compiled.values().stream()
                .mapToInt(one -> one.allowances.entries().size())
                .sum();
        return wanted <= room.capacity() / SHARE && room.has(wanted);
    }

    /** Whether the entries for a class do not fit. */
    boolean isUnwritten(int peerClass) {
        return unwritten.contains(peerClass);
    }

    /** How many entries it has in the table. */
    int size() {
        return size;
    }

    private static int stateful(Map<Match, Verdict> entries) {
        return (int) entries.values().stream().filter(Verdict::stateful).count();
    }

    /** Whether nothing that it allows keeps a connection. */
    boolean isStateless() {
        return stateful == 0;
    }
}
