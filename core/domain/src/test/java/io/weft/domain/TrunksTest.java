package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.TrunkStatus;
import io.weft.model.Binding;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Trunk;
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

class TrunksTest {
    private Servers servers;
    private Trunks trunks;
    private Network network;
    private Port parent;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        trunks = servers.first().trunks();
        network = servers.network();
        parent = port();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private Port port() {
        return servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
    }

    private Port show(Port port) {
        return servers.first().ports().show(ADMIN, port.id());
    }

    private static Binding at(String host) {
        return new Binding(host, "normal", Map.of());
    }

    private Trunk trunk(SubportRequest... subports) {
        return trunks.create(ALICE, NewTrunk.of("alice", parent.id(), subports));
    }

    @Test
    void aSubportBelongsToItsTrunkUntilItLeaves() {
        Port one = port();
        Port two = port();
        Trunk trunk = trunk(SubportRequest.of(one.id(), 200));
        assertThat(trunk.subports()).containsExactly(new Trunk.Subport(one.id(), 200));
        assertThat(show(one).deviceId()).isEqualTo(trunk.id().toString());
        assertThat(show(one).deviceOwner()).isEqualTo("trunk:subport");
        Trunk more = trunks.addSubports(ALICE, trunk.id(), List.of(SubportRequest.of(two.id(), 100)));
        assertThat(more.subports()).containsExactly(new Trunk.Subport(two.id(), 100), new Trunk.Subport(one.id(), 200));
        assertThat(more.meta().revision()).isGreaterThan(trunk.meta().revision());
        assertThat(servers.first().view().world().trunkOfSubport(two.id())).contains(more);
        assertThat(servers.first().view().world().trunkOfParent(parent.id())).contains(more);
        Trunk fewer = trunks.removeSubports(ALICE, trunk.id(), List.of(one.id()));
        assertThat(fewer.subports()).containsExactly(new Trunk.Subport(two.id(), 100));
        assertThat(show(one).deviceOwner()).isEmpty();
        assertThat(show(one).deviceId()).isEmpty();
        trunks.delete(ALICE, trunk.id());
        assertThat(show(two).deviceOwner()).isEmpty();
        assertThat(servers.first().view().world().trunks()).isEmpty();
        servers.first().ports().delete(ALICE, two.id());
        servers.first().ports().delete(ALICE, parent.id());
    }

