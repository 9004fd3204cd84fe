package io.weft.domain.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.Caller;
import io.weft.domain.Domain;
import io.weft.domain.NewNetwork;
import io.weft.domain.NewPort;
import io.weft.domain.Settings;
import io.weft.domain.replica.DeviceState;
import io.weft.domain.replica.PortReport;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.domain.status.ReportedNode.Verdict;
import io.weft.model.Binding;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.store.Store;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportedNodeTest {
    private static final Caller ADMIN = new Caller("admin", true);
    private static final long KNOWN = 5;

    private final ReportedNode node = new ReportedNode(new UUID(1, 1), "host", KNOWN);
    private Store store;
    private Replica replica;
    private Domain domain;
    private Network network;
    private Port port;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        domain = new Domain(store, replica, Settings.DEFAULTS, Clock.systemUTC());
        network = domain.networks().create(ADMIN, NewNetwork.of("alice", "blue"));
        port = bound("host");
    }

    @AfterEach
    void close() {
        domain.close();
        replica.close();
        store.close();
    }

    private Port bound(String host) {
        return domain.ports()
                .create(ADMIN, NewPort.of("alice", network.id()).withBinding(new Binding(host, "normal", Map.of())));
    }

    private View view() {
        return replica.current();
    }

    private void say(long revision, boolean full, DeviceState state) {
        node.reported(revision, full, List.of(new PortReport(port.id(), state, "")), view());
    }

    private Verdict judge(long inForce) {
        return node.judge(port.id(), view(), inForce, false);
    }

    /** Makes it in use in the view. */
    private void putUp() {
        domain.nodes().register("host", List.of());
        UUID id = domain.nodes().show("host").id();
        domain.presence().connected(id);
        domain.reports()
                .report(new io.weft.domain.NodeReport(
                        "host",
                        domain.view().revision(),
                        "1",
                        true,
                        List.of(new PortReport(port.id(), DeviceState.UP, "")),
                        List.of()));
        while (!view().isUp(port.id())) {
            replica.awaitRevision(view().revision() + 1);
        }
    }

    @Test
    void aPortComesIntoUseOnceTheRevisionThatBoundItIsInForce() {
        node.began(port.id(), 9);
        say(8, false, DeviceState.UP);
        assertThat(judge(8)).isEqualTo(Verdict.WAIT);
        assertThat(judge(9)).isEqualTo(Verdict.UP);
    }

    @Test
    void aPortWaitsForOtherNodes() {
        say(KNOWN, false, DeviceState.UP);
        assertThat(node.judge(port.id(), view(), KNOWN, true)).isEqualTo(Verdict.WAIT);
        assertThat(node.judge(port.id(), view(), KNOWN, false)).isEqualTo(Verdict.UP);
    }

    @Test
    void aNodeSpeaksOnlyOfWhatIsBoundToIt() {
        Port elsewhere = bound("other");
        node.reported(KNOWN, true, List.of(new PortReport(elsewhere.id(), DeviceState.UP, "")), view());
        assertThat(node.due()).containsExactly(port.id());
        assertThat(node.judge(elsewhere.id(), view(), 100, false)).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void whatANodeDoesNotRepeatIsOutOfUseOnlyWhenTheNodeKnowsWhatIsBoundToIt() {
        putUp();
        node.reported(0, true, List.of(), view());
        assertThat(judge(0)).isEqualTo(Verdict.WAIT);
        assertThat(judge(KNOWN)).isEqualTo(Verdict.DOWN);
    }

    @Test
    void aNodeThatHasNotToldEverythingTakesNothingBack() {
        putUp();
        node.reported(KNOWN, false, List.of(), view());
        assertThat(judge(KNOWN)).isEqualTo(Verdict.RIGHT);
    }

    @Test
    void aDeviceThatIsGoneTakesThePortOutOfUseAtOnce() {
        putUp();
        say(0, false, DeviceState.DOWN);
        assertThat(judge(0)).isEqualTo(Verdict.DOWN);
    }

    @Test
    void whatANodeSaidOfAPortThatLeftAndCameBackHoldsUntilItHasHeardOfTheLeaving() {
        say(7, true, DeviceState.UP);
        node.lost(port.id(), 8);
        node.began(port.id(), 9);
        node.reported(9, false, List.of(), view());
        assertThat(judge(9)).describedAs("it never saw the port leave").isEqualTo(Verdict.UP);

        Port moved = domain.ports().bind(ADMIN, port.id(), new Binding("other", "normal", Map.of()));
        node.lost(moved.id(), 10);
        node.reported(10, false, List.of(), view());
        domain.ports().bind(ADMIN, port.id(), new Binding("host", "normal", Map.of()));
        node.began(port.id(), 11);
        node.reported(11, false, List.of(), view());
        assertThat(judge(11)).describedAs("it will say so anew").isEqualTo(Verdict.RIGHT);
    }

    @Test
    void aLaterRevisionAloneLeavesNothingToLookAt() {
        say(7, false, DeviceState.UP);
        node.due().clear();
        node.reported(8, false, List.of(), view());
        assertThat(node.due()).isEmpty();
    }
}
