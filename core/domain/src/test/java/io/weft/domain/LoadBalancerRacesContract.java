package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.IpAddress;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about load balancers. */
abstract class LoadBalancerRacesContract extends TrunkRacesContract {
    private static final int ROUNDS = 6;
    private static final int THREADS = 8;

    private static List<Problem> problems(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    /** What load balancers have taken; what one refers to is there. */
    static void expectLoadBalancers(World world, Map<String, String> expected) {
        for (LoadBalancer loadBalancer : world.loadBalancers()) {
            Port port = world.port(loadBalancer.portId()).orElseThrow();
            assertThat(port.deviceId()).isEqualTo(LoadBalancer.deviceId(loadBalancer.id()));
            assertThat(port.binding().isBound()).isFalse();
        }
        for (Listener listener : world.listeners()) {
            assertThat(world.loadBalancer(listener.loadBalancerId())).isPresent();
            listener.defaultPool()
                    .ifPresent(pool -> assertThat(world.pool(pool)).isPresent());
            expected.put(
                    Layout.listening(listener.loadBalancerId(), listener.protocol(), listener.port()),
                    listener.id().toString());
        }
        for (Pool pool : world.pools()) {
            assertThat(world.loadBalancer(pool.loadBalancerId())).isPresent();
        }
        for (PoolMember member : world.poolMembers()) {
            assertThat(world.pool(member.poolId())).isPresent();
            expected.put(
                    Layout.memberPlace(member.poolId(), member.address(), member.port()),
                    member.id().toString());
        }
    }

    private LoadBalancer loadBalancer() {
        Network network = servers().network();
        Subnet subnet = servers().subnet(network, "10.0.0.0/24");
        return servers()
                .first()
                .loadBalancers()
                .create(ALICE, NewLoadBalancer.of("alice", VipChoice.onSubnet(subnet.id())));
    }

    private static NewPoolMember member(int number) {
        return NewPoolMember.of(IpAddress.parse("10.0.0." + number), 80);
    }

    @Test
    void aPortOfALoadBalancerIsOfOneListenerAndAListenerHasOnePool() {
        LoadBalancer owner = loadBalancer();
        for (int round = 1; round <= ROUNDS; round++) {
            int port = round;
            var outcomes = race(
                    THREADS,
                    number -> servers()
                            .server(number)
                            .listeners()
                            .create(ALICE, NewListener.of(owner.id(), BalancedProtocol.TCP, port)));
            assertThat(problems(thrown(outcomes))).hasSize(THREADS - 1).containsOnly(Problem.DUPLICATE_LISTENER);
            UUID listener = returned(outcomes).getFirst().id();
            var pools = race(
                    THREADS,
                    number -> servers()
                            .server(number)
                            .loadBalancerPools()
                            .create(ALICE, NewPool.ofListener(listener, BalancedProtocol.TCP)));
            assertThat(problems(thrown(pools))).hasSize(THREADS - 1).containsOnly(Problem.DUPLICATE_POOL);
            assertThat(servers().first().listeners().show(ALICE, listener).defaultPool())
                    .contains(returned(pools).getFirst().id());
        }
    }

    @Test
    void aPoolOfSctpGetsAMemberOrAListenerOfAnotherPortButNotBoth() {
        LoadBalancer owner = loadBalancer();
        for (int round = 1; round <= ROUNDS; round++) {
            int port = round;
            UUID pool = servers()
                    .first()
                    .loadBalancerPools()
                    .create(ALICE, NewPool.of(owner.id(), BalancedProtocol.SCTP))
                    .id();
            UUID listener = servers()
                    .first()
                    .listeners()
                    .create(ALICE, NewListener.of(owner.id(), BalancedProtocol.SCTP, port))
                    .id();
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    NewPoolMember other = NewPoolMember.of(IpAddress.parse("10.0.0.7"), 36412);
                    return domain.poolMembers().create(ALICE, pool, other).id();
                }
                ListenerUpdate lead = new ListenerUpdate(
                        LabelsUpdate.NONE,
                        Optional.empty(),
                        Optional.of(Optional.of(pool)),
                        Optional.empty(),
                        Optional.empty());
                return domain.listeners().update(ALICE, listener, lead).id();
            });
            assertThat(problems(thrown(outcomes))).containsExactly(Problem.OCTAVIA_VALIDATION);
        }
    }

    @Test
    void aLoadBalancerGoesAndWhatLedToItLeadsNowhere() {
        Domain first = servers().first();
        Network outside =
                first.networks().create(ADMIN, NewNetwork.of("alice", "outside").withExternal("physnet1"));
        first.subnets().create(ADMIN, NewSubnet.of("alice", outside.id(), "203.0.113.0/24"));
        Subnet subnet = servers().subnet(servers().network(), "10.0.0.0/24");
        UUID router = first.routers()
                .create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(outside.id())))
                .id();
        first.routers().addInterfaceBySubnet(ALICE, router, subnet.id());
        UUID floating = first.floatingIps()
                .create(ALICE, NewFloatingIp.of("alice", outside.id()))
                .id();
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancer owner =
                    first.loadBalancers().create(ALICE, NewLoadBalancer.of("alice", VipChoice.onSubnet(subnet.id())));
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    domain.loadBalancers().delete(ALICE, owner.id(), false);
                } else {
                    domain.floatingIps().update(ALICE, floating, FloatingIpUpdate.NONE.withPort(owner.portId()));
                }
                return number;
            });
            assertThat(returned(outcomes)).contains(0);
            assertThat(problems(thrown(outcomes))).isSubsetOf(List.of(Problem.PORT_NOT_FOUND));
            assertThat(first.floatingIps().show(ALICE, floating).fixed()).isEmpty();
        }
    }

    @Test
    void aLoadBalancerGoesOrGetsAListenerButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancer owner = loadBalancer();
            boolean cascade = round % 2 == 0;
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    domain.loadBalancers().delete(ALICE, owner.id(), cascade);
                    return owner.id();
                }
                return domain.listeners()
                        .create(ALICE, NewListener.of(owner.id(), BalancedProtocol.TCP, 80))
                        .id();
            });
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(Problem.OCTAVIA_NOT_FOUND, Problem.LOAD_BALANCER_HAS_CHILDREN);
            boolean left =
                    servers().first().view().world().loadBalancer(owner.id()).isPresent();
            assertThat(servers().first().view().world().listenersOf(owner.id())).hasSize(left ? 1 : 0);
            assertThat(servers().first().view().world().port(owner.portId()).isPresent())
                    .isEqualTo(left);
        }
    }

    @Test
    void aPoolGoesOrIsNamedByAListenerOrGetsAMemberButNotBoth() {
        LoadBalancer owner = loadBalancer();
        for (int round = 1; round <= ROUNDS; round++) {
            Pool pool =
                    servers().first().loadBalancerPools().create(ALICE, NewPool.of(owner.id(), BalancedProtocol.UDP));
            int port = round;
            var outcomes = race(3, number -> {
                Domain domain = servers().server(number);
                return switch (number) {
                    case 0 -> {
                        domain.loadBalancerPools().delete(ALICE, pool.id());
                        yield pool.id();
                    }
                    case 1 ->
                        domain.poolMembers().create(ALICE, pool.id(), member(1)).id();
                    default ->
                        domain.listeners()
                                .create(
                                        ALICE,
                                        NewListener.of(owner.id(), BalancedProtocol.UDP, port)
                                                .withDefaultPool(pool.id()))
                                .id();
                };
            });
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.OCTAVIA_NOT_FOUND);
            World world = servers().first().view().world();
            assertThat(world.pool(pool.id())).isEmpty();
            assertThat(world.poolMembers()).isEmpty();
            assertThat(world.listenersOfPool(pool.id())).isEmpty();
        }
    }

    @Test
    void whoReplacesAllMembersLastHasThemAllAndAPlaceIsOfOneMember() {
        LoadBalancer owner = loadBalancer();
        Pool pool = servers().first().loadBalancerPools().create(ALICE, NewPool.of(owner.id(), BalancedProtocol.TCP));
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes = race(
                    THREADS,
                    number -> servers()
                            .server(number)
                            .poolMembers()
                            .replace(
                                    ALICE,
                                    pool.id(),
                                    IntStream.range(number, number + 5)
                                            .mapToObj(i -> member(1 + i).withWeight(1 + number))
                                            .toList(),
                                    false));
            assertThat(thrown(outcomes)).isEmpty();
            List<PoolMember> left = servers().first().view().world().membersOf(pool.id());
            int winner = left.getFirst().weight() - 1;
            assertThat(left)
                    .extracting(PoolMember::address)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(winner, winner + 5)
                            .mapToObj(i -> member(1 + i).address())
                            .toList());
            assertThat(left).extracting(PoolMember::weight).containsOnly(1 + winner);
            int place = 100 + round;
            var made = race(
                    THREADS, number -> servers().server(number).poolMembers().create(ALICE, pool.id(), member(place)));
            assertThat(problems(thrown(made))).hasSize(THREADS - 1).containsOnly(Problem.DUPLICATE_MEMBER);
        }
    }

    @Test
    void aPortGivesItsAddressToALoadBalancerOrIsUsedOtherwiseButNotBoth() {
        Network network = servers().network();
        servers().subnet(network, "10.0.0.0/24");
        for (int round = 0; round < 2 * ROUNDS; round++) {
            Port port = servers().first().ports().create(ALICE, NewPort.of("alice", network.id()));
            boolean deleted = round % 2 == 0;
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    return domain.loadBalancers()
                            .create(ALICE, NewLoadBalancer.of("alice", VipChoice.ofPort(port.id())))
                            .id();
                }
                if (deleted) {
                    domain.ports().delete(ALICE, port.id());
                    return port.id();
                }
                return domain.ports()
                        .bind(ADMIN, port.id(), new Binding("host", "normal", Map.of()))
                        .id();
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(
                            Problem.PORT_NOT_FOUND,
                            Problem.PORT_OWNED,
                            Problem.INVALID_INPUT,
                            Problem.OCTAVIA_VALIDATION);
            World world = servers().first().view().world();
            Optional<Port> after = world.port(port.id());
            assertThat(world.loadBalancerOfPort(port.id()).isPresent())
                    .isEqualTo(after.filter(known -> known.deviceOwner().equals(LoadBalancer.PORT_OWNER))
                            .isPresent());
        }
    }
}
