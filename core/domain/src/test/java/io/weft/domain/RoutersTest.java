package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutersTest {
    private Servers servers;
    private Routers routers;
    private Network network;
    private Router router;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        routers = servers.first().routers();
        network = servers.network();
        router = routers.create(ALICE, NewRouter.of("alice", "r"));
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private static Route route(String destination, String nexthop) {
        return new Route(IpPrefix.parse(destination), IpAddress.parse(nexthop));
    }

    @Test
    void anInterfaceMayHaveAnotherAddressOfItsSubnetAndCountsAsAChangeOfTheRouter() {
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        RouterInterface added = routers.addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        assertThat(routers.show(ALICE, router.id()).meta().revision())
                .isGreaterThan(router.meta().revision());
        Ports ports = servers.first().ports();
        FixedIpRequest same = new FixedIpRequest(Optional.of(subnet.id()), Optional.empty());
        assertThat(ports.update(ALICE, added.portId(), PortUpdate.NONE.withFixedIps(same))
                        .fixedIps())
                .containsExactly(new FixedIp(subnet.id(), IpAddress.parse("10.0.0.1")));
        FixedIpRequest other = new FixedIpRequest(Optional.of(subnet.id()), Optional.of(IpAddress.parse("10.0.0.9")));
        assertThat(ports.update(ALICE, added.portId(), PortUpdate.NONE.withFixedIps(other))
                        .fixedIps())
                .containsExactly(new FixedIp(subnet.id(), IpAddress.parse("10.0.0.9")));
        assertProblem(
                Problem.IP_ADDRESS_CHANGE_NOT_ALLOWED,
                () -> ports.update(ALICE, added.portId(), PortUpdate.NONE.withFixedIps()));

        routers.update(ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of(route("192.0.2.0/24", "10.0.0.77"))));
        FixedIpRequest hop = new FixedIpRequest(Optional.of(subnet.id()), Optional.of(IpAddress.parse("10.0.0.77")));
        assertProblem(
                Problem.IP_ADDRESS_CHANGE_NOT_ALLOWED,
                () -> ports.update(ALICE, added.portId(), PortUpdate.NONE.withFixedIps(hop)));
    }

    @Test
    void aSubnetsInterfaceIsAPortWithItsGateway() {
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        RouterInterface added = routers.addInterfaceBySubnet(ALICE, router.id(), subnet.id());

        Port port = servers.second().ports().show(ALICE, added.portId());
        assertThat(port.isRouterInterface()).isTrue();
        assertThat(port.deviceId()).isEqualTo(router.id().toString());
        assertThat(port.project()).isEqualTo("alice");
        assertThat(port.fixedIps()).containsExactly(new FixedIp(subnet.id(), IpAddress.parse("10.0.0.1")));
        assertProblem(Problem.PORT_OWNED, () -> servers.first().ports().delete(ALICE, port.id()));
        assertProblem(Problem.ROUTER_IN_USE, () -> routers.delete(ALICE, router.id()));
        assertProblem(Problem.SUBNET_IN_USE, () -> servers.first().subnets().delete(ALICE, subnet.id()));
        assertProblem(Problem.NETWORK_IN_USE, () -> servers.first().networks().delete(ALICE, network.id()));

        RouterInterface removed =
                routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id()));
        assertThat(removed).isEqualTo(added);
        routers.delete(ALICE, router.id());
        servers.first().networks().delete(ALICE, network.id());
        assertThat(servers.first().quotas().usage("alice"))
                .containsEntry(QuotaResource.ROUTER, 0)
                .containsEntry(QuotaResource.NETWORK, 0)
                .containsEntry(QuotaResource.SUBNET, 0)
                .containsEntry(QuotaResource.PORT, 0);
    }

    @Test
    void aPortBecomesAnInterface() {
        servers.subnet(network, "10.0.0.0/24");
        Port port = servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
        routers.addInterfaceByPort(ALICE, router.id(), port.id());
        assertThat(servers.first().view().world().interfacesOf(router.id()))
                .extracting(Port::id)
                .containsExactly(port.id());
        assertProblem(Problem.PORT_IN_USE, () -> routers.addInterfaceByPort(ALICE, router.id(), port.id()));
        assertProblem(
                Problem.IP_ADDRESS_CHANGE_NOT_ALLOWED,
                () -> servers.first().ports().update(ALICE, port.id(), PortUpdate.NONE.withFixedIps()));
        routers.removeInterface(ALICE, router.id(), Optional.of(port.id()), Optional.empty());
        assertProblem(Problem.PORT_NOT_FOUND, () -> servers.second().ports().show(ALICE, port.id()));
    }

    @Test
    void aPortWithoutAddressesOrInUseIsNoInterface() {
        Port bare = servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
        assertProblem(Problem.BAD_REQUEST, () -> routers.addInterfaceByPort(ALICE, router.id(), bare.id()));
        Port used = servers.first()
                .ports()
                .create(ALICE, NewPort.of("alice", network.id()).withDevice("vm", "compute:nova"));
        assertProblem(Problem.PORT_IN_USE, () -> routers.addInterfaceByPort(ALICE, router.id(), used.id()));
    }

    @Test
    void aSubnetWithoutGatewayOrOverlappingIsRefused() {
        Subnet bare = servers.first()
                .subnets()
                .create(
                        ALICE,
                        NewSubnet.of("alice", network.id(), "10.1.0.0/24").withGateway(new GatewayChoice.None()));
        assertProblem(Problem.BAD_REQUEST, () -> routers.addInterfaceBySubnet(ALICE, router.id(), bare.id()));
        routers.addInterfaceBySubnet(
                ALICE, router.id(), servers.subnet(network, "10.0.0.0/24").id());
        Subnet overlapping = servers.subnet(servers.network(), "10.0.0.0/25");
        assertProblem(Problem.BAD_REQUEST, () -> routers.addInterfaceBySubnet(ALICE, router.id(), overlapping.id()));
    }

    @Test
    void ipv6SubnetsOfANetworkShareAnInterface() {
        Subnet one = servers.subnet(network, "2001:db8:1::/64");
        Subnet two = servers.subnet(network, "2001:db8:2::/64");
        Subnet four = servers.subnet(network, "10.0.0.0/24");
        RouterInterface first = routers.addInterfaceBySubnet(ALICE, router.id(), one.id());
        RouterInterface second = routers.addInterfaceBySubnet(ALICE, router.id(), two.id());
        RouterInterface third = routers.addInterfaceBySubnet(ALICE, router.id(), four.id());
        assertThat(second.portId()).isEqualTo(first.portId()).isNotEqualTo(third.portId());

        routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(one.id()));
        assertThat(servers.first().ports().show(ALICE, second.portId()).fixedIps())
                .extracting(FixedIp::subnetId)
                .containsExactly(two.id());
        servers.first().subnets().delete(ALICE, one.id());
        routers.removeInterface(ALICE, router.id(), Optional.of(second.portId()), Optional.of(two.id()));
    }

    @Test
    void nextHopsAreNeighboursOfTheRouter() {
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        routers.addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        Route good = route("192.0.2.0/24", "10.0.0.9");
        Route other = route("192.0.2.0/24", "10.0.0.10");
        assertProblem(
                Problem.INVALID_ROUTES,
                () -> routers.update(
                        ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of(route("192.0.2.0/24", "10.1.0.9")))));
        assertProblem(
                Problem.INVALID_ROUTES,
                () -> routers.update(
                        ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of(route("192.0.2.0/24", "10.0.0.1")))));
        assertThat(routers.update(ALICE, router.id(), RouterUpdate.NONE.withRoutes(List.of(good)))
                        .routes())
                .containsExactly(good);
        assertThat(routers.addRoutes(ALICE, router.id(), List.of(good, other)).routes())
                .containsExactly(good, other);
        assertProblem(
                Problem.ROUTER_INTERFACE_IN_USE_BY_ROUTE,
                () -> routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id())));
        assertThat(routers.removeRoutes(ALICE, router.id(), List.of(good, other))
                        .routes())
                .isEmpty();
        List<Route> many = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            many.add(route("192.0." + i + ".0/24", "10.0.0.9"));
        }
        assertProblem(
                Problem.ROUTES_EXHAUSTED, () -> routers.update(ALICE, router.id(), RouterUpdate.NONE.withRoutes(many)));
        routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id()));
    }

    @Test
    void whatIsNotThereIsNamed() {
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        assertProblem(
                Problem.ROUTER_INTERFACE_NOT_FOUND_FOR_SUBNET,
                () -> routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id())));
        assertProblem(
                Problem.ROUTER_INTERFACE_NOT_FOUND,
                () -> routers.removeInterface(ALICE, router.id(), Optional.of(subnet.id()), Optional.empty()));
        assertProblem(
                Problem.BAD_REQUEST,
                () -> routers.removeInterface(ALICE, router.id(), Optional.empty(), Optional.empty()));
        assertProblem(Problem.ROUTER_NOT_FOUND, () -> routers.show(BOB, router.id()));
        assertProblem(Problem.ROUTER_NOT_FOUND, () -> routers.addInterfaceBySubnet(BOB, router.id(), subnet.id()));
        assertThat(routers.list(BOB)).isEmpty();
    }
}
