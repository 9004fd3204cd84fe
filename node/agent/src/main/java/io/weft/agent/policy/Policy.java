package io.weft.agent.policy;

import io.weft.model.IpPrefix;
import io.weft.protocol.Member;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The calculation: takes in records and the groups of the node's ports, and at {@link #flush} writes what is different
 * now. Ports with equal lists of groups share a {@link LocalRuleSet}, rule sets that name the same others a {@link PeerScope}.
 * One thread owns it.
 *
 * <p>Longer than most: records, ports and the calculation share the lists of what is to be done at the next flush, and
 * their order (what comes before what goes) is to be read in one place.
 */
public final class Policy {
    /**
     * How a port is known to the tables.
     *
     * @param ruleSet its rule set; 0 when no rules apply and everything passes
     * @param scope where the other end is looked up; 0 when its rules name nobody
     */
    public record Assignment(int ruleSet, int scope) {
        /** No rules apply. */
        public static final Assignment NO_RULES = new Assignment(0, 0);
    }

    private final PolicyLimits limits;
    private final PolicyOutput output;
    private final Numbers numbers;
    private final Room verdicts;
    private final Room peers;
    private final Scopes scopes;
    private final Map<UUID, GroupState> groups = new HashMap<>();
    private final Map<UUID, List<UUID>> ports = new HashMap<>();
    private final Map<List<UUID>, LocalRuleSet> ruleSets = new HashMap<>();
    private final Map<UUID, Integer> ruleNumbers = new HashMap<>();

    private final Set<LocalRuleSet> dirty = new LinkedHashSet<>();
    private final Set<UUID> moved = new LinkedHashSet<>();
    private final Map<UUID, UUID> spareRules = new HashMap<>();
    private final Set<UUID> waiting = new LinkedHashSet<>();
    private boolean denies;

    /**
     * @param limits how much the tables hold
     * @param remembered numbers of a former process, as {@link PolicyOutput#putName} has told them
     * @param output where entries go
     */
    public Policy(PolicyLimits limits, Map<PolicyNumber, UUID> remembered, PolicyOutput output) {
        this.limits = limits;
        this.output = output;
        this.numbers = new Numbers(limits, remembered, output);
        this.verdicts = new Room(limits.verdicts());
        this.peers = new Room(limits.peers());
        this.scopes = new Scopes(numbers, peers, output);
    }

    // --- records ---

    /** A member comes. */
    public void put(UUID set, Member member) {
        scopes.put(set, member);
    }

    /** A member goes. */
    public void remove(UUID set, Member member) {
        scopes.remove(set, member);
    }

    /** A group comes. */
    public void put(SecurityGroupFact fact) {
        GroupState group = group(fact.groupId());
        group.fact = Optional.of(fact);
        dirty.addAll(group.users);
    }

    /** A group goes. */
    public void remove(SecurityGroupFact fact) {
        GroupState group = group(fact.groupId());
        group.fact = Optional.empty();
        dirty.addAll(group.users);
        forget(group);
    }

    /** A rule comes. */
    public void put(RuleFact rule) {
        GroupState group = group(rule.groupId());
        group.rules.put(rule.ruleId(), rule);
        dirty.addAll(group.users);
    }

    /** A rule goes. */
    public void remove(RuleFact rule) {
        GroupState group = group(rule.groupId());
        group.rules.remove(rule.ruleId());
        spareRules.put(rule.ruleId(), group.id);
        dirty.addAll(group.users);
        forget(group);
    }

    private GroupState group(UUID id) {
        return groups.computeIfAbsent(id, GroupState::new);
    }

    private void forget(GroupState group) {
        if (group.isEmpty()) {
            groups.remove(group.id);
        }
    }

    // --- ports ---

    /** The groups of a port that is on this node with its device; empty when no rules apply to it, or it is gone. */
    public void port(UUID port, Optional<List<UUID>> now) {
        List<UUID> before = ports.get(port);
        if (now.isPresent() ? now.get().equals(before) : before == null) {
            return;
        }
        LocalRuleSet former = before == null ? null : ruleSets.get(before);
        if (former != null) {
            former.ports.remove(port);
            dirty.add(former);
        }
        waiting.remove(port);
        moved.add(port);
        if (now.isEmpty()) {
            ports.remove(port);
            return;
        }
        ports.put(port, List.copyOf(now.get()));
        waiting.add(port);
    }

    /** A port is of the rule set for these groups from now on, or waits for one. */
    private void join(UUID port, List<UUID> list) {
        LocalRuleSet known = ruleSets.get(list);
        Optional<LocalRuleSet> set = known == null ? make(list) : Optional.of(known);
        set.ifPresentOrElse(
                joined -> {
                    joined.ports.add(port);
                    dirty.add(joined);
                },
                () -> waiting.add(port));
    }

