package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.apart;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.Subnet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterGatewaysTest {
    private Servers servers;
    private Domain domain;
    private Network outside;
    private Subnet block;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Servers.unlimited().withExternalNetworks(true));
        domain = servers.first();
        outside = domain.networks()
                .create(ADMIN, NewNetwork.of("admin", "outside").withExternal("physnet1"));
        block = domain.subnets().create(ADMIN, apart(NewSubnet.of("admin", outside.id(), "203.0.113.0/24")));
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private Router router(String name) {
        return domain.routers().create(ALICE, NewRouter.of("alice", name).withGateway(GatewayInfo.on(outside.id())));
    }

    private UUID node(String name, String... physicalNetworks) {
        domain.nodes().register(name, List.of());
        return domain.nodes().connect(name, List.of(physicalNetworks)).id();
    }

    private Router current(Router router) {
        return servers.second().routers().show(ADMIN, router.id());
    }

    private List<UUID> nodes(Router router) {
        return current(router).gateway().orElseThrow().nodes();
    }

    @Test
    void externalNetworksAreForAdministratorsToMakeAndForAllToSee() {
        assertThat(outside.external()).isTrue();
        assertThat(outside.mtu()).isEqualTo(1500);
        Network seen = servers.second().networks().show(ALICE, outside.id());
        assertThat(seen.physicalNetwork()).isEqualTo(outside.physicalNetwork());
        assertThat(servers.second().networks().list(ALICE)).contains(seen);
        assertProblem(Problem.SUBNET_NOT_FOUND, () -> domain.subnets().show(ALICE, block.id()));
        assertProblem(
                Problem.FLAT_NETWORK_IN_USE,
                () -> domain.networks()
                        .create(ADMIN, NewNetwork.of("admin", "x").withExternal("physnet1")));
        domain.networks().delete(ADMIN, outside.id());
        domain.networks().create(ADMIN, NewNetwork.of("admin", "again").withExternal("physnet1"));
    }

    @Test
    void anInstallationThatServesNoneRefusesThem(@TempDir Path elsewhere) {
        try (Servers plain = new Servers(elsewhere, Settings.DEFAULTS.withExternalNetworks(false))) {
            assertProblem(
                    Problem.INVALID_INPUT,
                    () -> plain.first()
                            .networks()
                            .create(ADMIN, NewNetwork.of("admin", "x").withExternal("physnet1")));
            assertProblem(
                    Problem.INVALID_INPUT,
                    () -> plain.first()
                            .routers()
                            .create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(UUID.randomUUID()))));
            assertProblem(
                    Problem.INVALID_INPUT,
                    () -> plain.first().floatingIps().create(ALICE, NewFloatingIp.of("alice", UUID.randomUUID())));
        }
    }

    @Test
    void aGatewayIsAPortOfNobodysAndGoesWithItsRouter() {
        Router router = router("r");
        ExternalGateway gateway = router.gateway().orElseThrow();
        assertThat(gateway.enableSnat()).isTrue();
        assertThat(gateway.nodes()).isEmpty();
        Port port = domain.ports().show(ADMIN, gateway.portId());
        assertThat(port.project()).isEmpty();
        assertThat(port.isRouterGateway()).isTrue();
        assertThat(port.deviceId()).isEqualTo(router.id().toString());
        assertThat(port.fixedIps()).extracting(FixedIp::subnetId).containsExactly(block.id());
        assertProblem(Problem.PORT_OWNED, () -> domain.ports().delete(ADMIN, port.id()));
        assertProblem(Problem.NETWORK_IN_USE, () -> domain.networks().delete(ADMIN, outside.id()));
        domain.routers().delete(ALICE, router.id());
        assertProblem(Problem.PORT_NOT_FOUND, () -> domain.ports().show(ADMIN, port.id()));
        domain.networks().delete(ADMIN, outside.id());
    }

    @Test
    void administratorsChooseAddressesAndTranslation() {
        Router router = router("r");
        IpAddress address = IpAddress.parse("203.0.113.77");
        GatewayInfo info = new GatewayInfo.On(
                outside.id(),
                Optional.of(false),
                Optional.of(List.of(new FixedIpRequest(Optional.of(block.id()), Optional.of(address)))));
        Router changed = domain.routers().update(ADMIN, router.id(), RouterUpdate.NONE.withGateway(info));
        ExternalGateway gateway = changed.gateway().orElseThrow();
        assertThat(gateway.enableSnat()).isFalse();
        assertThat(gateway.portId()).isEqualTo(router.gateway().orElseThrow().portId());
        assertThat(domain.ports().show(ADMIN, gateway.portId()).fixedIps())
                .containsExactly(new FixedIp(block.id(), address));
        // Neutron's default comes back with a request that does not say.
        Router again = domain.routers()
                .update(ALICE, router.id(), RouterUpdate.NONE.withGateway(GatewayInfo.on(outside.id())));
        assertThat(again.gateway().orElseThrow().enableSnat()).isTrue();
        assertThat(domain.ports().show(ADMIN, gateway.portId()).fixedIps())
                .containsExactly(new FixedIp(block.id(), address));
    }

    @Test
    void aRouterMovesToAnotherExternalNetwork() {
        node("host-1", "physnet1", "physnet2");
        Router router = router("r");
        Network other =
                domain.networks().create(ADMIN, NewNetwork.of("admin", "other").withExternal("physnet2"));
        domain.subnets().create(ADMIN, apart(NewSubnet.of("admin", other.id(), "198.51.100.0/24")));
        Router moved =
                domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(GatewayInfo.on(other.id())));
        assertThat(moved.gateway().orElseThrow().networkId()).isEqualTo(other.id());
        assertThat(moved.gateway().orElseThrow().nodes()).hasSize(1);
        domain.networks().delete(ADMIN, outside.id());
        Router closed =
                domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(new GatewayInfo.None()));
        assertThat(closed.gateway()).isEmpty();
        domain.networks().delete(ADMIN, other.id());
    }

    @Test
    void whatIsNoWayOutIsRefused() {
        Network inside = servers.network();
        Subnet clash = servers.subnet(inside, "203.0.113.0/25");
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.routers()
                        .create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(inside.id()))));
        Router router = router("r");
        assertProblem(Problem.BAD_REQUEST, () -> domain.routers().addInterfaceBySubnet(ALICE, router.id(), clash.id()));
        assertProblem(Problem.BAD_REQUEST, () -> domain.routers().addInterfaceBySubnet(ADMIN, router.id(), block.id()));
        Router other = domain.routers().create(ALICE, NewRouter.of("alice", "other"));
        domain.routers().addInterfaceBySubnet(ALICE, other.id(), clash.id());
        assertProblem(
                Problem.BAD_REQUEST,
                () -> domain.routers()
                        .update(ALICE, other.id(), RouterUpdate.NONE.withGateway(GatewayInfo.on(outside.id()))));
    }

    @Test
    void nodesAreChosenEvenlyAmongThoseWithThePhysicalNetwork() {
        for (int node = 0; node < 4; node++) {
            node("host-" + node, "physnet1");
        }
        node("apart", "physnet2");
        UUID apart = domain.nodes().show("apart").id();
        Map<UUID, Integer> first = new HashMap<>();
        Map<UUID, Integer> all = new HashMap<>();
        for (int number = 0; number < 40; number++) {
            List<UUID> nodes = nodes(router("r" + number));
            assertThat(nodes).hasSize(GatewayNodes.MOST).doesNotHaveDuplicates().doesNotContain(apart);
            first.merge(nodes.getFirst(), 1, Integer::sum);
            nodes.forEach(node -> all.merge(node, 1, Integer::sum));
        }
        assertThat(first.values()).containsOnly(10);
        assertThat(all.values()).allSatisfy(count -> assertThat(count).isBetween(25, 35));
    }

    @Test
    void aListIsFilledWhenNodesComeAndOtherwiseKeptUntilANodeIsGone() {
        Router router = router("r");
        assertThat(nodes(router)).isEmpty();
        UUID one = node("host-1", "physnet1");
        assertThat(nodes(router)).containsExactly(one);
        UUID two = node("host-2", "physnet1");
        UUID three = node("host-3", "physnet1");
        UUID four = node("host-4", "physnet1");
        assertThat(nodes(router)).containsExactly(one, two, three);
        assertThat(current(router).meta().revision())
                .as("nobody changed it")
                .isEqualTo(router.meta().revision());
        // Others that come and go mean nothing to it.
        domain.nodes().remove("host-4");
        UUID five = node("host-5", "physnet1");
        assertThat(four).isNotEqualTo(five);
        assertThat(nodes(router)).containsExactly(one, two, three);
        domain.nodes().remove("host-1");
        assertThat(nodes(router)).containsExactly(two, three, five);
        // A node says that it has the physical network no more.
        node("host-3");
        assertThat(nodes(router)).containsExactly(two, five);
        domain.nodes().remove("host-2");
        domain.nodes().remove("host-5");
        assertThat(nodes(router)).isEmpty();
    }

    @Test
    void aNodeThatManyRoutersHaveIsRemoved() {
        node("host-1", "physnet1");
        for (int number = 0; number < 150; number++) {
            router("r" + number);
        }
        UUID other = node("host-2", "physnet1");
        domain.nodes().remove("host-1");
        assertThat(servers.second().view().world().routers())
                .allSatisfy(router -> assertThat(nodes(router)).containsExactly(other));
    }
}
