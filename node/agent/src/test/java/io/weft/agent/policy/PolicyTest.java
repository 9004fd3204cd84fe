package io.weft.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.SimulatedTables.Fate;
import io.weft.agent.policy.SimulatedTables.Packet;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import io.weft.protocol.Member;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.vrouter.PolicyNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * The tables say what rules, tiers and members say: by example, and compared with a plain reading of random ones, write by write.
 *
 * <p>Longer than most: examples, bounds and random changes share the simulated tables and the reading that is their judge.
 */
class PolicyTest {
    private static final PolicyLimits LIMITS = new PolicyLimits(64, 256, 100_000, 100_000);
    private static final UUID GROUP = new UUID('g', 1);
    private static final UUID SET = new UUID('m', 1);
    private static final UUID PORT = new UUID('p', 1);

    private final SimulatedTables tables = new SimulatedTables();
    private Policy policy = new Policy(LIMITS, Map.of(), tables);

    private static RuleFact rule(int number, IpFamily family, int port, Remote remote) {
        return new RuleFact(
                new UUID('r', number),
                GROUP,
                Direction.INGRESS,
                family,
                Optional.of(6),
                new PortMatch.Range(port, port),
                remote);
    }

    private static RuleFact fromMembers() {
        return rule(1, IpFamily.IPV4, 80, new Remote.Members(SET));
    }

    private static Member member(int number) {
        return new Member("p" + number, List.of(new IpPrefix(IpAddress.ofIpv4(0x0a000000 + number), 32)));
    }

    private static Packet from(String address, int port) {
        return new Packet(Direction.INGRESS, IpAddress.parse(address), 6, port);
    }

    private Fate fate(Packet packet) {
        return tables.fate(policy.assignment(PORT), packet);
    }

    private int epoch() {
        return tables.epoch(policy.assignment(PORT).ruleSet());
    }

    private void members(int count) {
        policy.put(new SecurityGroupFact(GROUP, true));
        policy.put(fromMembers());
        for (int number = 1; number <= count; number++) {
            policy.put(SET, member(number));
        }
        policy.port(PORT, Optional.of(List.of(GROUP)));
        policy.flush();
    }

