package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.AddressGroup;
import io.weft.model.Direction;
import io.weft.model.FloatingIp;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.RbacEntry;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Shareable;
import io.weft.model.Subnet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RbacPoliciesTest {
    private static final Caller CAROL = new Caller("carol", false);

    private Servers servers;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(
                directory, Settings.DEFAULTS.withSecurityGroups(true).withExternalNetworks(true));
        domain = servers.first();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private static NewRbacPolicy wanted(Shareable object, Action action, String target) {
        return new NewRbacPolicy(object.project(), object.kind(), object.id(), action, target);
    }

    private UUID share(Caller caller, Shareable object, String target) {
        return grant(caller, object, Action.ACCESS_AS_SHARED, target);
    }

    private UUID grant(Caller caller, Shareable object, Action action, String target) {
        return domain.rbacPolicies()
                .create(caller, wanted(object, action, target))
                .policy()
                .id();
    }

    private void delete(UUID policy) {
        domain.rbacPolicies().delete(ADMIN, policy);
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aNetworkIsForItsOwnerAndThoseItIsSharedWith() {
        Network network = servers.network();
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.networks().show(BOB, network.id()));
        long revision = network.meta().revision();
        UUID policy = share(ALICE, network, "bob");

        Network seen = domain.networks().show(BOB, network.id());
        assertThat(seen.shared()).isFalse();
        assertThat(seen.isSharedWith("bob")).isTrue();
        assertThat(seen.meta().revision()).isGreaterThan(revision);
        assertThat(domain.networks().list(BOB)).contains(seen);
        assertThat(domain.subnets().list(BOB)).containsExactly(subnet);
        assertThat(domain.subnets().show(BOB, subnet.id())).isEqualTo(subnet);
        assertThat(domain.networks().list(CAROL)).isEmpty();
        assertThat(domain.subnets().list(CAROL)).isEmpty();
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.ports().create(CAROL, NewPort.of("carol", network.id())));

        Port port = domain.ports().create(BOB, NewPort.of("bob", network.id()));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(policy));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().update(ALICE, policy, "carol"));
        domain.ports().delete(ALICE, port.id());
        domain.rbacPolicies().update(ALICE, policy, "carol");
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.networks().show(BOB, network.id()));
        assertThat(domain.networks().show(CAROL, network.id()).id()).isEqualTo(network.id());
        delete(policy);
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.networks().show(CAROL, network.id()));
    }

    @Test
    void ownersShareWhatIsTheirsAndAdministratorsAlsoWithEveryone() {
        Network network = servers.network();
        assertProblem(
                Problem.NETWORK_NOT_FOUND,
                () -> domain.rbacPolicies()
                        .create(
                                BOB,
                                new NewRbacPolicy(
                                        "bob", Resource.Kind.NETWORK, network.id(), Action.ACCESS_AS_SHARED, "bob")));
        UUID policy = share(ALICE, network, "bob");
        // Bob sees it now, and still may not share it.
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.rbacPolicies()
                        .create(
                                BOB,
                                new NewRbacPolicy(
                                        "bob", Resource.Kind.NETWORK, network.id(), Action.ACCESS_AS_SHARED, "carol")));
        assertProblem(Problem.DUPLICATE_RBAC_POLICY, () -> share(ALICE, network, "bob"));
        UUID everyones = share(ADMIN, network, RbacPolicy.EVERYONE);
        assertProblem(
                Problem.DUPLICATE_RBAC_POLICY, () -> domain.rbacPolicies().update(ADMIN, policy, RbacPolicy.EVERYONE));
        assertThat(domain.networks().show(CAROL, network.id()).shared()).isTrue();

        assertThat(domain.rbacPolicies().list(ALICE))
                .extracting(entry -> entry.policy().id())
                .containsExactlyInAnyOrder(policy, everyones);
        assertThat(domain.rbacPolicies().list(BOB)).isEmpty();
        assertProblem(Problem.RBAC_POLICY_NOT_FOUND, () -> domain.rbacPolicies().show(BOB, policy));
        assertProblem(Problem.RBAC_POLICY_NOT_FOUND, () -> domain.rbacPolicies().delete(BOB, policy));
        assertProblem(Problem.RBAC_POLICY_NOT_FOUND, () -> domain.rbacPolicies().update(BOB, policy, "carol"));
    }

    @Test
    void sharedIsThePolicyForEveryoneAndNothingElse() {
        Network network =
                domain.networks().create(ADMIN, NewNetwork.of("alice", "n").withShared(true));
        RbacEntry made = domain.rbacPolicies().list(ALICE).getFirst();
        assertThat(made.object().id()).isEqualTo(network.id());
        assertThat(made.policy())
                .returns(RbacPolicy.EVERYONE, RbacPolicy::target)
                .returns(Action.ACCESS_AS_SHARED, RbacPolicy::action)
                .returns("alice", RbacPolicy::project);
        UUID bobs = share(ALICE, network, "bob");
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(false));
        assertThat(domain.rbacPolicies().list(ALICE))
                .extracting(entry -> entry.policy().id())
                .containsExactly(bobs);

        UUID everyones = share(ADMIN, network, RbacPolicy.EVERYONE);
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(true));
        assertThat(domain.rbacPolicies().list(ALICE)).hasSize(2);
        Port port = domain.ports().create(BOB, NewPort.of("bob", network.id()));
        Port another = domain.ports().create(CAROL, NewPort.of("carol", network.id()));
        // Bob has a policy of his own, Carol has not.
        assertProblem(
                Problem.INVALID_SHARED_SETTING,
                () -> domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(false)));
        domain.ports().delete(CAROL, another.id());
        delete(everyones);
        assertThat(domain.networks().show(ALICE, network.id()).shared()).isFalse();
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(bobs));
        domain.ports().delete(BOB, port.id());
        delete(bobs);
        domain.networks().delete(ALICE, network.id());
    }

    @Test
    void ofTwoPoliciesThatAllowTheSameEitherMayGo() {
        Network network = servers.network();
        UUID everyones = share(ADMIN, network, RbacPolicy.EVERYONE);
        UUID bobs = share(ALICE, network, "bob");
        domain.ports().create(BOB, NewPort.of("bob", network.id()));
        domain.ports().create(ALICE, NewPort.of("alice", network.id()));
        delete(bobs);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(everyones));
        UUID again = share(ALICE, network, "bob");
        delete(everyones);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(again));
        // What its owner allows itself needs no policy.
        UUID own = share(ALICE, network, "alice");
        domain.rbacPolicies().update(ALICE, own, "carol");
        delete(own);
    }

    @Test
    void policiesAreCountedUnlessAnAttributeMadeThem() {
        domain.quotas().update("alice", Map.of(QuotaResource.RBAC_POLICY, 1));
        Network network =
                domain.networks().create(ADMIN, NewNetwork.of("alice", "n").withShared(true));
        share(ALICE, network, "bob");
        assertProblem(Problem.OVER_QUOTA, () -> share(ALICE, network, "carol"));
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.RBAC_POLICY, 1);
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(false));
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.RBAC_POLICY, 1);
        domain.networks().delete(ALICE, network.id());
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.RBAC_POLICY, 0);
        assertThat(domain.rbacPolicies().list(ADMIN)).isEmpty();
    }

    @Test
    void severalAreMadeTogetherOrNone() {
        Network network = servers.network();
        Network other = servers.network();
        assertProblem(
                Problem.DUPLICATE_RBAC_POLICY,
                () -> domain.rbacPolicies()
                        .create(
                                ALICE,
                                List.of(
                                        wanted(network, Action.ACCESS_AS_SHARED, "bob"),
                                        wanted(other, Action.ACCESS_AS_SHARED, "bob"),
                                        wanted(network, Action.ACCESS_AS_SHARED, "bob"))));
        assertThat(domain.rbacPolicies().list(ALICE)).isEmpty();
        List<RbacEntry> made = domain.rbacPolicies()
                .create(
                        ALICE,
                        List.of(
                                wanted(network, Action.ACCESS_AS_SHARED, "bob"),
                                wanted(other, Action.ACCESS_AS_SHARED, "bob"),
                                wanted(network, Action.ACCESS_AS_SHARED, "carol")));
        assertThat(made)
                .extracting(entry -> entry.object().id())
                .containsExactly(network.id(), other.id(), network.id());
        assertThat(domain.networks().list(BOB)).hasSize(2);
    }

    @Test
    void aNetworkLeadsOutWhileThereIsAPolicyForThat() {
        Network network = servers.network();
        servers.subnet(network, "203.0.113.0/24");
        UUID admins = grant(ADMIN, network, Action.ACCESS_AS_EXTERNAL, "admin");
        Network outside = domain.networks().show(ALICE, network.id());
        assertThat(outside.external()).isTrue();
        assertThat(outside.physicalNetwork()).isPresent();
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.networks().show(BOB, network.id()));
        assertProblem(
                Problem.NETWORK_NOT_FOUND,
                () -> domain.floatingIps().create(BOB, NewFloatingIp.of("bob", network.id())));

        UUID bobs = grant(ALICE, network, Action.ACCESS_AS_EXTERNAL, "bob");
        assertThat(domain.networks().list(BOB)).extracting(Network::id).containsExactly(network.id());
        assertThat(domain.subnets().list(BOB)).isEmpty();
        Router router =
                domain.routers().create(BOB, NewRouter.of("bob", "r").withGateway(GatewayInfo.on(network.id())));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(bobs));
        domain.routers().delete(BOB, router.id());
        FloatingIp floatingIp = domain.floatingIps().create(BOB, NewFloatingIp.of("bob", network.id()));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(bobs));
        // It is for gateways, not for ports.
        assertProblem(Problem.NOT_AUTHORIZED, () -> domain.ports().create(BOB, NewPort.of("bob", network.id())));
        domain.floatingIps().delete(BOB, floatingIp.id());
        delete(bobs);
        assertThat(domain.networks().show(ALICE, network.id()).external()).isTrue();
        delete(admins);
        Network inside = domain.networks().show(ALICE, network.id());
        assertThat(inside.external()).isFalse();
        assertThat(inside.physicalNetwork()).isEmpty();
        domain.ports().create(ALICE, NewPort.of("alice", network.id()));
        assertProblem(Problem.NETWORK_IN_USE, () -> grant(ALICE, network, Action.ACCESS_AS_EXTERNAL, "bob"));
    }

    @Test
    void routerExternalIsThePolicyForEveryone() {
        Network network =
                domain.networks().create(ADMIN, NewNetwork.of("alice", "out").withExternal("physnet1"));
        servers.subnet(network, "203.0.113.0/24");
        RbacEntry everyones = domain.rbacPolicies().list(ALICE).getFirst();
        assertThat(everyones.policy())
                .returns(RbacPolicy.EVERYONE, RbacPolicy::target)
                .returns(Action.ACCESS_AS_EXTERNAL, RbacPolicy::action);
        domain.routers().create(BOB, NewRouter.of("bob", "r").withGateway(GatewayInfo.on(network.id())));
        UUID id = everyones.policy().id();
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(id));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().update(ADMIN, id, "carol"));
        assertThat(domain.rbacPolicies().update(ADMIN, id, "bob").policy().id()).isEqualTo(id);
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> domain.networks().show(CAROL, network.id()));
        assertThat(domain.networks().show(BOB, network.id()).external()).isTrue();
    }

    @Test
    void aSharedSecurityGroupIsForPortsAndRulesOfItsTargets() {
        SecurityGroup group = domain.securityGroups().create(NewSecurityGroup.of("alice", "g"));
        Network network = domain.networks().create(BOB, NewNetwork.of("bob", "n"));
        SecurityGroup own = domain.securityGroups().create(NewSecurityGroup.of("bob", "own"));
        NewPort port = NewPort.of("bob", network.id()).withSecurityGroups(group.id());
        NewSecurityGroupRule rule = new NewSecurityGroupRule(
                "bob", own.id(), "", RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, new RuleRemote.Group(group.id())));
        assertProblem(Problem.SECURITY_GROUP_NOT_FOUND, () -> domain.ports().create(BOB, port));
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND,
                () -> domain.securityGroupRules().create(BOB, rule));

        UUID policy = share(ALICE, group, "bob");
        assertThat(domain.securityGroups().list(BOB))
                .extracting(SecurityGroup::id)
                .contains(group.id());
        Port made = domain.ports().create(BOB, port);
        assertThat(made.groups()).containsExactly(group.id());
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(policy));
        domain.ports().delete(BOB, made.id());
        SecurityGroupRule allowed = domain.securityGroupRules().create(BOB, rule);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(policy));
        domain.securityGroupRules().delete(BOB, allowed.id());
        delete(policy);
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND, () -> domain.securityGroups().show(BOB, group.id()));
    }

    @Test
    void aSharedAddressGroupIsForRulesOfItsTargets() {
        AddressGroup group = domain.addressGroups()
                .create(new NewAddressGroup("alice", "a", "", List.of(IpPrefix.parse("192.0.2.0/24"))));
        SecurityGroup own = domain.securityGroups().create(NewSecurityGroup.of("bob", "own"));
        NewSecurityGroupRule rule = new NewSecurityGroupRule(
                "bob",
                own.id(),
                "",
                RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, new RuleRemote.Addresses(group.id())));
        assertProblem(
                Problem.ADDRESS_GROUP_NOT_FOUND,
                () -> domain.securityGroupRules().create(BOB, rule));
        UUID policy = share(ALICE, group, "bob");
        assertThat(domain.addressGroups().list(BOB))
                .extracting(AddressGroup::id)
                .containsExactly(group.id());
        SecurityGroupRule made = domain.securityGroupRules().create(BOB, rule);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(policy));
        domain.securityGroupRules().delete(BOB, made.id());
        delete(policy);
        assertThat(domain.addressGroups().list(BOB)).isEmpty();
    }

    @Test
    void aSharedQosPolicyIsForNetworksAndPortsOfItsTargets() {
        QosPolicy policy = domain.qosPolicies().create(ADMIN, NewQosPolicy.of("alice", "p"));
        UUID bobs = share(ADMIN, policy, "bob");
        assertThat(domain.qosPolicies().list(BOB)).extracting(QosPolicy::id).containsExactly(policy.id());
        Network network =
                domain.networks().create(BOB, NewNetwork.of("bob", "n").withQosPolicy(Optional.of(policy.id())));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(bobs));
        UUID everyones = share(ADMIN, policy, RbacPolicy.EVERYONE);
        delete(bobs);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(everyones));
        // As in Neutron, even when the new target is the one that needs it.
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().update(ADMIN, everyones, "bob"));
        domain.networks().delete(BOB, network.id());
        delete(everyones);
        assertThat(domain.qosPolicies().list(BOB)).isEmpty();
    }

    /** Neutron asks who uses it, and not whose it is. */
    @Test
    void aQosPolicyStaysEveryonesWhileAnyoneUsesItWithoutAPolicyOfItsOwn() {
        QosPolicy policy = domain.qosPolicies().create(ADMIN, new NewQosPolicy("alice", "p", "", true, false));
        assertThat(domain.rbacPolicies().list(ADMIN))
                .extracting(
                        entry -> entry.policy().project(),
                        entry -> entry.policy().target())
                .containsExactly(tuple("admin", RbacPolicy.EVERYONE));
        Network network =
                domain.networks().create(ALICE, NewNetwork.of("alice", "n").withQosPolicy(Optional.of(policy.id())));
        QosPolicyUpdate withdrawn = QosPolicyUpdate.NONE.withShared(false);
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.qosPolicies().update(ADMIN, policy.id(), withdrawn));
        share(ADMIN, policy, "alice");
        domain.qosPolicies().update(ADMIN, policy.id(), withdrawn);
        assertThat(domain.networks().show(ALICE, network.id()).qosPolicy()).contains(policy.id());
    }

    /** A router's face on a shared network is its project's use of it, as a port is. */
    @Test
    void aRoutersInterfaceOnASharedNetworkKeepsThePolicy() {
        Network network = servers.network();
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        UUID policy = share(ALICE, network, "bob");
        Router router = domain.routers().create(BOB, NewRouter.of("bob", "r"));
        domain.routers().addInterfaceBySubnet(BOB, router.id(), subnet.id());
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> delete(policy));
        domain.routers().removeInterface(BOB, router.id(), Optional.empty(), Optional.of(subnet.id()));
        delete(policy);
        assertProblem(
                Problem.SUBNET_NOT_FOUND, () -> domain.routers().addInterfaceBySubnet(BOB, router.id(), subnet.id()));
    }

    @Test
    void onlyNetworksLeadOut() {
        QosPolicy policy = domain.qosPolicies().create(ADMIN, NewQosPolicy.of("alice", "p"));
        assertProblem(Problem.INVALID_ACTION_FOR_TYPE, () -> grant(ADMIN, policy, Action.ACCESS_AS_EXTERNAL, "bob"));
    }
}
