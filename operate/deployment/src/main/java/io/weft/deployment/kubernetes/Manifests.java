package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The manifests of {@code deploy/kubernetes}, as {@code kubectl apply -k} would read them: the resources that
 * {@code kustomization.yaml} lists, with other images and values than are written there. Of kustomize, {@code resources} and
 * {@code images} are understood; anything else in the file is refused.
 */
public final class Manifests {
    public static final String NAMESPACE = "weft-system";
    public static final String SERVER_LABEL = "weft.io/server";
    /** The configuration that an installation changes. */
    public static final String CONFIGURATION = "weft";

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private final List<HasMetadata> objects;

    private Manifests(List<HasMetadata> objects) {
        this.objects = List.copyOf(objects);
    }

    /**
     * Reads them.
     *
     * @param image what pods run
     * @param values entries of the ConfigMap {@code weft}, beside and in place of those in the file
     */
    public static Manifests read(Path directory, String image, Map<String, String> values) throws IOException {
        Map<?, ?> kustomization =
                YAML.unmarshal(Files.readString(directory.resolve("kustomization.yaml")), LinkedHashMap.class);
        for (Object key : kustomization.keySet()) {
            if (!List.of("apiVersion", "kind", "resources", "images").contains(String.valueOf(key))) {
                throw new IOException(directory + "/kustomization.yaml: '" + key + "' is not understood here");
            }
        }
        List<HasMetadata> objects = new ArrayList<>();
        if (!(kustomization.get("resources") instanceof List<?> files)) {
            throw new IOException(directory + "/kustomization.yaml has no resources");
        }
        for (Object file : files) {
            for (String document :
                    Files.readString(directory.resolve(String.valueOf(file))).split("(?m)^---$")) {
                objects.add(YAML.unmarshal(document, HasMetadata.class));
            }
        }
        for (HasMetadata object : objects) {
            containers(object)
                    .filter(container -> container.getImage().equals("localhost/weft"))
                    .forEach(container -> container.setImage(image));
            if (object instanceof ConfigMap map && map.getMetadata().getName().equals(CONFIGURATION)) {
                Map<String, String> data = new LinkedHashMap<>(map.getData());
                data.putAll(values);
                map.setData(data);
            }
        }
        return new Manifests(objects);
    }

    private static Stream<Container> containers(HasMetadata object) {
        return switch (object) {
            case Deployment deployment ->
                containers(deployment.getSpec().getTemplate().getSpec());
            case DaemonSet set -> containers(set.getSpec().getTemplate().getSpec());
            default -> Stream.empty();
        };
    }

    private static Stream<Container> containers(PodSpec pod) {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
    }

    /** In the order in which they are applied. */
    public List<HasMetadata> objects() {
        return objects;
    }

    /** Whether the controller may see a kind of object, which it may when it does something with it. */
    public boolean controllerSees(String resource) {
        return objects.stream()
                .filter(object -> object instanceof ClusterRole
                        && object.getMetadata().getName().equals("weft-controller"))
                .flatMap(object -> ((ClusterRole) object).getRules().stream())
                .anyMatch(rule -> rule.getResources().contains(resource)
                        && rule.getVerbs().contains("watch"));
    }

    /** The agents' DaemonSet. */
    public DaemonSet agents() {
        return objects.stream()
                .filter(DaemonSet.class::isInstance)
                .map(DaemonSet.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the manifests have no DaemonSet"));
    }

    /** All of them, for a person or for {@code kubectl apply -f}. */
    public String yaml() {
        StringBuilder text = new StringBuilder();
        objects.forEach(object -> text.append(YAML.asYaml(object)));
        return text.toString();
    }
}
