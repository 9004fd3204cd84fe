package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologiesTest {
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

    private World now() {
        return domain.view().world();
    }

    private Network outside() {
        Network network = domain.networks()
                .create(
                        ADMIN,
                        NewNetwork.of("admin", "outside")
                                .withExternal("physnet1")
                                .asDefault());
        domain.subnets().create(ADMIN, NewSubnet.of("admin", network.id(), "203.0.113.0/24"));
        return network;
    }

    private void pool(String prefix) {
        domain.subnetPools()
                .create(
                        ADMIN,
                        NewSubnetPool.of("admin", prefix)
                                .withLengths(24, prefix.contains(":") ? 64 : 30, prefix.contains(":") ? 64 : 26)
                                .forAll()
                                .asDefault());
    }

    @Test
    void whatAProjectAsksForLeadsOutInBothFamilies() {
        Network outside = outside();
        pool("10.0.0.0/16");
        pool("2001:db8::/48");
        domain.topologies().check(ALICE);
        assertThat(now().networksOfProject("alice")).isEmpty();
        UUID id = domain.topologies().obtain(ALICE, "alice");
        assertThat(servers.second().topologies().obtain(ADMIN, "alice")).isEqualTo(id);
        Network network = now().network(id).orElseThrow();
        assertThat(network.name()).isEqualTo("auto_allocated_network");
        Router router = now().router(network.topologyRouter().orElseThrow()).orElseThrow();
        assertThat(router.name()).isEqualTo("auto_allocated_router");
        assertThat(router.gateway().orElseThrow().networkId()).isEqualTo(outside.id());
        assertThat(now().subnetsOf(id))
                .extracting(Subnet::name)
                .containsExactlyInAnyOrder("auto_allocated_subnet_v4", "auto_allocated_subnet_v6");
        assertThat(now().interfacesOf(router.id()).stream()
                        .flatMap(face -> face.fixedIps().stream())
                        .map(ip -> ip.address().family()))
                .containsExactlyInAnyOrder(IpFamily.IPV4, IpFamily.IPV6);
        assertThat(domain.quotas().usage("alice"))
                .containsEntry(QuotaResource.NETWORK, 1)
                .containsEntry(QuotaResource.SUBNET, 2)
                .containsEntry(QuotaResource.ROUTER, 1);
    }

    @Test
    void whatIsMissingIsSaid() {
        assertProblem(Problem.AUTO_ALLOCATION_FAILURE, () -> domain.topologies().obtain(ALICE, "alice"));
        outside();
        assertProblem(Problem.AUTO_ALLOCATION_FAILURE, () -> domain.topologies().obtain(ALICE, "alice"));
        domain.subnetPools()
                .create(ADMIN, NewSubnetPool.of("admin", "10.0.0.0/16").asDefault());
        // The default pool is not for this project.
        assertProblem(Problem.AUTO_ALLOCATION_FAILURE, () -> domain.topologies().check(ALICE));
        assertThat(now().networksOfProject("alice")).isEmpty();
    }

    @Test
    void itGoesAsAWholeOrStays() {
        outside();
        pool("10.0.0.0/16");
        UUID id = domain.topologies().obtain(ALICE, "alice");
        Port port = domain.ports().create(ALICE, NewPort.of("alice", id));
        assertProblem(Problem.NETWORK_IN_USE, () -> domain.topologies().delete("alice"));
        assertThat(now().routersOfProject("alice")).hasSize(1);
        domain.ports().delete(ALICE, port.id());
        domain.topologies().delete("alice");
        assertThat(now().networksOfProject("alice")).isEmpty();
        assertThat(now().subnetsOf(id)).isEmpty();
        assertThat(now().routersOfProject("alice")).isEmpty();
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.ROUTER, 0);
        domain.topologies().delete("alice");
    }

    @Test
    void aNetworkThatWasRemovedByHandIsMadeAnew() {
        outside();
        pool("10.0.0.0/16");
        UUID id = domain.topologies().obtain(ALICE, "alice");
        UUID router = now().network(id).flatMap(Network::topologyRouter).orElseThrow();
        now().interfacesOf(router)
                .forEach(face ->
                        domain.routers().removeInterface(ALICE, router, Optional.of(face.id()), Optional.empty()));
        domain.networks().delete(ALICE, id);
        assertThat(domain.topologies().obtain(ALICE, "alice")).isNotEqualTo(id);
    }
}
