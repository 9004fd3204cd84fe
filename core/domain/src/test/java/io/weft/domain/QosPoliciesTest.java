package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.Direction;
import io.weft.model.InvalidException;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.Router;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QosPoliciesTest {
    private static final QosRule SLOW = new QosRule.BandwidthLimit(new UUID(0, 0), Direction.EGRESS, 1000, 0);
    private static final QosChoice NONE = new QosChoice(Optional.empty());

    private Servers servers;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        domain = servers.first();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private QosPolicy policy(String project, boolean shared) {
        return domain.qosPolicies().create(ADMIN, new NewQosPolicy(project, "p", "", shared, false));
    }

    private static QosChoice of(QosPolicy policy) {
        return new QosChoice(Optional.of(policy.id()));
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void projectsUseTheirOwnPoliciesAndSharedOnes() {
        QosPolicy own = policy("alice", false);
        QosPolicy shared = policy("admin", true);
        QosPolicy foreign = policy("bob", false);
        assertThat(domain.qosPolicies().list(ALICE))
                .extracting(QosPolicy::id)
                .containsExactlyInAnyOrder(own.id(), shared.id());

        Network network = servers.network();
        for (QosPolicy usable : new QosPolicy[] {own, shared}) {
            Port port = domain.ports()
                    .create(ALICE, NewPort.of("alice", network.id()).withQosPolicy(Optional.of(usable.id())));
            assertThat(port.qosPolicy()).contains(usable.id());
        }
        assertProblem(
                Problem.QOS_POLICY_NOT_FOUND,
                () -> domain.networks().update(ALICE, network.id(), NetworkUpdate.NONE.withQosPolicy(of(foreign))));
    }

    @Test
    void aPolicyThatATenantMayNotSeeIsNotForItToTakeAway() {
        Network network = servers.network();
        Port port = domain.ports().create(ALICE, NewPort.of("alice", network.id()));
        QosPolicy hidden = policy("admin", false);
        domain.ports().update(ADMIN, port.id(), PortUpdate.NONE.withQosPolicy(of(hidden)));
        assertProblem(
                Problem.QOS_POLICY_REMOVE_UNAUTHORIZED,
                () -> domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withQosPolicy(NONE)));
        assertThat(domain.ports()
                        .update(ALICE, port.id(), PortUpdate.NONE.withName("n"))
                        .qosPolicy())
                .contains(hidden.id());
        assertThat(domain.ports()
                        .update(ADMIN, port.id(), PortUpdate.NONE.withQosPolicy(NONE))
                        .qosPolicy())
                .isEmpty();
    }

    @Test
    void newNetworksGetTheirProjectsDefaultPolicyUnlessTheySay() {
        Network before = servers.network();
        QosPolicy standard = domain.qosPolicies().create(ADMIN, new NewQosPolicy("alice", "d", "", false, true));
        QosPolicy other = policy("alice", false);
        Network after = domain.networks().create(ALICE, NewNetwork.of("alice", "n"));
        assertThat(before.qosPolicy()).isEmpty();
        assertThat(after.qosPolicy()).contains(standard.id());
        assertThat(domain.networks()
                        .create(ALICE, NewNetwork.of("alice", "n").withQosPolicy(Optional.of(other.id())))
                        .qosPolicy())
                .contains(other.id());
        assertThat(domain.networks().create(BOB, NewNetwork.of("bob", "n")).qosPolicy())
                .isEmpty();
        assertProblem(
                Problem.QOS_POLICY_DEFAULT_EXISTS,
                () -> domain.qosPolicies().update(ADMIN, other.id(), QosPolicyUpdate.NONE.withDefault(true)));
        domain.qosPolicies().update(ADMIN, standard.id(), QosPolicyUpdate.NONE.withDefault(false));
        domain.qosPolicies().update(ADMIN, other.id(), QosPolicyUpdate.NONE.withDefault(true));
        assertThat(domain.view().world().defaultQosPolicy("alice").map(QosPolicy::id))
                .contains(other.id());
    }

    @Test
    void portsOfRoutersHaveNoPolicySinceNothingWouldKeepToIt() {
        QosPolicy policy = policy("alice", false);
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
        Port port =
                domain.ports().create(ALICE, NewPort.of("alice", network.id()).withQosPolicy(Optional.of(policy.id())));
        Router router = domain.routers().create(ALICE, NewRouter.of("alice", "r"));
        domain.routers().addInterfaceByPort(ALICE, router.id(), port.id());
        assertThat(domain.ports().show(ALICE, port.id()).qosPolicy()).isEmpty();
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withQosPolicy(of(policy))));
        domain.qosPolicies().delete(ADMIN, policy.id());
    }

    @Test
    void aPolicyInUseStaysAndKeepsToThoseWhoUseIt() {
        QosPolicy policy = policy("admin", true);
        Network network =
                domain.networks().create(ALICE, NewNetwork.of("alice", "n").withQosPolicy(Optional.of(policy.id())));
        assertProblem(Problem.QOS_POLICY_IN_USE, () -> domain.qosPolicies().delete(ADMIN, policy.id()));
        assertProblem(
                Problem.RBAC_POLICY_IN_USE,
                () -> domain.qosPolicies().update(ADMIN, policy.id(), QosPolicyUpdate.NONE.withShared(false)));
        domain.networks().update(ALICE, network.id(), NetworkUpdate.NONE.withQosPolicy(NONE));
        domain.qosPolicies().update(ADMIN, policy.id(), QosPolicyUpdate.NONE.withShared(false));
        domain.qosPolicies().delete(ADMIN, policy.id());
        assertThat(domain.view().world().qosPolicy(policy.id())).isEmpty();
    }

    @Test
    void rulesAreAddedChangedAndRemovedAndNeverConflict() {
        UUID policy = policy("alice", false).id();
        QosRule slow = domain.qosPolicies().addRule(ADMIN, policy, SLOW);
        QosRule in = domain.qosPolicies()
                .addRule(ADMIN, policy, new QosRule.BandwidthLimit(SLOW.id(), Direction.INGRESS, 5, 1));
        assertProblem(Problem.QOS_RULES_CONFLICT, () -> domain.qosPolicies().addRule(ADMIN, policy, SLOW));
        assertProblem(
                Problem.QOS_RULES_CONFLICT,
                () -> domain.qosPolicies()
                        .updateRule(ADMIN, Optional.of(policy), slow.type(), slow.id(), _ -> in.withId(slow.id())));
        QosRule faster = new QosRule.BandwidthLimit(slow.id(), Direction.EGRESS, 9000, 0);
        domain.qosPolicies().updateRule(ADMIN, Optional.empty(), slow.type(), slow.id(), _ -> faster);
        assertThat(domain.qosPolicies().show(ALICE, policy).rules()).containsExactly(in, faster);
        assertProblem(
                Problem.QOS_RULE_NOT_FOUND,
                () -> domain.qosPolicies().deleteRule(ADMIN, Optional.empty(), QosRule.Type.DSCP_MARKING, slow.id()));
        assertProblem(
                Problem.QOS_RULE_OF_POLICY_NOT_FOUND,
                () -> domain.qosPolicies()
                        .deleteRule(ADMIN, Optional.of(policy("alice", false).id()), slow.type(), slow.id()));
        domain.qosPolicies().deleteRule(ADMIN, Optional.of(policy), slow.type(), slow.id());
        assertThat(domain.qosPolicies().show(ALICE, policy).rules()).containsExactly(in);
    }

    @Test
    void noMoreIsGuaranteedThanMayPassAndNothingOfWhatIsReceived() {
        UUID policy = policy("alice", false).id();
        QosRule limit = domain.qosPolicies().addRule(ADMIN, policy, SLOW);
        assertThatThrownBy(() -> new QosRule.MinimumBandwidth(SLOW.id(), Direction.INGRESS, 500))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("egress");
        assertProblem(
                Problem.QOS_RULE_PARAMETER_CONFLICT, () -> domain.qosPolicies().addRule(ADMIN, policy, minimum(1001)));
        QosRule made = domain.qosPolicies().addRule(ADMIN, policy, minimum(1000));
        assertProblem(
                Problem.QOS_RULE_PARAMETER_CONFLICT,
                () -> domain.qosPolicies()
                        .updateRule(
                                ADMIN,
                                Optional.of(policy),
                                limit.type(),
                                limit.id(),
                                _ -> new QosRule.BandwidthLimit(limit.id(), Direction.EGRESS, 999, 0)));
        assertThat(domain.qosPolicies().show(ADMIN, policy).guaranteedKbps()).isEqualTo(1000);
        domain.qosPolicies().deleteRule(ADMIN, Optional.of(policy), limit.type(), limit.id());
        domain.qosPolicies()
                .updateRule(
                        ADMIN,
                        Optional.of(policy),
                        made.type(),
                        made.id(),
                        _ -> new QosRule.MinimumBandwidth(made.id(), Direction.EGRESS, 5000));
        assertThat(domain.qosPolicies().show(ADMIN, policy).guaranteedKbps()).isEqualTo(5000);
    }

    private static QosRule minimum(int kilobits) {
        return new QosRule.MinimumBandwidth(new UUID(0, 0), Direction.EGRESS, kilobits);
    }
}
