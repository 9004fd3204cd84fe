package io.weft.deployment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.weft.deployment.image.Image;
import io.weft.deployment.image.ImageFile;
import io.weft.model.IpPrefix;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class DemonstrationTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private KubernetesMockServer server;
    private KubernetesClient client;
    private Image image;

    @BeforeEach
    void start() throws IOException {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        server = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new ApplyingDispatcher(responses), false);
        server.init();
        client = server.createClient();
        image = Image.write(
                "localhost/x",
                "1",
                List.of(List.of(ImageFile.text("a", "b"))),
                List.of("/a"),
                List.of(),
                directory.resolve("image"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    private Demonstration demonstration(Commands commands, Duration patience) {
        return new Demonstration(
                client,
                commands,
                new PrintStream(text, true, StandardCharsets.UTF_8),
                new Demonstration.Settings(
                        ManifestsTest.DIRECTORY,
                        List.of(IpPrefix.parse("10.244.0.0/16")),
                        List.of(IpPrefix.parse("10.96.0.0/12")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        false),
                new Patience(patience, Duration.ofMillis(10)));
    }

    private String said() {
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aClusterIsWiredShownAndLeftAsItWas() throws Exception {
        Path archive = Files.writeString(directory.resolve("archive"), "twelve bytes");
        try (Kubelets kubelets = new Kubelets(client, List.of("a", "b", "c"))) {
            Demonstration demonstration = demonstration(kubelets, Duration.ofMinutes(2));
            demonstration.run(image, image, (running, cluster) -> running.load(cluster, archive));
            assertThat(said())
                    .contains("ok  every node ready")
                    .contains("6 ways")
                    .contains("ok  a NetworkPolicy lets friends alone reach them")
                    .contains("all held");
            assertThat(kubelets.loaded()).containsExactly(12L, 12L, 12L);
            ConfigMap configuration = client.configMaps()
                    .inNamespace("weft-system")
                    .withName("weft")
                    .get();
            assertThat(configuration.getData())
                    .containsEntry("servers", "https://192.0.2.1:9697")
                    .containsEntry("api-server-host", "192.0.2.1")
                    .containsEntry("api-server-port", "6443")
                    .containsEntry("service-cidrs", "10.96.0.0/12")
                    .containsEntry("mtu", "1410");
            assertThat(client.nodes().withName("a").get().getMetadata().getLabels())
                    .containsKey("weft.io/server");

            demonstration.remove();
            assertThat(client.namespaces().withName("weft-system").get()).isNull();
            assertThat(client.namespaces().withName("weft-demo").get()).isNull();
            assertThat(client.nodes().withName("a").get().getMetadata().getLabels())
                    .extractingByKey("weft.io/server")
                    .isNull();
        }
    }

    @Test
    void aPolicyThatDoesNotHoldIsAFailure() throws Exception {
        try (Kubelets kubelets = new Kubelets(client, List.of("a", "b"))) {
            kubelets.ignorePolicies();
            assertThatThrownBy(() -> demonstration(kubelets, Duration.ofSeconds(3))
                            .run(image, image, (_, _) -> Optional.empty()))
                    .isInstanceOf(DemoException.class)
                    .hasMessageContaining("the policy to keep the pod on")
                    .hasMessageContaining("it still reaches it");
            assertThat(said()).doesNotContain("all held");
        }
    }

    @Test
    void aPurgingPodIsTheAgentsWithOtherCommands() throws IOException {
        Pod pod = Demonstration.purging(
                Manifests.read(ManifestsTest.DIRECTORY, "localhost/weft:1", Map.of())
                        .agents(),
                "a");
        assertThat(pod.getSpec().getNodeName()).isEqualTo("a");
        assertThat(pod.getSpec().getContainers().getFirst().getCommand())
                .containsExactly("/weft/java/bin/java", "@/weft/agent.options", "@/weft/command");
        assertThat(pod.getSpec().getContainers().getFirst().getArgs()).startsWith("agent", "--purge");
        assertThat(pod.getSpec().getInitContainers().getFirst().getArgs()).startsWith("cni", "uninstall");
        assertThat(pod.getSpec().getVolumes())
                .noneMatch(volume -> volume.getName().equals("enrolment"));
        assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts())
                .noneMatch(mount -> mount.getName().equals("enrolment"));
    }
}
