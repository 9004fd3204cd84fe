package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.Flavor;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every row of docs/transactions.md: what must hold when two servers do it at once.
 *
 * <p>Longer than most, as that table is: a test for each row.
 */
abstract class RacesContract extends FlavorRacesContract {
    private static final int THREADS = 16;
    private static final int ROUNDS = 15;

    private Servers servers;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = start(directory, Servers.unlimited().withSecurityGroups(true).withExternalNetworks(true));
    }

    @Override
    Servers servers() {
        return servers;
    }

    /** Two servers over one empty store. */
    abstract Servers start(Path directory, Settings settings);

    /** The other server's view may still say that it is so; what it answers must be true. */
    @Test
    void whatIsUndoneOnOneServerIsDoneAgainOnTheOther() {
        Network network = servers.first().networks().create(ALICE, NewNetwork.of("alice", "up"));
        for (int round = 0; round < THREADS * ROUNDS; round++) {
            servers.first().networks().update(ALICE, network.id(), NetworkUpdate.NONE.withName("down"));
            servers.second().networks().update(ALICE, network.id(), NetworkUpdate.NONE.withName("up"));
            assertThat(servers.second().networks().show(ALICE, network.id()).name())
                    .isEqualTo("up");
        }
    }

    @AfterEach
    void close() {
        try {
            assertThatTheStoreIsWhole();
        } finally {
            servers.close();
        }
    }

    private static void expectWaysOut(World world, Map<String, String> expected) {
        for (Router router : world.routers()) {
            String id = router.id().toString();
            router.gateways().forEach(gateway -> {
                assertThat(world.port(gateway.portId())).isPresent();
                expected.put(Layout.vni(gateway.transitVni()), id);
                expected.put(
                        Layout.routerInterface(router.id(), gateway.portId()),
                        gateway.portId().toString());
                for (UUID node : gateway.nodes()) {
                    assertThat(world.node(node)).isPresent();
                    expected.put(Layout.gatewayNode(node, router.id()), id);
                }
            });
        }
        for (FloatingIp floatingIp : world.floatingIps()) {
            String id = floatingIp.id().toString();
            assertThat(world.port(floatingIp.portId())).isPresent();
            floatingIp.routerId().ifPresent(router -> {
                assertThat(world.router(router).flatMap(known -> known.gatewayTo(floatingIp.networkId())))
                        .isPresent();
                expected.put(Layout.behindRouter(router, floatingIp.id()), id);
            });
            floatingIp.fixed().ifPresent(fixed -> {
                assertThat(world.port(fixed.portId())).isPresent();
                expected.put(Layout.floatingTarget(fixed.portId(), fixed.address(), floatingIp.networkId()), id);
            });
            floatingIp.forwardings().forEach(forwarding -> {
                assertThat(world.port(forwarding.portId())).isPresent();
                expected.put(Layout.forwardingTarget(forwarding.portId(), floatingIp.id()), id);
            });
        }
        long gateways = world.ports().stream().filter(Port::isRouterGateway).count();
        assertThat(gateways)
                .isEqualTo(world.routers().stream()
                        .mapToLong(router -> router.gateways().size())
                        .sum());
    }

    /** What is taken is exactly what the records say, and the counts are those of the records. */
    private void assertThatTheStoreIsWhole() {
        World world = servers.first().view().world();
        assertThat(servers.second().view().world().ports()).containsExactlyInAnyOrderElementsOf(world.ports());
        Map<String, String> expected = new TreeMap<>();
        for (Network network : world.networks()) {
            expected.put(Layout.vni(network.vni()), network.id().toString());
            if (network.isDefault()) {
                expected.put(Layout.defaultExternalNetwork(), network.id().toString());
            }
            network.topologyRouter()
                    .ifPresent(router -> expected.put(
                            Layout.topology(network.project()), network.id().toString()));
            network.physicalNetwork()
                    .ifPresent(name -> expected.put(
                            Layout.physicalNetwork(name), network.id().toString()));
        }
        expectWaysOut(world, expected);
        for (Port port : world.ports()) {
            String id = port.id().toString();
            assertThat(expected.put(Layout.mac(port.networkId(), port.mac()), id))
                    .isNull();
            for (FixedIp ip : port.fixedIps()) {
                assertThat(expected.put(Layout.address(ip.subnetId(), ip.address()), id))
                        .isNull();
                assertThat(world.subnet(ip.subnetId())).isPresent();
            }
            assertThat(world.network(port.networkId())).isPresent();
            if (port.isRouterInterface()) {
                UUID router = UUID.fromString(port.deviceId());
                assertThat(world.router(router)).isPresent();
                expected.put(Layout.routerInterface(router, port.id()), id);
            }
        }
        for (Node node : world.nodes()) {
            expected.put(Layout.nodeName(node.name()), node.id().toString());
            node.tunnelAddresses()
                    .forEach(
                            a -> expected.put(Layout.tunnelAddress(a), node.id().toString()));
        }
        for (QosPolicy policy : world.qosPolicies()) {
            if (policy.isDefault()) {
                expected.put(
                        Layout.defaultQosPolicy(policy.project()), policy.id().toString());
            }
        }
        for (SubnetPool pool : world.subnetPools()) {
            if (pool.isDefault()) {
                expected.put(Layout.defaultSubnetPool(pool.family()), pool.id().toString());
            }
        }
        for (Trunk trunk : world.trunks()) {
            String id = trunk.id().toString();
            assertThat(world.port(trunk.portId())).isPresent();
            expected.put(Layout.trunked(trunk.portId()), id);
            for (Trunk.Subport subport : trunk.subports()) {
                assertThat(world.port(subport.portId())).isPresent();
                assertThat(expected.put(Layout.trunked(subport.portId()), id)).isNull();
            }
        }
        expectLoadBalancers(world, expected);
        for (Router router : world.routers()) {
            router.flavor().ifPresent(flavor -> assertThat(world.flavor(flavor)).isPresent());
        }
        for (Flavor flavor : world.flavors()) {
            flavor.serviceProfiles()
                    .forEach(
                            profile -> assertThat(world.serviceProfile(profile)).isPresent());
        }
        for (SecurityGroup group : world.securityGroups()) {
            if (group.isDefault()) {
                expected.put(Layout.defaultGroup(group.project()), group.id().toString());
            }
        }
        for (SecurityGroupRule rule : world.securityGroupRules()) {
            assertThat(world.securityGroup(rule.groupId())).isPresent();
            rule.remoteGroup()
                    .ifPresent(remote -> assertThat(world.securityGroup(remote).isPresent()
                                    || world.addressGroup(remote).isPresent())
                            .isTrue());
        }
        for (Entry entry :
                servers.store().range(KeyRange.prefix(Layout.USED), 0, 0).entries()) {
            UUID id = UUID.fromString(entry.key().substring(entry.key().lastIndexOf('/') + 1));
            assertThat(world.securityGroup(id).isPresent()
                            || world.addressGroup(id).isPresent()
                            || world.qosPolicy(id).isPresent()
                            || world.subnetPool(id).isPresent()
                            || world.addressScope(id).isPresent()
                            || world.flavor(id).isPresent()
                            || world.serviceProfile(id).isPresent())
                    .isTrue();
        }
        Map<String, String> taken = new TreeMap<>();
        for (Entry entry :
                servers.store().range(KeyRange.prefix(Layout.TAKEN), 0, 0).entries()) {
            taken.put(entry.key(), entry.value().utf8());
        }
        assertThat(taken).isEqualTo(expected);
        assertThat(count(QuotaResource.PORT))
                .isEqualTo(world.portsOfProject("alice").size());
        assertThat(count(QuotaResource.NETWORK))
                .isEqualTo(world.networksOfProject("alice").size());
        assertThat(count(QuotaResource.SUBNET)).isEqualTo(world.subnets().size());
        assertThat(count(QuotaResource.SUBNET_POOL))
                .isEqualTo(world.subnetPoolsOfProject("alice").size());
        assertThat(count(QuotaResource.TRUNK))
                .isEqualTo(world.trunksOfProject("alice").size());
        assertThat(count(QuotaResource.LOAD_BALANCER))
                .isEqualTo(world.loadBalancersOfProject("alice").size());
        assertThat(count(QuotaResource.LISTENER))
                .isEqualTo(world.listenersOfProject("alice").size());
        assertThat(count(QuotaResource.POOL))
                .isEqualTo(world.poolsOfProject("alice").size());
        assertThat(count(QuotaResource.POOL_MEMBER))
                .isEqualTo(world.poolMembers().size());
        assertThat(count(QuotaResource.ROUTER))
                .isEqualTo(world.routersOfProject("alice").size());
        assertThat(count(QuotaResource.SECURITY_GROUP))
                .isEqualTo(world.securityGroupsOfProject("alice").size());
        assertThat(count(QuotaResource.SECURITY_GROUP_RULE))
                .isEqualTo(world.securityGroupRulesOfProject("alice").size());
        assertThat(count(QuotaResource.ADDRESS_GROUP))
                .isEqualTo(world.addressGroupsOfProject("alice").size());
        assertThat(count(QuotaResource.RBAC_POLICY))
                .isEqualTo(world.rbacPoliciesOfProject("alice").stream()
                        .filter(entry -> !entry.policy().implied())
                        .count());
    }

    private int count(QuotaResource resource) {
        return servers.first()
                .view()
                .quotas()
                .shards(new QuotaKey("alice", resource))
                .total();
    }

    private static List<Problem> problems(List<? extends Throwable> reasons) {
        List<Problem> problems = new ArrayList<>();
        for (Throwable reason : reasons) {
            assertThat(reason).isInstanceOf(DomainException.class);
            problems.add(((DomainException) reason).problem());
        }
        return problems;
    }

    @Test
    void noAddressIsGivenTwiceAndTheLastOneIsGiven() {
        Network network = servers.network();
        Subnet subnet = servers.first()
                .subnets()
                .create(
                        ALICE,
                        NewSubnet.of("alice", network.id(), "10.0.0.0/24")
                                .withPools(new IpRange(IpAddress.parse("10.0.0.2"), IpAddress.parse("10.0.0.121"))));
        var outcomes = race(THREADS, number -> {
            List<Port> made = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                try {
                    made.add(servers.server(number).ports().create(ALICE, NewPort.of("alice", network.id())));
                } catch (DomainException e) {
                    assertThat(e.problem()).isEqualTo(Problem.IP_ADDRESS_GENERATION_FAILURE);
                }
            }
            return made;
        });
        List<IpAddress> given = returned(outcomes).stream()
                .flatMap(List::stream)
                .map(p -> p.fixedIps().getFirst().address())
                .toList();
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(given).doesNotHaveDuplicates().hasSize(120);
        assertThat(given).allMatch(subnet.allocationPools().getFirst()::contains);
    }

    @Test
    void anAddressAskedForByManyIsGivenToOne() {
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
        for (int round = 0; round < ROUNDS; round++) {
            NewPort wanted =
                    NewPort.of("alice", network.id()).withFixedIps(FixedIpRequest.of("10.0.0." + (10 + round)));
            var outcomes =
                    race(THREADS, number -> servers.server(number).ports().create(ALICE, wanted));
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.IP_ADDRESS_ALREADY_ALLOCATED);
        }
    }

    @Test
    void aMacAskedForByManyIsGivenToOneOnEachNetwork() {
        List<Network> networks = List.of(servers.network(), servers.network());
        for (int round = 0; round < ROUNDS; round++) {
            MacAddress mac = new MacAddress(0x020000000000L + round);
            var outcomes = race(
                    THREADS,
                    number -> servers.server(number / 2)
                            .ports()
                            .create(
                                    ALICE,
                                    NewPort.of("alice", networks.get(number % 2).id())
                                            .withMac(mac)));
            assertThat(returned(outcomes))
                    .extracting(Port::networkId)
                    .containsExactlyInAnyOrder(
                            networks.get(0).id(), networks.get(1).id());
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.MAC_ADDRESS_IN_USE);
        }
    }

    @Test
    void aPortMayMoveToAnAddressOrAMacThatOneOtherAlsoWants() {
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
        List<Port> ports =
                servers.first().ports().create(ALICE, Collections.nCopies(THREADS, NewPort.of("alice", network.id())));
        for (int round = 0; round < 5; round++) {
            String address = "10.0.0." + (10 + round);
            MacAddress mac = new MacAddress(0x020000000000L + round);
            var outcomes = race(
                    THREADS,
                    number -> servers.server(number)
                            .ports()
                            .update(
                                    ALICE,
                                    ports.get(number).id(),
                                    PortUpdate.NONE
                                            .withFixedIps(FixedIpRequest.of(address))
                                            .withMac(mac)));
            assertThat(returned(outcomes)).hasSizeLessThanOrEqualTo(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(Problem.IP_ADDRESS_ALREADY_ALLOCATED, Problem.MAC_ADDRESS_IN_USE);
        }
    }

    @Test
    void aPortLivesOnOneNodeWhicheverBindingIsActivatedAndLosesNone() {
        for (int host = 0; host < 4; host++) {
            servers.first().nodes().register("host-" + host, List.of());
        }
        Port port = servers.first()
                .ports()
                .create(ADMIN, NewPort.of("alice", servers.network().id()).withDevice("vm", "compute:nova"));
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes = race(THREADS, number -> {
                PortBindings bindings = servers.server(number).portBindings();
                String host = "host-" + number % 4;
                Binding binding = new Binding(host, "normal", Map.of());
                return number < 4
                        ? bindings.create(ADMIN, port.id(), binding)
                        : bindings.activate(ADMIN, port.id(), host);
            });
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(
                            Problem.PORT_BINDING_ALREADY_EXISTS,
                            Problem.PORT_BINDING_ALREADY_ACTIVE,
                            Problem.PORT_BINDING_NOT_FOUND);
        }
        Port after = servers.first().ports().show(ADMIN, port.id());
        List<String> hosts = new ArrayList<>(
                after.extras().waitingBindings().stream().map(Binding::host).toList());
        if (after.binding().isBound()) {
            hosts.add(after.binding().host());
        }
        assertThat(hosts).containsExactlyInAnyOrder("host-0", "host-1", "host-2", "host-3");
    }

    @Test
    void theQuotaIsExactAtTheLimit() {
        Network network = servers.network();
        for (int limit : new int[] {1, 10, 33, 50}) {
            servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, limit));
            var outcomes = race(THREADS, number -> {
                List<UUID> made = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    try {
                        made.add(servers.server(number)
                                .ports()
                                .create(ALICE, NewPort.of("alice", network.id()))
                                .id());
                    } catch (DomainException e) {
                        assertThat(e.problem()).isEqualTo(Problem.OVER_QUOTA);
                    }
                }
                return made;
            });
            assertThat(thrown(outcomes)).isEmpty();
            List<UUID> made = returned(outcomes).stream().flatMap(List::stream).toList();
            assertThat(made).hasSize(limit);
            assertThat(count(QuotaResource.PORT)).isEqualTo(limit);
            var gone = race(made.size(), number -> {
                servers.server(number).ports().delete(ALICE, made.get(number));
                return number;
            });
            assertThat(thrown(gone)).isEmpty();
            assertThat(count(QuotaResource.PORT)).isZero();
        }
    }

    @Test
    void theQuotaHoldsWhileItsLimitChanges() {
        Network network = servers.network();
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, 40));
        var outcomes = race(THREADS, number -> {
            for (int i = 0; i < 12; i++) {
                if (number == 0) {
                    servers.server(i).quotas().update("alice", Map.of(QuotaResource.PORT, 40 - i));
                } else {
                    try {
                        Port port = servers.server(number).ports().create(ALICE, NewPort.of("alice", network.id()));
                        if (i % 3 == 0) {
                            servers.server(number + 1).ports().delete(ALICE, port.id());
                        }
                    } catch (DomainException e) {
                        assertThat(e.problem()).isEqualTo(Problem.OVER_QUOTA);
                    }
                }
            }
            return number;
        });
        assertThat(thrown(outcomes)).isEmpty();
        World world = servers.first().view().world();
        assertThat(world.ports()).hasSizeBetween(29, 40);
        assertThat(count(QuotaResource.PORT)).isEqualTo(world.ports().size());
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, 5));
        List<Port> left = new ArrayList<>(world.ports());
        while (left.size() > 5) {
            servers.second().ports().delete(ALICE, left.removeLast().id());
        }
        PortsTest.assertProblem(
                Problem.OVER_QUOTA, () -> servers.second().ports().create(ALICE, NewPort.of("alice", network.id())));
    }

    @Test
    void subnetsOfANetworkNeverOverlap() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers.network();
            var outcomes = race(
                    THREADS,
                    number -> servers.server(number)
                            .subnets()
                            .create(
                                    ALICE,
                                    NewSubnet.of(
                                            "alice",
                                            network.id(),
                                            "10." + (number % 4) + ".0.0/" + (14 + number % 3))));
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.INVALID_INPUT);
            List<Subnet> made = returned(outcomes);
            assertThat(made).isNotEmpty();
            for (Subnet one : made) {
                assertThat(made)
                        .noneMatch(other -> !other.equals(one) && other.cidr().overlaps(one.cidr()));
            }
        }
    }

    @Test
    void aNetworkIsDeletedOrGetsAPortButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers.network();
            servers.subnet(network, "10.0.0.0/24");
            var outcomes = race(4, number -> {
                if (number == 0) {
                    servers.second().networks().delete(ALICE, network.id());
                    return "deleted";
                }
                if (number == 1) {
                    servers.first().subnets().create(ALICE, NewSubnet.of("alice", network.id(), "10.1.0.0/24"));
                    return "subnet";
                }
                servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
                return "port";
            });
            List<String> done = returned(outcomes);
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.NETWORK_NOT_FOUND, Problem.NETWORK_IN_USE);
            assertThat(done.contains("deleted")).isNotEqualTo(done.contains("port"));
            World world = servers.first().view().world();
            assertThat(world.network(network.id()).isPresent()).isEqualTo(done.contains("port"));
            if (done.contains("deleted")) {
                assertThat(world.subnetsOf(network.id())).isEmpty();
            }
        }
    }

    @Test
    void aSubnetIsDeletedOrGivesAnAddressButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers.network();
            Subnet subnet = servers.subnet(network, "10.0.0.0/24");
            var outcomes = race(3, number -> {
                if (number == 0) {
                    servers.second().subnets().delete(ALICE, subnet.id());
                    return Optional.<Port>empty();
                }
                return Optional.of(servers.first().ports().create(ALICE, NewPort.of("alice", network.id())));
            });
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.SUBNET_IN_USE);
            boolean deleted = servers.first().view().world().subnet(subnet.id()).isEmpty();
            for (Optional<Port> port : returned(outcomes)) {
                port.ifPresent(
                        p -> assertThat(p.fixedIps().isEmpty() || !deleted).isTrue());
            }
        }
    }

    @Test
    void portsAndASubnetOfAutomaticAddressesMeet() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers.network();
            var outcomes = race(8, number -> {
                if (number == 0) {
                    servers.second()
                            .subnets()
                            .create(
                                    ALICE,
                                    NewSubnet.of("alice", network.id(), "2001:db8::/64")
                                            .withMode(Ipv6Mode.SLAAC));
                } else {
                    servers.server(number).ports().create(ALICE, NewPort.of("alice", network.id()));
                }
                return number;
            });
            assertThat(thrown(outcomes)).isEmpty();
            List<Port> ports = servers.first().view().world().portsOf(network.id());
            assertThat(ports)
                    .hasSize(7)
                    .allSatisfy(port -> assertThat(port.fixedIps())
                            .extracting(FixedIp::address)
                            .containsExactly(port.mac().eui64Address(IpPrefix.parse("2001:db8::/64"))));
        }
    }

    @Test
    void aRouterNeverGetsOverlappingInterfacesOrTheSameOneTwice() {
        for (int round = 0; round < ROUNDS; round++) {
            Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
            List<Subnet> subnets = new ArrayList<>();
            for (String cidr : List.of("10.0.0.0/24", "10.0.0.128/25", "10.0.1.0/24")) {
                subnets.add(servers.subnet(servers.network(), cidr));
            }
            var outcomes = race(
                    6,
                    number -> servers.server(number)
                            .routers()
                            .addInterfaceBySubnet(
                                    ALICE, router.id(), subnets.get(number % 3).id()));
            assertThat(returned(outcomes)).hasSize(2);
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.BAD_REQUEST);
            assertThat(servers.first().view().world().interfacesOf(router.id())).hasSize(2);
        }
    }

    @Test
    void aRouterIsDeletedOrGetsAnInterfaceButNotBoth() {
        Network network = servers.network();
        for (int round = 0; round < ROUNDS; round++) {
            Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
            Subnet subnet = servers.subnet(network, "10." + round + ".0.0/24");
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers.second().routers().delete(ALICE, router.id());
                } else {
                    servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.ROUTER_IN_USE, Problem.ROUTER_NOT_FOUND);
        }
    }

    @Test
    void aRouteAndItsInterfaceGoTogether() {
        for (int round = 0; round < ROUNDS; round++) {
            Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
            Subnet subnet = servers.subnet(servers.network(), "10.0.0.0/24");
            servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
            Route route = new Route(IpPrefix.parse("192.0.2.0/24"), IpAddress.parse("10.0.0.9"));
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers.second()
                            .routers()
                            .removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id()));
                } else {
                    servers.first().routers().addRoutes(ALICE, router.id(), List.of(route));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(Problem.INVALID_ROUTES, Problem.ROUTER_INTERFACE_IN_USE_BY_ROUTE);
            World world = servers.first().view().world();
            assertThat(world.interfacesOf(router.id()).isEmpty())
                    .isEqualTo(world.router(router.id()).orElseThrow().routes().isEmpty());
        }
    }

    @Test
    void routesAddedAtOnceAreAllThere() {
        Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
        Subnet subnet = servers.subnet(servers.network(), "10.0.0.0/24");
        servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        var outcomes = race(
                12,
                number -> servers.server(number)
                        .routers()
                        .addRoutes(
                                ALICE,
                                router.id(),
                                List.of(new Route(
                                        IpPrefix.parse("192.0." + number + ".0/24"), IpAddress.parse("10.0.0.9")))));
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(servers.first().routers().show(ALICE, router.id()).routes()).hasSize(12);
    }

    @Test
    void aPortJoinsOneRouter() {
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
        for (int round = 0; round < ROUNDS; round++) {
            Port port = servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
            List<Router> routers = List.of(
                    servers.first().routers().create(ALICE, NewRouter.of("alice", "a")),
                    servers.first().routers().create(ALICE, NewRouter.of("alice", "b")));
            var outcomes = race(
                    2,
                    number -> servers.server(number)
                            .routers()
                            .addInterfaceByPort(ALICE, routers.get(number).id(), port.id()));
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes))).containsExactly(Problem.PORT_IN_USE);
        }
    }

    @Test
    void aGatewayChangesOrIsTakenByARouterButNotBoth() {
        Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
        Network network = servers.network();
        for (int round = 0; round < ROUNDS; round++) {
            Subnet subnet = servers.subnet(network, "10." + round + ".0.0/24");
            IpAddress other = IpAddress.parse("10." + round + ".0.254");
            servers.first()
                    .subnets()
                    .update(
                            ALICE,
                            subnet.id(),
                            SubnetUpdate.NONE.withPools(List.of(new IpRange(
                                    subnet.cidr().first().plus(10),
                                    subnet.cidr().first().plus(20)))));
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers.second()
                            .subnets()
                            .update(ALICE, subnet.id(), SubnetUpdate.NONE.withGateway(new GatewayChoice.At(other)));
                } else {
                    servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
                }
                return number;
            });
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.GATEWAY_IP_IN_USE);
            World world = servers.first().view().world();
            IpAddress gateway =
                    world.subnet(subnet.id()).orElseThrow().gateway().orElseThrow();
            assertThat(world.portsOfSubnet(subnet.id()))
                    .allSatisfy(port -> assertThat(port.fixedIps()).contains(new FixedIp(subnet.id(), gateway)));
        }
    }

    @Test
    void aVniAskedForByManyIsGivenToOneAndChosenOnesDiffer() {
        var asked = race(
                THREADS,
                number -> servers.server(number)
                        .networks()
                        .create(ADMIN, NewNetwork.of("alice", "n").withVni(77)));
        assertThat(returned(asked)).hasSize(1);
        assertThat(problems(thrown(asked))).containsOnly(Problem.TUNNEL_ID_IN_USE);

        var chosen = race(
                THREADS,
                number -> servers.server(number)
                        .networks()
                        .create(ALICE, NewNetwork.of("alice", "n"))
                        .vni());
        assertThat(returned(chosen)).hasSize(THREADS).doesNotHaveDuplicates();
    }

    @Test
    void aNetworkIsMadePrivateOrUsedByAStrangerButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            Network network = servers.first()
                    .networks()
                    .create(ADMIN, NewNetwork.of("alice", "n").withShared(true));
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers.second().networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(false));
                } else {
                    servers.first().ports().create(Servers.BOB, NewPort.of("bob", network.id()));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(Problem.NETWORK_NOT_FOUND, Problem.INVALID_SHARED_SETTING);
            for (Port port : servers.first().view().world().portsOf(network.id())) {
                servers.first().ports().delete(ADMIN, port.id());
            }
        }
    }

    @Test
    void aPortIsDeletedOnce() {
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
        for (int round = 0; round < ROUNDS; round++) {
            Port port = servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
            var outcomes = race(4, number -> {
                servers.server(number).ports().delete(ALICE, port.id());
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes))).containsOnly(Problem.PORT_NOT_FOUND);
        }
    }

    @Test
    void changesOfOneResourceAtOnceAreAllKept() {
        Network network = servers.network();
        Set<String> tags = new HashSet<>();
        var outcomes = race(
                12,
                number ->
                        servers.server(number).tags().add(ALICE, Resource.Kind.NETWORK, network.id(), "tag-" + number));
        for (int i = 0; i < 12; i++) {
            tags.add("tag-" + i);
        }
        assertThat(thrown(outcomes)).isEmpty();
        Network after = servers.first().networks().show(ALICE, network.id());
        assertThat(after.meta().tags()).containsExactlyInAnyOrderElementsOf(tags);
        assertThat(after.meta().revision()).isEqualTo(13);
    }

    @Test
    void aRevisionNumberAdmitsOneChange() {
        Network network = servers.network();
        var outcomes = race(
                8,
                number -> servers.server(number)
                        .networks()
                        .update(
                                ALICE,
                                network.id(),
                                NetworkUpdate.NONE.withName("n" + number).expecting(1)));
        assertThat(returned(outcomes)).hasSize(1);
        assertThat(problems(thrown(outcomes))).containsOnly(Problem.REVISION_MISMATCH);
    }

    @Test
    void aRevisionNumberAdmitsAChangeOrARemovalButNotBoth() {
        for (int round = 0; round < 10; round++) {
            Network network = servers.network();
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers.first()
                            .networks()
                            .update(
                                    ALICE,
                                    network.id(),
                                    NetworkUpdate.NONE.withName("new").expecting(1));
                } else {
                    servers.second().networks().delete(ALICE, network.id(), OptionalLong.of(1));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .hasSize(1)
                    .isSubsetOf(Problem.REVISION_MISMATCH, Problem.NETWORK_NOT_FOUND);
        }
    }

    @Test
    void aNodeIsRegisteredOnceAndATunnelAddressBelongsToOne() {
        IpAddress address = IpAddress.parse("192.0.2.1");
        var same = race(
                8,
                number -> servers.server(number)
                        .nodes()
                        .register("host", List.of(address))
                        .id());
        assertThat(thrown(same)).isEmpty();
        assertThat(new HashSet<>(returned(same))).hasSize(1);

        IpAddress contended = IpAddress.parse("192.0.2.2");
        var different =
                race(8, number -> servers.server(number).nodes().register("host-" + number, List.of(contended)));
        assertThat(returned(different)).hasSize(1);
        assertThat(problems(thrown(different))).containsOnly(Problem.TUNNEL_ADDRESS_IN_USE);
    }

    @Test
    void aBulkIsAllOrNothingForReadersOfEitherServer() {
        Network network = servers.network();
        servers.subnet(network, "10.0.0.0/16");
        servers.subnet(network, "2001:db8::/64");
        var outcomes = race(6, number -> {
            if (number < 4) {
                servers.server(number)
                        .ports()
                        .create(ALICE, Collections.nCopies(50, NewPort.of("alice", network.id())));
            } else {
                for (int i = 0; i < 200; i++) {
                    assertThat(servers.server(number).view().world().portCountOf(network.id()) % 50)
                            .isZero();
                }
            }
            return number;
        });
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(servers.first().view().world().portCountOf(network.id())).isEqualTo(200);
    }
}
