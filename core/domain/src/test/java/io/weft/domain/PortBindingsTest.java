package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.model.Binding;
import io.weft.model.Port;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortBindingsTest {
    private Servers servers;
    private PortBindings bindings;
    private UUID id;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        bindings = servers.first().portBindings();
        for (int host = 1; host <= 5; host++) {
            servers.first().nodes().register("h" + host, List.of());
        }
        NewPort wanted = NewPort.of("alice", servers.network().id()).withDevice("vm", "compute:nova");
        id = servers.first().ports().create(ADMIN, wanted.withBinding(at("h1"))).id();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private static Binding at(String host) {
        return new Binding(host, "normal", Map.of("to", host));
    }

    private Port port() {
        return servers.first().ports().show(ADMIN, id);
    }

    @Test
    void aBindingWaitsUntilItIsActivatedAndTheOneBeforeWaitsThen() {
        bindings.create(ADMIN, id, at("h2"));
        assertThat(port().binding()).isEqualTo(at("h1"));
        assertThat(port().extras().waitingBindings()).containsExactly(at("h2"));
        assertThat(servers.first().view().world().portsOnHost("h2")).isEmpty();
        Port moved = bindings.activate(ADMIN, id, "h2");
        assertThat(moved.binding()).isEqualTo(at("h2"));
        assertThat(moved.extras().waitingBindings()).containsExactly(at("h1"));
        assertThat(servers.first().view().world().portsOnHost("h2")).hasSize(1);
        bindings.delete(ADMIN, id, "h1");
        assertThat(port().extras().waitingBindings()).isEmpty();
        assertProblem(Problem.PORT_BINDING_NOT_FOUND, () -> bindings.delete(ADMIN, id, "h1"));
        bindings.delete(ADMIN, id, "h2");
        assertThat(port().binding()).isEqualTo(Binding.NONE);
    }

    @Test
    void aNodeHasOneBindingOfAPort() {
        bindings.create(ADMIN, id, at("h2"));
        assertProblem(Problem.PORT_BINDING_ALREADY_EXISTS, () -> bindings.create(ADMIN, id, at("h1")));
        assertProblem(Problem.PORT_BINDING_ALREADY_EXISTS, () -> bindings.create(ADMIN, id, at("h2")));
        assertProblem(Problem.PORT_BINDING_ALREADY_ACTIVE, () -> bindings.activate(ADMIN, id, "h1"));
        assertProblem(Problem.PORT_BINDING_NOT_FOUND, () -> bindings.activate(ADMIN, id, "h3"));
        Port bound = servers.first().ports().bind(ADMIN, id, at("h2"));
        assertThat(bound.extras().waitingBindings()).isEmpty();
    }

    @Test
    void aBindingIsToANodeThatIsKnown() {
        assertProblem(Problem.PORT_BINDING_ERROR, () -> bindings.create(ADMIN, id, at("nowhere")));
        bindings.create(ADMIN, id, at("h2"));
        servers.first().nodes().remove("h2");
        assertProblem(Problem.PORT_BINDING_ERROR, () -> bindings.activate(ADMIN, id, "h2"));
        assertThat(port().binding()).isEqualTo(at("h1"));
    }

    @Test
    void howAPortIsPluggedChangesOnEachNode() {
        bindings.create(ADMIN, id, at("h2"));
        Map<String, Object> profile = Map.of("a", "b");
        bindings.update(ADMIN, id, "h2", Optional.empty(), Optional.of(profile));
        assertThat(port().extras().waitingBindings()).containsExactly(new Binding("h2", "normal", profile));
        bindings.update(ADMIN, id, "h1", Optional.empty(), Optional.of(Map.of()));
        assertThat(port().binding()).isEqualTo(new Binding("h1", "normal", Map.of()));
        long revision = port().meta().revision();
        bindings.update(ADMIN, id, "h1", Optional.empty(), Optional.empty());
        assertThat(port().meta().revision()).isEqualTo(revision);
        assertProblem(
                Problem.PORT_BINDING_NOT_FOUND,
                () -> bindings.update(ADMIN, id, "h3", Optional.empty(), Optional.empty()));
    }

    @Test
    void bindingsAreForPortsOfMachines() {
        Port other = servers.first()
                .ports()
                .create(ADMIN, NewPort.of("alice", servers.network().id()).withDevice("x", "other"));
        assertProblem(Problem.BAD_REQUEST, () -> bindings.create(ADMIN, other.id(), at("h2")));
        assertProblem(Problem.BAD_REQUEST, () -> bindings.show(ADMIN, other.id()));
        assertProblem(Problem.PORT_NOT_FOUND, () -> bindings.create(ADMIN, UUID.randomUUID(), at("h2")));
    }

    @Test
    void aPortHasFewBindingsThatWait() {
        for (int host = 2; host <= 5; host++) {
            bindings.create(ADMIN, id, at("h" + host));
        }
        servers.first().nodes().register("h6", List.of());
        assertProblem(Problem.INVALID_INPUT, () -> bindings.create(ADMIN, id, at("h6")));
    }
}
