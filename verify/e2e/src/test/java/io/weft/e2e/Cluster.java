package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A Kubernetes cluster on a cloud's hosts, without kubelets: fabric8's API server, Weft's controller, and pods that are
 * joined as a node's runtime joins them. It goes with the cloud.
 */
final class Cluster {
    private final Cloud cloud;
    private final String name;
    private final KubernetesClient client;
    private Optional<Background> controller = Optional.empty();

    Cluster(Cloud cloud) {
        this(cloud, "kubernetes");
    }

    /** @param name of one of several in the cloud */
    Cluster(Cloud cloud, String name) {
        this.cloud = cloud;
        this.name = name;
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        server.init();
        cloud.closeLater(server::destroy);
        client = server.createClient();
        cloud.closeLater(client);
    }

    KubernetesClient client() {
        return client;
    }

    /**
     * Starts the controller.
     *
     * @param project whose networks it makes
     * @param settings lines of its configuration, besides those of the pods' network
     */
    void control(String project, String settings) throws IOException {
        start("containers.api.project = " + project, settings);
    }

    /** The same in the name of whoever has this token. */
    void controlWithToken(String token, String settings) throws IOException {
        start("containers.api.token = " + token, settings);
    }

    private void start(String identity, String settings) throws IOException {
        Path directory = cloud.makeDirectory(name + "-controller");
        Path caller = Files.writeString(
                directory.resolve("api.properties"),
                "containers.api.url = " + cloud.server().api() + "\n" + identity + "\n");
        Files.setPosixFilePermissions(caller, PosixFilePermissions.fromString("rw-------"));
        Path configuration = Files.writeString(
                directory.resolve("kubernetes.properties"),
                "kubernetes.network = pods\nkubernetes.pod-cidrs = 10.244.0.0/16, fd44::/64\n" + settings);
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {}}]
                current-context: c
                """.formatted(
                        client.getConfiguration().getMasterUrl()));
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(
                "kubernetes",
                "--containers-api",
                caller.toString(),
                "--config",
                configuration.toString(),
                "--kubeconfig",
                kubeconfig.toString()));
        Background started = Background.start(cloud.log(name + "-controller"), command);
        cloud.closeLater(started);
        controller = Optional.of(started);
    }

    private static final Map<String, ResourceDefinitionContext> POLICIES = Map.of(
            "ClusterNetworkPolicy", policies("ClusterNetworkPolicy", "clusternetworkpolicies", "v1alpha2"),
            "AdminNetworkPolicy", policies("AdminNetworkPolicy", "adminnetworkpolicies", "v1alpha1"),
            "BaselineAdminNetworkPolicy",
                    policies("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", "v1alpha1"));

    private static ResourceDefinitionContext policies(String kind, String plural, String version) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("policy.networking.k8s.io")
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(false)
                .build();
    }

    /** Adds the kinds ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy, which clusters have or not. */
    void offerPolicies() {
        POLICIES.values()
                .forEach(kind -> client.resource(Serialization.unmarshal(
                                """
                        apiVersion: apiextensions.k8s.io/v1
                        kind: CustomResourceDefinition
                        metadata: {name: %s.%s}
                        spec:
                          group: %s
                          scope: Cluster
                          names: {kind: %s, plural: %s}
                          versions:
                          - {name: %s, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
                        status: {conditions: [{type: Established, status: 'True'}]}
                        """.formatted(
                                                kind.getPlural(),
                                                kind.getGroup(),
                                                kind.getGroup(),
                                                kind.getKind(),
                                                kind.getPlural(),
                                                kind.getVersion()),
                                CustomResourceDefinition.class))
                        .create());
    }

    /** Those of one of these kinds. */
    NonNamespaceOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            policies(String kind) {
        return client.genericKubernetesResources(
                Optional.ofNullable(POLICIES.get(kind)).orElseThrow());
    }

    GenericKubernetesResource createPolicy(String kind, String name, String spec) {
        ResourceDefinitionContext context =
                Optional.ofNullable(POLICIES.get(kind)).orElseThrow();
        return policies(kind)
                .resource(Serialization.unmarshal(
                        """
                        apiVersion: %s/%s
                        kind: %s
                        metadata: {name: %s}
                        spec: %s
                        """.formatted(context.getGroup(), context.getVersion(), kind, name, spec),
                        GenericKubernetesResource.class))
                .create();
    }

    /** What the controller has printed. */
    String output() {
        return controller.map(Background::output).orElse("");
    }

    /** A pod that is on the network: its process is still to be started. Addresses are one of each family, IPv4 first. */
    record Joined(Workload workload, List<String> addresses) {}

    /** Joins a pod by this name as a node's runtime does: a namespace, and then CNI until the port is in force. */
    Joined join(String name, Pod pod, Cni cni) {
        String namespace = cloud.prefix() + "p-" + name;
        Shell.run("ip", "netns", "add", namespace);
        Workload workload = new Workload(name, namespace, cloud.makeDirectory("p-" + name));
        cloud.closeLater(workload);
        Map<String, String> add = new HashMap<>(Cni.about("ADD", name, namespace, "eth0"));
        add.put("ARGS", "IgnoreUnknown=1;K8S_POD_UID=" + pod.getMetadata().getUid());
        Map<String, ?> configuration = Map.of("cniVersion", "1.0.0", "name", "kubernetes", "type", "weft");
        JsonNode result = Wait.until("the pod " + name + " to be joined", Duration.ofMinutes(2), () -> {
            assertThat(controller.filter(Background::isAlive)).as(this::output).isPresent();
            Cni.Answer answer = cni.run(add, configuration);
            return answer.status() == 0 ? Optional.of(answer.json()) : Optional.empty();
        });
        List<String> addresses = new ArrayList<>();
        result.get("ips")
                .forEach(ip -> addresses.add(ip.get("address").asString().replaceAll("/.*", "")));
        addresses.sort(Comparator.comparing(address -> address.contains(":")));
        return new Joined(workload, List.copyOf(addresses));
    }
}