    @Test
    void theTablesSayWhatTheRulesSay() {
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            SimulatedTables kernel = new SimulatedTables();
            Policy calculation = new Policy(LIMITS, Map.of(), kernel);
            RandomPolicy world = new RandomPolicy(random, seed % 2 == 0);
            for (int step = 0; step < 60; step++) {
                Map<UUID, Integer> epochs = new HashMap<>();
                world.ports
                        .keySet()
                        .forEach(p -> epochs.put(
                                p, kernel.epoch(calculation.assignment(p).ruleSet())));
                Map<UUID, List<Fate>> before = new HashMap<>();
                List<Packet> packets = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    packets.add(world.packet());
                }
                world.ports
                        .keySet()
                        .forEach(p -> before.put(
                                p, packets.stream().map(q -> world.fate(p, q)).toList()));
                boolean onlyMore = true;
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    onlyMore &= world.change(calculation);
                }
                calculation.flush();
                for (UUID port : world.ports.keySet()) {
                    Policy.Assignment assignment = calculation.assignment(port);
                    boolean sameEpoch = epochs.getOrDefault(port, -1) == kernel.epoch(assignment.ruleSet());
                    for (int i = 0; i < packets.size(); i++) {
                        Packet packet = packets.get(i);
                        Fate fate = kernel.fate(assignment, packet);
                        String where = "seed " + seed + " step " + step + " " + port + " " + packet;
                        assertThat(fate).as(where).isEqualTo(world.fate(port, packet));
                        if (sameEpoch) {
                            Fate was = before.getOrDefault(port, List.of()).get(i);
                            assertThat(fate.compareTo(was) >= 0)
                                    .as(where + " was " + was + ", is " + fate)
                                    .isTrue();
                        }
                    }
                    if (onlyMore && epochs.containsKey(port)) {
                        assertThat(sameEpoch)
                                .as("seed %s step %s: nothing was taken back", seed, step)
                                .isTrue();
                    }
                }
                sameAsFromNothing(world, calculation, kernel, "seed " + seed + " step " + step);
                if (random.nextInt(5) == 0) {
                    calculation.settled();
                }
            }
        }
    }

    /** In the order in which {@link io.weft.agent.drivers.TableDrivers} writes; one thing is changed at a time, rules or members. */
    @Test
    void whereRulesDenyEachPacketIsJudgedAsBeforeOrAsAfterWhileTablesAreWritten() {
        int watched = 0;
        for (long seed = 1; seed <= 8; seed++) {
            Random random = new Random(seed);
            SimulatedTables kernel = new SimulatedTables();
            Policy calculation = new Policy(LIMITS, Map.of(), kernel);
            RandomPolicy world = new RandomPolicy(random, true);
            for (int step = 0; step < 60; step++) {
                SimulatedTables on = kernel.copy();
                Map<UUID, Policy.Assignment> before = assignments(world, calculation);
                world.change(calculation);
                calculation.flush();
                List<Watched> all = new ArrayList<>();
                before.forEach((port, was) -> {
                    Policy.Assignment is = calculation.assignment(port);
                    if (world.ports.containsKey(port) && on.denials(was.ruleSet()) + kernel.denials(is.ruleSet()) > 0) {
                        for (int i = 0; i < 12; i++) {
                            Packet packet = world.packet();
                            all.add(new Watched(
                                    was, is, packet, List.of(on.fate(was, packet), kernel.fate(is, packet))));
                        }
                    }
                });
                watched += all.size();
                AtomicBoolean switched = new AtomicBoolean();
                String where = "seed " + seed + " step " + step;
                on.become(
                        kernel,
                        () -> switched.set(true),
                        random,
                        () -> all.forEach(one -> {
                            assertThat(on.fate(switched.get() ? one.is : one.was, one.packet))
                                    .as("%s %s", where, one)
                                    .isIn(one.either);
                        }));
                if (random.nextInt(3) == 0) {
                    calculation.settled();
                }
            }
        }
        assertThat(watched).isGreaterThan(1000);
    }

    private record Watched(Policy.Assignment was, Policy.Assignment is, Packet packet, List<Fate> either) {}

    private static Map<UUID, Policy.Assignment> assignments(RandomPolicy world, Policy calculation) {
        Map<UUID, Policy.Assignment> found = new HashMap<>();
        world.ports.keySet().forEach(port -> found.put(port, calculation.assignment(port)));
        return found;
    }

    private static RuleFact anyone(int number, RuleAction action, int position) {
        return rule(number, IpFamily.IPV4, 80, new Remote.Anyone()).withAction(action, position);
    }

    @Test
    void theFirstRuleOfAnEarlierTierCounts() {
        UUID admin = new UUID('g', 2);
        UUID baseline = new UUID('g', 3);
        policy.put(new SecurityGroupFact(GROUP, true));
        policy.put(new SecurityGroupFact(admin, true, new Precedence(Tier.ADMIN, 1)));
        policy.put(new SecurityGroupFact(baseline, true, new Precedence(Tier.BASELINE, 1)));
        policy.put(SET, member(1));
        policy.put(anyone(1, RuleAction.ALLOW, 0));
        policy.put(in(admin, anyone(2, RuleAction.DENY, 5)));
        policy.put(in(admin, rule(3, IpFamily.IPV4, 80, new Remote.Members(SET)).withAction(RuleAction.PASS, 4)));
        policy.put(in(baseline, anyone(4, RuleAction.DENY, 0)));
        policy.port(PORT, Optional.of(List.of(GROUP, admin, baseline)));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.STATEFUL);
        assertThat(fate(from("10.0.0.2", 80))).isEqualTo(Fate.DENIED);
        assertThat(tables.verdicts.values())
                .as("what is denied is counted by the rule that denies it")
                .anyMatch(verdict -> !verdict.allow()
                        && new UUID('r', 2).equals(policy.rules().get(verdict.rule())));
        // Nobody is left who allows what is passed on.
        policy.remove(anyone(1, RuleAction.ALLOW, 0));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.DENIED);
    }

    private static RuleFact in(UUID group, RuleFact rule) {
        return new RuleFact(
                rule.ruleId(),
                group,
                rule.direction(),
                rule.family(),
                rule.protocol(),
                rule.ports(),
                rule.remote(),
                rule.action(),
                rule.position());
    }

    @Test
    void aGroupThatIsNotKnownYetMayDenyEverything() {
        members(1);
        UUID unknown = new UUID('g', 9);
        policy.port(PORT, Optional.of(List.of(GROUP, unknown)));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.DENIED);
        policy.put(new SecurityGroupFact(unknown, true));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.STATEFUL);
    }

    @Test
    void aDeniedAddressThatDoesNotFitShutsThePort() {
        policy = new Policy(new PolicyLimits(64, 256, 1000, 3), Map.of(), tables);
        policy.put(new SecurityGroupFact(GROUP, true, new Precedence(Tier.ADMIN, 0)));
        policy.put(rule(1, IpFamily.IPV4, 80, new Remote.Members(SET)).withAction(RuleAction.DENY, 0));
        policy.put(anyone(2, RuleAction.ALLOW, 1));
        for (int number = 1; number <= 3; number++) {
            policy.put(SET, member(number));
        }
        policy.port(PORT, Optional.of(List.of(GROUP)));
        policy.flush();
        policy.settled();
        assertThat(fate(from("10.0.0.3", 80))).isEqualTo(Fate.DENIED);
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.STATEFUL);
        policy.put(SET, member(4));
        policy.flush();
        policy.settled();
        assertThat(fate(from("10.0.0.4", 80))).isEqualTo(Fate.DENIED);
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.DENIED);
        assertThat(policy.problem(PORT)).get().asString().contains("peer_classes");
        policy.remove(SET, member(1));
        policy.flush();
        policy.settled();
        policy.flush();
        assertThat(fate(from("10.0.0.4", 80))).isEqualTo(Fate.DENIED);
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.STATEFUL);
        assertThat(policy.problem(PORT)).isEmpty();
    }

    @Test
    void connectionsAreJudgedAgainWhenAnAddressOfAnAllowedBlockIsDenied() {
        policy.put(new SecurityGroupFact(GROUP, true, new Precedence(Tier.ADMIN, 0)));
        policy.put(rule(1, IpFamily.IPV4, 80, new Remote.Members(SET)).withAction(RuleAction.DENY, 0));
        policy.put(rule(2, IpFamily.IPV4, 80, new Remote.Prefix(IpPrefix.parse("10.0.0.0/8")))
                .withAction(RuleAction.ALLOW, 1));
        policy.port(PORT, Optional.of(List.of(GROUP)));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.STATEFUL);
        int epoch = epoch();
        policy.put(SET, member(1));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.DENIED);
        assertThat(epoch()).isNotEqualTo(epoch);
    }

    @Test
    void theNextProcessChangesNoRuleSetThatDenies() {
        policy.put(new SecurityGroupFact(GROUP, true, new Precedence(Tier.ADMIN, 0)));
        policy.put(anyone(1, RuleAction.DENY, 0));
        policy.port(PORT, Optional.of(List.of(GROUP)));
        policy.flush();
        int before = policy.assignment(PORT).ruleSet();
        for (RuleFact now : List.of(anyone(1, RuleAction.DENY, 0), anyone(1, RuleAction.DENY, 1))) {
            Policy follower = new Policy(LIMITS, tables.names, new SimulatedTables());
            follower.port(PORT, Optional.of(List.of(GROUP)));
            follower.put(new SecurityGroupFact(GROUP, true, new Precedence(Tier.ADMIN, 0)));
            follower.put(now);
            follower.flush();
            assertThat(follower.assignment(PORT).ruleSet() == before).isEqualTo(now.position() == 0);
        }
    }

    private static void sameAsFromNothing(
            RandomPolicy world, Policy calculation, SimulatedTables kernel, String where) {
        SimulatedTables anew = new SimulatedTables();
        Policy other = new Policy(LIMITS, Map.of(), anew);
        world.putAll(other);
        other.flush();
        assertThat(kernel.peers).as(where).hasSameSizeAs(anew.peers);
        assertThat(kernel.verdicts).as(where).hasSameSizeAs(anew.verdicts);
        assertThat(kernel.ruleSets).as(where).hasSameSizeAs(anew.ruleSets);
        // A rule that others have made superfluous keeps its number as long as it is there.
        assertThat(numbers(kernel, false)).as(where).isEqualTo(numbers(anew, false));
        assertThat(numbers(kernel, true)).as(where).isLessThanOrEqualTo(world.rules.size());
        assertThat(calculation.sizes()).as(where).isEqualTo(other.sizes());
        assertThat(calculation.sizes()).as(where).containsExactly(kernel.verdicts.size(), kernel.peers.size());
    }

    private static long numbers(SimulatedTables of, boolean rules) {
        return of.names.keySet().stream()
                .filter(number ->
                        (number.kind() == PolicyNumber.Kind.RULE) == rules && number.kind() != PolicyNumber.Kind.EPOCH)
                .count();
    }

    @Test
    void entriesAndLookupsAreBoundedUnderOverlap() {
        for (long seed = 1; seed <= 30; seed++) {
            RandomPolicy world = new RandomPolicy(new Random(seed), seed % 2 == 0);
            SimulatedTables kernel = new SimulatedTables();
            Policy calculation = new Policy(LIMITS, Map.of(), kernel);
            for (int step = 0; step < 100; step++) {
                world.change(calculation);
                calculation.flush();
            }
            for (UUID port : world.ports.keySet()) {
                Policy.Assignment assignment = calculation.assignment(port);
                List<RuleFact> rules = world.rules.values().stream()
                        .filter(rule ->
                                world.ports.getOrDefault(port, List.of()).contains(rule.groupId())
                                        && world.groups.containsKey(rule.groupId()))
                        .toList();
                long blocks = rules.stream()
                        .mapToLong(rule -> PortBlock.of(rule.ports()).size())
                        .sum();
                long prefixes = world.prefixes(rules);
                long peers = kernel.peers.keySet().stream()
                        .filter(peer -> peer.scope() == assignment.scope())
                        .count();
                long classes = kernel.peers.entrySet().stream()
                        .filter(peer -> peer.getKey().scope() == assignment.scope())
                        .map(Map.Entry::getValue)
                        .distinct()
                        .count();
                long verdicts = kernel.verdicts.keySet().stream()
                        .filter(entry -> entry.ruleSet() == assignment.ruleSet())
                        .count();
                assertThat(peers).as("seed %s", seed).isLessThanOrEqualTo(prefixes);
                assertThat(classes).as("seed %s", seed).isLessThanOrEqualTo(peers);
                assertThat(verdicts).as("seed %s", seed).isLessThanOrEqualTo((classes + 1) * blocks);
                int lookups = kernel.lookups;
                kernel.fate(assignment, world.packet());
                assertThat(kernel.lookups - lookups).isEqualTo(3);
            }
        }
    }

    @Test
    void aRangeOfPortsTakesAtMostThirtyBlocks() {
        int most = 0;
        for (int first = 0; first < 300; first++) {
            for (int last : List.of(first, first + 1, 1023, 40000, 65534, 65535)) {
                List<PortBlock> blocks = PortBlock.of(new PortMatch.Range(first, last));
                most = Math.max(most, blocks.size());
                for (int port : List.of(0, first - 1, first, (first + last) / 2, last, last + 1, 65535)) {
                    long holding = blocks.stream()
                            .filter(block -> port >= 0 && port < 65536 && block.contains(port))
                            .count();
                    assertThat(holding).isEqualTo(port >= first && port <= last && port < 65536 ? 1 : 0);
                }
            }
        }
        assertThat(most).isLessThanOrEqualTo(30);
        assertThat(PortBlock.of(new PortMatch.Range(1, 65534))).hasSize(30);
    }

    @Test
    void aMemberThatComesOrGoesCostsItselfOnly() {
        members(10_000);
        assertThat(tables.peers).hasSize(10_000);
        int writes = tables.writes;
        int epoch = epoch();
        policy.put(SET, member(20_000));
        policy.flush();
        assertThat(tables.writes - writes).isEqualTo(1);
        assertThat(epoch()).isEqualTo(epoch);
        policy.remove(SET, member(20_000));
        policy.flush();
        assertThat(tables.writes - writes).isEqualTo(3);
        assertThat(epoch()).isNotEqualTo(epoch);
    }

    @Test
    void aRuleCostsTheClassesOfItsRuleSetsAndNoMember() {
        members(10_000);
        int writes = tables.writes;
        RuleFact more = rule(2, IpFamily.IPV4, 443, new Remote.Members(SET));
        policy.put(more);
        policy.flush();
        assertThat(tables.writes - writes).isEqualTo(1);
        policy.remove(more);
        policy.flush();
        assertThat(tables.writes - writes).isEqualTo(3);
    }

    @Test
    void aMemberOfTheOtherFamilyTakesNothingBackWhenItGoes() {
        members(2);
        Member member = new Member("v6", List.of(IpPrefix.parse("2001:db8::1/128")));
        policy.put(SET, member);
        policy.flush();
        int epoch = epoch();
        policy.remove(SET, member);
        policy.flush();
        assertThat(epoch()).isEqualTo(epoch);
    }

    @Test
    void anAddressWithinASmallerBlockMayDoWhatTheLargerOnesMay() {
        members(0);
        policy.put(rule(2, IpFamily.IPV4, 22, new Remote.Prefix(IpPrefix.parse("10.0.0.0/8"))));
        policy.put(rule(3, IpFamily.IPV4, 23, new Remote.Prefix(IpPrefix.parse("10.1.0.0/16"))));
        policy.put(SET, new Member("p", List.of(IpPrefix.parse("10.1.2.3/32"))));
        policy.flush();
        for (int port : List.of(80, 22, 23)) {
            assertThat(fate(from("10.1.2.3", port))).isEqualTo(Fate.STATEFUL);
        }
        assertThat(fate(from("10.1.2.4", 80))).isEqualTo(Fate.DENIED);
        assertThat(fate(from("10.1.2.4", 22))).isEqualTo(Fate.STATEFUL);
        assertThat(fate(from("10.2.2.4", 23))).isEqualTo(Fate.DENIED);
        assertThat(fate(from("11.2.2.4", 22))).isEqualTo(Fate.DENIED);
        // The block in the middle goes: what is within stays within the outer one.
        policy.remove(rule(3, IpFamily.IPV4, 23, new Remote.Prefix(IpPrefix.parse("10.1.0.0/16"))));
        policy.flush();
        assertThat(fate(from("10.1.2.3", 22))).isEqualTo(Fate.STATEFUL);
        assertThat(fate(from("10.1.2.3", 23))).isEqualTo(Fate.DENIED);
    }

    @Test
    void aPortThatChangesItsGroupsIsInAnotherEpoch() {
        members(1);
        int epoch = epoch();
        policy.port(PORT, Optional.of(List.of()));
        policy.flush();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.DENIED);
        assertThat(epoch()).isNotEqualTo(epoch).isNotZero();
    }

    @Test
    void theNextProcessGoesOnWithTheNumbersAndNeverWithAnEpochThatWasUsed() {
        members(5);
        policy.put(SET, member(6));
        policy.flush();
        int epoch = epoch();
        SimulatedTables next = new SimulatedTables();
        Policy follower = new Policy(LIMITS, tables.names, next);
        follower.put(new SecurityGroupFact(GROUP, true));
        follower.port(PORT, Optional.of(List.of(GROUP)));
        follower.put(fromMembers());
        for (int number = 6; number > 0; number--) {
            follower.put(SET, member(number));
        }
        follower.flush();
        assertThat(next.peers).isEqualTo(tables.peers);
        assertThat(next.verdicts).isEqualTo(tables.verdicts);
        assertThat(next.epoch(follower.assignment(PORT).ruleSet())).isGreaterThan(epoch);
    }

    @Test
    void aNumberIsNotUsedAgainBeforeTheKernelHasForgottenIt() {
        members(1);
        Policy.Assignment first = policy.assignment(PORT);
        policy.port(PORT, Optional.empty());
        policy.flush();
        assertThat(tables.verdicts).isEmpty();
        assertThat(tables.peers).isEmpty();
        assertThat(policy.assignment(PORT)).isEqualTo(Policy.Assignment.NO_RULES);
        policy.port(PORT, Optional.of(List.of()));
        policy.flush();
        assertThat(policy.assignment(PORT).ruleSet()).isNotEqualTo(first.ruleSet());
        policy.settled();
        policy.port(new UUID('p', 2), Optional.of(List.of(GROUP)));
        policy.flush();
        assertThat(policy.assignment(new UUID('p', 2))).isEqualTo(first);
    }

    @Test
    void whatDoesNotFitIsNotAllowedAndIsSaid() {
        policy = new Policy(new PolicyLimits(64, 256, 1000, 3), Map.of(), tables);
        members(5);
        assertThat(tables.peers).hasSize(3);
        assertThat(policy.problem(PORT)).get().asString().contains("2 members").contains("peer_classes");
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.DENIED);
        policy.remove(SET, member(1));
        policy.remove(SET, member(2));
        policy.flush();
        policy.settled();
        policy.flush();
        assertThat(policy.problem(PORT)).isEmpty();
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.STATEFUL);

        for (int number = 10; number < 500; number++) {
            policy.put(rule(number, IpFamily.IPV4, number, new Remote.Anyone()));
        }
        policy.flush();
        assertThat(tables.verdicts.size()).isLessThanOrEqualTo(250);
        assertThat(policy.problem(PORT)).get().asString().contains("table policy");
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.DENIED);
        for (int number = 10; number < 500; number++) {
            policy.remove(rule(number, IpFamily.IPV4, number, new Remote.Anyone()));
        }
        policy.flush();
        policy.settled();
        policy.flush();
        assertThat(policy.problem(PORT)).isEmpty();
        assertThat(fate(from("10.0.0.5", 80))).isEqualTo(Fate.STATEFUL);
    }

    @Test
    void aPortForWhichThereIsNoNumberIsShut() {
        policy = new Policy(new PolicyLimits(3, 256, 1000, 1000), Map.of(), tables);
        UUID other = new UUID('p', 2);
        policy.port(other, Optional.of(List.of(new UUID('g', 7))));
        members(1);
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.DENIED);
        assertThat(policy.assignment(PORT).ruleSet()).isNotZero();
        assertThat(policy.problem(PORT)).isPresent();
        policy.port(other, Optional.empty());
        policy.flush();
        policy.settled();
        assertThat(policy.flush()).containsExactly(PORT);
        assertThat(policy.problem(PORT)).isEmpty();
        assertThat(fate(from("10.0.0.1", 80))).isEqualTo(Fate.STATEFUL);
    }
}
