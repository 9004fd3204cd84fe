package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays what a cluster's controllers and kubelets do: workloads get pods, pods run, nodes become ready with the agents, and
 * pods reach each other as policies allow. It asks the API again and again, on a thread of its own.
 */
final class Kubelets implements Commands, AutoCloseable {
    private final KubernetesClient client;
    private final List<String> nodes;
    private final Thread thread;
    private final List<Long> loaded = new CopyOnWriteArrayList<>();
    private volatile boolean policiesHold = true;

    Kubelets(KubernetesClient client, List<String> nodes) {
        this.client = client;
        this.nodes = nodes;
        client.resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("kubernetes")
                        .addToLabels("kubernetes.io/service-name", "kubernetes")
                        .endMetadata()
                        .withAddressType("IPv4")
                        .addNewEndpoint()
                        .withAddresses("192.0.2.1")
                        .endEndpoint()
                        .addNewPort()
                        .withName("https")
                        .withPort(6443)
                        .endPort()
                        .build())
                .create();
        for (int i = 0; i < nodes.size(); i++) {
            node(nodes.get(i), "192.0.2." + (i + 1), false);
        }
        thread = Thread.ofPlatform().name("kubelets").unstarted(this::play);
        thread.start();
    }

    /** Policies have no effect from now on. */
    void ignorePolicies() {
        policiesHold = false;
    }

    /** How many bytes each node was given as an archive. */
    List<Long> loaded() {
        return List.copyOf(loaded);
    }

    private void node(String name, String address, boolean ready) {
        var made = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .endMetadata()
                .withNewStatus()
                .addNewAddress()
                .withType("InternalIP")
                .withAddress(address)
                .endAddress()
                .withNewNodeInfo()
                .withKubeletVersion("v1.33.0")
                .withContainerRuntimeVersion("containerd://2.1.0")
                .withArchitecture(io.weft.deployment.image.Image.architecture())
                .endNodeInfo()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .withMessage(ready ? "ready" : "cni plugin not initialized")
                .endCondition()
                .endStatus()
                .build();
        if (client.nodes().withName(name).get() == null) {
            client.resource(made).create();
        } else {
            client.nodes()
                    .withName(name)
                    .editStatus(node ->
                            new NodeBuilder(node).withStatus(made.getStatus()).build());
        }
    }

    private void play() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                client.apps().deployments().inAnyNamespace().list().getItems().forEach(this::run);
                client.apps().daemonSets().inAnyNamespace().list().getItems().forEach(this::run);
                client.pods().inAnyNamespace().list().getItems().forEach(this::run);
                sweep();
            } catch (KubernetesClientException e) {
                // Changed meanwhile, or the end: seen anew in the next round.
                System.getLogger("kubelets").log(System.Logger.Level.DEBUG, "again", e);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void run(Deployment deployment) {
        pod(
                deployment.getMetadata().getNamespace(),
                deployment.getMetadata().getName(),
                nodes.getFirst(),
                deployment.getSpec().getTemplate());
        if (deployment.getStatus() == null || deployment.getStatus().getAvailableReplicas() == null) {
            client.resource(deployment).editStatus(each -> {
                each.setStatus(new DeploymentStatusBuilder()
                        .withObservedGeneration(generation(each.getMetadata().getGeneration()))
                        .withUpdatedReplicas(1)
                        .withAvailableReplicas(1)
                        .build());
                return each;
            });
        }
    }

    private void run(DaemonSet set) {
        for (String node : nodes) {
            pod(
                    set.getMetadata().getNamespace(),
                    set.getMetadata().getName() + "-" + node,
                    node,
                    set.getSpec().getTemplate());
        }
        if (set.getStatus() == null
                || set.getStatus().getNumberReady() == null
                || set.getStatus().getNumberReady() == 0) {
            client.resource(set).editStatus(each -> {
                each.setStatus(new DaemonSetStatusBuilder()
                        .withObservedGeneration(generation(each.getMetadata().getGeneration()))
                        .withDesiredNumberScheduled(nodes.size())
                        .withUpdatedNumberScheduled(nodes.size())
                        .withNumberReady(nodes.size())
                        .build());
                return each;
            });
            if (set.getMetadata().getName().equals("weft-agent")) {
                for (int i = 0; i < nodes.size(); i++) {
                    node(nodes.get(i), "192.0.2." + (i + 1), true);
                }
            }
        }
    }

    private static long generation(Long known) {
        return known == null ? 1 : known;
    }

    private void pod(String namespace, String name, String node, PodTemplateSpec template) {
        if (client.pods().inNamespace(namespace).withName(name).get() == null) {
            PodSpec spec = new PodBuilder().withSpec(template.getSpec()).build().getSpec();
            spec.setNodeName(node);
            client.resource(new PodBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .withLabels(template.getMetadata().getLabels())
                            .endMetadata()
                            .withSpec(spec)
                            .build())
                    .create();
        }
    }

    private void run(Pod pod) {
        if (pod.getStatus() != null && pod.getStatus().getPhase() != null) {
            return;
        }
        String name = pod.getMetadata().getName();
        boolean job = name.startsWith("weft-purge-");
        client.resource(pod)
                .editStatus(each -> new PodBuilder(each)
                        .withNewStatus()
                        .withPhase(job ? "Succeeded" : "Running")
                        .addNewPodIP(
                                "10.244.0." + (10 + nodes.indexOf(pod.getSpec().getNodeName())))
                        .addNewContainerStatus()
                        .withName("one")
                        .withReady(!job)
                        .endContainerStatus()
                        .endStatus()
                        .build());
    }

    /** Pods whose workload or namespace is gone. */
    private void sweep() {
        for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
            String namespace = pod.getMetadata().getNamespace();
            String name = pod.getMetadata().getName();
            boolean owned = client.apps().daemonSets().inNamespace(namespace).list().getItems().stream()
                            .anyMatch(set -> name.startsWith(set.getMetadata().getName() + "-"))
                    || client.apps()
                                    .deployments()
                                    .inNamespace(namespace)
                                    .withName(name)
                                    .get()
                            != null
                    || name.startsWith("weft-purge-")
                    || name.startsWith("weft-loader-");
            if (!owned || client.namespaces().withName(namespace).get() == null) {
                client.resource(pod).delete();
            }
        }
        if (client.namespaces().withName(Proofs.NAMESPACE).get() == null) {
            client.apps().daemonSets().inNamespace(Proofs.NAMESPACE).delete();
        }
    }

    @Override
    public Result run(String namespace, String pod, Duration patience, Optional<InputStream> input, String... command) {
        if (pod.startsWith("weft-loader-")) {
            input.ifPresent(in -> {
                try {
                    loaded.add(in.transferTo(OutputStream.nullOutputStream()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return new Result(0, "eth0\t00000000\t0\nmtu eth0 1460\n", "");
        }
        String url = new ArrayList<>(List.of(command)).getLast();
        boolean service = url.endsWith(":80/");
        int index = service ? 0 : Integer.parseInt(url.replaceAll(".*\\.(\\d+):8080/", "$1")) - 10;
        List<NetworkPolicy> policies = client.network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .list()
                .getItems();
        boolean friend = "friend"
                .equals(client.pods()
                        .inNamespace(namespace)
                        .withName(pod)
                        .get()
                        .getMetadata()
                        .getLabels()
                        .get("role"));
        boolean lets = policies.isEmpty() || friend || !policiesHold;
        return lets ? new Result(0, nodes.get(index) + "\n", "") : new Result(1, "", "wget: download timed out");
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
