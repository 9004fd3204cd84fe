package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static io.weft.domain.Servers.apart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.Problem;
import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortRange;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.store.MinWriter;
import io.weft.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routers that lead to several external networks. */
class SeveralGatewaysTest {
    private Servers servers;
    private Domain domain;
    private Network first;
    private Network second;
    private Network inside;
    private Router router;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Servers.unlimited().withExternalNetworks(true));
        domain = servers.first();
        domain.nodes().register("host-1", List.of());
        domain.nodes().connect("host-1", List.of("physnet1"));
        first = external(1, "203.0.113.0/24");
        second = external(2, "198.51.100.0/24");
        inside = servers.network();
        Subnet subnet = servers.subnet(inside, "10.0.0.0/24");
        router = domain.routers().create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(first.id())));
        domain.routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private Network external(int number, String block) {
        Network network = domain.networks()
                .create(ADMIN, NewNetwork.of("admin", "outside").withExternal("physnet" + number));
        domain.subnets().create(ADMIN, apart(NewSubnet.of("admin", network.id(), block)));
        return network;
    }

    private static GatewayInfo.On to(Network network) {
        return new GatewayInfo.On(network.id(), Optional.empty(), Optional.empty());
    }

    private static GatewayInfo.On to(Network network, String address) {
        FixedIpRequest request = new FixedIpRequest(Optional.empty(), Optional.of(IpAddress.parse(address)));
        return new GatewayInfo.On(network.id(), Optional.empty(), Optional.of(List.of(request)));
    }

    private static List<UUID> networks(Router router) {
        return router.gateways().stream().map(ExternalGateway::networkId).toList();
    }

    private Router current() {
        return servers.second().routers().show(ADMIN, router.id());
    }

    private Port port() {
        return domain.ports().create(ALICE, NewPort.of("alice", inside.id()));
    }

    private void addSecond() {
        domain.routers().addGateways(ALICE, router.id(), List.of(to(second)));
    }

    @Test
    void eachWayOutHasAPortANumberAndNodesOfItsOwn() {
        addSecond();
        List<ExternalGateway> gateways = current().gateways();
        assertThat(networks(current())).containsExactly(first.id(), second.id());
        assertThat(current().gateway()).contains(gateways.getFirst());
        assertThat(gateways).extracting(ExternalGateway::portId).doesNotHaveDuplicates();
        assertThat(gateways).extracting(ExternalGateway::transitVni).doesNotHaveDuplicates();
        assertThat(gateways.getFirst().nodes()).hasSize(1);
        assertThat(gateways.getLast().nodes()).isEmpty();
        domain.nodes().connect("host-1", List.of("physnet2"));
        assertThat(current().gateways().getFirst().nodes()).isEmpty();
        assertThat(current().gateways().getLast().nodes()).hasSize(1);
        domain.nodes().remove("host-1");
        assertThat(current().gateways()).allMatch(gateway -> gateway.nodes().isEmpty());
    }

    @Test
    void serversThatKnowOneWayOutAreKeptFromAStoreWithSeveral() {
        assertThat(MinWriter.required(servers.store())).isZero();
        addSecond();
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.SEVERAL_GATEWAYS);
        assertThatThrownBy(() -> MinWriter.check(servers.store(), WriterFormat.SEVERAL_GATEWAYS - 1))
                .isInstanceOf(StoreException.class);
        MinWriter.check(servers.store(), WriterFormat.CURRENT);
    }

    @Test
    void aWayOutEndsAndTheNextOneBecomesTheFirst() {
        addSecond();
        Router changed =
                domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(new GatewayInfo.None()));
        assertThat(networks(changed)).containsExactly(second.id());
        domain.networks().delete(ADMIN, first.id());
        assertThat(networks(domain.routers().removeGateways(ALICE, router.id(), List.of(to(second)))))
                .isEmpty();
        domain.networks().delete(ADMIN, second.id());
    }

    @Test
    void allOfThemEndWithTheirRouter() {
        Router alone = domain.routers().create(ALICE, NewRouter.of("alice", "alone"));
        domain.routers().addGateways(ALICE, alone.id(), List.of(to(second), to(external(3, "192.0.2.0/24"))));
        domain.routers().delete(ALICE, alone.id());
        domain.networks().delete(ADMIN, second.id());
    }

    @Test
    void theListIsMadeWhatIsAskedForAndKeepsWhatStays() {
        addSecond();
        UUID kept = current().gateways().getLast().portId();
        Network third = external(3, "192.0.2.0/24");
        Router changed = domain.routers().updateGateways(ALICE, router.id(), List.of(to(second), to(third)));
        assertThat(networks(changed)).containsExactly(second.id(), third.id());
        assertThat(changed.gateways().getFirst().portId()).isEqualTo(kept);
        Router moved = domain.routers().updateGateways(ADMIN, router.id(), List.of(to(second, "198.51.100.77")));
        assertThat(moved.gateways().getFirst().portId()).isEqualTo(kept);
        assertThat(domain.ports().show(ADMIN, kept).fixedIps().getFirst().address())
                .isEqualTo(IpAddress.parse("198.51.100.77"));
        assertThat(domain.routers()
                        .updateGateways(ALICE, router.id(), List.of())
                        .gateways())
                .isEmpty();
    }

    @Test
    void aRouterHasOneWayOutToEachNetworkAndNoneThatOverlap() {
        addSecond();
        assertProblem(Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS, this::addSecond);
        assertProblem(
                Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS,
                () -> domain.routers()
                        .update(ALICE, router.id(), RouterUpdate.NONE.withGateway(GatewayInfo.on(second.id()))));
        assertProblem(
                Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS,
                () -> domain.routers().updateGateways(ALICE, router.id(), List.of(to(first), to(first))));
        Network wide = external(3, "198.51.0.0/16");
        assertProblem(Problem.BAD_REQUEST, () -> domain.routers().addGateways(ALICE, router.id(), List.of(to(wide))));
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.routers().updateGateways(ALICE, router.id(), List.of(to(wide), to(second))));
        assertThat(networks(current())).containsExactly(first.id(), second.id());
    }

    @Test
    void aRouterHasSoManyWaysOutAtMost() {
        List<GatewayInfo.On> many = new ArrayList<>();
        for (int number = 3; number < 3 + RouterGateways.MOST; number++) {
            many.add(to(external(number, "192.0." + number + ".0/24")));
        }
        assertProblem(
                Problem.UNABLE_TO_ADD_EXTRA_GATEWAYS, () -> domain.routers().addGateways(ALICE, router.id(), many));
        assertThat(networks(current())).containsExactly(first.id());
    }

    @Test
    void whatIsNamedMustBeThere() {
        addSecond();
        Network third = external(3, "192.0.2.0/24");
        assertProblem(
                Problem.UNABLE_TO_MATCH_GATEWAYS,
                () -> domain.routers().removeGateways(ALICE, router.id(), List.of(to(second), to(third))));
        assertProblem(
                Problem.UNABLE_TO_MATCH_GATEWAYS,
                () -> domain.routers().removeGateways(ADMIN, router.id(), List.of(to(second, "198.51.100.250"))));
        assertProblem(
                Problem.ROUTER_NOT_FOUND, () -> domain.routers().addGateways(BOB, router.id(), List.of(to(third))));
        assertThat(networks(current())).containsExactly(first.id(), second.id());
    }

    @Test
    void floatingIpsOfEachNetworkHoldTheirOwnWayOut() {
        addSecond();
        Port one = port();
        Port other = port();
        FloatingIp near = domain.floatingIps()
                .create(ALICE, NewFloatingIp.of("alice", first.id()).withPort(one.id()));
        FloatingIp far = domain.floatingIps()
                .create(ALICE, NewFloatingIp.of("alice", second.id()).withPort(other.id()));
        assertThat(near.routerId()).isEqualTo(far.routerId()).contains(router.id());
        assertProblem(
                Problem.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP,
                () -> domain.routers().removeGateways(ALICE, router.id(), List.of(to(second))));
        // An address inside is stood for on one of the networks: answers leave by that one.
        assertProblem(
                Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED,
                () -> domain.floatingIps()
                        .create(ALICE, NewFloatingIp.of("alice", second.id()).withPort(one.id())));
        domain.floatingIps().delete(ALICE, far.id());
        assertThat(networks(domain.routers().removeGateways(ALICE, router.id(), List.of(to(second)))))
                .containsExactly(first.id());
    }

    @Test
    void aPortInsideIsForwardedFromOneNetwork() {
        addSecond();
        Port port = port();
        IpAddress address = port.fixedIps().getFirst().address();
        FloatingIp near = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", first.id()));
        FloatingIp far = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", second.id()));
        domain.portForwardings().create(ALICE, near.id(), forwarding(port, address, new PortRange(80, 80)));
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.portForwardings()
                        .create(ALICE, far.id(), forwarding(port, address, new PortRange(80, 80))));
        domain.portForwardings().create(ALICE, far.id(), forwarding(port, address, new PortRange(81, 81)));
    }

    private static NewPortForwarding forwarding(Port port, IpAddress address, PortRange inside) {
        return new NewPortForwarding(
                "", IpProtocol.parse("tcp"), new PortRange(2080, 2080), port.id(), address, inside);
    }

    @Test
    void routesMayLeadOverAnyOfThemAndHoldIt() {
        addSecond();
        Route route = new Route(IpPrefix.parse("172.16.0.0/12"), IpAddress.parse("198.51.100.250"));
        assertThat(domain.routers()
                        .addRoutes(ALICE, router.id(), List.of(route))
                        .routes())
                .containsExactly(route);
        assertProblem(
                Problem.ROUTER_INTERFACE_IN_USE_BY_ROUTE,
                () -> domain.routers().removeGateways(ALICE, router.id(), List.of(to(second))));
        Route own = new Route(
                IpPrefix.parse("172.16.0.0/12"),
                domain.ports()
                        .show(ADMIN, current().gateways().getLast().portId())
                        .fixedIps()
                        .getFirst()
                        .address());
        assertProblem(Problem.INVALID_ROUTES, () -> domain.routers().addRoutes(ALICE, router.id(), List.of(own)));
        domain.routers().removeRoutes(ALICE, router.id(), List.of(route));
        domain.routers().removeGateways(ALICE, router.id(), List.of(to(second)));
    }

    @Test
    void defaultRoutesMayShareTheFlows() {
        domain.routers().update(ADMIN, router.id(), RouterUpdate.NONE.withDefaultRouteEcmp(true));
        assertThat(current().defaultRouteEcmp()).isTrue();
        domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of()));
        assertThat(current().defaultRouteEcmp()).isTrue();
    }

    @Test
    void nextHopsMayBeWatched() {
        domain.routers().update(ADMIN, router.id(), RouterUpdate.NONE.withDefaultRouteBfd(true));
        assertThat(current().defaultRouteBfd()).isTrue();
        domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of()));
        assertThat(current().defaultRouteBfd()).isTrue();
    }
}
