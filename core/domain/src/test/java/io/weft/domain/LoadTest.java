package io.weft.domain;

import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.thrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.quota.QuotaResource;
import io.weft.domain.transaction.Attempts;
import io.weft.model.Network;
import io.weft.model.Port;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often transactions are tried again, and what a port costs. Prints what it finds; judges only the retries. */
class LoadTest {
    private static final int CLIENTS = 16;

    @Test
    void clientsOfOneNetworkUnderQuotaSeldomRepeatTransactions(@TempDir Path directory) {
        try (Servers servers = new Servers(directory, Settings.DEFAULTS)) {
            servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, 10_000));
            Network network = servers.network();
            servers.subnet(network, "10.0.0.0/16");
            servers.subnet(network, "2001:db8::/64");
            for (int apart = 1; apart <= 2; apart++) {
                long commits = commits(servers);
                long retries = retries(servers);
                int between = apart;
                var outcomes = race(CLIENTS, number -> {
                    Domain server = servers.server(number * (between - 1));
                    for (int i = 0; i < 100; i++) {
                        Port port = server.ports().create(ALICE, NewPort.of("alice", network.id()));
                        if (i % 2 == 0) {
                            server.ports().update(ALICE, port.id(), PortUpdate.NONE.withName("n" + i));
                        }
                        if (i % 3 == 0) {
                            server.ports().delete(ALICE, port.id());
                        }
                    }
                    return number;
                });
                assertThat(thrown(outcomes)).isEmpty();
                long committed = commits(servers) - commits;
                long repeated = retries(servers) - retries;
                System.out.printf(
                        "%d clients on %d servers: %d transactions, %d repeated (%.2f%%)%n",
                        CLIENTS, apart, committed, repeated, 100.0 * repeated / committed);
                assertThat(repeated).isLessThan(committed / 20);
            }
        }
    }

    private static long commits(Servers servers) {
        return attempts(servers).stream().mapToLong(Attempts::commits).sum();
    }

    private static long retries(Servers servers) {
        return attempts(servers).stream().mapToLong(Attempts::retries).sum();
    }

    private static List<Attempts> attempts(Servers servers) {
        return List.of(servers.first().attempts(), servers.second().attempts());
    }

    @Test
    void aBulkOfFiftyDualStackPortsIsOneTransaction(@TempDir Path directory) {
        try (Servers servers = new Servers(directory, Servers.unlimited())) {
            Network network = servers.network();
            servers.subnet(network, "10.0.0.0/16");
            servers.subnet(network, "2001:db8::/64");
            List<NewPort> fifty = Collections.nCopies(50, NewPort.of("alice", network.id()));
            servers.first().ports().create(ALICE, fifty);
            long before = commits(servers);
            List<Port> ports = servers.first().ports().create(ALICE, fifty);
            assertThat(commits(servers)).isEqualTo(before + 1);
            assertThat(ports)
                    .hasSize(50)
                    .allSatisfy(p -> assertThat(p.fixedIps()).hasSize(2));
            assertThat(servers.second().view().world().portCountOf(network.id()))
                    .isEqualTo(100);
        }
    }
}
