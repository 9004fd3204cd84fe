package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubnetPoolsTest {
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

    private SubnetPool pool(NewSubnetPool wanted) {
        return domain.subnetPools().create(ADMIN, wanted);
    }

    private SubnetPool pool(String... prefixes) {
        return pool(NewSubnetPool.of("alice", prefixes).withLengths(8, 30, 26));
    }

    /** A subnet on a network of its own. */
    private Subnet subnet(CidrChoice.OfPool choice) {
        return domain.subnets()
                .create(ALICE, NewSubnet.of("alice", servers.network().id(), choice));
    }

    private static CidrChoice.OfPool any(SubnetPool pool) {
        return CidrChoice.OfPool.any(pool.id(), pool.family());
    }

    private static CidrChoice.OfPool ofLength(SubnetPool pool, int length) {
        return CidrChoice.OfPool.ofLength(pool.id(), pool.family(), length);
    }

    private static CidrChoice.OfPool standard(IpFamily family) {
        return new CidrChoice.OfPool(Optional.empty(), family, Optional.empty(), OptionalInt.empty());
    }

    private static List<String> texts(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).toList();
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aPoolHasNeutronsDefaultsAndFewBlocks() {
        SubnetPool four = pool(NewSubnetPool.of("alice", "10.0.1.0/24", "10.0.0.0/24"));
        assertThat(texts(four.prefixes())).containsExactly("10.0.0.0/23");
        assertThat(List.of(four.minLength(), four.maxLength(), four.defaultLength()))
                .containsExactly(8, 32, 8);
        SubnetPool six = pool(NewSubnetPool.of("alice", "2001:db8::/48"));
        assertThat(List.of(six.minLength(), six.maxLength(), six.defaultLength()))
                .containsExactly(64, 128, 64);
        assertThat(domain.quotas().usage("alice").get(QuotaResource.SUBNET_POOL))
                .isEqualTo(2);
        domain.subnetPools().delete(ALICE, six.id());
        assertThat(domain.quotas().usage("alice").get(QuotaResource.SUBNET_POOL))
                .isEqualTo(1);
        assertProblem(Problem.SUBNET_POOL_NOT_FOUND, () -> domain.subnetPools().show(ADMIN, six.id()));
    }

    @Test
    void whatMakesNoPoolIsRefused() {
        assertProblem(Problem.EMPTY_SUBNET_POOL_PREFIX_LIST, () -> pool());
        assertProblem(Problem.PREFIX_VERSION_MISMATCH, () -> pool("10.0.0.0/8", "2001:db8::/32"));
        for (int[] lengths : new int[][] {{24, 16, 24}, {8, 33, 8}, {8, 24, 25}, {8, 24, 7}}) {
            assertProblem(
                    Problem.ILLEGAL_SUBNET_POOL_PREFIX_BOUNDS,
                    () -> pool(
                            NewSubnetPool.of("alice", "10.0.0.0/8").withLengths(lengths[0], lengths[1], lengths[2])));
        }
        domain.quotas().update("alice", Map.of(QuotaResource.SUBNET_POOL, 1));
        pool("10.0.0.0/8");
        assertProblem(Problem.OVER_QUOTA, () -> pool("10.0.0.0/8"));
    }

    @Test
    void projectsUseTheirOwnPoolsAndSharedOnes() {
        NewSubnetPool wanted = NewSubnetPool.of("alice", "10.0.0.0/8").withLengths(8, 30, 26);
        SubnetPool own = domain.subnetPools().create(ALICE, wanted);
        assertThat(subnet(any(own)).subnetPool()).contains(own.id());
        SubnetPool foreign = pool(NewSubnetPool.of("bob", "10.0.0.0/8").withLengths(8, 30, 26));
        assertProblem(Problem.SUBNET_POOL_NOT_FOUND, () -> subnet(any(foreign)));
        assertProblem(Problem.SUBNET_POOL_NOT_FOUND, () -> domain.subnetPools().show(ALICE, foreign.id()));
        SubnetPool shared = pool(
                NewSubnetPool.of("bob", "10.0.0.0/8").withLengths(8, 30, 26).forAll());
        assertThat(subnet(any(shared)).cidr()).hasToString("10.0.0.0/26");
    }

    @Test
    void subnetsOfAPoolNeverOverlapAndTakeTheSmallestPartsThatDo() {
        SubnetPool pool = pool("10.0.0.0/24");
        Subnet first = subnet(any(pool));
        assertThat(first.cidr()).hasToString("10.0.0.0/26");
        assertThat(first.gateway()).contains(IpAddress.parse("10.0.0.1"));
        assertThat(subnet(ofLength(pool, 28)).cidr()).hasToString("10.0.0.64/28");
        assertThat(subnet(ofLength(pool, 25)).cidr()).hasToString("10.0.0.128/25");
        assertThat(subnet(CidrChoice.OfPool.exactly(pool.id(), "10.0.0.96/27")).cidr())
                .hasToString("10.0.0.96/27");
        assertProblem(
                Problem.SUBNET_ALLOCATION_ERROR, () -> subnet(CidrChoice.OfPool.exactly(pool.id(), "10.0.0.112/28")));
        assertProblem(
                Problem.SUBNET_ALLOCATION_ERROR, () -> subnet(CidrChoice.OfPool.exactly(pool.id(), "10.0.1.0/26")));
        assertProblem(Problem.SUBNET_ALLOCATION_ERROR, () -> subnet(any(pool)));
        domain.subnets().delete(ALICE, first.id());
        assertThat(subnet(any(pool)).cidr()).hasToString("10.0.0.0/26");
        assertThat(subnet(any(pool("10.0.0.0/24"))).cidr())
                .as("other pools are other places")
                .hasToString("10.0.0.0/26");
    }

    @Test
    void aPoolSaysHowLongItsSubnetsPrefixesAre() {
        SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/16").withLengths(24, 26, 25));
        assertProblem(Problem.MAX_PREFIX_SUBNET_ALLOCATION_ERROR, () -> subnet(ofLength(pool, 27)));
        assertProblem(Problem.MIN_PREFIX_SUBNET_ALLOCATION_ERROR, () -> subnet(ofLength(pool, 23)));
        assertProblem(
                Problem.MIN_PREFIX_SUBNET_ALLOCATION_ERROR,
                () -> subnet(CidrChoice.OfPool.exactly(pool.id(), "10.0.0.0/16")));
        assertProblem(Problem.BAD_REQUEST, () -> subnet(CidrChoice.OfPool.any(pool.id(), IpFamily.IPV6)));
        assertProblem(
                Problem.SUBNET_POOL_NOT_FOUND, () -> subnet(CidrChoice.OfPool.any(UUID.randomUUID(), IpFamily.IPV4)));
        domain.subnetPools()
                .update(
                        ALICE,
                        pool.id(),
                        SubnetPoolUpdate.NONE.withLengths(
                                new PrefixLengths(OptionalInt.empty(), OptionalInt.of(28), OptionalInt.of(28))));
        assertThat(subnet(any(pool)).cidr().length()).isEqualTo(28);
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_PREFIX_BOUNDS,
                () -> domain.subnetPools()
                        .update(
                                ALICE,
                                pool.id(),
                                SubnetPoolUpdate.NONE.withLengths(new PrefixLengths(
                                        OptionalInt.empty(), OptionalInt.of(27), OptionalInt.empty()))));
    }

    @Test
    void aGatewayThatIsNamedSaysWhichBlockItIs() {
        SubnetPool pool = pool("10.0.0.0/16");
        NewSubnet wanted = NewSubnet.of("alice", servers.network().id(), any(pool));
        Subnet subnet =
                domain.subnets().create(ALICE, wanted.withGateway(new GatewayChoice.At(IpAddress.parse("10.0.7.65"))));
        assertThat(subnet.cidr()).hasToString("10.0.7.64/26");
        NewSubnet again = NewSubnet.of("alice", servers.network().id(), any(pool));
        assertProblem(
                Problem.SUBNET_ALLOCATION_ERROR,
                () -> domain.subnets()
                        .create(ALICE, again.withGateway(new GatewayChoice.At(IpAddress.parse("10.0.7.66")))));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.subnets()
                        .create(ALICE, again.withGateway(new GatewayChoice.At(IpAddress.parse("2001:db8::1")))));
    }

    @Test
    void aProjectHasNoMoreOfAPoolThanItsQuota() {
        SubnetPool four = pool(NewSubnetPool.of("bob", "10.0.0.0/8")
                .withLengths(8, 30, 26)
                .withQuota(100)
                .forAll());
        subnet(any(four));
        assertProblem(Problem.SUBNET_POOL_QUOTA_EXCEEDED, () -> subnet(any(four)));
        subnet(ofLength(four, 27));
        Network his = domain.networks().create(BOB, NewNetwork.of("bob", "n"));
        domain.subnets().create(BOB, NewSubnet.of("bob", his.id(), any(four)));

        SubnetPool six = pool(NewSubnetPool.of("alice", "2001:db8::/48").withQuota(2));
        NewSubnet two = NewSubnet.of("alice", servers.network().id(), any(six));
        NewSubnet others = NewSubnet.of("alice", servers.network().id(), any(six));
        assertProblem(
                Problem.SUBNET_POOL_QUOTA_EXCEEDED, () -> domain.subnets().create(ALICE, List.of(two, two, others)));
        assertThat(domain.subnets().create(ALICE, List.of(two, others)))
                .extracting(subnet -> subnet.cidr().toString())
                .containsExactly("2001:db8::/64", "2001:db8:0:1::/64");
    }

    @Test
    void theSubnetsOfAFamilyOnANetworkAreOfOnePool() {
        SubnetPool pool = pool("10.0.0.0/16");
        SubnetPool other = pool("10.1.0.0/16");
        SubnetPool six = pool(NewSubnetPool.of("alice", "2001:db8::/48"));
        Network network = servers.network();
        for (SubnetPool one : List.of(pool, six, pool)) {
            domain.subnets().create(ALICE, NewSubnet.of("alice", network.id(), any(one)));
        }
        assertProblem(
                Problem.NETWORK_SUBNET_POOL_AFFINITY,
                () -> domain.subnets().create(ALICE, NewSubnet.of("alice", network.id(), any(other))));
        assertProblem(Problem.NETWORK_SUBNET_POOL_AFFINITY, () -> servers.subnet(network, "192.0.2.0/24"));
        Network plain = servers.network();
        servers.subnet(plain, "192.0.2.0/24");
        assertProblem(
                Problem.NETWORK_SUBNET_POOL_AFFINITY,
                () -> domain.subnets().create(ALICE, NewSubnet.of("alice", plain.id(), any(other))));
    }

    @Test
    void oneDefaultPoolOfEachFamilyServesThoseWhoAskForIt() {
        assertProblem(Problem.BAD_REQUEST, () -> subnet(standard(IpFamily.IPV4)));
        SubnetPool four = pool(NewSubnetPool.of("bob", "10.0.0.0/16")
                .withLengths(8, 30, 26)
                .forAll()
                .asDefault());
        SubnetPool six = pool(NewSubnetPool.of("bob", "2001:db8::/48").forAll().asDefault());
        assertThat(subnet(standard(IpFamily.IPV4)).subnetPool()).contains(four.id());
        assertThat(subnet(standard(IpFamily.IPV6)).subnetPool()).contains(six.id());
        SubnetPool next = pool("10.1.0.0/16");
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.subnetPools().update(ADMIN, next.id(), SubnetPoolUpdate.NONE.withDefault(true)));
        domain.subnetPools().update(ADMIN, four.id(), SubnetPoolUpdate.NONE.withDefault(false));
        domain.subnetPools().update(ADMIN, next.id(), SubnetPoolUpdate.NONE.withDefault(true));
        assertThat(subnet(standard(IpFamily.IPV4)).subnetPool()).contains(next.id());
        Network his = domain.networks().create(BOB, NewNetwork.of("bob", "n"));
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.subnets().create(BOB, NewSubnet.of("bob", his.id(), standard(IpFamily.IPV4))));
    }

    @Test
    void aPoolGrowsByUpdatesAndLosesOnlyWhatNobodyHas() {
        SubnetPool pool = pool("10.0.0.0/24");
        SubnetPools pools = domain.subnetPools();
        assertThat(texts(pools.update(ALICE, pool.id(), SubnetPoolUpdate.NONE.withPrefixes("10.0.0.0/23"))
                        .prefixes()))
                .containsExactly("10.0.0.0/23");
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE,
                () -> pools.update(ALICE, pool.id(), SubnetPoolUpdate.NONE.withPrefixes("10.0.0.0/24")));
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE,
                () -> pools.update(ALICE, pool.id(), SubnetPoolUpdate.NONE.withPrefixes()));
        assertProblem(
                Problem.PREFIX_VERSION_MISMATCH,
                () -> pools.addPrefixes(ALICE, pool.id(), List.of(IpPrefix.parse("2001:db8::/32"))));
        assertThat(texts(pools.addPrefixes(ALICE, pool.id(), List.of(IpPrefix.parse("10.0.2.0/23")))
                        .prefixes()))
                .containsExactly("10.0.0.0/22");
        Subnet subnet = subnet(any(pool));
        assertProblem(
                Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE,
                () -> pools.removePrefixes(ALICE, pool.id(), List.of(IpPrefix.parse("10.0.0.0/30"))));
        List<IpPrefix> free = List.of(IpPrefix.parse("10.0.1.0/24"), IpPrefix.parse("192.0.2.0/24"));
        SubnetPool smaller = pools.removePrefixes(ALICE, pool.id(), free);
        assertThat(texts(smaller.prefixes())).containsExactly("10.0.0.0/24", "10.0.2.0/23");
        assertThat(pools.removePrefixes(ALICE, pool.id(), free).meta().revision())
                .isEqualTo(smaller.meta().revision());
        assertProblem(Problem.SUBNET_POOL_DELETE_ERROR, () -> pools.delete(ALICE, pool.id()));
        domain.networks().delete(ALICE, subnet.networkId());
        assertThat(pools.removePrefixes(ALICE, pool.id(), List.of(IpPrefix.parse("0.0.0.0/0")))
                        .prefixes())
                .isEmpty();
        assertProblem(Problem.SUBNET_ALLOCATION_ERROR, () -> subnet(any(pool)));
        pools.delete(ALICE, pool.id());
    }
}
