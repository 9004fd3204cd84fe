package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.AddressScope;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.PrefixSet;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about subnet pools. */
abstract class PoolRacesContract extends RbacRacesContract {
    private static final int ROUNDS = 8;
    private static final int THREADS = 8;

    private SubnetPool pool(NewSubnetPool wanted) {
        return servers().first().subnetPools().create(ADMIN, wanted.withLengths(8, 30, 26));
    }

    private World now() {
        return servers().first().view().world();
    }

    private List<Network> networks() {
        return IntStream.range(0, THREADS).mapToObj(_ -> servers().network()).toList();
    }

    private static List<Problem> problems(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    private void assertNoOverlap(List<Subnet> subnets) {
        for (Subnet one : subnets) {
            assertThat(subnets)
                    .noneMatch(other ->
                            !other.id().equals(one.id()) && other.cidr().overlaps(one.cidr()));
        }
    }

    @Test
    void subnetsOfAPoolNeverOverlapOnWhicheverNetworks() {
        SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/24"));
        List<Network> networks = networks();
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes = race(THREADS, number -> {
                UUID network = networks.get(number).id();
                CidrChoice.OfPool choice = number == 0
                        ? CidrChoice.OfPool.exactly(pool.id(), "10.0.0.32/27")
                        : CidrChoice.OfPool.ofLength(pool.id(), IpFamily.IPV4, 26 + number % 4);
                return servers().server(number).subnets().create(ALICE, NewSubnet.of("alice", network, choice));
            });
            List<Subnet> made = returned(outcomes);
            assertNoOverlap(made);
            assertThat(made).hasSizeGreaterThanOrEqualTo(THREADS - 1);
            // Others may have been where the one asked for is; there is room for all of them.
            assertThat(thrown(outcomes)).hasSize(THREADS - made.size());
            assertThat(problems(thrown(outcomes))).allMatch(Problem.SUBNET_ALLOCATION_ERROR::equals);
            assertThat(now().givenOf(pool))
                    .isEqualTo(PrefixSet.of(
                            IpFamily.IPV4, made.stream().map(Subnet::cidr).toList()));
            made.forEach(subnet -> servers().second().subnets().delete(ALICE, subnet.id()));
        }
    }

