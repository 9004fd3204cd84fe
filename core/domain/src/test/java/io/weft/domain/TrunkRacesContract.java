package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.Binding;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Trunk;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about trunks. */
abstract class TrunkRacesContract extends PoolRacesContract {
    private static final int ROUNDS = 8;
    private static final int THREADS = 8;

    private List<Port> ports(Network network, int number) {
        return servers()
                .first()
                .ports()
                .create(
                        ALICE,
                        IntStream.range(0, number)
                                .mapToObj(_ -> NewPort.of("alice", network.id()))
                                .toList());
    }

    private static List<Problem> problems(List<Throwable> thrown) {
        return thrown.stream()
                .map(reason -> ((DomainException) reason).problem())
                .toList();
    }

    /** Each trunk's subports live where its parent lives, and nowhere else than it says. */
    private void assertTogether() {
        var world = servers().first().view().world();
        for (Trunk trunk : world.trunks()) {
            String host = world.port(trunk.portId()).orElseThrow().binding().host();
            for (Trunk.Subport subport : trunk.subports()) {
                Port port = world.port(subport.portId()).orElseThrow();
                assertThat(port.binding().host()).isEqualTo(host);
                assertThat(port.deviceId()).isEqualTo(trunk.id().toString());
            }
        }
    }

    @Test
    void aPortIsInOneTrunkWhoeverAsks() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, THREADS + 1);
            UUID contested = ports.getLast().id();
            var outcomes = race(THREADS, number -> {
                Trunks trunks = servers().server(number).trunks();
                return number == 0
                        ? trunks.create(ALICE, NewTrunk.of("alice", contested))
                        : trunks.create(
                                ALICE,
                                NewTrunk.of("alice", ports.get(number).id(), SubportRequest.of(contested, number)));
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(Problem.TRUNK_PORT_IN_USE, Problem.PARENT_PORT_IN_USE, Problem.PORT_IN_USE);
        }
    }

    @Test
    void subportsAddedAndTakenAtOnceAreAllThereAndATagIsOfOne() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, THREADS + 1);
            UUID gone = ports.getFirst().id();
            UUID id = servers()
                    .first()
                    .trunks()
                    .create(ALICE, NewTrunk.of("alice", ports.getLast().id(), SubportRequest.of(gone, 100)))
                    .id();
            var outcomes = race(THREADS, number -> {
                Trunks trunks = servers().server(number).trunks();
                UUID port = ports.get(number).id();
                return number == 0
                        ? trunks.removeSubports(ALICE, id, List.of(gone))
                        : trunks.addSubports(ALICE, id, List.of(SubportRequest.of(port, 1 + number / 2)));
            });
            // Tags 1 to 4; three of them were asked for twice.
            assertThat(problems(thrown(outcomes))).hasSize(3).containsOnly(Problem.DUPLICATE_SUBPORT);
            assertThat(servers().first().trunks().show(ALICE, id).subports())
                    .extracting(Trunk.Subport::vlan)
                    .containsExactly(1, 2, 3, 4);
            assertTogether();
        }
    }

    @Test
    void subportsLiveWhereTheParentLivesWhileItMovesAndTheyComeAndGo() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, THREADS);
            UUID parent = ports.getLast().id();
            UUID id = servers()
                    .first()
                    .trunks()
                    .create(
                            ALICE,
                            NewTrunk.of(
                                    "alice",
                                    parent,
                                    SubportRequest.of(ports.getFirst().id(), 100)))
                    .id();
            var outcomes = race(THREADS, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    return domain.trunks()
                            .removeSubports(ALICE, id, List.of(ports.getFirst().id()));
                }
                if (number % 2 == 0) {
                    return domain.trunks()
                            .addSubports(
                                    ALICE,
                                    id,
                                    List.of(SubportRequest.of(ports.get(number).id(), number)));
                }
                return domain.ports().bind(ADMIN, parent, new Binding("host-" + number, "normal", Map.of()));
            });
            assertThat(thrown(outcomes)).isEmpty();
            assertTogether();
        }
    }

    @Test
    void aTrunkIsMadeWhileItsParentMoves() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, 2);
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                UUID parent = ports.getFirst().id();
                return number == 0
                        ? domain.trunks()
                                .create(
                                        ALICE,
                                        NewTrunk.of(
                                                "alice",
                                                parent,
                                                SubportRequest.of(
                                                        ports.getLast().id(), 1)))
                        : domain.ports().bind(ADMIN, parent, new Binding("host", "normal", Map.of()));
            });
            assertThat(thrown(outcomes)).isEmpty();
            assertTogether();
        }
    }

    @Test
    void aPortIsDeletedOrComesIntoATrunkButNotBoth() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, 2);
            UUID contested = ports.get(round % 2).id();
            var outcomes = race(2, number -> {
                Domain domain = servers().server(number);
                if (number == 0) {
                    domain.ports().delete(ALICE, contested);
                    return contested;
                }
                return domain.trunks()
                        .create(
                                ALICE,
                                NewTrunk.of(
                                        "alice",
                                        ports.getFirst().id(),
                                        SubportRequest.of(ports.getLast().id(), 1)))
                        .id();
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(problems(thrown(outcomes)))
                    .isSubsetOf(
                            Problem.PORT_NOT_FOUND,
                            Problem.PORT_IN_USE_AS_SUBPORT,
                            Problem.PORT_IN_USE_AS_TRUNK_PARENT);
            assertTogether();
        }
    }

    @Test
    void aTrunkGoesOrGetsASubportButNotBoth() {
        Network network = servers().network();
        for (int round = 0; round < ROUNDS; round++) {
            List<Port> ports = ports(network, 2);
            UUID id = servers()
                    .first()
                    .trunks()
                    .create(ALICE, NewTrunk.of("alice", ports.getFirst().id()))
                    .id();
            var outcomes = race(2, number -> {
                Trunks trunks = servers().server(number).trunks();
                if (number == 0) {
                    trunks.delete(ALICE, id);
                    return id;
                }
                return trunks.addSubports(
                                ALICE,
                                id,
                                List.of(SubportRequest.of(ports.getLast().id(), 1)))
                        .id();
            });
            // It goes in any case: with the subport that came before.
            assertThat(problems(thrown(outcomes))).isSubsetOf(Problem.TRUNK_NOT_FOUND);
            Port after = servers().first().ports().show(ALICE, ports.getLast().id());
            assertThat(after.deviceId()).isEmpty();
            assertThat(servers().first().view().world().trunk(id)).isEmpty();
        }
    }
}