    private Optional<LocalRuleSet> make(List<UUID> list) {
        OptionalInt number = numbers.take(PolicyNumber.Kind.RULE_SET, name(list));
        if (number.isEmpty()) {
            if (!denies) {
                denies = true;
                output.putRuleSet(limits.ruleSets() - 1, new RuleSet(numbers.epoch(), true));
            }
            return Optional.empty();
        }
        LocalRuleSet set = new LocalRuleSet(number.getAsInt(), list, verdicts, this::ruleNumber, output);
        ruleSets.put(set.groups, set);
        for (UUID id : list) {
            group(id).users.add(set);
        }
        raise(set);
        return Optional.of(set);
    }

    /** The name of a rule set: that of its groups, and of their rules where these deny, as it is never given others. */
    private UUID name(List<UUID> list) {
        Map<Remote, List<Grant>> grants = grants(list);
        if (!LocalRuleSet.deny(grants)) {
            return Numbers.name(list.toArray());
        }
        Stream<Grant> inOrder = grants.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(grant -> grant.rule().ruleId()));
        return Numbers.name(Stream.concat(list.stream(), inOrder).toArray());
    }

    private int ruleNumber(UUID rule) {
        Integer known = ruleNumbers.get(rule);
        if (known != null) {
            return known;
        }
        // A rule without a number works as well; it is only not counted by itself.
        OptionalInt taken = numbers.take(PolicyNumber.Kind.RULE, rule);
        taken.ifPresent(number -> ruleNumbers.put(rule, number));
        return taken.orElse(0);
    }

    private void raise(LocalRuleSet set) {
        set.epoch = numbers.epoch();
        tell(set);
    }

    private void tell(LocalRuleSet set) {
        output.putRuleSet(set.number, new RuleSet(set.epoch, set.isStateless()));
    }

    // --- the calculation ---

    /**
     * Writes what is different now.
     *
     * @return the ports whose {@link #assignment} may be another
     */
    public Set<UUID> flush() {
        retry();
        scopes.settle(this::settled);
        List.copyOf(dirty).stream().filter(this::mustBeReplaced).forEach(this::replace);
        for (LocalRuleSet set : dirty) {
            if (!set.ports.isEmpty()) {
                compute(set);
            }
        }
        for (LocalRuleSet set : dirty) {
            if (set.ports.isEmpty()) {
                close(set);
            }
        }
        dirty.clear();
        spareRules.forEach(this::forgetRule);
        spareRules.clear();
        Set<UUID> result = Set.copyOf(moved);
        moved.clear();
        return result;
    }

    /** What did not fit before may fit now. */
    private void retry() {
        for (UUID port : List.copyOf(waiting)) {
            waiting.remove(port);
            join(port, ports.getOrDefault(port, List.of()));
            if (!waiting.contains(port)) {
                moved.add(port);
            }
        }
        ruleSets.values().stream().filter(set -> set.unwritten() > 0).forEach(dirty::add);
    }

    private void settled(PeerScope scope, PeerScope.Outcome outcome) {
        for (LocalRuleSet set : scope.users) {
            boolean stateless = set.isStateless();
            outcome.born().forEach(set::write);
            if (outcome.moves().stream().anyMatch(set::narrows)) {
                raise(set);
            }
            outcome.dead().forEach(one -> set.remove(one.number));
            if (set.mustBeShut() != set.isShut()) {
                dirty.add(set);
            }
            if (stateless != set.isStateless()) {
                tell(set);
            }
        }
    }

    /** Whether ports have a rule set that denies, or is to deny, and it does not say what it should. */
    private boolean mustBeReplaced(LocalRuleSet set) {
        if (!set.isInUse() || set.ports.isEmpty()) {
            return false;
        }
        Map<Remote, List<Grant>> now = grants(set.groups);
        return (set.denies() || LocalRuleSet.deny(now))
                && (!now.equals(set.grants()) || set.mustBeShut() != set.isShut() || set.wouldFitAnew());
    }

    /** Has the ports of a rule set get another, which is written beside it; where there is no number they are shut meanwhile. */
    private void replace(LocalRuleSet set) {
        List<UUID> members = List.copyOf(set.ports);
        ruleSets.remove(set.groups);
        set.ports.clear();
        members.forEach(port -> join(port, set.groups));
        moved.addAll(members);
    }

    private void compute(LocalRuleSet set) {
        Map<Remote, List<Grant>> grants = grants(set.groups);
        if (set.isInUse() && set.denies() && grants.equals(set.grants())) {
            return;
        }
        boolean stateless = set.isStateless();
        set.grants(grants);
        Optional<PeerScope> before = set.scope;
        List<Remote> selectors = set.selectors();
        boolean narrows = false;
        if (!selectors.equals(before.map(scope -> scope.selectors).orElse(List.of()))) {
            if (before.isPresent()) {
                PeerScope former = before.get();
                narrows = former.classes().stream().anyMatch(one -> set.narrows(one, former.selectors));
                former.users.remove(set);
            }
            set.scope = selectors.isEmpty() ? Optional.empty() : Optional.of(scopes.get(selectors));
            set.scope.ifPresent(scope -> scope.users.add(set));
            moved.addAll(set.ports);
        }
        set.shutIfNeeded();
        Set<Integer> gone = new HashSet<>(set.classes());
        narrows |= set.writeNobody();
        gone.remove(0);
        if (set.scope.isPresent()) {
            for (PeerClass one : set.scope.get().classes()) {
                narrows |= set.write(one);
                gone.remove(one.number);
            }
        }
        gone.forEach(set::remove);
        before.ifPresent(scopes::close);
        if (narrows) {
            raise(set);
        } else if (stateless != set.isStateless()) {
            tell(set);
        }
    }

    /** What groups say, by the other end that they mean: nothing while one is not known, since its rules may deny. */
    private Map<Remote, List<Grant>> grants(List<UUID> list) {
        Map<Remote, List<Grant>> grants = new HashMap<>();
        for (UUID id : list) {
            GroupState group = groups.get(id);
            if (group == null || group.fact.isEmpty()) {
                return Map.of();
            }
            for (RuleFact rule : group.rules.values()) {
                Remote remote = rule.remote() instanceof Remote.Prefix(IpPrefix prefix) && prefix.length() == 0
                        ? new Remote.Anyone()
                        : rule.remote();
                grants.computeIfAbsent(remote, r -> new ArrayList<>()).add(new Grant(rule, group.fact.get()));
            }
        }
        return grants;
    }

    /** Ends a rule set that no port has. */
    private void close(LocalRuleSet set) {
        ruleSets.remove(set.groups, set);
        set.classes().forEach(set::remove);
        set.scope.ifPresent(scope -> {
            scope.users.remove(set);
            scopes.close(scope);
        });
        for (UUID id : set.groups) {
            GroupState group = group(id);
            group.users.remove(set);
            group.rules.keySet().forEach(rule -> spareRules.put(rule, id));
            forget(group);
        }
        output.removeRuleSet(set.number);
        numbers.give(PolicyNumber.Kind.RULE_SET, set.number);
    }

    /** Gives a rule's number back when nothing in use has the rule. */
    private void forgetRule(UUID rule, UUID groupId) {
        GroupState group = groups.get(groupId);
        if (group == null || group.users.isEmpty() || !group.rules.containsKey(rule)) {
            Integer number = ruleNumbers.remove(rule);
            if (number != null) {
                numbers.give(PolicyNumber.Kind.RULE, number);
            }
        }
    }

    /** The kernel holds exactly what was written; numbers that are out of use may be given anew. */
    public void settled() {
        numbers.settled();
        verdicts.settle();
        peers.settle();
    }

    /** The kernel holds nothing of a former process any more. */
    public void swept() {
        numbers.swept();
    }

    // --- questions ---

    /** How a port is known to the tables, as of the last {@link #flush}. */
    public Assignment assignment(UUID port) {
        List<UUID> list = ports.get(port);
        if (list == null) {
            return Assignment.NO_RULES;
        }
        LocalRuleSet set = ruleSets.get(list);
        // Without a number nothing may pass; the last number never has entries.
        return set == null
                ? new Assignment(limits.ruleSets() - 1, 0)
                : new Assignment(
                        set.number, set.scope.map(scope -> scope.number).orElse(0));
    }

    /** Why not all that a port's rules allow is allowed. */
    public Optional<String> problem(UUID port) {
        if (waiting.contains(port)) {
            return Optional.of(
                    "there are more than " + (limits.ruleSets() - 2) + " lists of security groups on this node");
        }
        LocalRuleSet set = ruleSets.get(ports.getOrDefault(port, List.of()));
        if (set == null || !ports.containsKey(port)) {
            return Optional.empty();
        }
        if (set.unwritten() > 0) {
            return Optional.of("the rules for " + set.unwritten() + " sorts of addresses do not fit into table policy");
        }
        return set.scope
                .filter(scope -> scope.unwritten() > 0)
                .map(scope -> scope.unwritten() + " members do not fit into table peer_classes");
    }

    /** The rules that have a number, by it. */
    public Map<Integer, UUID> rules() {
        Map<Integer, UUID> found = new HashMap<>();
        ruleNumbers.forEach((rule, number) -> found.put(number, rule));
        return found;
    }

    /** The numbers of the rules of a port's groups that have one. */
    public Map<UUID, Integer> rules(UUID port) {
        Map<UUID, Integer> found = new TreeMap<>();
        for (UUID id : ports.getOrDefault(port, List.of())) {
            GroupState group = groups.get(id);
            if (group != null) {
                group.rules.keySet().forEach(rule -> {
                    Integer number = ruleNumbers.get(rule);
                    if (number != null) {
                        found.put(rule, number);
                    }
                });
            }
        }
        return found;
    }

    /** The group whose rule it is. */
    public Optional<UUID> groupOf(UUID rule) {
        return groups.values().stream()
                .filter(group -> group.rules.containsKey(rule))
                .map(group -> group.id)
                .findFirst();
    }

    /** How many entries the tables of verdicts and of peer classes have. */
    public List<Integer> sizes() {
        return List.of(verdicts.used(), peers.used());
    }
}
