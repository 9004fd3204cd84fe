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
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubnetOnboardingTest {
    private Servers servers;
    private Domain domain;
    private Network network;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        domain = servers.first();
        network = servers.network();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private SubnetPool pool(String project, String... prefixes) {
        return domain.subnetPools()
                .create(ADMIN, NewSubnetPool.of(project, prefixes).withLengths(8, 30, 26));
    }

    private Subnet subnet(Network on, String cidr) {
        return domain.subnets().create(ALICE, NewSubnet.of("alice", on.id(), cidr));
    }

    private List<Subnet> onboard(SubnetPool pool) {
        return domain.subnetOnboarding().onboard(ALICE, pool.id(), network.id());
    }

    private World secondServer() {
        return servers.second().view().world();
    }

    @Test
    void allSubnetsOfTheFamilyBecomeOnesOfThePool() {
        Subnet first = subnet(network, "192.0.2.0/24");
        Subnet second = subnet(network, "10.0.0.0/24");
        Subnet other = subnet(network, "2001:db8::/64");
        SubnetPool pool = pool("alice", "10.0.0.0/16");
        assertThat(onboard(pool)).extracting(Subnet::id).containsExactlyInAnyOrder(first.id(), second.id());
        SubnetPool grown = secondServer().subnetPool(pool.id()).orElseThrow();
        assertThat(grown.prefixes()).extracting(IpPrefix::toString).containsExactly("10.0.0.0/16", "192.0.2.0/24");
        assertThat(secondServer().subnetsOfPool(pool.id())).hasSize(2);
        assertThat(secondServer().subnet(other.id()).orElseThrow().subnetPool()).isEmpty();
        Subnet next = domain.subnets()
                .create(ALICE, NewSubnet.of("alice", network.id(), CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4)));
        assertThat(next.cidr()).hasToString("10.0.1.0/26");
        assertProblem(Problem.NETWORK_SUBNET_POOL_AFFINITY, () -> subnet(network, "172.16.0.0/24"));
        assertProblem(
                Problem.SUBNET_POOL_DELETE_ERROR, () -> domain.subnetPools().delete(ALICE, pool.id()));
        assertProblem(Problem.ILLEGAL_SUBNET_POOL_UPDATE, () -> onboard(pool));
        SubnetPool moved = pool("alice", "172.16.0.0/16");
        assertThat(onboard(moved)).hasSize(3);
        domain.subnetPools().delete(ALICE, pool.id());
    }

    @Test
    void aNetworkComesIntoTheScopeOfThePool() {
        AddressScope scope = domain.addressScopes().create(new NewAddressScope("alice", "s", IpFamily.IPV4, false));
        SubnetPool pool = domain.subnetPools()
                .create(
                        ALICE,
                        NewSubnetPool.of("alice", "10.0.0.0/16")
                                .withLengths(8, 30, 26)
                                .inScope(scope.id()));
        SubnetPool neighbour = domain.subnetPools()
                .create(
                        ALICE,
                        NewSubnetPool.of("alice", "10.1.0.0/16")
                                .withLengths(8, 30, 26)
                                .inScope(scope.id()));
        subnet(network, "192.0.2.0/24");
        onboard(pool);
        assertThat(secondServer().addressScopeOf(network.id(), IpFamily.IPV4)).contains(scope.id());
        Network other = servers.network();
        subnet(other, "192.0.2.128/25");
        assertProblem(
                Problem.ADDRESS_SCOPE_PREFIX_CONFLICT,
                () -> domain.subnetOnboarding().onboard(ALICE, neighbour.id(), other.id()));
    }

    @Test
    void onlyTheOwnersOfPoolAndNetworkMay() {
        subnet(network, "192.0.2.0/24");
        SubnetPool others = pool("bob", "10.0.0.0/16");
        assertProblem(Problem.SUBNET_POOL_NOT_FOUND, () -> onboard(others));
        SubnetPool own = pool("alice", "10.0.0.0/16");
        Network foreign = domain.networks().create(ADMIN, NewNetwork.of("bob", "n"));
        Subnet there = domain.subnets().create(ADMIN, NewSubnet.of("bob", foreign.id(), "10.9.0.0/24"));
        assertProblem(
                Problem.NETWORK_NOT_FOUND, () -> domain.subnetOnboarding().onboard(ALICE, own.id(), foreign.id()));
        domain.rbacPolicies()
                .create(
                        ADMIN,
                        new NewRbacPolicy(
                                "bob", Resource.Kind.NETWORK, foreign.id(), Action.ACCESS_AS_SHARED, "alice"));
        assertProblem(Problem.NOT_AUTHORIZED, () -> domain.subnetOnboarding().onboard(ALICE, own.id(), foreign.id()));
        assertThat(secondServer().subnet(there.id()).orElseThrow().subnetPool()).isEmpty();
        assertProblem(
                Problem.NETWORK_NOT_FOUND, () -> domain.subnetOnboarding().onboard(ALICE, own.id(), UUID.randomUUID()));
        assertThat(domain.subnetOnboarding()
                        .onboard(ALICE, own.id(), servers.network().id()))
                .isEmpty();
    }
}
