package io.weft.deployment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.ErrorStreamMessage;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.server.mock.OutputStreamMessage;
import io.fabric8.kubernetes.client.server.mock.StatusStreamMessage;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PodCommandsTest {
    private final KubernetesMockServer server = new KubernetesMockServer(false);
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/ns/pods/p")
                .andReturn(
                        200,
                        new PodBuilder()
                                .withNewMetadata()
                                .withNamespace("ns")
                                .withName("p")
                                .endMetadata()
                                .withNewSpec()
                                .addNewContainer()
                                .withName("c")
                                .endContainer()
                                .endSpec()
                                .withNewStatus()
                                .withPhase("Running")
                                .addNewCondition()
                                .withType("Ready")
                                .withStatus("True")
                                .endCondition()
                                .endStatus()
                                .build())
                .always();
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    private Commands.Result run(int status) {
        server.expect()
                .get()
                .withPath(
                        "/api/v1/namespaces/ns/pods/p/exec?command=echo&command=a%20b&container=c&stdout=true&stderr=true")
                .andUpgradeToWebSocket()
                .open(new OutputStreamMessage("a b\n"), new ErrorStreamMessage("oh"), new StatusStreamMessage(status))
                .done()
                .always();
        return new PodCommands(client).run("ns", "p", Duration.ofMinutes(1), "echo", "a b");
    }

    @Test
    void aCommandsOutputAndStatusComeBack() {
        assertThat(run(0)).isEqualTo(new Commands.Result(0, "a b\n", "oh"));
    }

    @Test
    void aCommandThatFailedHasItsOwnStatus() {
        assertThat(run(7).status()).isEqualTo(7);
    }

    @Test
    void aCommandThatCannotBeRunIsNoFailureOfItsOwn() {
        Commands.Result result = new PodCommands(client).run("ns", "p", Duration.ofMinutes(1), "not-expected");
        assertThat(result.status()).isEqualTo(-1);
        assertThat(result.errors()).isNotBlank();
    }
}
