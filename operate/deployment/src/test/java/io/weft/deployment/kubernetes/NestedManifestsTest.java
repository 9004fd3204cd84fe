package io.weft.deployment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manifests of clusters in virtual machines, as the typed model of the API reads them. */
class NestedManifestsTest {
    private static final Path DIRECTORY = Path.of("../../deploy/nested");

    private static Manifests manifests() throws IOException {
        return Manifests.read(DIRECTORY, "localhost/weft:1", Map.of("router", "cluster"));
    }

    @Test
    void everyFieldIsOneThatTheApiKnows() throws Exception {
        List<String> unknown = new ArrayList<>();
        for (HasMetadata object : manifests().objects()) {
            ManifestsTest.collect(
                    object, object.getKind() + " " + object.getMetadata().getName(), unknown);
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyManifestIsListed() throws IOException {
        String kustomization = Files.readString(DIRECTORY.resolve("kustomization.yaml"));
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .allSatisfy(name -> assertThat(kustomization).contains("- " + name));
        }
    }

    @Test
    void theControllersRightsAreThoseOfAnyCluster() throws IOException {
        assertThat(Files.readString(DIRECTORY.resolve("rbac.yaml")))
                .isEqualTo(Files.readString(ManifestsTest.DIRECTORY.resolve("rbac.yaml")));
        assertThat(ManifestsTest.subjects(manifests())).containsOnly("weft-controller");
    }

    @Test
    void podsRunBeforeThereIsANetworkAndEveryVolumeIsMounted() throws IOException {
        assertThat(ManifestsTest.pods(manifests())).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getHostNetwork()).isTrue();
            Set<String> volumes = pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
            assertThat(ManifestsTest.containers(pod)
                            .flatMap(container -> container.getVolumeMounts().stream())
                            .map(VolumeMount::getName)
                            .collect(Collectors.toSet()))
                    .isEqualTo(volumes);
        });
    }

    @Test
    void theControllerHasItsSettingsAndTheAgentNoSecretButItsOwn() throws IOException {
        List<Container> containers = ManifestsTest.pods(manifests())
                .flatMap(ManifestsTest::containers)
                .toList();
        assertThat(containers)
                .filteredOn(container -> container.getName().equals("controller"))
                .singleElement()
                .satisfies(controller -> assertThat(controller.getEnv())
                        .extracting(variable -> variable.getName())
                        .contains("WEFT_KUBERNETES_NESTED", "WEFT_KUBERNETES_ROUTER", "WEFT_KUBERNETES_POD_CIDRS"));
        assertThat(manifests().agents().getSpec().getTemplate().getSpec().getVolumes())
                .filteredOn(volume -> volume.getSecret() != null)
                .extracting(volume -> volume.getSecret().getSecretName())
                .containsExactly("weft-agent");
        assertThat(manifests().agents().getSpec().getTemplate().getSpec().getAutomountServiceAccountToken())
                .isFalse();
    }
}
