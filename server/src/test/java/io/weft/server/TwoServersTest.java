package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.server.config.Configuration;
import io.weft.server.identity.AgentClient;
import io.weft.server.identity.IdentityException;
import io.weft.store.etcd.EtcdCluster;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two servers over three members of etcd, used in turn. */
@Tag("long")
class TwoServersTest {
    @TempDir
    private Path directory;

    @Test
    void whatOneServerDidTheOtherKnowsAtOnce() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(3);
                Server one = Server.start(configuration(etcd));
                Server two = Server.start(configuration(etcd));
                Client first = new Client(one.apiPort());
                Client second = new Client(two.apiPort())) {
            for (int i = 0; i < 20; i++) {
                JsonNode network = first.create("network", Map.of("name", "n" + i));
                String path = "/v2.0/networks/" + network.get("id").asString();
                assertThat(second.get(path).get("network").get("name").asString())
                        .isEqualTo("n" + i);
                assertThat(second.call("DELETE", path, "").status()).isEqualTo(204);
                assertThat(first.call("GET", path, "").status()).isEqualTo(404);
            }
            etcd.kill(0);
            // A request that was under way may end unknown; the next ones do not.
            Map<String, ?> network = Map.of("network", Map.of("name", "with two members"));
            ServerTest.await(() -> first.call("POST", "/v2.0/networks", network).status() == 201);
            assertThat(second.get("/v2.0/networks").get("networks").size()).isPositive();
        }
    }

    @Test
    void aNodeOfOneServerIsKnownToTheOtherAndRevokedThere() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(1);
                Server one = Server.start(configuration(etcd));
                Server two = Server.start(configuration(etcd));
                Client first = new Client(one.apiPort());
                Client second = new Client(two.apiPort());
                AgentClient agent = new AgentClient("one", one.agentsPort())) {
            String token = first.token("one");
            agent.moveTo(two.agentsPort());
            assertThat(agent.enrol(token).statusCode()).isEqualTo(200);
            agent.moveTo(one.agentsPort());
            assertThat(agent.enrol(token).statusCode()).isEqualTo(403);
            byte[] report = ServerTest.up(1, "00000000-0000-0000-0000-000000000001");
            assertThat(agent.put("/v1/status/one", report).statusCode()).isEqualTo(204);
            assertThat(second.call("DELETE", "/weft/v1/nodes/one", "").status()).isEqualTo(204);
            ServerTest.await(() -> agent.put("/v1/status/one", report).statusCode() == 403);
        }
    }

    private Configuration configuration(EtcdCluster etcd) {
        return ServerTest.configuration(
                directory,
                Map.of(
                        "WEFT_STORE_ENDPOINTS",
                        etcd.endpoints().stream().map(URI::toString).collect(Collectors.joining(","))));
    }

    @Test
    void aServerWithoutTheMasterKeyOfTheStoreIsRefused() {
        try (EtcdCluster etcd = EtcdCluster.start(1);
                Server _ = Server.start(configuration(etcd))) {
            Map<String, String> other = Map.of(
                    "WEFT_STORE_ENDPOINTS", etcd.endpoints().getFirst().toString(),
                    "WEFT_IDENTITY_MASTER_KEY", directory.resolve("another.key").toString());
            assertThatThrownBy(() -> Server.start(ServerTest.configuration(directory, other)))
                    .isInstanceOf(IdentityException.class)
                    .hasMessageContaining("master key");
        }
    }
}
