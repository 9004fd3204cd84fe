package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.AddressGroup;
import io.weft.model.Direction;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.QosPolicy;
import io.weft.model.RbacEntry;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.Shareable;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about RBAC policies. */
abstract class RbacRacesContract extends QosRacesContract {
    private static final int ROUNDS = 10;

    private World now() {
        return servers().first().view().world();
    }

    private UUID grant(Shareable object, Action action, String target) {
        return servers()
                .first()
                .rbacPolicies()
                .create(ADMIN, new NewRbacPolicy(object.project(), object.kind(), object.id(), action, target))
                .policy()
                .id();
    }

    private static List<Problem> reasons(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    /** One server removes a policy, the other uses the object by it: one of them is refused. */
    private void assertThatOneHolds(UUID policy, Problem notFound, Consumer<Domain> use) {
        var outcomes = race(2, number -> {
            if (number == 0) {
                servers().first().rbacPolicies().delete(ALICE, policy);
            } else {
                use.accept(servers().second());
            }
            return number;
        });
        assertThat(returned(outcomes)).hasSize(1);
        boolean deleted = returned(outcomes).contains(0);
        assertThat(now().rbacPolicy(policy).isEmpty()).isEqualTo(deleted);
        assertThat(reasons(thrown(outcomes))).containsOnly(deleted ? notFound : Problem.RBAC_POLICY_IN_USE);
    }

    @Test
    void aPolicyGoesOrAPortComesByItButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers().network();
            UUID policy = grant(network, Action.ACCESS_AS_SHARED, "bob");
            assertThatOneHolds(
                    policy,
                    Problem.NETWORK_NOT_FOUND,
                    server -> server.ports().create(BOB, NewPort.of("bob", network.id())));
        }
    }

    @Test
    void aPolicyGoesOrAGatewayComesByItButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers().network();
            servers().subnet(network, "203.0.113.0/24");
            UUID policy = grant(network, Action.ACCESS_AS_EXTERNAL, "bob");
            grant(network, Action.ACCESS_AS_EXTERNAL, "carol");
            boolean floating = round % 2 == 0;
            assertThatOneHolds(policy, Problem.NETWORK_NOT_FOUND, server -> {
                if (floating) {
                    server.floatingIps().create(BOB, NewFloatingIp.of("bob", network.id()));
                } else {
                    server.routers().create(BOB, NewRouter.of("bob", "r").withGateway(GatewayInfo.on(network.id())));
                }
            });
        }
    }

    @Test
    void aPolicyGoesOrAPortJoinsTheGroupByItButNotBoth() {
        Network network = servers().first().networks().create(BOB, NewNetwork.of("bob", "n"));
        for (int round = 0; round < ROUNDS; round++) {
            SecurityGroup group = servers().first().securityGroups().create(NewSecurityGroup.of("alice", "g"));
            UUID policy = grant(group, Action.ACCESS_AS_SHARED, "bob");
            assertThatOneHolds(
                    policy,
                    Problem.SECURITY_GROUP_NOT_FOUND,
                    server -> server.ports()
                            .create(BOB, NewPort.of("bob", network.id()).withSecurityGroups(group.id())));
        }
    }

    @Test
    void aPolicyGoesOrARuleNamesTheGroupByItButNotBoth() {
        SecurityGroup own = servers().first().securityGroups().create(NewSecurityGroup.of("bob", "own"));
        for (int round = 0; round < ROUNDS; round++) {
            boolean addresses = round % 2 == 0;
            SecurityGroup group = servers().first().securityGroups().create(NewSecurityGroup.of("alice", "g"));
            AddressGroup block =
                    servers().first().addressGroups().create(new NewAddressGroup("alice", "a", "", List.of()));
            UUID policy = grant(addresses ? block : group, Action.ACCESS_AS_SHARED, "bob");
            RuleRemote remote = addresses ? new RuleRemote.Addresses(block.id()) : new RuleRemote.Group(group.id());
            assertThatOneHolds(
                    policy,
                    addresses ? Problem.ADDRESS_GROUP_NOT_FOUND : Problem.SECURITY_GROUP_NOT_FOUND,
                    server -> server.securityGroupRules()
                            .create(
                                    BOB,
                                    new NewSecurityGroupRule(
                                            "bob",
                                            own.id(),
                                            "",
                                            RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, remote))));
        }
    }

    @Test
    void aPolicyGoesOrANetworkGetsTheQosPolicyByItButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            QosPolicy qos = servers().first().qosPolicies().create(ADMIN, NewQosPolicy.of("alice", "p"));
            UUID policy = grant(qos, Action.ACCESS_AS_SHARED, "bob");
            assertThatOneHolds(
                    policy,
                    Problem.QOS_POLICY_NOT_FOUND,
                    server -> server.networks()
                            .create(BOB, NewNetwork.of("bob", "n").withQosPolicy(Optional.of(qos.id()))));
        }
    }

    @Test
    void ofTwoPoliciesThatAllowOnePortOneStays() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers().network();
            List<UUID> policies = List.of(
                    grant(network, Action.ACCESS_AS_SHARED, "bob"),
                    grant(network, Action.ACCESS_AS_SHARED, RbacPolicy.EVERYONE));
            servers().first().ports().create(BOB, NewPort.of("bob", network.id()));
            var outcomes = race(2, number -> {
                servers().server(number).rbacPolicies().delete(ADMIN, policies.get(number));
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.RBAC_POLICY_IN_USE);
        }
    }

    @Test
    void ofPoliciesThatSayTheSameOneIsMadeAndOthersAreAllKept() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers().network();
            var outcomes = race(
                    8,
                    number -> servers()
                            .server(number)
                            .rbacPolicies()
                            .create(
                                    ALICE,
                                    new NewRbacPolicy(
                                            "alice",
                                            network.kind(),
                                            network.id(),
                                            Action.ACCESS_AS_SHARED,
                                            number < 4 ? "bob" : "project-" + number)));
            assertThat(returned(outcomes)).hasSize(5);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.DUPLICATE_RBAC_POLICY);
            assertThat(now().network(network.id()).orElseThrow().sharing().policies())
                    .containsExactlyInAnyOrderElementsOf(
                            returned(outcomes).stream().map(RbacEntry::policy).toList());
        }
    }
}
