package io.weft.deployment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests as the typed model of the API reads them. */
class ManifestsTest {
    static final Path DIRECTORY = Path.of("../../deploy/kubernetes");

    private static Manifests manifests() throws IOException {
        return Manifests.read(
                DIRECTORY, "localhost/weft:1", Map.of("servers", "https://192.0.2.1:9697", "mtu", "1400"));
    }

    @Test
    void everyFieldIsOneThatTheApiKnows() throws Exception {
        List<String> unknown = new ArrayList<>();
        for (HasMetadata object : manifests().objects()) {
            collect(object, object.getKind() + " " + object.getMetadata().getName(), unknown);
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void aFieldThatTheApiDoesNotKnowIsFound(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("kustomization.yaml"), "resources: [a.yaml]\n");
        Files.writeString(
                directory.resolve("a.yaml"),
                Files.readString(DIRECTORY.resolve("agent.yaml")).replace("hostNetwork:", "hostNetworks:"));
        List<String> unknown = new ArrayList<>();
        for (HasMetadata object : Manifests.read(directory, "x", Map.of()).objects()) {
            collect(object, object.getKind(), unknown);
        }
        assertThat(unknown).singleElement().asString().contains("hostNetworks");
    }

    /** Fields that no class of the model has end in its additional properties. */
    static void collect(Object object, String place, List<String> unknown)
            throws InvocationTargetException, IllegalAccessException {
        switch (object) {
            case null -> {}
            case Collection<?> all -> {
                for (Object each : all) {
                    collect(each, place + "[]", unknown);
                }
            }
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    collect(entry.getValue(), place + "." + entry.getKey(), unknown);
                }
            }
            default -> {
                if (!object.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")
                        || object.getClass().isEnum()) {
                    return;
                }
                for (Method method : object.getClass().getMethods()) {
                    if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                        continue;
                    }
                    Object value = method.invoke(object);
                    if (method.getName().equals("getAdditionalProperties")) {
                        ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(place + "." + key));
                    } else {
                        collect(value, place + "." + method.getName().substring(3), unknown);
                    }
                }
            }
        }
    }

    @Test
    void valuesAndImagesAreThoseOfTheInstallation() throws IOException {
        Manifests manifests = manifests();
        ConfigMap configuration = manifests.objects().stream()
                .filter(object -> object instanceof ConfigMap
                        && object.getMetadata().getName().equals("weft"))
                .map(ConfigMap.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(configuration.getData())
                .containsEntry("servers", "https://192.0.2.1:9697")
                .containsEntry("mtu", "1400")
                .containsEntry("pod-cidrs", "10.244.0.0/16");
        assertThat(pods(manifests).flatMap(ManifestsTest::containers))
                .allSatisfy(container -> assertThat(container.getImage()).isEqualTo("localhost/weft:1"))
                .hasSize(5);
        assertThat(manifests.yaml()).contains("image: \"localhost/weft:1\"").contains("kind: \"DaemonSet\"");
    }

    @Test
    void whatKustomizeWouldDoAndThisDoesNotIsRefused(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("kustomization.yaml"), "resources: []\nnamePrefix: my-\n");
        assertThatThrownBy(() -> Manifests.read(directory, "x", Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'namePrefix' is not understood");
    }

    @Test
    void everyManifestIsListedAndNoneIsThereTwice() throws IOException {
        String kustomization = Files.readString(DIRECTORY.resolve("kustomization.yaml"));
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .allSatisfy(name -> assertThat(kustomization).contains("- " + name));
        }
        List<String> names = manifests().objects().stream()
                .map(object -> object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                        + object.getMetadata().getName())
                .toList();
        assertThat(names).doesNotHaveDuplicates();
    }

    static Stream<PodSpec> pods(Manifests manifests) {
        return manifests.objects().stream().flatMap(object -> switch (object) {
            case Deployment deployment ->
                Stream.of(deployment.getSpec().getTemplate().getSpec());
            case DaemonSet set -> Stream.of(set.getSpec().getTemplate().getSpec());
            default -> Stream.empty();
        });
    }

    static Stream<Container> containers(PodSpec pod) {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
    }

    @Test
    void podsRunBeforeThereIsANetworkAndAreNotToldOfServices() throws IOException {
        assertThat(pods(manifests())).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getHostNetwork()).isTrue();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getTolerations()).anySatisfy(toleration -> {
                assertThat(toleration.getOperator()).isEqualTo("Exists");
                assertThat(toleration.getKey()).isNull();
                assertThat(toleration.getEffect()).isNull();
            });
            assertThat(pod.getPriorityClassName()).startsWith("system-");
        });
    }

    @Test
    void everyMountHasItsVolumeAndEveryVolumeIsMounted() throws IOException {
        assertThat(pods(manifests())).allSatisfy(pod -> {
            Set<String> volumes = pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
            Set<String> mounts = containers(pod)
                    .flatMap(container -> container.getVolumeMounts().stream())
                    .map(VolumeMount::getName)
                    .collect(Collectors.toSet());
            assertThat(mounts).isEqualTo(volumes);
        });
    }

    @Test
    void onlyTheAgentIsPrivileged() throws IOException {
        assertThat(pods(manifests()).flatMap(ManifestsTest::containers)).allSatisfy(container -> {
            if (container.getName().equals("agent")) {
                assertThat(container.getSecurityContext().getPrivileged()).isTrue();
            } else {
                assertThat(container.getSecurityContext().getPrivileged()).isNull();
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
            }
        });
    }

    @Test
    void agentsHaveNoRightsInTheCluster() throws IOException {
        Manifests manifests = manifests();
        assertThat(manifests.agents().getSpec().getTemplate().getSpec().getAutomountServiceAccountToken())
                .isFalse();
        assertThat(subjects(manifests)).doesNotContain("weft-agent").contains("weft-server", "weft-controller");
    }

    static List<String> subjects(Manifests manifests) {
        return manifests.objects().stream()
                .flatMap(object -> switch (object) {
                    case RoleBinding binding -> binding.getSubjects().stream();
                    case ClusterRoleBinding binding -> binding.getSubjects().stream();
                    default -> Stream.empty();
                })
                .map(subject -> subject.getName())
                .toList();
    }

    @Test
    void theServerAsksWhoseTokensAreAndWritesOneObject() throws IOException {
        List<String> rights = manifests().objects().stream()
                .filter(object -> object.getMetadata().getName().equals("weft-server"))
                .flatMap(object -> switch (object) {
                    case ClusterRole role -> role.getRules().stream();
                    case Role role -> role.getRules().stream();
                    default -> Stream.<PolicyRule>empty();
                })
                .map(rule -> rule.getVerbs() + " " + rule.getResources() + " " + rule.getResourceNames())
                .toList();
        assertThat(rights)
                .containsExactlyInAnyOrder("[create] [tokenreviews] []", "[patch] [configmaps] [weft-authority]");
    }
}
