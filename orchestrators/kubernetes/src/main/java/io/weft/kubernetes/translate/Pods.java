package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads pods and namespaces. */
public final class Pods {
    /** Of the copy of a static pod in the API: the identifier that the kubelet itself has given the pod. */
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private Pods() {}

    /** The facts of a pod. */
    public static Pod read(io.fabric8.kubernetes.api.model.Pod pod) {
        PodSpec spec = pod.getSpec();
        Map<String, String> annotations =
                Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of());
        String uid = pod.getMetadata().getUid();
        return new Pod(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                uid,
                annotations.getOrDefault(MIRROR, uid),
                Optional.ofNullable(spec.getNodeName()).filter(node -> !node.isEmpty()),
                Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of()),
                annotations,
                Boolean.TRUE.equals(spec.getHostNetwork()),
                Optional.ofNullable(pod.getStatus())
                        .map(PodStatus::getPhase)
                        .filter(List.of("Succeeded", "Failed")::contains)
                        .isPresent(),
                ports(spec));
    }

    /** The facts of a namespace. */
    public static Namespace read(io.fabric8.kubernetes.api.model.Namespace namespace) {
        return new Namespace(
                namespace.getMetadata().getName(),
                Optional.ofNullable(namespace.getMetadata().getLabels()).orElse(Map.of()),
                Optional.ofNullable(namespace.getMetadata().getAnnotations()).orElse(Map.of()));
    }

    private static Map<NamedPort, Integer> ports(PodSpec spec) {
        Map<NamedPort, Integer> found = new HashMap<>();
        Stream.concat(
                        Stream.ofNullable(spec.getContainers()).flatMap(Collection::stream),
                        // Sidecars; other containers of this list are over when the pod is ready.
                        Stream.ofNullable(spec.getInitContainers())
                                .flatMap(Collection::stream)
                                .filter(container -> "Always".equals(container.getRestartPolicy())))
                .map(Container::getPorts)
                .flatMap(Collection::stream)
                .filter(port -> port.getName() != null && port.getContainerPort() != null)
                .forEach(port -> found.putIfAbsent(named(port), port.getContainerPort()));
        return found;
    }

    private static NamedPort named(ContainerPort port) {
        return new NamedPort(port.getName(), Protocol.of(Optional.ofNullable(port.getProtocol())));
    }
}
