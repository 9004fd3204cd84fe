package io.weft.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.model.FixedIp;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Subnet;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    private Servers servers;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
    }

    @AfterEach
    void close() {
        servers.close();
    }

    static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aPortGetsAnAddressOfEachFamilyAndAMac() {
        Network network = servers.network();
        Subnet v4 = servers.subnet(network, "10.0.0.0/24");
        Subnet v6 = servers.subnet(network, "2001:db8::/64");

        Port port = servers.first().ports().create(Servers.ALICE, NewPort.of("alice", network.id()));

        assertThat(port.fixedIps()).extracting(FixedIp::subnetId).containsExactly(v4.id(), v6.id());
        assertThat(port.mac().toString()).startsWith("fa:16:3e:");
        assertThat(servers.second().ports().show(Servers.ALICE, port.id()))
                .describedAs("the other server knows it as soon as it is asked for its latest view")
                .isEqualTo(port);
    }
}
