package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.domain.replica.AddressClaim;
import io.weft.domain.replica.DeviceState;
import io.weft.domain.replica.PortReport;
import io.weft.domain.replica.PortStatus;
import io.weft.domain.replica.View;
import io.weft.model.Binding;
import io.weft.model.IpAddress;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Port;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesTest {
    private static final IpAddress TUNNEL = IpAddress.parse("192.0.2.1");

    private Servers servers;
    private Nodes nodes;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        nodes = servers.first().nodes();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private Port bound(String host) {
        Network network = servers.network();
        return servers.first()
                .ports()
                .create(ADMIN, NewPort.of("alice", network.id()).withBinding(new Binding(host, "normal", Map.of())));
    }

    private static NodeReport report(String host, long revision, Port port, DeviceState state) {
        return new NodeReport(host, revision, "1", false, List.of(new PortReport(port.id(), state, "")), List.of());
    }

    /** Waits until a view of the other server is as wanted. */
    private View await(Predicate<View> wanted) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        View view = servers.replica(1).current();
        while (!wanted.test(view) && System.nanoTime() < end) {
            view = servers.replica(1).awaitRevision(view.revision() + 1);
        }
        return view;
    }

    @Test
    void aNodeIsRegisteredAgainWithOtherTunnelAddresses() {
        Node node = nodes.register("host", List.of(TUNNEL));
        assertThat(nodes.register("host", List.of(TUNNEL))).isEqualTo(node);
        Node moved = servers.second().nodes().register("host", List.of(IpAddress.parse("2001:db8::1")));
        assertThat(moved.id()).isEqualTo(node.id());
        assertThat(nodes.register("other", List.of(TUNNEL)).tunnelAddresses()).containsExactly(TUNNEL);
        assertThat(nodes.list()).hasSize(2);
        assertProblem(Problem.INVALID_INPUT, () -> nodes.register("a/b", List.of()));
    }

    @Test
    void aNodeWithPortsStays() {
        nodes.register("host", List.of(TUNNEL));
        Port port = bound("host");
        assertProblem(Problem.NODE_IN_USE, () -> nodes.remove("host"));
        servers.first().ports().bind(ADMIN, port.id(), Binding.NONE);
        nodes.remove("host");
        assertProblem(Problem.NODE_NOT_FOUND, () -> nodes.show("host"));
        nodes.register("again", List.of(TUNNEL));
    }

    /** A node that is connected to the first server. */
    private Node connected(String host) {
        Node node = nodes.register(host, List.of());
        servers.first().presence().connected(node.id());
        return node;
    }

    @Test
    void aPortIsActiveOnceItsNodeHasConfirmedDeviceAndRevision() {
        connected("host");
        Port port = bound("host");
        long boundAt = servers.first().view().revision();
        assertThat(servers.first().view().status(port)).isEqualTo(PortStatus.DOWN);

        servers.first().reports().report(report("host", boundAt - 1, port, DeviceState.UP));
        servers.first().reports().report(new NodeReport("host", boundAt, "1", false, List.of(), List.of()));
        awaitStatus(port, PortStatus.ACTIVE);

        Port renamed = servers.first().ports().update(ALICE, port.id(), PortUpdate.NONE.withName("x"));
        assertThat(servers.first().view().status(renamed)).isEqualTo(PortStatus.ACTIVE);

        servers.first().reports().report(report("host", boundAt + 1, port, DeviceState.DOWN));
        awaitStatus(renamed, PortStatus.DOWN);
    }

    private void awaitStatus(Port port, PortStatus status) {
        assertThat(await(view -> view.status(port) == status).status(port)).isEqualTo(status);
    }

    @Test
    void aPortStaysActiveWhenServersAreStartedAnewAndItsNodeComesBack(@TempDir Path directory) {
        Port port;
        try (Servers before = new Servers(directory, Settings.DEFAULTS)) {
            Node node = before.first().nodes().register("host", List.of());
            before.first().presence().connected(node.id());
            Network network = before.network();
            port = before.first()
                    .ports()
                    .create(
                            ADMIN,
                            NewPort.of("alice", network.id()).withBinding(new Binding("host", "normal", Map.of())));
            long revision = before.first().view().revision();
            before.first().reports().report(report("host", revision, port, DeviceState.UP));
            View view = before.replica(0).current();
            while (view.status(port) != PortStatus.ACTIVE) {
                view = before.replica(0).awaitRevision(view.revision() + 1);
            }
        }
        try (Servers after = new Servers(directory, Settings.DEFAULTS)) {
            assertThat(after.first().view().status(port)).isEqualTo(PortStatus.ACTIVE);
            Node node = after.first().nodes().show("host");
            after.second().presence().connected(node.id());
            // A node that was started anew as well and knows nothing yet.
            after.second().reports().report(new NodeReport("host", 0, "2", true, List.of(), List.of()));
            View told = after.replica(0).current();
            while (!told.status(node.id()).orElseThrow().version().equals("2")) {
                told = after.replica(0).awaitRevision(told.revision() + 1);
            }
            assertThat(told.status(port)).isEqualTo(PortStatus.ACTIVE);
        }
    }

    @Test
    void aPortThatWasUnboundForAMomentIsActiveAgainThoughItsNodeSaysNothingNewOfIt() {
        connected("host");
        Port port = bound("host");
        servers.first().reports().report(report("host", servers.first().view().revision(), port, DeviceState.UP));
        awaitStatus(port, PortStatus.ACTIVE);
        servers.first().ports().bind(ADMIN, port.id(), Binding.NONE);
        Port again = servers.first().ports().bind(ADMIN, port.id(), new Binding("host", "normal", Map.of()));
        assertThat(servers.first().view().status(again)).isEqualTo(PortStatus.DOWN);
        servers.first()
                .reports()
                .report(new NodeReport("host", servers.first().view().revision(), "1", false, List.of(), List.of()));
        awaitStatus(again, PortStatus.ACTIVE);
    }

    @Test
    void aServerThatANodeHasLeftDoesNotSpeakForItAnyMore() {
        Node node = connected("host");
        Port port = bound("host");
        servers.second().presence().connected(node.id());
        servers.second().reports().report(report("host", servers.first().view().revision(), port, DeviceState.UP));
        awaitStatus(port, PortStatus.ACTIVE);
        servers.first()
                .reports()
                .report(new NodeReport(
                        "host", 1, "old", false, List.of(new PortReport(port.id(), DeviceState.DOWN, "")), List.of()));
        View view = await(v -> v.status(node.id())
                .filter(status -> status.version().equals("old"))
                .isPresent());
        assertThat(view.status(port)).isEqualTo(PortStatus.ACTIVE);
    }

    @Test
    void aLaterRevisionAloneIsWrittenWhenTheLastReportIsOld() {
        MutableClock clock = new MutableClock(Servers.NOW);
        Node node = nodes.register("host", List.of());
        try (Domain domain = new Domain(servers.store(), servers.replica(0), Settings.DEFAULTS, clock)) {
            for (int revision = 1; revision <= 4; revision++) {
                domain.reports().report(new NodeReport("host", revision, "1", true, List.of(), List.of()));
                clock.advance(Duration.ofSeconds(20));
            }
        }
        assertThat(servers.second().view().status(node.id()).orElseThrow().revision())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void serversTellEachOtherWhatIsInForceOnTheirNodesWhilePortsWait() {
        Node one = connected("one");
        Node two = nodes.register("two", List.of());
        servers.second().presence().connected(two.id());
        Port port = bound("one");
        long revision = servers.first().view().revision();
        View view = await(v -> v.inForceElsewhere(servers.first().presence().server()) >= revision
                && v.inForceElsewhere(servers.second().presence().server()) >= revision);
        assertThat(view.inForceElsewhere(servers.first().presence().server())).isBetween(revision, Long.MAX_VALUE - 1);
        servers.first().reports().report(report("one", servers.first().view().revision(), port, DeviceState.UP));
        awaitStatus(port, PortStatus.ACTIVE);
        servers.second().presence().disconnected(two.id());
        assertThat(servers.first()
                        .view()
                        .hasNodesElsewhere(servers.first().presence().server()))
                .isFalse();
        assertThat(servers.first().view().isAlive(one.id())).isTrue();
    }

    @Test
    void whatANodeSaidHoldsForTheNodeThatThePortIsBoundTo() {
        connected("one");
        connected("two");
        Port port = bound("one");
        servers.first().reports().report(report("one", servers.first().view().revision(), port, DeviceState.UP));
        awaitStatus(port, PortStatus.ACTIVE);
        Port moved = servers.first().ports().bind(ADMIN, port.id(), new Binding("two", "normal", Map.of()));
        assertThat(servers.first().view().status(moved)).isEqualTo(PortStatus.DOWN);
    }

    @Test
    void aFullReportTakesBackWhatItDoesNotRepeat() {
        Node node = connected("host");
        Port port = bound("host");
        long revision = servers.first().view().revision();
        servers.first().reports().report(report("host", revision, port, DeviceState.UP));
        awaitStatus(port, PortStatus.ACTIVE);
        servers.first().reports().report(new NodeReport("host", revision, "2", true, List.of(), List.of("no disk")));
        awaitStatus(port, PortStatus.DOWN);
        View view = await(v -> v.status(node.id())
                .filter(status -> status.version().equals("2"))
                .isPresent());
        assertThat(view.status(node.id()).orElseThrow().problems()).containsExactly("no disk");
    }

    @Test
    void claimsOfSharedAddressesAreKeptUntilTheNodeSaysOthers() {
        Node node = connected("host");
        Port port = bound("host");
        AddressClaim claim = new AddressClaim(port.id(), IpAddress.parse("2001:db8::100"), port.mac());
        servers.first()
                .reports()
                .report(new NodeReport("host", 1, "1", true, List.of(), List.of(), Optional.of(List.of(claim))));
        View view = await(v -> v.status(node.id()).isPresent());
        assertThat(view.status(node.id()).orElseThrow().claims()).containsExactly(claim);
        servers.first().reports().report(new NodeReport("host", 1, "2", false, List.of(), List.of()));
        view = await(v -> v.status(node.id())
                .filter(status -> status.version().equals("2"))
                .isPresent());
        assertThat(view.status(node.id()).orElseThrow().claims()).containsExactly(claim);
        servers.first()
                .reports()
                .report(new NodeReport("host", 1, "2", false, List.of(), List.of(), Optional.of(List.of())));
        await(v ->
                v.status(node.id()).filter(status -> status.claims().isEmpty()).isPresent());
    }

    @Test
    void whatANodeCannotServeIsKept() {
        Node node = connected("host");
        Port port = bound("host");
        servers.first().reports().report(report("host", 1, port, DeviceState.ERROR));
        View view = await(v -> v.status(node.id()).isPresent());
        assertThat(view.status(node.id()).orElseThrow().ports()).containsOnlyKeys(port.id());
    }

    @Test
    void aNodeIsAliveWhileItIsConnectedToAnyServer() {
        Node node = nodes.register("host", List.of());
        servers.first().presence().connected(node.id());
        assertThat(servers.second().view().isAlive(node.id())).isTrue();
        servers.second().presence().connected(node.id());
        servers.first().presence().disconnected(node.id());
        assertThat(servers.first().view().isAlive(node.id()))
                .describedAs("it has moved to the other server")
                .isTrue();
        servers.second().presence().disconnected(node.id());
        assertThat(servers.first().view().isAlive(node.id())).isFalse();
    }

    @Test
    void theNodesOfAServerThatStopsAreNotAlive() {
        Node node = nodes.register("host", List.of());
        servers.first().presence().connected(node.id());
        servers.first().close();
        assertThat(servers.second().view().isAlive(node.id())).isFalse();
    }

    @Test
    void reportsOfUnknownNodesAreRefused() {
        assertProblem(
                Problem.NODE_NOT_FOUND,
                () -> servers.first().reports().report(new NodeReport("nobody", 1, "", true, List.of(), List.of())));
    }

    @Test
    void aRoutersInterfaceNeedsNoNode() {
        Network network = servers.network();
        var subnet = servers.subnet(network, "10.0.0.0/24");
        var router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
        var added = servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        View view = servers.first().view();
        assertThat(view.status(view.world().port(added.portId()).orElseThrow())).isEqualTo(PortStatus.ACTIVE);
    }

    /** A clock that is put forward by hand. */
    private static final class MutableClock extends Clock {
        private volatile Instant now;

        MutableClock(Instant start) {
            now = start;
        }

        synchronized void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
