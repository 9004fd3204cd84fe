package io.weft.domain;

import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.AddressGroup;
import io.weft.model.Direction;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about security groups. */
abstract class GroupRacesContract {
    private static final int THREADS = 16;
    private static final int ROUNDS = 15;

    /** Two servers over one store. */
    abstract Servers servers();

    private SecurityGroup group(String name) {
        return servers().first().securityGroups().create(NewSecurityGroup.of("alice", name));
    }

    private World world() {
        return servers().first().view().world();
    }

    private static RuleMatch from(RuleRemote remote) {
        return RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, remote);
    }

    private static RuleMatch tcp(int port) {
        return new RuleMatch(
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(IpProtocol.parse("tcp")),
                Optional.of(port),
                Optional.of(port),
                new RuleRemote.Anyone());
    }

    private SecurityGroupRule rule(int server, UUID group, RuleMatch match) {
        return servers()
                .server(server)
                .securityGroupRules()
                .create(ALICE, new NewSecurityGroupRule("alice", group, "", match));
    }

    private static List<Problem> problems(List<Throwable> reasons) {
        return reasons.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    @Test
    void aDefaultGroupIsMadeOnce() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            Caller caller = new Caller("project-" + round, true);
            var outcomes = race(THREADS, number -> {
                Domain server = servers().server(number);
                switch (number % 3) {
                    case 0 -> server.ports().create(caller, NewPort.of(caller.project(), network.id()));
                    case 1 -> server.networks().create(caller, NewNetwork.of(caller.project(), "n"));
                    default -> server.securityGroups().ensureDefault(caller, caller.project());
                }
                return number;
            });
            assertThat(thrown(outcomes)).isEmpty();
            assertThat(world().securityGroupsOfProject(caller.project())).hasSize(1);
            SecurityGroup made = world().defaultGroup(caller.project()).orElseThrow();
            assertThat(world().rulesOf(made.id())).hasSize(4);
            assertThat(world().portsOfProject(caller.project()))
                    .isNotEmpty()
                    .allSatisfy(port -> assertThat(port.groups()).containsExactly(made.id()));
        }
    }

    @Test
    void aGroupIsDeletedOrGetsAPortButNotBoth() {
        Network network = servers().network();
        Port mover = servers().first().ports().create(ALICE, NewPort.of("alice", network.id()));
        for (int round = 0; round < ROUNDS; round++) {
            UUID group = group("g" + round).id();
            var outcomes = race(4, number -> {
                Domain server = servers().server(number);
                switch (number) {
                    case 0 -> server.securityGroups().delete(ALICE, group);
                    case 1, 2 ->
                        server.ports()
                                .create(ALICE, NewPort.of("alice", network.id()).withSecurityGroups(group));
                    default -> server.ports().update(ALICE, mover.id(), PortUpdate.NONE.withSecurityGroups(group));
                }
                return number;
            });
            boolean deleted = world().securityGroup(group).isEmpty();
            assertThat(world().portsOfGroup(group).isEmpty()).isEqualTo(deleted);
            assertThat(returned(outcomes).contains(0)).isEqualTo(deleted);
            assertThat(problems(thrown(outcomes)))
                    .containsOnly(deleted ? Problem.SECURITY_GROUP_NOT_FOUND : Problem.SECURITY_GROUP_IN_USE);
            world().ports().stream()
                    .filter(port -> !port.id().equals(mover.id()))
                    .forEach(port -> servers().first().ports().delete(ALICE, port.id()));
        }
    }

    @Test
    void aGroupIsDeletedOrNamedByARuleButNothingNamesWhatIsGone() {
        UUID own = group("own").id();
        for (int round = 0; round < ROUNDS; round++) {
            UUID remote = group("remote" + round).id();
            UUID addresses = servers()
                    .first()
                    .addressGroups()
                    .create(new NewAddressGroup("alice", "a", "", List.of()))
                    .id();
            var outcomes = race(4, number -> {
                Domain server = servers().server(number);
                switch (number) {
                    case 0 -> server.securityGroups().delete(ALICE, remote);
                    case 1 -> rule(number, own, from(new RuleRemote.Group(remote)));
                    case 2 -> server.addressGroups().delete(ALICE, addresses);
                    default -> rule(number, own, from(new RuleRemote.Addresses(addresses)));
                }
                return number;
            });
            // A security group takes the rules that name it along; an address group stays while there are any.
            assertThat(returned(outcomes)).contains(0);
            assertThat(world().rulesWithRemote(remote)).isEmpty();
            boolean gone = world().addressGroup(addresses).isEmpty();
            assertThat(world().isRemote(addresses)).isEqualTo(!gone);
            assertThat(returned(outcomes).contains(2)).isEqualTo(gone);
        }
    }

    @Test
    void ofRulesThatSayTheSameOneIsMadeAndOthersAreAllKept() {
        for (int round = 0; round < ROUNDS; round++) {
            UUID group = group("g" + round).id();
            var outcomes = race(8, number -> rule(number, group, tcp(number % 2 == 0 ? 1 : 1000 + number)));
            assertThat(returned(outcomes)).hasSize(5);
            assertThat(problems(thrown(outcomes))).hasSize(3).containsOnly(Problem.SECURITY_GROUP_RULE_EXISTS);
            assertThat(world().rulesOf(group)).hasSize(2 + 5);
            assertThat(world().securityGroup(group).orElseThrow().meta().revision())
                    .isEqualTo(1 + 5);
        }
    }

    @Test
    void aPortIsNeverInStatefulAndStatelessGroupsAtOnce() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            UUID one = group("one" + round).id();
            UUID two = group("two" + round).id();
            var outcomes = race(3, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.securityGroups().update(ALICE, two, SecurityGroupUpdate.NONE.withStateful(false));
                } else {
                    server.ports()
                            .create(ALICE, NewPort.of("alice", network.id()).withSecurityGroups(one, two));
                }
                return number;
            });
            boolean stateless = !world().securityGroup(two).orElseThrow().stateful();
            assertThat(world().portsOfGroup(two).isEmpty()).isEqualTo(stateless);
            assertThat(problems(thrown(outcomes)))
                    .containsOnly(stateless ? Problem.SECURITY_GROUP_CONFLICT : Problem.SECURITY_GROUP_IN_USE);
        }
    }

    @Test
    void addressesAndDefaultRulesAddedAtOnceAreAllThere() {
        AddressGroup group = servers().first().addressGroups().create(new NewAddressGroup("alice", "a", "", List.of()));
        var outcomes = race(THREADS, number -> {
            Domain server = servers().server(number);
            server.addressGroups().addAddresses(ALICE, group.id(), List.of(IpPrefix.parse("10.0." + number + ".0/24")));
            return server.defaultSecurityGroupRules()
                    .create(List.of(new NewDefaultRule("", tcp(number + 1), false, true)))
                    .getFirst();
        });
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(world().addressGroup(group.id()).orElseThrow().addresses()).hasSize(THREADS);
        assertThat(world().defaultRules().rules()).hasSize(4 + THREADS);
        List<SecurityGroup> made = new ArrayList<>();
        race(2, number -> {
            Domain server = servers().server(number);
            if (number == 0) {
                server.defaultSecurityGroupRules()
                        .delete(returned(outcomes).getFirst().id());
            } else {
                made.add(server.securityGroups().create(NewSecurityGroup.of("alice", "late")));
            }
            return number;
        });
        assertThat(world().rulesOf(made.getFirst().id())).hasSizeBetween(2 + THREADS - 1, 2 + THREADS);
    }
}
