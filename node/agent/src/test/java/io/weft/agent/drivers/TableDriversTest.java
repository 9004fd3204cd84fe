package io.weft.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.agent.tables.Device;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.Limits;
import io.weft.agent.tables.Remembered;
import io.weft.kernel.fixture.Lab;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Member;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.Peer;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableDriversTest {
    private static final UUID NETWORK = new UUID('n', 1);
    private static final UUID GROUP = new UUID('g', 1);
    private static final UUID SET = new UUID('m', 1);
    private static final MacKey STRANGER = new MacKey(999, new MacAddress(0xfa163effffffL));

    private final List<String> journal = new ArrayList<>();
    private final FakeTables kernel = FakeTables.of(1000, journal);
    private final Map<String, Fact> records = new HashMap<>();
    private Fold fold = fold();
    private TableDrivers drivers = new TableDrivers(kernel, fold.tables());

    private Fold fold() {
        return new Fold(
                "here", new Limits(64, 64, 64, 64, new PolicyLimits(64, 64, 10_000, 10_000)), Remembered.of(kernel));
    }

    private void put(Fact fact) {
        Optional<Fact> before = Optional.ofNullable(records.put(fact.key(), fact));
        apply(new Subscription.Difference(Topic.node("here"), fact.key(), before, Optional.of(fact)));
    }

    private void delete(String key) {
        Optional<Fact> before = Optional.ofNullable(records.remove(key));
        apply(new Subscription.Difference(Topic.node("here"), key, before, Optional.empty()));
    }

    private void apply(Subscription.Difference difference) {
        fold.apply(List.of(difference));
        fold.flush();
    }

    private static Endpoint endpoint(int number, String host) {
        return new Endpoint(
                new UUID('p', number),
                NETWORK,
                host,
                new MacAddress(0xfa163e000000L + number),
                List.of(IpAddress.parse("10.0.0." + number)),
                List.of(),
                true,
                true);
    }

    private static LocalPort localPort(int number) {
        return new LocalPort(
                new UUID('p', number),
                NETWORK,
                true,
                new MacAddress(0xfa163e000000L + number),
                List.of(new LocalPort.LocalAddress(new UUID('s', 1), IpAddress.parse("10.0.0." + number))),
                List.of(),
                true,
                Optional.empty(),
                "",
                List.of(),
                "",
                "",
                "");
    }

    private void world() {
        put(new Peer("there", List.of(IpAddress.parse("192.0.2.2"))));
        put(new NetworkFact(NETWORK, 100, 1450, true));
        put(endpoint(1, "here"));
        put(localPort(1));
        put(endpoint(2, "there"));
        fold.device(new UUID('p', 1), Optional.of(new Device(7, true)));
        fold.flush();
    }

    private void work() {
        Lab.await("the kernel holds what it should", Duration.ofSeconds(10), () -> {
            drivers.work(1_000_000);
            return drivers.isClean();
        });
    }

    private void restart() {
        fold = fold();
        drivers = new TableDrivers(kernel, fold.tables());
        journal.clear();
        List<Subscription.Difference> all = records.values().stream()
                .map(fact -> new Subscription.Difference(
                        Topic.node("here"), fact.key(), Optional.empty(), Optional.of(fact)))
                .toList();
        fold.apply(all);
        fold.device(new UUID('p', 1), Optional.of(new Device(7, true)));
        fold.flush();
    }

    @Test
    void whatOthersReferToComesFirstAndGoesLast() {
        world();
        work();
        assertThat(journal.indexOf("put nodes")).isLessThan(journal.indexOf("put macs"));
        assertThat(journal.getLast()).isEqualTo("put ports");
        journal.clear();
        delete(localPort(1).key());
        delete(endpoint(2, "there").key());
        delete("peer");
        work();
        assertThat(journal.getFirst()).isEqualTo("remove ports");
        assertThat(journal.indexOf("remove macs")).isLessThan(journal.indexOf("remove nodes"));
        assertThat(kernel.ports().entries).isEmpty();
    }

    @Test
    void aRestartWritesNothingThatIsThereAlready() {
        world();
        work();
        int writes = kernel.writes();
        restart();
        drivers.resync(true);
        work();
        assertThat(kernel.writes()).isEqualTo(writes);
    }

    @Test
    void strangersEntriesGoOnlyWithASweep() {
        kernel.macs().entries.put(STRANGER, Place.local(3));
        world();
        drivers.resync(false);
        work();
        assertThat(kernel.macs().entries).containsKey(STRANGER);
        drivers.resync(true);
        work();
        assertThat(kernel.macs().entries).doesNotContainKey(STRANGER).isNotEmpty();
    }

    @Test
    void whatSomebodyElseChangedIsPutRight() {
        world();
        work();
        MacKey key = kernel.macs().entries.keySet().iterator().next();
        Place right = kernel.macs().entries.get(key);
        kernel.macs().entries.put(key, Place.local(12345));
        kernel.addresses().entries.clear();
        drivers.resync(true);
        work();
        assertThat(kernel.macs().entries).containsEntry(key, right);
        assertThat(kernel.addresses().entries).hasSize(2);
    }

    @Test
    void oneTableThatRefusesHoldsUpNoOtherAndIsTriedAgain() {
        kernel.macs().refuses = true;
        world();
        drivers.work(10_000_000);
        assertThat(drivers.isClean()).isFalse();
        assertThat(drivers.problems()).singleElement().asString().contains("macs");
        assertThat(kernel.addresses().entries).hasSize(2);
        assertThat(drivers.work(1_000_000)).isBetween(1L, Duration.ofSeconds(30).toNanos());
        kernel.macs().refuses = false;
        work();
        assertThat(drivers.problems()).isEmpty();
        assertThat(kernel.macs().entries).hasSize(2);
    }

    @Test
    void numbersStayWithWhatTheyNameOverARestart() {
        put(new Peer("other", List.of(IpAddress.parse("192.0.2.9"))));
        put(endpoint(9, "other"));
        world();
        delete("peer");
        records.remove("peer");
        put(new Peer("there", List.of(IpAddress.parse("192.0.2.2"))));
        work();
        Place before = kernel.macs().entries.get(new MacKey(100, new MacAddress(0xfa163e000002L)));
        int number = kernel.ports().entries.values().iterator().next().number();
        restart();
        drivers.resync(true);
        work();
        assertThat(kernel.macs().entries.get(new MacKey(100, new MacAddress(0xfa163e000002L))))
                .isEqualTo(before);
        assertThat(kernel.ports().entries.values().iterator().next().number()).isEqualTo(number);
    }

    private static LocalPort guarded(UUID... groups) {
        LocalPort port = localPort(1);
        return new LocalPort(
                port.portId(),
                port.networkId(),
                port.adminUp(),
                port.mac(),
                port.addresses(),
                port.allowedPairs(),
                port.portSecurity(),
                Optional.of(List.of(groups)),
                port.hostname(),
                port.dhcpOptions(),
                port.deviceId(),
                port.deviceOwner(),
                port.project());
    }

    private static RuleFact rule(int number, Remote remote) {
        return new RuleFact(
                new UUID('r', number),
                GROUP,
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(6),
                new PortMatch.Range(number, number),
                remote);
    }

    private void member(int number, boolean present) {
        Fact member = new Member("m" + number, List.of(IpPrefix.parse("10.0.1." + number + "/32")));
        Optional<Fact> some = Optional.of(member);
        fold.apply(List.of(new Subscription.Difference(
                Topic.members(SET),
                member.key(),
                present ? Optional.empty() : some,
                present ? some : Optional.empty())));
        fold.flush();
    }

    private void rules() {
        put(new SecurityGroupFact(GROUP, true));
        put(rule(80, new Remote.Members(SET)));
        put(rule(22, new Remote.Anyone()));
        member(1, true);
        world();
        put(guarded(GROUP));
    }

    @Test
    void aPortComesAfterItsRulesAndTheirMembers() {
        rules();
        work();
        assertThat(journal.indexOf("put policy_names")).isLessThan(journal.indexOf("put policy"));
        assertThat(journal.lastIndexOf("put policy")).isLessThan(journal.indexOf("put peer_classes"));
        assertThat(journal.lastIndexOf("put peer_classes")).isLessThan(journal.indexOf("put ports"));
        assertThat(kernel.ports().entries.values()).singleElement().satisfies(port -> {
            assertThat(port.ruleSet()).isNotZero();
            assertThat(port.peerScope()).isNotZero();
        });
    }

    @Test
    void whatIsAllowedNewlyComesBeforeWhatIsTakenBackAndTheEpochLast() {
        rules();
        work();
        journal.clear();
        RuleFact other = new RuleFact(
                rule(22, new Remote.Anyone()).ruleId(),
                GROUP,
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(6),
                new PortMatch.Range(23, 23),
                new Remote.Anyone());
        put(other);
        work();
        assertThat(journal)
                .containsExactly("put policy", "put policy", "remove policy", "remove policy", "put rule_sets");
    }

    @Test
    void aRuleSetThatDeniesIsWrittenAnewBeforePortsAreSwitchedToIt() {
        rules();
        put(new SecurityGroupFact(GROUP, true, new Precedence(Tier.ADMIN, 0)));
        put(rule(22, new Remote.Anyone()).withAction(RuleAction.DENY, 1));
        work();
        int before = kernel.ports().entries.values().iterator().next().ruleSet();
        journal.clear();
        kernel.policy().removed.clear();
        put(rule(23, new Remote.Anyone()).withAction(RuleAction.DENY, 1));
        work();
        assertThat(kernel.ports().entries.values().iterator().next().ruleSet()).isNotEqualTo(before);
        assertThat(journal.lastIndexOf("put policy")).isLessThan(journal.indexOf("put ports"));
        assertThat(journal.indexOf("remove policy")).isGreaterThan(journal.lastIndexOf("put ports"));
        assertThat(kernel.policy().removed).isNotEmpty().allMatch(key -> key.ruleSet() == before);
    }

    @Test
    void prefixesComeFromTheLongestAndGoFromTheShortest() {
        rules();
        work();
        Member nested = new Member(
                "nested",
                Stream.of("10.9.0.0/16", "10.9.9.9/32", "10.0.0.0/8", "10.9.9.0/24")
                        .map(IpPrefix::parse)
                        .toList());
        apply(new Subscription.Difference(Topic.members(SET), nested.key(), Optional.empty(), Optional.of(nested)));
        put(rule(98, new Remote.Prefix(IpPrefix.parse("10.9.9.0/24"))));
        put(rule(99, new Remote.Prefix(IpPrefix.parse("10.9.9.9/32"))));
        kernel.peerClasses().entries.clear();
        drivers.resync(false);
        work();
        assertThat(kernel.peerClasses().entries.keySet())
                .extracting(key -> -key.prefix().length())
                .hasSizeGreaterThan(2)
                .isSorted();
        kernel.peerClasses().removed.clear();
        put(guarded());
        work();
        assertThat(kernel.peerClasses().removed)
                .extracting(key -> key.prefix().length())
                .hasSizeGreaterThan(2)
                .isSorted();
    }

    @Test
    void aMemberThatGoesIsCutOffByTheEpochAfterItsEntryIsGone() {
        rules();
        work();
        int epoch = kernel.ruleSets().entries.values().iterator().next().epoch();
        journal.clear();
        member(2, true);
        work();
        assertThat(journal).containsExactly("put peer_classes");
        journal.clear();
        member(2, false);
        work();
        assertThat(journal).containsExactly("remove peer_classes", "put rule_sets");
        assertThat(kernel.ruleSets().entries.values().iterator().next().epoch()).isNotEqualTo(epoch);
    }

    @Test
    void aFullTableShutsOutWhatDoesNotFitAndNothingElse() {
        kernel.peerClasses().room = 1;
        rules();
        work();
        int epoch = kernel.ruleSets().entries.values().iterator().next().epoch();
        member(2, true);
        put(new NetworkFact(NETWORK, 100, 1400, true));
        drivers.work(10_000_000);
        assertThat(drivers.isClean()).isFalse();
        assertThat(kernel.networks().entries.values())
                .singleElement()
                .satisfies(network -> assertThat(network.mtu()).isEqualTo(1400));
        assertThat(drivers.rulesProblem(fold.policy().assignment(new UUID('p', 1))))
                .get()
                .asString()
                .contains("peer_classes");
        delete(rule(22, new Remote.Anyone()).key());
        drivers.work(10_000_000);
        assertThat(kernel.ruleSets().entries.values().iterator().next().epoch()).isNotEqualTo(epoch);
        member(1, false);
        work();
        assertThat(drivers.problems()).isEmpty();
        assertThat(kernel.peerClasses().entries).hasSize(1);
    }

    @Test
    void rulesAreTakenOverAtARestartAndConnectionsJudgedAgain() {
        rules();
        member(2, true);
        work();
        int epoch = kernel.ruleSets().entries.values().iterator().next().epoch();
        restart();
        member(1, true);
        member(2, true);
        drivers.resync(true);
        work();
        assertThat(journal).containsExactlyInAnyOrder("put policy_names", "put rule_sets");
        assertThat(kernel.ruleSets().entries.values().iterator().next().epoch()).isGreaterThan(epoch);
    }
}
