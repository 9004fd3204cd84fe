package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pods on every node of a cluster, and what they show about its network. */
final class Proofs {
    static final String NAMESPACE = "weft-demo";
    private static final String APP = "demo";
    private static final int PORT = 8080;
    private static final Duration FETCH = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final Commands commands;
    private final Patience patience;

    Proofs(KubernetesClient client, Commands commands, Patience patience) {
        this.client = client;
        this.commands = commands;
        this.patience = patience;
    }

    /** A pod on each node that says by HTTP which node it is on. No probes: those come from hosts. */
    static DaemonSet pods(String image) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(APP)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", APP)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", APP)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .withAutomountServiceAccountToken(false)
                .addNewToleration()
                .withOperator("Exists")
                .endToleration()
                .addNewContainer()
                .withName("web")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand(
                        "/bin/sh",
                        "-c",
                        "mkdir -p /tmp/web && echo \"$NODE\" > /tmp/web/index.html && exec httpd -f -p " + PORT
                                + " -h /tmp/web")
                .addNewEnv()
                .withName("NODE")
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath("spec.nodeName")
                .endFieldRef()
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(APP)
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", APP)
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withNewTargetPort(PORT)
                .endPort()
                .endSpec()
                .build();
    }

    /** Only friends may reach the pods. */
    static NetworkPolicy policy() {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(APP)
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .addToMatchLabels("app", APP)
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .addNewFrom()
                .withNewPodSelector()
                .addToMatchLabels("role", "friend")
                .endPodSelector()
                .endFrom()
                .endIngress()
                .endSpec()
                .build();
    }

    /** The pods that run, one on each node. */
    List<Pod> await(int nodes) {
        patience.until(nodes + " pods of the demonstration", () -> {
            List<Pod> pods = list();
            return pods.size() == nodes
                            && pods.stream()
                                    .allMatch(pod -> Pods.isRunning(pod)
                                            && !pod.getStatus().getPodIPs().isEmpty())
                    ? Optional.empty()
                    : Optional.of(pods.stream()
                            .filter(pod -> !Pods.isRunning(pod))
                            .findFirst()
                            .map(Pods::describe)
                            .orElse("there are " + pods.size()));
        });
        return list();
    }

    private List<Pod> list() {
        return client.pods().inNamespace(NAMESPACE).withLabel("app", APP).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** Waits until each pod has fetched a page from each other one at each of its addresses; answers how many ways. */
    int allReachAll(List<Pod> pods) {
        int ways = 0;
        for (Pod from : pods) {
            for (Pod to : pods) {
                if (from.equals(to)) {
                    continue;
                }
                for (String address : addresses(to)) {
                    awaitFetch(from, address, PORT, Set.of(to.getSpec().getNodeName()));
                    ways++;
                }
            }
        }
        return ways;
    }

    /** Waits until no pod reaches another, then until the one that becomes a friend does, and the others still do not. */
    void policyHolds(List<Pod> pods) {
        Pod first = pods.getFirst();
        for (Pod from : pods) {
            for (Pod to : pods) {
                if (!from.equals(to)) {
                    awaitSilence(from, addresses(to).getFirst());
                }
            }
        }
        label(first, "\"friend\"");
        for (Pod to : pods.subList(1, pods.size())) {
            awaitFetch(
                    first, addresses(to).getFirst(), PORT, Set.of(to.getSpec().getNodeName()));
            for (Pod from : pods.subList(1, pods.size())) {
                if (!from.equals(to)) {
                    awaitSilence(from, addresses(to).getFirst());
                }
            }
        }
        label(first, "null");
    }

    private void label(Pod pod, String role) {
        client.pods()
                .inNamespace(NAMESPACE)
                .withName(pod.getMetadata().getName())
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"role\":" + role + "}}}");
    }

    /** Waits until each pod has an answer at the service's addresses, by whichever pod. */
    void serviceAnswers(List<Pod> pods) {
        Set<String> nodes = new HashSet<>();
        pods.forEach(pod -> nodes.add(pod.getSpec().getNodeName()));
        Service service = client.services().inNamespace(NAMESPACE).withName(APP).get();
        for (Pod from : pods) {
            for (String address : service.getSpec().getClusterIPs()) {
                awaitFetch(from, address, 80, nodes);
            }
        }
    }

    private void awaitFetch(Pod from, String address, int port, Set<String> expected) {
        patience.until(name(from) + " to fetch from " + address + " port " + port, () -> {
            Commands.Result result = fetch(from, address, port);
            String said = result.output().strip();
            return result.ok() && expected.contains(said)
                    ? Optional.empty()
                    : Optional.of("it got '" + said + "' " + result.errors().strip());
        });
    }

    private void awaitSilence(Pod from, String address) {
        patience.until("the policy to keep " + name(from) + " from " + address, () -> {
            Commands.Result result = fetch(from, address, PORT);
            // A command that could not be run shows nothing.
            if (result.status() == -1) {
                return Optional.of("the pod does not answer: " + result.errors().strip());
            }
            return result.ok() ? Optional.of("it still reaches it") : Optional.empty();
        });
    }

    private Commands.Result fetch(Pod from, String address, int port) {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return commands.run(
                NAMESPACE,
                from.getMetadata().getName(),
                FETCH,
                "/bin/wget",
                "-q",
                "-T",
                "3",
                "-O",
                "-",
                "http://" + host + ":" + port + "/");
    }

    private static String name(Pod pod) {
        return "the pod on " + pod.getSpec().getNodeName();
    }

    private static List<String> addresses(Pod pod) {
        List<String> addresses = new ArrayList<>();
        pod.getStatus().getPodIPs().forEach(each -> addresses.add(each.getIp()));
        return addresses;
    }

    /** What namespaces and their labels the pods need. */
    static Map<String, String> labels() {
        return Map.of("pod-security.kubernetes.io/enforce", "baseline");
    }
}
