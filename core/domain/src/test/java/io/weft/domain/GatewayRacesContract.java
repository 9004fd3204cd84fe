package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about ways out of routers. */
abstract class GatewayRacesContract extends GroupRacesContract {
    private static final int ROUNDS = 10;

    /** A network inside with a router that has a way out. */
    final class Site {
        final Network outside = servers()
                .first()
                .networks()
                .create(ADMIN, NewNetwork.of("alice", "outside").withExternal("physnet1"));
        final Network inside = servers().network();
        final Subnet subnet;
        final Router router;

        Site() {
            servers().first().subnets().create(ADMIN, NewSubnet.of("alice", outside.id(), "203.0.113.0/24"));
            subnet = servers().subnet(inside, "10.0.0.0/24");
            router = servers()
                    .first()
                    .routers()
                    .create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(outside.id())));
            join();
        }

        void join() {
            servers().first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        }

        Port port() {
            return servers().first().ports().create(ALICE, NewPort.of("alice", inside.id()));
        }

        FloatingIp floatingIp() {
            return servers().first().floatingIps().create(ALICE, NewFloatingIp.of("alice", outside.id()));
        }
    }

    private World now() {
        return servers().first().view().world();
    }

    private static List<Problem> reasons(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    @Test
    void aPhysicalNetworkCarriesOneNetwork() {
        var outcomes = race(
                8,
                number -> servers()
                        .server(number)
                        .networks()
                        .create(ADMIN, NewNetwork.of("alice", "n" + number).withExternal("physnet1")));
        assertThat(returned(outcomes)).hasSize(1);
        assertThat(reasons(thrown(outcomes))).containsOnly(Problem.FLAT_NETWORK_IN_USE);
    }

    @Test
    void oneExternalNetworkIsTheDefaultWhoeverMakesItSo() {
        var outcomes = race(
                8,
                number -> servers()
                        .server(number)
                        .networks()
                        .create(
                                ADMIN,
                                NewNetwork.of("alice", "n" + number)
                                        .withExternal("physnet" + number)
                                        .asDefault()));
        assertThat(returned(outcomes)).hasSize(1);
        assertThat(reasons(thrown(outcomes))).containsOnly(Problem.DEFAULT_EXTERNAL_NETWORK_EXISTS);
    }

    @Test
    void aProjectHasOneTopologyWhoeverAsksForIt() {
        Domain domain = servers().first();
        Network outside = domain.networks()
                .create(
                        ADMIN,
                        NewNetwork.of("alice", "outside")
                                .withExternal("physnet1")
                                .asDefault());
        domain.subnets().create(ADMIN, NewSubnet.of("alice", outside.id(), "203.0.113.0/24"));
        domain.subnetPools()
                .create(
                        ADMIN,
                        NewSubnetPool.of("alice", "10.0.0.0/16")
                                .withLengths(8, 30, 26)
                                .forAll()
                                .asDefault());
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes =
                    race(8, number -> servers().server(number).topologies().obtain(ALICE, "alice"));
            assertThat(returned(outcomes)).hasSize(8);
            UUID network = returned(outcomes).getFirst();
            assertThat(returned(outcomes)).containsOnly(network);
            assertThat(now().routersOfProject("alice")).hasSize(1);
            assertThat(now().subnetsOf(network)).hasSize(1);
            // Of a removal and what somebody does with the network at once, one is.
            var ends = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.topologies().delete("alice");
                } else {
                    server.ports().create(ALICE, NewPort.of("alice", network));
                }
                return number;
            });
            assertThat(returned(ends)).hasSize(1);
            now().portsOf(network).stream()
                    .filter(port -> port.deviceOwner().isEmpty())
                    .forEach(port -> domain.ports().delete(ALICE, port.id()));
            domain.topologies().delete("alice");
            assertThat(now().network(network)).isEmpty();
            assertThat(now().routersOfProject("alice")).isEmpty();
        }
    }

    @Test
    void aPortIsDeletedOrLosesWhatLedToIt() {
        Site site = new Site();
        for (int round = 0; round < ROUNDS; round++) {
            Port port = site.port();
            FloatingIp floatingIp = site.floatingIp();
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers().first().ports().delete(ALICE, port.id());
                } else {
                    servers()
                            .second()
                            .floatingIps()
                            .update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(port.id()));
                }
                return number;
            });
            assertThat(reasons(thrown(outcomes))).isSubsetOf(Problem.PORT_NOT_FOUND);
            assertThat(now().port(port.id())).isEmpty();
            assertThat(now().floatingIp(floatingIp.id()).flatMap(FloatingIp::fixed))
                    .isEmpty();
        }
    }

    @Test
    void anInterfaceGoesOrAFloatingIpLeadsOverItButNotBoth() {
        Site site = new Site();
        Port port = site.port();
        for (int round = 0; round < ROUNDS; round++) {
            FloatingIp floatingIp = site.floatingIp();
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers()
                            .first()
                            .routers()
                            .removeInterface(ALICE, site.router.id(), Optional.empty(), Optional.of(site.subnet.id()));
                } else {
                    servers()
                            .second()
                            .floatingIps()
                            .update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(port.id()));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes)))
                    .isSubsetOf(
                            Problem.ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP,
                            Problem.EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND);
            if (returned(outcomes).getFirst() == 0) {
                site.join();
            }
            servers().first().floatingIps().delete(ALICE, floatingIp.id());
        }
    }

    @Test
    void aWayOutIsClosedOrAFloatingIpLeadsOverItButNotBoth() {
        Site site = new Site();
        Port port = site.port();
        for (int round = 0; round < ROUNDS; round++) {
            FloatingIp floatingIp = site.floatingIp();
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers()
                            .first()
                            .routers()
                            .update(ALICE, site.router.id(), RouterUpdate.NONE.withGateway(new GatewayInfo.None()));
                } else {
                    servers()
                            .second()
                            .floatingIps()
                            .update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(port.id()));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes)))
                    .isSubsetOf(
                            Problem.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP,
                            Problem.EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND);
            servers().first().floatingIps().delete(ALICE, floatingIp.id());
            servers()
                    .first()
                    .routers()
                    .update(ALICE, site.router.id(), RouterUpdate.NONE.withGateway(GatewayInfo.on(site.outside.id())));
        }
    }

    @Test
    void anAddressInsideHasOneFloatingIpOfANetwork() {
        Site site = new Site();
        Port port = site.port();
        var outcomes = race(
                8,
                number -> servers()
                        .server(number)
                        .floatingIps()
                        .create(
                                ALICE,
                                NewFloatingIp.of("alice", site.outside.id()).withPort(port.id())));
        assertThat(returned(outcomes)).hasSize(1);
        assertThat(reasons(thrown(outcomes))).containsOnly(Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED);
    }

    @Test
    void aPortOutsideIsForwardedOnceAndNotBesideAWholeAddress() {
        Site site = new Site();
        FloatingIp floatingIp = site.floatingIp();
        Port port = site.port();
        Port other = site.port();
        var outcomes = race(8, number -> {
            if (number == 3) {
                servers()
                        .server(number)
                        .floatingIps()
                        .update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(other.id()));
                return number;
            }
            servers().server(number).portForwardings().create(ALICE, floatingIp.id(), forwarding(port, 8080));
            return number;
        });
        assertThat(returned(outcomes)).hasSize(1);
        assertThat(reasons(thrown(outcomes)))
                .isSubsetOf(
                        Problem.BAD_REQUEST,
                        Problem.FLOATING_IP_IN_USE_BY_PORT_FORWARDING,
                        Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED);
    }

    @Test
    void portForwardingsMadeAtOnceAreAllThere() {
        Site site = new Site();
        FloatingIp floatingIp = site.floatingIp();
        Port port = site.port();
        var outcomes = race(
                8,
                number -> servers()
                        .server(number)
                        .portForwardings()
                        .create(ALICE, floatingIp.id(), forwarding(port, 9000 + number)));
        assertThat(thrown(outcomes)).isEmpty();
        assertThat(servers().first().portForwardings().list(ALICE, floatingIp.id()))
                .extracting(PortForwarding::id)
                .containsExactlyInAnyOrderElementsOf(
                        returned(outcomes).stream().map(PortForwarding::id).toList());
        servers().second().ports().delete(ALICE, port.id());
        assertThat(servers().first().portForwardings().list(ALICE, floatingIp.id()))
                .isEmpty();
    }

    private static NewPortForwarding forwarding(Port port, int number) {
        return new NewPortForwarding(
                "",
                IpProtocol.parse("tcp"),
                new PortRange(number, number),
                port.id(),
                port.fixedIps().getFirst().address(),
                new PortRange(number, number));
    }

    @Test
    void aRouterHasOneWayOutWhoeverGivesItOne() {
        Site site = new Site();
        servers().first().nodes().register("host-1", List.of());
        servers().first().nodes().connect("host-1", List.of("physnet1"));
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes = race(
                    4,
                    number -> servers()
                            .server(number)
                            .routers()
                            .update(
                                    ALICE,
                                    site.router.id(),
                                    RouterUpdate.NONE.withGateway(
                                            number < 2 ? GatewayInfo.on(site.outside.id()) : new GatewayInfo.None())));
            assertThat(thrown(outcomes)).isEmpty();
        }
    }

    @Test
    void aRouterLeadsToANetworkOnceWhoeverAddsTheWayOut() {
        Site site = new Site();
        Network second = servers()
                .first()
                .networks()
                .create(ADMIN, NewNetwork.of("alice", "second").withExternal("physnet2"));
        servers().first().subnets().create(ADMIN, NewSubnet.of("alice", second.id(), "198.51.100.0/24"));
        List<GatewayInfo.On> way = List.of(new GatewayInfo.On(second.id(), Optional.empty(), Optional.empty()));
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes =
                    race(4, number -> servers().server(number).routers().addGateways(ALICE, site.router.id(), way));
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS);
            servers().first().routers().removeGateways(ALICE, site.router.id(), way);
        }
    }

    @Test
    void anAddressInsideIsStoodForOnOneOfARoutersNetworks() {
        Site site = new Site();
        Network second = servers()
                .first()
                .networks()
                .create(ADMIN, NewNetwork.of("alice", "second").withExternal("physnet2"));
        servers().first().subnets().create(ADMIN, NewSubnet.of("alice", second.id(), "198.51.100.0/24"));
        servers()
                .first()
                .routers()
                .addGateways(
                        ALICE,
                        site.router.id(),
                        List.of(new GatewayInfo.On(second.id(), Optional.empty(), Optional.empty())));
        Port port = site.port();
        List<FloatingIp> both = List.of(
                site.floatingIp(),
                servers().first().floatingIps().create(ALICE, NewFloatingIp.of("alice", second.id())));
        for (int round = 0; round < ROUNDS; round++) {
            var outcomes = race(
                    2,
                    number -> servers()
                            .server(number)
                            .floatingIps()
                            .update(ALICE, both.get(number).id(), FloatingIpUpdate.NONE.withPort(port.id())));
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED);
            both.forEach(floatingIp -> servers()
                    .first()
                    .floatingIps()
                    .update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withNothing()));
        }
    }

    @Test
    void anInterfaceAndAWayOutNeverOverlap() {
        Site site = new Site();
        Network clashing = servers().network();
        Subnet same = servers().subnet(clashing, "203.0.113.0/25");
        for (int round = 0; round < ROUNDS; round++) {
            Router router = servers().first().routers().create(ALICE, NewRouter.of("alice", "r" + round));
            var outcomes = race(2, number -> {
                if (number == 0) {
                    servers().first().routers().addInterfaceBySubnet(ALICE, router.id(), same.id());
                } else {
                    servers()
                            .second()
                            .routers()
                            .update(
                                    ALICE,
                                    router.id(),
                                    RouterUpdate.NONE.withGateway(GatewayInfo.on(site.outside.id())));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(reasons(thrown(outcomes))).containsOnly(Problem.BAD_REQUEST);
            if (returned(outcomes).getFirst() == 0) {
                servers()
                        .first()
                        .routers()
                        .removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(same.id()));
            }
            servers().first().routers().delete(ALICE, router.id());
        }
    }

    @Test
    void aNodeIsRemovedFromAllListsOrIsOnNone() {
        Site site = new Site();
        for (int node = 0; node < 4; node++) {
            servers().first().nodes().register("host-" + node, List.of(IpAddress.parse("192.0.2." + (1 + node))));
            servers().first().nodes().connect("host-" + node, List.of("physnet1"));
        }
        for (int round = 0; round < ROUNDS; round++) {
            UUID gone = servers().first().nodes().show("host-0").id();
            String name = "r" + round;
            var outcomes = race(3, number -> {
                if (number == 0) {
                    servers().first().nodes().remove("host-0");
                } else {
                    servers()
                            .server(number)
                            .routers()
                            .create(ALICE, NewRouter.of("alice", name).withGateway(GatewayInfo.on(site.outside.id())));
                }
                return number;
            });
            assertThat(thrown(outcomes)).isEmpty();
            assertThat(now().routersOfGatewayNode(gone)).isEmpty();
            assertThat(now().routers())
                    .allSatisfy(router -> assertThat(router.gateway().map(ExternalGateway::nodes))
                            .hasValueSatisfying(nodes -> assertThat(nodes).hasSize(GatewayNodes.MOST)));
            servers().first().nodes().register("host-0", List.of(IpAddress.parse("192.0.2.1")));
            servers().second().nodes().connect("host-0", List.of("physnet1"));
        }
    }
}
