package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.Binding;
import io.weft.model.FloatingIp;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortRange;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.store.MinWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalNetworksTest {
    private Servers servers;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS.withExternalNetworks(true));
        domain = servers.first();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private static NewNetwork plain(boolean external) {
        return new NewNetwork(
                "admin",
                "n",
                "",
                List.of(),
                true,
                false,
                OptionalInt.empty(),
                OptionalInt.empty(),
                true,
                "",
                external,
                Optional.empty(),
                Optional.empty(),
                false,
                List.of());
    }

    private static NetworkUpdate external(boolean external) {
        return new NetworkUpdate(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(external),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty());
    }

    @Test
    void oneThatDoesNotSayByWhatItLeadsOutHasAPhysicalNetworkOfItsOwn() {
        Network made = domain.networks().create(ADMIN, plain(true));
        assertThat(made.physicalNetwork()).contains(made.id().toString());
        assertThat(made.mtu()).isEqualTo(1500);
        domain.networks().create(ADMIN, plain(true));
    }

    private FloatingIp floatingIp(Network network) {
        return domain.floatingIps().create(ADMIN, NewFloatingIp.of("alice", network.id()));
    }

    @Test
    void floatingIpsThatLeadNowhereGoWithWhatTheyAreFrom() {
        Network made = domain.networks().create(ADMIN, plain(true));
        domain.subnets().create(ADMIN, NewSubnet.of("admin", made.id(), "203.0.113.0/24"));
        floatingIp(made);
        floatingIp(made);
        Port kept = domain.ports().create(ADMIN, NewPort.of("admin", made.id()));
        assertProblem(
                Problem.EXTERNAL_NETWORK_IN_USE, () -> domain.networks().update(ADMIN, made.id(), external(false)));
        assertThat(domain.floatingIps().list(ADMIN)).hasSize(2);
        domain.ports().delete(ADMIN, kept.id());
        assertThat(domain.networks().update(ADMIN, made.id(), external(false)).external())
                .isFalse();
        assertThat(servers.second().floatingIps().list(ADMIN)).isEmpty();
        assertThat(domain.view().world().portsOf(made.id())).isEmpty();
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.FLOATING_IP, 0);
        assertThat(domain.ports().create(ADMIN, NewPort.of("admin", made.id())).fixedIps())
                .hasSize(1);
    }

    @Test
    void oneExternalNetworkAtMostIsTheDefaultAndStaysForEveryone() {
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.networks().create(ADMIN, plain(false).asDefault()));
        assertThat(MinWriter.required(servers.store())).isZero();
        Network first = domain.networks().create(ADMIN, plain(true).asDefault());
        // Servers that do not know it would remove it and leave its key behind.
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.TOPOLOGIES);
        assertProblem(
                Problem.DEFAULT_EXTERNAL_NETWORK_EXISTS,
                () -> domain.networks().create(ADMIN, plain(true).asDefault()));
        Network second = domain.networks().create(ADMIN, plain(true));
        NetworkUpdate become = NetworkUpdate.NONE.withDefault(true);
        assertProblem(
                Problem.DEFAULT_EXTERNAL_NETWORK_EXISTS, () -> domain.networks().update(ADMIN, second.id(), become));
        assertThat(domain.networks().update(ADMIN, first.id(), become)).isEqualTo(first);
        UUID everyones = first.sharing().policies().getFirst().id();
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().delete(ADMIN, everyones));
        assertProblem(Problem.RBAC_POLICY_IN_USE, () -> domain.rbacPolicies().update(ADMIN, everyones, "alice"));
        domain.networks().update(ADMIN, first.id(), NetworkUpdate.NONE.withDefault(false));
        domain.networks().update(ADMIN, second.id(), become);
        // It is none once it leads out no more, or is gone.
        assertThat(domain.networks().update(ADMIN, second.id(), external(false)).isDefault())
                .isFalse();
        domain.networks().update(ADMIN, first.id(), become);
        domain.networks().delete(ADMIN, first.id());
        domain.networks().update(ADMIN, second.id(), external(true));
        assertThat(domain.networks().update(ADMIN, second.id(), become).isDefault())
                .isTrue();
    }

    private Port gateway(Router router) {
        Router now = domain.routers().show(ADMIN, router.id());
        return domain.ports().show(ADMIN, now.gateway().orElseThrow().portId());
    }

    @Test
    void aGatewayWithoutSubnetsHasNoAddressUntilThereIsOneOfEachFamily() {
        Network made = domain.networks().create(ADMIN, plain(true));
        Router router =
                domain.routers().create(ADMIN, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(made.id())));
        assertThat(gateway(router).fixedIps()).isEmpty();
        Network inside = servers.network();
        Subnet lan = servers.subnet(inside, "10.0.0.0/24");
        domain.routers().addInterfaceBySubnet(ALICE, router.id(), lan.id());
        // What the router has inside is no address for it outside.
        Subnet same = domain.subnets().create(ADMIN, NewSubnet.of("admin", made.id(), "10.0.0.0/24"));
        assertThat(gateway(router).fixedIps()).isEmpty();
        Port port = domain.ports().create(ALICE, NewPort.of("alice", inside.id()));
        FloatingIp floatingIp = floatingIp(made);
        assertProblem(
                Problem.EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND,
                () -> domain.floatingIps().update(ADMIN, floatingIp.id(), FloatingIpUpdate.NONE.withPort(port.id())));
        domain.floatingIps().delete(ADMIN, floatingIp.id());
        domain.subnets().delete(ADMIN, same.id());
        domain.subnets()
                .create(
                        ADMIN,
                        List.of(
                                NewSubnet.of("admin", made.id(), "203.0.113.0/24"),
                                NewSubnet.of("admin", made.id(), "2001:db8::/64")));
        assertThat(gateway(router).fixedIps()).hasSize(2);
        domain.subnets().create(ADMIN, NewSubnet.of("admin", made.id(), "198.51.100.0/24"));
        assertThat(gateway(router).fixedIps()).hasSize(2);
    }

    @Test
    void aGatewayThatComesWithASubnetHasAnAddressOfIt() {
        for (int round = 0; round < 10; round++) {
            Network made = domain.networks().create(ADMIN, plain(true));
            var outcomes = race(4, number -> {
                Domain server = servers.server(number);
                return number == 0
                        ? server.subnets()
                                .create(ADMIN, NewSubnet.of("admin", made.id(), "203.0.113.0/24"))
                                .id()
                        : server.routers()
                                .create(
                                        ADMIN,
                                        NewRouter.of("alice" + made.id(), "r" + number)
                                                .withGateway(GatewayInfo.on(made.id())))
                                .id();
            });
            assertThat(returned(outcomes)).hasSize(4);
            assertThat(domain.view().world().portsOf(made.id()))
                    .hasSize(3)
                    .allSatisfy(port -> assertThat(port.fixedIps()).hasSize(1));
        }
    }

    @Test
    void aNetworkEndsToLeadOutOrGivesAFloatingIpButNotBoth() {
        for (int round = 0; round < 10; round++) {
            Network made = domain.networks().create(ADMIN, plain(true));
            domain.subnets().create(ADMIN, NewSubnet.of("admin", made.id(), "203.0.113.0/24"));
            var outcomes = race(
                    4,
                    number -> number == 0
                            ? servers.first().networks().update(ADMIN, made.id(), external(false))
                            : servers.server(number).floatingIps().create(ADMIN, NewFloatingIp.of("alice", made.id())));
            assertThat(returned(outcomes)).isNotEmpty();
            thrown(outcomes)
                    .forEach(reason -> assertThat(reason)
                            .isInstanceOfSatisfying(
                                    DomainException.class,
                                    e -> assertThat(e.problem()).isEqualTo(Problem.BAD_REQUEST)));
            assertThat(domain.networks().show(ADMIN, made.id()).external()).isFalse();
            assertThat(domain.view().world().portsOf(made.id())).isEmpty();
            assertThat(domain.floatingIps().list(ADMIN)).isEmpty();
        }
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.FLOATING_IP, 0);
    }

    @Test
    void aNetworkBeginsAndEndsToLeadOutWhileItHasNoPorts() {
        Network made = domain.networks().create(ADMIN, plain(false));
        Network out = domain.networks().update(ADMIN, made.id(), external(true));
        assertThat(out.physicalNetwork()).contains(made.id().toString());
        assertThat(servers.second().networks().list(ALICE))
                .extracting(Network::id)
                .contains(made.id());
        Subnet subnet = domain.subnets().create(ADMIN, NewSubnet.of("admin", made.id(), "203.0.113.0/24"));
        Router router =
                domain.routers().create(ADMIN, NewRouter.of("admin", "r").withGateway(GatewayInfo.on(made.id())));
        assertProblem(
                Problem.EXTERNAL_NETWORK_IN_USE, () -> domain.networks().update(ADMIN, made.id(), external(false)));
        domain.routers().delete(ADMIN, router.id());
        assertThat(domain.networks().update(ADMIN, made.id(), external(false)).physicalNetwork())
                .isEmpty();
        Port port = domain.ports().create(ADMIN, NewPort.of("admin", made.id()));
        assertThat(port.fixedIps().getFirst().subnetId()).isEqualTo(subnet.id());
        assertProblem(Problem.NETWORK_IN_USE, () -> domain.networks().update(ADMIN, made.id(), external(true)));
        Network chosen =
                domain.networks().create(ADMIN, NewNetwork.of("admin", "o").withExternal("physnet1"));
        assertProblem(Problem.INVALID_INPUT, () -> domain.networks().update(ADMIN, chosen.id(), external(false)));
    }

    @Test
    void aPortOfItsOwnerKeepsAnAddressThereAndLivesOnNoNode() {
        Network outside = domain.networks().create(ADMIN, plain(true));
        domain.subnets().create(ADMIN, NewSubnet.of("admin", outside.id(), "203.0.113.0/24"));
        Port port = domain.ports().create(ADMIN, NewPort.of("admin", outside.id()));
        assertThat(port.fixedIps()).hasSize(1);
        Binding binding = new Binding("host-1", "normal", Map.of());
        assertProblem(Problem.INVALID_INPUT, () -> domain.ports().bind(ADMIN, port.id(), binding));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.ports()
                        .create(ADMIN, NewPort.of("admin", outside.id()).withBinding(binding)));
        assertProblem(Problem.NOT_AUTHORIZED, () -> domain.ports().create(ALICE, NewPort.of("alice", outside.id())));
    }

    @Test
    void floatingIpsThatLeadNowhereGoBeforeTheirNetworkAndOthersKeepIt() {
        Network outside = domain.networks().create(ADMIN, plain(true));
        domain.subnets().create(ADMIN, NewSubnet.of("admin", outside.id(), "203.0.113.0/24"));
        Network inside = servers.network();
        Subnet subnet = servers.subnet(inside, "10.0.0.0/24");
        Router router =
                domain.routers().create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(outside.id())));
        domain.routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        Port port = domain.ports().create(ALICE, NewPort.of("alice", inside.id()));
        FloatingIp free = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", outside.id()));
        FloatingIp forwarding = domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", outside.id()));
        domain.portForwardings()
                .create(
                        ALICE,
                        forwarding.id(),
                        new NewPortForwarding(
                                "",
                                IpProtocol.parse("tcp"),
                                new PortRange(8080, 8080),
                                port.id(),
                                port.fixedIps().getFirst().address(),
                                new PortRange(80, 80)));
        assertProblem(
                Problem.FLOATING_IP_IN_USE_BY_PORT_FORWARDING,
                () -> domain.floatingIps().delete(ALICE, forwarding.id()));
        domain.floatingIps().deleteUnused(ADMIN, outside.id(), OptionalLong.empty());
        assertThat(domain.floatingIps().list(ALICE))
                .extracting(FloatingIp::id)
                .containsExactlyInAnyOrder(free.id(), forwarding.id());

        domain.ports().delete(ALICE, port.id());
        domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(new GatewayInfo.None()));
        domain.floatingIps().deleteUnused(ADMIN, outside.id(), OptionalLong.empty());
        assertThat(domain.floatingIps().list(ALICE)).isEmpty();
        domain.networks().delete(ADMIN, outside.id());
    }
}