    @Test
    void subnetsThatComeIntoAPoolAndThoseThatAreTakenOfItNeverOverlap() {
        for (int round = 0; round < ROUNDS; round++) {
            SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/24"));
            List<Network> networks = networks();
            servers()
                    .first()
                    .subnets()
                    .create(ALICE, NewSubnet.of("alice", networks.getFirst().id(), "10.0.0.0/26"));
            race(THREADS, number -> {
                Domain server = servers().server(number);
                UUID network = networks.get(number).id();
                return number == 0
                        ? server.subnetOnboarding().onboard(ALICE, pool.id(), network)
                        : server.subnets()
                                .create(
                                        ALICE,
                                        NewSubnet.of(
                                                "alice", network, CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4)));
            });
            List<Subnet> inside = now().subnetsOfPool(pool.id());
            assertThat(inside).isNotEmpty();
            assertNoOverlap(inside);
        }
    }

    @Test
    void aNetworkIsOfOnePoolWhoeverBringsSubnetsIn() {
        for (int round = 0; round < ROUNDS; round++) {
            SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/24"));
            Network network = servers().network();
            servers().first().subnets().create(ALICE, NewSubnet.of("alice", network.id(), "192.0.2.0/26"));
            race(2, number -> {
                Domain server = servers().server(number);
                return number == 0
                        ? server.subnetOnboarding().onboard(ALICE, pool.id(), network.id())
                        : server.subnets().create(ALICE, NewSubnet.of("alice", network.id(), "192.0.2.128/26"));
            });
            assertThat(now().subnetsOf(network.id()))
                    .extracting(Subnet::subnetPool)
                    .containsOnly(Optional.of(pool.id()));
        }
    }

    private AddressScope scope() {
        return servers().first().addressScopes().create(new NewAddressScope("alice", "s", IpFamily.IPV4, false));
    }

    @Test
    void poolsOfAnAddressScopeNeverOverlapWhoeverMakesOrMovesThem() {
        for (int round = 0; round < ROUNDS; round++) {
            AddressScope scope = scope();
            SubnetPool waiting = pool(NewSubnetPool.of("alice", "10.0.0.0/16"));
            var outcomes = race(THREADS, number -> {
                SubnetPools pools = servers().server(number).subnetPools();
                return number == 0
                        ? pools.update(
                                ALICE,
                                waiting.id(),
                                SubnetPoolUpdate.NONE.withScope(new ScopeChoice(Optional.of(scope.id()))))
                        : pools.create(
                                ALICE,
                                NewSubnetPool.of("alice", "10.0." + number + ".0/22")
                                        .withLengths(8, 30, 26)
                                        .inScope(scope.id()));
            });
            assertThat(problems(thrown(outcomes))).allMatch(Problem.ADDRESS_SCOPE_PREFIX_CONFLICT::equals);
            List<SubnetPool> inside = now().subnetPoolsOfScope(scope.id());
            assertThat(inside).hasSameSizeAs(returned(outcomes)).isNotEmpty();
            for (SubnetPool one : inside) {
                assertThat(inside)
                        .noneMatch(other -> !other.id().equals(one.id())
                                && other.prefixes().stream().anyMatch(one.space()::meets));
            }
            now().subnetPoolsOfProject("alice")
                    .forEach(pool -> servers().first().subnetPools().delete(ALICE, pool.id()));
        }
    }

    @Test
    void anAddressScopeIsDeletedOrGetsAPoolButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            AddressScope scope = scope();
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.addressScopes().delete(ALICE, scope.id());
                } else {
                    server.subnetPools()
                            .create(
                                    ALICE,
                                    NewSubnetPool.of("alice", "10.0.0.0/16").inScope(scope.id()));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(now().addressScope(scope.id()).isPresent())
                    .isEqualTo(!now().subnetPoolsOfScope(scope.id()).isEmpty());
        }
    }

    @Test
    void aProjectNeverHasMoreOfAPoolThanItsQuota() {
        List<Network> networks = networks();
        for (int round = 0; round < ROUNDS; round++) {
            SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/16").withQuota(3 * 64));
            var outcomes = race(
                    THREADS,
                    number -> servers()
                            .server(number)
                            .subnets()
                            .create(
                                    ALICE,
                                    NewSubnet.of(
                                            "alice",
                                            networks.get(number).id(),
                                            CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4))));
            assertThat(returned(outcomes)).hasSize(3);
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.SUBNET_POOL_QUOTA_EXCEEDED);
            returned(outcomes).forEach(subnet -> servers().first().subnets().delete(ALICE, subnet.id()));
        }
    }

    @Test
    void aSubnetPoolIsDeletedOrUsedButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/16"));
            Network network = servers().network();
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.subnetPools().delete(ALICE, pool.id());
                } else {
                    server.subnets()
                            .create(
                                    ALICE,
                                    NewSubnet.of(
                                            "alice", network.id(), CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4)));
                }
                return number;
            });
            boolean deleted = now().subnetPool(pool.id()).isEmpty();
            assertThat(returned(outcomes)).containsExactly(deleted ? 0 : 1);
            assertThat(now().subnetsOf(network.id())).hasSize(deleted ? 0 : 1);
            assertThat(problems(thrown(outcomes)))
                    .containsExactly(deleted ? Problem.SUBNET_POOL_NOT_FOUND : Problem.SUBNET_POOL_DELETE_ERROR);
        }
    }

    @Test
    void aPrefixLeavesAPoolOrIsTakenByASubnetButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            SubnetPool pool = pool(NewSubnetPool.of("alice", "10.0.0.0/26"));
            Network network = servers().network();
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.subnetPools().removePrefixes(ALICE, pool.id(), List.of(IpPrefix.parse("10.0.0.0/27")));
                } else {
                    server.subnets()
                            .create(
                                    ALICE,
                                    NewSubnet.of(
                                            "alice", network.id(), CidrChoice.OfPool.any(pool.id(), IpFamily.IPV4)));
                }
                return number;
            });
            boolean smaller = !now().subnetPool(pool.id()).orElseThrow().space().covers(IpPrefix.parse("10.0.0.0/26"));
            assertThat(returned(outcomes)).containsExactly(smaller ? 0 : 1);
            assertThat(now().subnetsOf(network.id())).hasSize(smaller ? 0 : 1);
            assertThat(problems(thrown(outcomes)))
                    .containsExactly(
                            smaller ? Problem.SUBNET_ALLOCATION_ERROR : Problem.ILLEGAL_SUBNET_POOL_PREFIX_UPDATE);
        }
    }

    @Test
    void aFamilyHasOneDefaultSubnetPool() {
        for (int round = 0; round < ROUNDS; round++) {
            UUID made = pool(NewSubnetPool.of("alice", "10.0.0.0/16")).id();
            var outcomes = race(6, number -> {
                SubnetPools pools = servers().server(number).subnetPools();
                return number == 0
                        ? pools.update(ADMIN, made, SubnetPoolUpdate.NONE.withDefault(true))
                        : pools.create(
                                ADMIN, NewSubnetPool.of("alice", "10.0.0.0/16").asDefault());
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.INVALID_INPUT);
            UUID winner = returned(outcomes).getFirst().id();
            assertThat(now().defaultSubnetPool(IpFamily.IPV4).map(SubnetPool::id))
                    .contains(winner);
            servers().first().subnetPools().delete(ADMIN, winner);
        }
    }

    @Test
    void prefixesAddedAtOnceAreAllThere() {
        UUID pool = pool(NewSubnetPool.of("alice", "10.0.0.0/16")).id();
        var outcomes = race(
                THREADS,
                number -> servers()
                        .server(number)
                        .subnetPools()
                        .addPrefixes(ALICE, pool, List.of(IpPrefix.parse("10." + (8 + number) + ".0.0/16"))));
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(now().subnetPool(pool).orElseThrow().prefixes())
                .containsExactly(IpPrefix.parse("10.0.0.0/16"), IpPrefix.parse("10.8.0.0/13"));
    }
}