    @Test
    void serversThatDoNotKnowTrunksAreKeptFromAStoreWithOne() {
        assertThat(MinWriter.required(servers.store())).isZero();
        trunk();
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.TRUNKS);
    }

    @Test
    void subportsLiveWhereTheParentLivesAndMoveWithIt() {
        Port one = port();
        Port two = port();
        Trunk trunk = trunk(SubportRequest.of(one.id(), 1));
        servers.first().ports().bind(ADMIN, parent.id(), at("h1"));
        assertThat(show(one).binding()).isEqualTo(at("h1"));
        trunks.addSubports(ALICE, trunk.id(), List.of(SubportRequest.of(two.id(), 4094)));
        assertThat(show(two).binding()).isEqualTo(at("h1"));
        servers.first().ports().bind(ADMIN, parent.id(), at("h2"));
        assertThat(servers.first().view().world().portsOnHost("h2")).hasSize(3);
        trunks.removeSubports(ALICE, trunk.id(), List.of(one.id()));
        assertThat(show(one).binding()).isEqualTo(Binding.NONE);
        servers.first().ports().bind(ADMIN, parent.id(), Binding.NONE);
        assertThat(show(two).binding()).isEqualTo(Binding.NONE);
        servers.first().ports().bind(ADMIN, parent.id(), at("h1"));
        trunks.delete(ALICE, trunk.id());
        assertThat(show(two).binding()).isEqualTo(Binding.NONE);
        assertThat(show(parent).binding()).isEqualTo(at("h1"));
    }

    @Test
    void subportsMoveWithTheBindingThatIsActivated() {
        servers.first().nodes().register("h2", List.of());
        parent = servers.first()
                .ports()
                .create(
                        ADMIN,
                        NewPort.of("alice", network.id())
                                .withDevice("vm", "compute:nova")
                                .withBinding(at("h1")));
        Port one = port();
        trunk(SubportRequest.of(one.id(), 1));
        assertThat(show(one).binding()).isEqualTo(at("h1"));
        servers.first().portBindings().create(ADMIN, parent.id(), at("h2"));
        assertThat(show(one).binding()).isEqualTo(at("h1"));
        servers.first().portBindings().activate(ADMIN, parent.id(), "h2");
        assertThat(show(one).binding()).isEqualTo(at("h2"));
    }

    @Test
    void aPortIsInOneTrunk() {
        Port one = port();
        Trunk trunk = trunk(SubportRequest.of(one.id(), 1));
        assertProblem(Problem.PARENT_PORT_IN_USE, this::trunk);
        assertProblem(Problem.TRUNK_PORT_IN_USE, () -> trunks.create(ALICE, NewTrunk.of("alice", one.id())));
        parent = port();
        assertProblem(Problem.TRUNK_PORT_IN_USE, () -> trunk(SubportRequest.of(one.id(), 1)));
        assertProblem(Problem.PARENT_PORT_IN_USE, () -> trunk(SubportRequest.of(trunk.portId(), 1)));
        assertProblem(Problem.PARENT_PORT_IN_USE, () -> trunk(SubportRequest.of(parent.id(), 1)));
        Port two = port();
        assertProblem(
                Problem.TRUNK_PORT_IN_USE, () -> trunk(SubportRequest.of(two.id(), 1), SubportRequest.of(two.id(), 2)));
        assertProblem(Problem.PORT_NOT_FOUND, () -> trunk(SubportRequest.of(UUID.randomUUID(), 1)));
        Port used = servers.first()
                .ports()
                .create(ALICE, NewPort.of("alice", network.id()).withDevice("vm", ""));
        assertProblem(Problem.PORT_IN_USE, () -> trunk(SubportRequest.of(used.id(), 1)));
    }

    @Test
    void aTagIsOfOneSubportAndWithinItsRange() {
        Port one = port();
        Port two = port();
        Trunk trunk = trunk(SubportRequest.of(one.id(), 7));
        UUID id = trunk.id();
        assertProblem(
                Problem.DUPLICATE_SUBPORT,
                () -> trunks.addSubports(ALICE, id, List.of(SubportRequest.of(two.id(), 7))));
        for (int vlan : new int[] {-1, 0, 4095}) {
            assertProblem(
                    Problem.INVALID_INPUT,
                    () -> trunks.addSubports(ALICE, id, List.of(SubportRequest.of(two.id(), vlan))));
        }
        SubportRequest inherited = new SubportRequest(two.id(), OptionalInt.empty());
        assertProblem(Problem.INVALID_INPUT, () -> trunks.addSubports(ALICE, id, List.of(inherited)));
        assertProblem(Problem.SUBPORT_NOT_FOUND, () -> trunks.removeSubports(ALICE, id, List.of(two.id())));
    }

    @Test
    void aTrunkThatIsDownKeepsItsSubports() {
        Port one = port();
        Port two = port();
        UUID id = trunk(SubportRequest.of(one.id(), 1)).id();
        trunks.update(ALICE, id, TrunkUpdate.NONE.withAdminState(false));
        assertProblem(
                Problem.TRUNK_DISABLED, () -> trunks.addSubports(ALICE, id, List.of(SubportRequest.of(two.id(), 2))));
        assertProblem(Problem.TRUNK_DISABLED, () -> trunks.removeSubports(ALICE, id, List.of(one.id())));
        assertProblem(Problem.TRUNK_DISABLED, () -> trunks.delete(ALICE, id));
        trunks.update(
                ALICE,
                id,
                new TrunkUpdate(Optional.of("t"), Optional.of("trunk"), Optional.of(true), OptionalLong.empty()));
        trunks.addSubports(ALICE, id, List.of(SubportRequest.of(two.id(), 2)));
    }

    @Test
    void aSubportsPacketsFitIntoTheParentsNetwork() {
        Network larger = servers.first().networks().create(ALICE, NewNetwork.of("alice", "larger"));
        servers.first().networks().update(ALICE, network.id(), NetworkUpdate.NONE.withMtu(1400));
        Port one = servers.first().ports().create(ALICE, NewPort.of("alice", larger.id()));
        assertProblem(Problem.SUBPORT_MTU_GREATER_THAN_TRUNK_PORT_MTU, () -> trunk(SubportRequest.of(one.id(), 1)));
    }

    @Test
    void portsOfATrunkStay() {
        Port one = port();
        trunk(SubportRequest.of(one.id(), 1));
        Ports ports = servers.first().ports();
        assertProblem(Problem.PORT_IN_USE_AS_SUBPORT, () -> ports.delete(ALICE, one.id()));
        assertProblem(Problem.PORT_IN_USE_AS_TRUNK_PARENT, () -> ports.delete(ALICE, parent.id()));
        assertProblem(Problem.INVALID_INPUT, () -> ports.bind(ADMIN, one.id(), at("h1")));
        ports.update(ALICE, one.id(), PortUpdate.NONE.withName("renamed"));
        Routers routers = servers.first().routers();
        UUID router = routers.create(ALICE, NewRouter.of("alice", "r")).id();
        assertProblem(Problem.PORT_IN_USE, () -> routers.addInterfaceByPort(ALICE, router, one.id()));
        assertProblem(
                Problem.PORT_IN_USE_AS_TRUNK_PARENT, () -> routers.addInterfaceByPort(ALICE, router, parent.id()));
    }

    @Test
    void othersSeeNothingOfATrunkAndQuotasCountIt() {
        UUID id = trunk().id();
        assertProblem(Problem.TRUNK_NOT_FOUND, () -> trunks.show(BOB, id));
        assertProblem(Problem.TRUNK_NOT_FOUND, () -> trunks.delete(BOB, id));
        assertProblem(Problem.PORT_NOT_FOUND, () -> trunks.create(BOB, NewTrunk.of("bob", parent.id())));
        servers.first().quotas().update("alice", Map.of(QuotaResource.TRUNK, 1));
        parent = port();
        assertProblem(Problem.OVER_QUOTA, this::trunk);
        trunks.delete(ALICE, id);
        UUID next = trunk().id();
        servers.first().tags().replace(ALICE, Resource.Kind.TRUNK, next, List.of("a"));
        assertThat(trunks.show(ALICE, next).meta().tags()).containsExactly("a");
        assertThat(servers.first().view().status(trunks.show(ALICE, next))).isEqualTo(TrunkStatus.DOWN);
    }
}
