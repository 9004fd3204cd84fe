package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.Direction;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.Router;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about QoS policies. */
abstract class QosRacesContract extends GatewayRacesContract {
    private static final int ROUNDS = 10;

    private QosPolicy policy(String project) {
        return servers().first().qosPolicies().create(ADMIN, NewQosPolicy.of(project, "p"));
    }

    private World now() {
        return servers().first().view().world();
    }

    private static QosRule limit(Direction way, int kilobits) {
        return new QosRule.BandwidthLimit(new UUID(0, 0), way, kilobits, 0);
    }

    private static List<Problem> reasons(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    @Test
    void aQosPolicyIsDeletedOrUsedButNotBoth() {
        Network network = servers().network();
        Port port = servers().first().ports().create(ALICE, NewPort.of("alice", network.id()));
        for (int round = 0; round < ROUNDS; round++) {
            UUID policy = policy("alice").id();
            QosChoice choice = new QosChoice(Optional.of(policy));
            var outcomes = race(4, number -> {
                Domain server = servers().server(number);
                switch (number) {
                    case 0 -> server.qosPolicies().delete(ADMIN, policy);
                    case 1 ->
                        server.ports()
                                .create(ALICE, NewPort.of("alice", network.id()).withQosPolicy(Optional.of(policy)));
                    case 2 -> server.ports().update(ALICE, port.id(), PortUpdate.NONE.withQosPolicy(choice));
                    default -> server.networks().update(ALICE, network.id(), NetworkUpdate.NONE.withQosPolicy(choice));
                }
                return number;
            });
            boolean deleted = now().qosPolicy(policy).isEmpty();
            assertThat(returned(outcomes).contains(0)).isEqualTo(deleted);
            assertThat(now().portsOfQosPolicy(policy).isEmpty()
                            && now().networksOfQosPolicy(policy).isEmpty())
                    .isEqualTo(deleted);
            assertThat(reasons(thrown(outcomes)))
                    .containsOnly(deleted ? Problem.QOS_POLICY_NOT_FOUND : Problem.QOS_POLICY_IN_USE);
        }
    }

    @Test
    void aQosPolicyIsDeletedOrComesToAFloatingIpOrGatewayButNotBoth() {
        Site site = new Site();
        Network outside = site.outside;
        Router router = site.router;
        UUID made = servers()
                .first()
                .floatingIps()
                .create(ALICE, NewFloatingIp.of("alice", outside.id()))
                .id();
        GatewayInfo.On on = (GatewayInfo.On) GatewayInfo.on(outside.id());
        for (int round = 0; round < ROUNDS; round++) {
            UUID policy = policy("alice").id();
            Optional<UUID> choice = Optional.of(policy);
            var outcomes = race(4, number -> {
                Domain server = servers().server(number);
                switch (number) {
                    case 0 -> server.qosPolicies().delete(ADMIN, policy);
                    case 1 ->
                        server.floatingIps()
                                .create(
                                        ALICE,
                                        NewFloatingIp.of("alice", outside.id()).withQosPolicy(policy));
                    case 2 -> server.floatingIps().update(ALICE, made, FloatingIpUpdate.NONE.withQosPolicy(choice));
                    default ->
                        server.routers()
                                .update(ALICE, router.id(), RouterUpdate.NONE.withGateway(on.withQosPolicy(choice)));
                }
                return number;
            });
            boolean deleted = now().qosPolicy(policy).isEmpty();
            assertThat(returned(outcomes).contains(0)).isEqualTo(deleted);
            assertThat(now().floatingIpsOfQosPolicy(policy).isEmpty()
                            && now().routersOfQosPolicy(policy).isEmpty())
                    .isEqualTo(deleted);
            assertThat(reasons(thrown(outcomes)))
                    .containsOnly(deleted ? Problem.QOS_POLICY_NOT_FOUND : Problem.QOS_POLICY_IN_USE);
        }
    }

    @Test
    void ofQosRulesOfOneTypeAndDirectionOneIsMade() {
        for (int round = 0; round < ROUNDS; round++) {
            UUID policy = policy("alice").id();
            var outcomes = race(
                    8,
                    number -> servers()
                            .server(number)
                            .qosPolicies()
                            .addRule(
                                    ADMIN,
                                    policy,
                                    limit(number % 2 == 0 ? Direction.EGRESS : Direction.INGRESS, 1000 + number)));
            assertThat(returned(outcomes)).hasSize(2);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.QOS_RULES_CONFLICT);
            assertThat(now().qosPolicy(policy).orElseThrow().rules())
                    .containsExactlyInAnyOrderElementsOf(returned(outcomes));
        }
    }

    @Test
    void aProjectHasOneDefaultQosPolicy() {
        for (int round = 0; round < ROUNDS; round++) {
            String project = "project-" + round;
            UUID made = policy(project).id();
            var outcomes = race(6, number -> {
                QosPolicies policies = servers().server(number).qosPolicies();
                return number == 0
                        ? policies.update(ADMIN, made, QosPolicyUpdate.NONE.withDefault(true))
                        : policies.create(ADMIN, new NewQosPolicy(project, "d", "", false, true));
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.QOS_POLICY_DEFAULT_EXISTS);
            assertThat(now().defaultQosPolicy(project).map(QosPolicy::id))
                    .contains(returned(outcomes).getFirst().id());
        }
    }

    @Test
    void aQosPolicyIsMadePrivateOrUsedByAStrangerButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            UUID policy = servers()
                    .first()
                    .qosPolicies()
                    .create(ADMIN, new NewQosPolicy("admin", "s", "", true, false))
                    .id();
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.qosPolicies().update(ADMIN, policy, QosPolicyUpdate.NONE.withShared(false));
                } else {
                    server.networks().create(ALICE, NewNetwork.of("alice", "n").withQosPolicy(Optional.of(policy)));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(now().qosPolicy(policy).orElseThrow().shared())
                    .isEqualTo(returned(outcomes).contains(1));
        }
    }
}
