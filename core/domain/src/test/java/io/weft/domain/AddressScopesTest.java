package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.model.AddressScope;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.SubnetPool;
import io.weft.store.MinWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressScopesTest {
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

    private AddressScope scope(String project, boolean shared) {
        return domain.addressScopes().create(new NewAddressScope(project, "s", IpFamily.IPV4, shared));
    }

    private SubnetPool pool(AddressScope scope, String... prefixes) {
        return domain.subnetPools()
                .create(
                        ALICE,
                        NewSubnetPool.of("alice", prefixes)
                                .withLengths(8, 30, 26)
                                .inScope(scope.id()));
    }

    @Test
    void networksAreOfTheScopeOfTheirSubnetsPool() {
        AddressScope scope = scope("alice", false);
        SubnetPool pool = pool(scope, "10.0.0.0/16");
        Network network = servers.network();
        domain.subnets()
                .create(ALICE, NewSubnet.of("alice", network.id(), CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4)));
        assertThat(domain.view().world().addressScopeOf(network.id(), IpFamily.IPV4))
                .contains(scope.id());
        assertThat(domain.view().world().addressScopeOf(network.id(), IpFamily.IPV6))
                .isEmpty();
        domain.subnetPools()
                .update(ALICE, pool.id(), SubnetPoolUpdate.NONE.withScope(new ScopeChoice(Optional.empty())));
        assertThat(servers.second().view().world().addressScopeOf(network.id(), IpFamily.IPV4))
                .isEmpty();
        domain.addressScopes().delete(ALICE, scope.id());
    }

    @Test
    void poolsOfAScopeHaveNothingInCommon() {
        AddressScope scope = scope("alice", false);
        SubnetPool first = pool(scope, "10.0.0.0/16");
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.ADDRESS_SCOPES);
        assertProblem(Problem.ADDRESS_SCOPE_PREFIX_CONFLICT, () -> pool(scope, "172.16.0.0/16", "10.0.9.0/24"));
        SubnetPool second = pool(scope, "10.1.0.0/16");
        assertProblem(
                Problem.ADDRESS_SCOPE_PREFIX_CONFLICT,
                () -> domain.subnetPools()
                        .update(ALICE, second.id(), SubnetPoolUpdate.NONE.withPrefixes("10.0.0.0/15")));
        assertProblem(
                Problem.ADDRESS_SCOPE_PREFIX_CONFLICT,
                () -> domain.subnetPools().addPrefixes(ALICE, second.id(), List.of(IpPrefix.parse("10.0.0.0/24"))));
        assertProblem(
                Problem.ADDRESS_SCOPE_PREFIX_CONFLICT,
                () -> domain.subnetPools()
                        .create(
                                ALICE,
                                List.of(
                                        NewSubnetPool.of("alice", "10.2.0.0/16").inScope(scope.id()),
                                        NewSubnetPool.of("alice", "10.2.0.0/24").inScope(scope.id()))));
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_VERSION_ASSOCIATION,
                () -> domain.subnetPools()
                        .create(
                                ALICE,
                                NewSubnetPool.of("alice", "2001:db8::/48").inScope(scope.id())));
        assertProblem(Problem.ADDRESS_SCOPE_IN_USE, () -> domain.addressScopes().delete(ALICE, scope.id()));
        domain.subnetPools().delete(ALICE, first.id());
        pool(scope, "10.0.0.0/16");
    }

    @Test
    void othersUseAScopeThatTheyMay() {
        AddressScope others = scope("bob", false);
        assertProblem(Problem.ADDRESS_SCOPE_NOT_FOUND, () -> pool(others, "10.0.0.0/16"));
        UUID policy = domain.rbacPolicies()
                .create(
                        ADMIN,
                        new NewRbacPolicy(
                                "bob", Resource.Kind.ADDRESS_SCOPE, others.id(), Action.ACCESS_AS_SHARED, "alice"))
                .policy()
                .id();
        SubnetPool pool = pool(others, "10.0.0.0/16");
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().delete(ADMIN, policy));
        // Its addresses are the scope's owner's to change, as in Neutron.
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_ASSOCIATION,
                () -> domain.subnetPools().update(ALICE, pool.id(), SubnetPoolUpdate.NONE.withPrefixes("10.0.0.0/15")));
        // Who may not use the scope may not use its pools.
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.rbacPolicies()
                        .create(
                                ALICE,
                                new NewRbacPolicy(
                                        "alice",
                                        Resource.Kind.SUBNET_POOL,
                                        pool.id(),
                                        Action.ACCESS_AS_SHARED,
                                        "carol")));
        AddressScope shared = scope("bob", true);
        assertProblem(
                Problem.ADDRESS_SCOPE_UPDATE_ERROR,
                () -> domain.addressScopes().update(ADMIN, shared.id(), Optional.empty(), Optional.of(false)));
    }

    @Test
    void aPolicyOfAPoolStaysWhileItsTargetHasASubnetOfIt() {
        SubnetPool pool = domain.subnetPools()
                .create(ADMIN, NewSubnetPool.of("bob", "10.0.0.0/16").withLengths(8, 30, 26));
        Network network = servers.network();
        NewSubnet wanted = NewSubnet.of("alice", network.id(), CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4));
        assertProblem(Problem.SUBNET_POOL_NOT_FOUND, () -> domain.subnets().create(ALICE, wanted));
        UUID policy = domain.rbacPolicies()
                .create(
                        ADMIN,
                        new NewRbacPolicy(
                                "bob", Resource.Kind.SUBNET_POOL, pool.id(), Action.ACCESS_AS_SHARED, "alice"))
                .policy()
                .id();
        UUID subnet = domain.subnets().create(ALICE, wanted).id();
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().delete(ADMIN, policy));
        domain.subnets().delete(ALICE, subnet);
        domain.rbacPolicies().delete(ADMIN, policy);
    }
}
