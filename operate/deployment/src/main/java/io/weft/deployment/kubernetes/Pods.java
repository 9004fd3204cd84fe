package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What pods are about, in words. */
final class Pods {
    private static final int LOG_LINES = 15;
    private static final int MOST_NAME = 63;

    private Pods() {}

    /** The name of a pod that belongs to a node: nodes' names may be longer than pods' should be. */
    static String name(String prefix, String node) {
        String whole = prefix + node;
        return whole.length() <= MOST_NAME ? whole : prefix + Integer.toHexString(node.hashCode());
    }

    /** Makes a pod in place of an older one. A namespace that is new has no service account yet, and pods are refused. */
    static void create(KubernetesClient client, Patience patience, Pod pod) {
        String name = pod.getMetadata().getName();
        patience.until("pod " + name + " to be made", () -> {
            PodResource place =
                    client.pods().inNamespace(pod.getMetadata().getNamespace()).withName(name);
            if (place.get() != null) {
                place.withGracePeriod(0).delete();
                return Optional.of("an older one ends");
            }
            try {
                client.resource(pod).create();
                return Optional.empty();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                    throw e;
                }
                return Optional.of(String.valueOf(e.getMessage()));
            }
        });
    }

    /** Waits until all containers of a pod run. */
    static void awaitRunning(KubernetesClient client, Patience patience, String namespace, String name) {
        patience.until("pod " + name, () -> {
            Pod pod = client.pods().inNamespace(namespace).withName(name).get();
            if (pod == null) {
                return Optional.of("it is gone");
            }
            return isRunning(pod) ? Optional.empty() : Optional.of(describe(pod));
        });
    }

    /** Waits until a pod has done its work. */
    static void awaitSucceeded(KubernetesClient client, Patience patience, String namespace, String name) {
        patience.until("pod " + name, () -> {
            Pod pod = client.pods().inNamespace(namespace).withName(name).get();
            if (pod == null) {
                return Optional.of("it is gone");
            }
            String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
            if ("Failed".equals(phase)) {
                throw new DemoException("pod " + name + " failed: " + logs(client, pod));
            }
            return "Succeeded".equals(phase) ? Optional.empty() : Optional.of(describe(pod));
        });
    }

    static boolean isRunning(Pod pod) {
        return pod.getStatus() != null
                && "Running".equals(pod.getStatus().getPhase())
                && pod.getStatus().getContainerStatuses().stream().allMatch(ContainerStatus::getReady);
    }

    /** Why a pod is not what it should be. */
    static String describe(Pod pod) {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return pod.getMetadata().getName() + " is new";
        }
        List<String> reasons = Stream.concat(
                        status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .filter(container -> !container.getReady() && container.getState() != null)
                .flatMap(container -> Stream.of(
                                Optional.ofNullable(container.getState().getWaiting())
                                        .map(waiting -> container.getName() + " waits: " + waiting.getReason()
                                                + text(waiting.getMessage())),
                                Optional.ofNullable(container.getState().getTerminated())
                                        .filter(end -> end.getExitCode() != 0)
                                        .map(end -> container.getName() + " ended with " + end.getExitCode()
                                                + text(end.getMessage())))
                        .flatMap(Optional::stream))
                .toList();
        List<String> conditions = status.getConditions().stream()
                .filter(condition -> condition.getStatus().equals("False") && condition.getMessage() != null)
                .map(condition -> condition.getType() + ": " + condition.getMessage())
                .toList();
        return pod.getMetadata().getName() + " on " + pod.getSpec().getNodeName() + " is " + status.getPhase() + "; "
                + (reasons.isEmpty() ? String.join("; ", conditions) : String.join("; ", reasons));
    }

    private static String text(String message) {
        return message == null || message.isBlank() ? "" : " (" + message.strip() + ")";
    }

    /** What a namespace's pods are about: each that does not run, and the end of its log. */
    static String account(KubernetesClient client, String namespace) {
        return client.pods().inNamespace(namespace).list().getItems().stream()
                .map(pod -> isRunning(pod)
                        ? pod.getMetadata().getName() + " on " + pod.getSpec().getNodeName() + " runs"
                        : describe(pod) + "\n" + logs(client, pod).indent(4).stripTrailing())
                .collect(Collectors.joining("\n"));
    }

    private static String logs(KubernetesClient client, Pod pod) {
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .map(container -> {
                    try {
                        return client.pods()
                                .resource(pod)
                                .inContainer(container.getName())
                                .tailingLines(LOG_LINES)
                                .getLog();
                    } catch (KubernetesClientException e) {
                        return "";
                    }
                })
                .filter(log -> log != null && !log.isBlank())
                .collect(Collectors.joining("\n"));
    }
}
