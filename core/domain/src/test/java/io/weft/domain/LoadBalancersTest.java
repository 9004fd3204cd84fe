package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.FloatingIp;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MemberLocality;
import io.weft.model.Network;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.store.MinWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadBalancersTest {
    private Servers servers;
    private Domain domain;
    private Network network;
    private Subnet subnet;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS.withExternalNetworks(true));
        domain = servers.first();
        network = servers.network();
        subnet = servers.subnet(network, "10.0.0.0/24");
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private World world() {
        return domain.view().world();
    }

    private LoadBalancer make(VipChoice vip) {
        return domain.loadBalancers().create(ALICE, NewLoadBalancer.of("alice", vip));
    }

    private LoadBalancer make() {
        return make(VipChoice.onSubnet(subnet.id()));
    }

    private Listener listen(LoadBalancer owner, int port) {
        return domain.listeners().create(ALICE, NewListener.of(owner.id(), BalancedProtocol.TCP, port));
    }

    private Pool pool(LoadBalancer owner) {
        return domain.loadBalancerPools().create(ALICE, NewPool.of(owner.id(), BalancedProtocol.TCP));
    }

    private PoolMember add(Pool pool, String address) {
        return domain.poolMembers().create(ALICE, pool.id(), NewPoolMember.of(IpAddress.parse(address), 80));
    }

    @Test
    void aLoadBalancerHasAPortOfItsOwnThatComesAndGoesWithIt() {
        LoadBalancer made = make(VipChoice.onSubnet(subnet.id()).at(IpAddress.parse("10.0.0.50")));
        assertThat(made.address()).hasToString("10.0.0.50");
        Port port = domain.ports().show(ALICE, made.portId());
        assertThat(port.deviceOwner()).isEqualTo("Octavia");
        assertThat(port.deviceId()).isEqualTo("lb-" + made.id());
        assertThat(port.portSecurityEnabled()).isFalse();
        assertThat(world().loadBalancerOfPort(port.id())).contains(made);
        domain.loadBalancers().delete(ALICE, made.id(), false);
        assertThat(world().port(port.id())).isEmpty();
        assertThat(world().loadBalancers()).isEmpty();
        domain.subnets().delete(ALICE, subnet.id());
    }

    @Test
    void serversThatDoNotKnowLoadBalancersAreKeptFromAStoreWithOne() {
        assertThat(MinWriter.required(servers.store())).isZero();
        make();
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.LOAD_BALANCERS);
    }

    @Test
    void aPoolSaysFromWhichMembersNodesChooseAndKeepsServersThatDoNotKnowItFromTheStore() {
        Pool made = domain.loadBalancerPools().create(ALICE, NewPool.of(make().id(), BalancedProtocol.TCP));
        assertThat(made.locality()).isEqualTo(MemberLocality.ANY);
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.LOAD_BALANCERS);
        choose(made, MemberLocality.LOCAL);
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.MEMBER_LOCALITY);
        choose(made, MemberLocality.PREFER_LOCAL);
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.PREFERRED_LOCALITY);
    }

    private void choose(Pool pool, MemberLocality locality) {
        PoolUpdate update =
                new PoolUpdate(LabelsUpdate.NONE, Optional.empty(), Optional.empty(), Optional.of(locality));
        domain.loadBalancerPools().update(ALICE, pool.id(), update);
        assertThat(world().pool(pool.id()).orElseThrow().locality()).isEqualTo(locality);
    }

    @Test
    void theAddressIsOfTheSubnetNetworkOrPortThatWasNamed() {
        Subnet six = servers.subnet(network, "2001:db8::/64");
        assertThat(make(VipChoice.onNetwork(network.id())).subnetId()).isEqualTo(subnet.id());
        IpAddress wanted = IpAddress.parse("2001:db8::80");
        LoadBalancer bySix = make(VipChoice.onNetwork(network.id()).at(wanted));
        assertThat(bySix.address()).isEqualTo(wanted);
        assertThat(bySix.subnetId()).isEqualTo(six.id());
        Port own = domain.ports()
                .create(ALICE, NewPort.of("alice", network.id()).withFixedIps(FixedIpRequest.of("10.0.0.9")));
        LoadBalancer byPort = make(VipChoice.ofPort(own.id()));
        assertThat(byPort.address()).hasToString("10.0.0.9");
        domain.loadBalancers().delete(ALICE, byPort.id(), false);
        assertThat(domain.ports().show(ALICE, own.id()).deviceOwner()).isEmpty();
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> make(new VipChoice(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> make(VipChoice.onSubnet(subnet.id()).at(wanted)));
        Port used =
                domain.ports().create(ALICE, NewPort.of("alice", network.id()).withDevice("vm", "compute:nova"));
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> make(VipChoice.ofPort(used.id())));
        Port two = domain.ports()
                .create(
                        ALICE,
                        NewPort.of("alice", network.id())
                                .withFixedIps(FixedIpRequest.of("10.0.0.20"), FixedIpRequest.of("10.0.0.21")));
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> make(VipChoice.ofPort(two.id())));
        assertThat(make(VipChoice.ofPort(two.id()).at(IpAddress.parse("10.0.0.21")))
                        .address())
                .hasToString("10.0.0.21");
    }

    @Test
    void thePortOfALoadBalancerIsUsedForNothingElse() {
        LoadBalancer made = make();
        UUID port = made.portId();
        Ports ports = domain.ports();
        assertProblem(Problem.PORT_OWNED, () -> ports.delete(ALICE, port));
        assertProblem(Problem.INVALID_INPUT, () -> ports.bind(ADMIN, port, new Binding("h1", "normal", Map.of())));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> ports.update(ALICE, port, PortUpdate.NONE.withFixedIps(FixedIpRequest.of("10.0.0.77"))));
        ports.update(ALICE, port, PortUpdate.NONE.withName("renamed"));
        assertProblem(Problem.PORT_OWNED, () -> domain.trunks().create(ALICE, NewTrunk.of("alice", port)));
        UUID router = domain.routers().create(ALICE, NewRouter.of("alice", "r")).id();
        assertProblem(Problem.PORT_IN_USE, () -> domain.routers().addInterfaceByPort(ALICE, router, port));
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> make(VipChoice.ofPort(port)));
    }

    @Test
    void whatALoadBalancerHasGoesWithItWhereThatIsAskedFor() {
        LoadBalancer made = make();
        Listener listener = listen(made, 80);
        Pool pool = domain.loadBalancerPools().create(ALICE, NewPool.ofListener(listener.id(), BalancedProtocol.TCP));
        add(pool, "10.0.0.5");
        assertProblem(
                Problem.LOAD_BALANCER_HAS_CHILDREN, () -> domain.loadBalancers().delete(ALICE, made.id(), false));
        domain.loadBalancers().delete(ALICE, made.id(), true);
        assertThat(world().listeners()).isEmpty();
        assertThat(world().pools()).isEmpty();
        assertThat(world().poolMembers()).isEmpty();
        assertThat(world().port(made.portId())).isEmpty();
        assertThat(domain.quotas().usage("alice"))
                .containsEntry(QuotaResource.LOAD_BALANCER, 0)
                .containsEntry(QuotaResource.POOL_MEMBER, 0);
    }

    @Test
    void aListenerHasOnePoolOfItsLoadBalancerAndProtocol() {
        LoadBalancer made = make();
        Listener listener = listen(made, 80);
        assertProblem(Problem.DUPLICATE_LISTENER, () -> listen(made, 80));
        domain.listeners().create(ALICE, NewListener.of(made.id(), BalancedProtocol.UDP, 80));
        assertThatThrownBy(() -> listen(made, 0)).isInstanceOf(InvalidException.class);
        Pool pool = pool(made);
        Listener led = domain.listeners().update(ALICE, listener.id(), leadingTo(Optional.of(pool.id())));
        assertThat(world().listenersOfPool(pool.id())).containsExactly(led);
        assertProblem(
                Problem.DUPLICATE_POOL,
                () -> domain.loadBalancerPools()
                        .create(ALICE, NewPool.ofListener(listener.id(), BalancedProtocol.TCP)));
        Pool udp = domain.loadBalancerPools().create(ALICE, NewPool.of(made.id(), BalancedProtocol.UDP));
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.listeners().update(ALICE, listener.id(), leadingTo(Optional.of(udp.id()))));
        Pool others = pool(make());
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.listeners().update(ALICE, listener.id(), leadingTo(Optional.of(others.id()))));
        domain.loadBalancerPools().delete(ALICE, pool.id());
        assertThat(domain.listeners().show(ALICE, listener.id()).defaultPool()).isEmpty();
        domain.listeners().delete(ALICE, listener.id());
        listen(made, 80);
    }

    private static ListenerUpdate leadingTo(Optional<UUID> pool) {
        return new ListenerUpdate(
                LabelsUpdate.NONE, Optional.empty(), Optional.of(pool), Optional.empty(), Optional.empty());
    }

    private static ListenerUpdate allowing(String... cidrs) {
        return new ListenerUpdate(
                LabelsUpdate.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Arrays.stream(cidrs).map(IpPrefix::parse).toList()),
                Optional.empty());
    }

    @Test
    void aListenerSaysFromWhichAddressesOfItsFamilyItMayBeCalled() {
        LoadBalancer made = make();
        UUID id = listen(made, 80).id();
        Listener some = domain.listeners().update(ALICE, id, allowing("10.0.0.0/8", "192.0.2.7"));
        assertThat(some.callers())
                .isEqualTo(new AllowedCallers(
                        List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("192.0.2.7/32")),
                        AllowedCallers.Scope.ALL));
        assertThat(domain.listeners()
                        .update(ALICE, id, leadingTo(Optional.empty()))
                        .callers())
                .isEqualTo(some.callers());
        assertProblem(
                Problem.OCTAVIA_VALIDATION, () -> domain.listeners().update(ALICE, id, allowing("2001:db8::/32")));
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.listeners()
                        .create(
                                ALICE,
                                NewListener.of(made.id(), BalancedProtocol.TCP, 81)
                                        .withCallers(new AllowedCallers(
                                                List.of(IpPrefix.parse("::/0")), AllowedCallers.Scope.ALL))));
        assertThatThrownBy(() -> domain.listeners().update(ALICE, id, allowing("10.0.0.0/8", "10.1.2.3/8")))
                .isInstanceOf(InvalidException.class);
        assertThat(domain.listeners().update(ALICE, id, allowing()).callers()).isEqualTo(AllowedCallers.EVERYONE);
    }

    @Test
    void aLoadBalancerOfManyListenersPoolsAndMembersGoesWithAllOfThem() {
        LoadBalancer many = make();
        LoadBalancer other = make();
        listen(other, 80);
        pool(other);
        List<NewPoolMember> most = IntStream.rangeClosed(1, PoolMembers.MOST_OF_POOL)
                .mapToObj(port -> NewPoolMember.of(IpAddress.parse("10.0.0.9"), port))
                .toList();
        for (int port = 1; port <= 205; port++) {
            Listener listener = listen(many, port);
            Pool pool =
                    domain.loadBalancerPools().create(ALICE, NewPool.ofListener(listener.id(), BalancedProtocol.TCP));
            if (port <= 5) {
                domain.poolMembers().replace(ALICE, pool.id(), most, false);
            }
        }
        assertThat(world().poolMembers()).hasSize(5 * PoolMembers.MOST_OF_POOL);
        assertProblem(
                Problem.LOAD_BALANCER_HAS_CHILDREN, () -> domain.loadBalancers().delete(ALICE, many.id(), false));
        domain.loadBalancers().delete(ALICE, many.id(), true);
        assertThat(world().loadBalancers())
                .containsExactly(world().loadBalancer(other.id()).orElseThrow());
        assertThat(world().listeners()).hasSize(1);
        assertThat(world().pools()).hasSize(1);
        assertThat(world().poolMembers()).isEmpty();
    }

    @Test
    void membersAreOfTheFamilyAndTheSubnetThatTheySay() {
        Pool pool = pool(make(VipChoice.onSubnet(subnet.id()).at(IpAddress.parse("10.0.0.50"))));
        PoolMember one = add(pool, "10.0.0.5");
        assertProblem(Problem.DUPLICATE_MEMBER, () -> add(pool, "10.0.0.5"));
        for (String wrong : List.of("2001:db8::5", "10.0.0.50", "224.0.0.5", "127.0.0.1", "0.0.0.0", "169.254.1.1")) {
            assertProblem(Problem.OCTAVIA_VALIDATION, () -> add(pool, wrong));
        }
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.poolMembers().create(ALICE, pool.id(), on(subnet.id(), "10.0.1.5")));
        assertProblem(
                Problem.SUBNET_NOT_FOUND,
                () -> domain.poolMembers().create(ALICE, pool.id(), on(UUID.randomUUID(), "10.0.0.6")));
        PoolMember resting = domain.poolMembers()
                .update(
                        ALICE,
                        pool.id(),
                        one.id(),
                        new PoolMemberUpdate(LabelsUpdate.NONE, Optional.empty(), Optional.of(0)));
        assertThat(resting.weight()).isZero();
        assertProblem(Problem.OCTAVIA_NOT_FOUND, () -> domain.poolMembers().delete(ALICE, UUID.randomUUID(), one.id()));
        domain.poolMembers().delete(ALICE, pool.id(), one.id());
        add(pool, "10.0.0.5");
    }

    private static NewPoolMember on(UUID subnet, String address) {
        return new NewPoolMember("", List.of(), true, IpAddress.parse(address), 80, 1, Optional.of(subnet));
    }

    @Test
    void allMembersAreReplacedAtOnceAndThoseThatStayKeepTheirIds() {
        Pool pool = pool(make());
        PoolMember stays = add(pool, "10.0.0.5");
        PoolMember changes = add(pool, "10.0.0.6");
        add(pool, "10.0.0.7");
        List<PoolMember> members = domain.poolMembers()
                .replace(
                        ALICE,
                        pool.id(),
                        List.of(
                                NewPoolMember.of(stays.address(), 80),
                                NewPoolMember.of(changes.address(), 80).withWeight(7),
                                NewPoolMember.of(IpAddress.parse("10.0.0.8"), 80)),
                        false);
        assertThat(members.getFirst()).isEqualTo(stays);
        assertThat(members.get(1).id()).isEqualTo(changes.id());
        assertThat(members.get(1).weight()).isEqualTo(7);
        assertThat(world().membersOf(pool.id())).containsExactlyInAnyOrderElementsOf(members);
        domain.poolMembers()
                .replace(ALICE, pool.id(), List.of(NewPoolMember.of(IpAddress.parse("10.0.0.9"), 80)), true);
        assertThat(world().membersOf(pool.id())).hasSize(4);
        NewPoolMember twice = NewPoolMember.of(IpAddress.parse("10.0.0.10"), 80);
        assertProblem(
                Problem.DUPLICATE_MEMBER,
                () -> domain.poolMembers().replace(ALICE, pool.id(), List.of(twice, twice), true));
        domain.poolMembers().replace(ALICE, pool.id(), List.of(), false);
        assertThat(world().poolMembers()).isEmpty();
        List<NewPoolMember> many = IntStream.rangeClosed(1, PoolMembers.MOST_OF_POOL)
                .mapToObj(port -> NewPoolMember.of(IpAddress.parse("10.0.0.9"), port))
                .toList();
        domain.poolMembers().replace(ALICE, pool.id(), many, false);
        domain.poolMembers().replace(ALICE, pool.id(), many, false);
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> add(pool, "10.0.0.8"));
        domain.loadBalancers().delete(ALICE, pool.loadBalancerId(), true);
        assertThat(world().poolMembers()).isEmpty();
    }

    @Test
    void networksThatTheVrouterDoesNotCarryHaveNoLoadBalancers() {
        Network external =
                domain.networks().create(ADMIN, NewNetwork.of("alice", "out").withExternal("physnet1"));
        Subnet outside = servers.subnet(external, "203.0.113.0/24");
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> make(VipChoice.onSubnet(outside.id())));
    }

    /** An external network, to which the subnet's router leads. */
    private Network wayOut() {
        Network external =
                domain.networks().create(ADMIN, NewNetwork.of("admin", "out").withExternal("physnet1"));
        domain.subnets().create(ADMIN, NewSubnet.of("admin", external.id(), "203.0.113.0/24"));
        Router router =
                domain.routers().create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(external.id())));
        domain.routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        return external;
    }

    private static NewPortForwarding forwarding(UUID port, IpAddress address) {
        return new NewPortForwarding(
                "", IpProtocol.parse("tcp"), new PortRange(8080, 8080), port, address, new PortRange(80, 80));
    }

    @Test
    void membersOfSctpHaveTheirListenersPort() {
        LoadBalancer owner = make();
        Pool pool = domain.loadBalancerPools().create(ALICE, NewPool.of(owner.id(), BalancedProtocol.SCTP));
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.SCTP_LISTENERS);
        Listener listener = domain.listeners().create(ALICE, NewListener.of(owner.id(), BalancedProtocol.SCTP, 36412));
        NewPoolMember fits = NewPoolMember.of(IpAddress.parse("10.0.0.7"), 36412);
        NewPoolMember other = NewPoolMember.of(IpAddress.parse("10.0.0.8"), 36413);
        PoolMember odd = domain.poolMembers().create(ALICE, pool.id(), other);
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.listeners().update(ALICE, listener.id(), leadingTo(Optional.of(pool.id()))));
        domain.poolMembers().delete(ALICE, pool.id(), odd.id());
        domain.listeners().update(ALICE, listener.id(), leadingTo(Optional.of(pool.id())));
        domain.poolMembers().create(ALICE, pool.id(), fits);
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> domain.poolMembers().create(ALICE, pool.id(), other));
        assertProblem(
                Problem.OCTAVIA_VALIDATION,
                () -> domain.poolMembers().replace(ALICE, pool.id(), List.of(fits, other), false));
    }

    @Test
    void aFloatingIpLeadsToALoadBalancerUntilItsPortGoes() {
        Network external = wayOut();
        LoadBalancer made = make();
        assertThat(MinWriter.required(servers.store())).isLessThan(WriterFormat.FLOATING_LOAD_BALANCERS);
        FloatingIp floating = domain.floatingIps()
                .create(ALICE, NewFloatingIp.of("alice", external.id()).withPort(made.portId()));
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.FLOATING_LOAD_BALANCERS);
        assertThat(floating.fixed().orElseThrow().address()).isEqualTo(made.address());
        FloatingIp forwarding = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", external.id()));
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.portForwardings()
                        .create(ALICE, forwarding.id(), forwarding(made.portId(), made.address())));
        domain.loadBalancers().delete(ALICE, made.id(), true);
        assertThat(domain.floatingIps().show(ALICE, floating.id()).fixed()).isEmpty();
        domain.floatingIps().delete(ALICE, floating.id());
    }

    @Test
    void aPortWithAFloatingIpBecomesALoadBalancersUnlessItsPortsAreForwarded() {
        Network external = wayOut();
        Port port = domain.ports()
                .create(ALICE, NewPort.of("alice", network.id()).withFixedIps(FixedIpRequest.of("10.0.0.9")));
        FloatingIp floating = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", external.id()));
        PortForwarding forwarded = domain.portForwardings()
                .create(ALICE, floating.id(), forwarding(port.id(), IpAddress.parse("10.0.0.9")));
        assertProblem(Problem.OCTAVIA_VALIDATION, () -> make(VipChoice.ofPort(port.id())));
        domain.portForwardings().delete(ALICE, floating.id(), forwarded.id());
        domain.floatingIps().update(ALICE, floating.id(), FloatingIpUpdate.NONE.withPort(port.id()));
        LoadBalancer made = make(VipChoice.ofPort(port.id()));
        domain.loadBalancers().delete(ALICE, made.id(), false);
        assertThat(domain.floatingIps()
                        .show(ALICE, floating.id())
                        .fixed()
                        .orElseThrow()
                        .portId())
                .isEqualTo(port.id());
    }

    @Test
    void othersSeeNothingOfALoadBalancerAndQuotasCountIt() {
        LoadBalancer made = make();
        Listener listener = listen(made, 80);
        Pool pool = pool(made);
        assertProblem(Problem.OCTAVIA_NOT_FOUND, () -> domain.loadBalancers().show(BOB, made.id()));
        assertProblem(Problem.OCTAVIA_NOT_FOUND, () -> domain.loadBalancers().delete(BOB, made.id(), true));
        assertProblem(Problem.OCTAVIA_NOT_FOUND, () -> domain.listeners().delete(BOB, listener.id()));
        assertProblem(
                Problem.OCTAVIA_NOT_FOUND,
                () -> domain.poolMembers().create(BOB, pool.id(), NewPoolMember.of(IpAddress.parse("10.0.0.5"), 80)));
        assertProblem(
                Problem.NETWORK_NOT_FOUND,
                () -> domain.loadBalancers().create(BOB, NewLoadBalancer.of("bob", VipChoice.onNetwork(network.id()))));
        domain.quotas().update("alice", Map.of(QuotaResource.LOAD_BALANCER, 1, QuotaResource.LISTENER, 1));
        assertProblem(Problem.OVER_QUOTA, this::make);
        assertProblem(Problem.OVER_QUOTA, () -> listen(made, 81));
    }
}
