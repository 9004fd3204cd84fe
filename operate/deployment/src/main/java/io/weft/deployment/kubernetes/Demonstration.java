package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.weft.deployment.image.Image;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Wires a cluster that has no network, shows that its pods have one, and takes everything away again. Each step is one line;
 * the first that fails ends it, with what pods and nodes say.
 *
 * <p>Longer than most: the steps and what takes each of them back are to be read together.
 */
public final class Demonstration {
    /** How images get to nodes. */
    public interface Delivery {
        /**
         * Brings them there; answers the least MTU of the nodes' devices if it got to know it.
         *
         * @throws IOException when that fails
         */
        Optional<Integer> deliver(Demonstration demonstration, Cluster cluster)
                throws IOException, InterruptedException;
    }

    /**
     * What it is told.
     *
     * @param manifests the directory with {@code kustomization.yaml}
     * @param podPrefixes where pods' addresses are from
     * @param servicePrefixes where Services' addresses are from; empty asks the cluster
     * @param api {@code HOST:PORT} at which nodes reach the API; empty asks the cluster
     * @param serverNode the node for the server; empty chooses one
     * @param mtu of pods; empty is the underlay's, where that is known, less the tunnel's header
     * @param socket containerd's on nodes; empty tries the usual ones
     * @param force goes on where something stands against it
     */
    public record Settings(
            Path manifests,
            List<IpPrefix> podPrefixes,
            List<IpPrefix> servicePrefixes,
            Optional<String> api,
            Optional<String> serverNode,
            Optional<Integer> mtu,
            String socket,
            boolean force) {}

    private static final int UNDERLAY = 1500;

    private final KubernetesClient client;
    private final Commands commands;
    private final PrintStream out;
    private final Settings settings;
    private final Patience patience;

    public Demonstration(KubernetesClient client, PrintStream out, Settings settings) {
        this(client, new PodCommands(client), out, settings, Patience.STANDARD);
    }

    Demonstration(KubernetesClient client, Commands commands, PrintStream out, Settings settings, Patience patience) {
        this.client = client;
        this.commands = commands;
        this.out = out;
        this.settings = settings;
        this.patience = patience;
    }

    /** Something that a line of output says. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException, InterruptedException;
    }

    private <T> T step(String what, Step<T> step) throws IOException, InterruptedException {
        long start = System.nanoTime();
        out.println("  ..  " + what);
        try {
            T result = step.run();
            out.printf("  ok  %s (%.1f s)%n", what, (System.nanoTime() - start) / 1e9);
            return result;
        } catch (KubernetesClientException e) {
            throw new DemoException(what + ": " + e.getMessage(), e);
        }
    }

    /**
     * Wires the cluster and shows that it works.
     *
     * @param weft the image of server, controller and agent
     * @param demo the image of the pods that show something
     * @throws DemoException saying what did not hold
     */
    public void run(Image weft, Image demo, Delivery delivery) throws IOException, InterruptedException {
        Cluster cluster = step("asking the cluster", () -> Cluster.read(client));
        describe(cluster);
        check(cluster);
        Cluster.Machine server = serverNode(cluster);
        Manifests first = manifests(weft, cluster, server, UNDERLAY);
        step(
                "namespace " + Manifests.NAMESPACE,
                () -> apply(first.objects().stream()
                        .filter(Namespace.class::isInstance)
                        .toList()));
        Optional<Integer> underlay = delivery.deliver(this, cluster);
        Manifests manifests = manifests(weft, cluster, server, underlay.orElse(UNDERLAY));
        step("label " + Manifests.SERVER_LABEL + " on node " + server.name(), () -> {
            label(server, "\"\"");
            return true;
        });
        step("applying " + manifests.objects().size() + " objects", () -> apply(manifests.objects()));
        step("server and controller", () -> awaitDeployments(manifests));
        step("an agent on each of " + cluster.machines().size() + " nodes", () -> awaitAgents(manifests));
        step("every node ready", () -> awaitNodes(cluster));
        prove(cluster, demo, manifests);
        out.println(
                "  all held. 'kubectl get pods -A -o wide' shows the rest of the cluster; --remove takes Weft off again.");
    }

    private void prove(Cluster cluster, Image demo, Manifests manifests) throws IOException, InterruptedException {
        Proofs proofs = new Proofs(client, commands, patience);
        List<Pod> pods = step("a pod on each node", () -> {
            apply(List.of(
                    new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(Proofs.NAMESPACE)
                            .withLabels(Proofs.labels())
                            .endMetadata()
                            .build(),
                    Proofs.pods(demo.reference())));
            client.network()
                    .v1()
                    .networkPolicies()
                    .inNamespace(Proofs.NAMESPACE)
                    .withName(Proofs.policy().getMetadata().getName())
                    .delete();
            return proofs.await(cluster.machines().size());
        });
        if (pods.size() < 2) {
            out.println("  --  there is one node alone: nothing to show between nodes");
            return;
        }
        int ways = step("each pod reaches each other one", () -> proofs.allReachAll(pods));
        out.println("      " + ways + " ways");
        step("a NetworkPolicy lets friends alone reach them", () -> {
            apply(List.of(Proofs.policy()));
            proofs.policyHolds(pods);
            client.resource(Proofs.policy()).delete();
            return true;
        });
        if (servicePrefixes(cluster).isEmpty()) {
            out.println("  --  Services are skipped: --service-cidrs is needed, the cluster does not say what it has");
        } else if (manifests.controllerSees("services")) {
            step("a Service answers every pod", () -> {
                apply(List.of(Proofs.service()));
                proofs.serviceAnswers(pods);
                return true;
            });
        } else {
            out.println("  --  Services are skipped: the controller of this build does not have them");
        }
    }

    private void describe(Cluster cluster) {
        out.println("      " + cluster.version() + ", the API at " + cluster.apiHost() + ":" + cluster.apiPort());
        for (Cluster.Machine machine : cluster.machines()) {
            out.println("      " + machine.name() + "  " + machine.address() + "  kubelet " + machine.kubelet() + "  "
                    + machine.runtime() + "  " + (machine.ready() ? "ready" : "not ready: " + machine.reason()));
        }
        out.println(
                cluster.kubeProxy()
                        ? "      kube-proxy is there: it serves processes of hosts, and pods do not pass it"
                        : "      kube-proxy is not there: Weft's own pods use the API's address above");
    }

    private void check(Cluster cluster) {
        boolean installed = client.apps()
                        .daemonSets()
                        .inNamespace(Manifests.NAMESPACE)
                        .withName("weft-agent")
                        .get()
                != null;
        List<String> obstacles = cluster.obstacles(Image.architecture(), installed, settings.podPrefixes());
        obstacles.forEach(obstacle -> out.println("   !  " + obstacle));
        if (!obstacles.isEmpty() && !settings.force()) {
            throw new DemoException("this cluster cannot be wired as it is; --force tries all the same");
        }
    }

    private Cluster.Machine serverNode(Cluster cluster) {
        return settings.serverNode()
                .map(name -> cluster.machines().stream()
                        .filter(machine -> machine.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new DemoException("there is no node " + name)))
                .orElseGet(cluster::serverNode);
    }

    private Manifests manifests(Image weft, Cluster cluster, Cluster.Machine server, int underlay) throws IOException {
        String api = settings.api()
                .orElseGet(() -> (cluster.apiHost().contains(":") ? "[" + cluster.apiHost() + "]" : cluster.apiHost())
                        + ":" + cluster.apiPort());
        return manifests(settings, weft.reference(), server.address(), api, servicePrefixes(cluster), underlay);
    }

    private String servicePrefixes(Cluster cluster) {
        return settings.servicePrefixes().isEmpty() ? cluster.servicePrefixes() : text(settings.servicePrefixes());
    }

    private static String text(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).collect(Collectors.joining(","));
    }

    /** The manifests with an installation's values; without prefixes of Services the controller leaves these alone. */
    public static Manifests manifests(
            Settings settings, String image, String server, String api, String servicePrefixes, int underlay)
            throws IOException {
        int colon = api.lastIndexOf(':');
        if (colon < 1) {
            throw new DemoException("'" + api + "' is not HOST:PORT");
        }
        boolean six = server.contains(":");
        Map<String, String> values = new LinkedHashMap<>();
        values.put("servers", "https://" + (six ? "[" + server + "]" : server) + ":9697");
        values.put("api-server-host", api.substring(0, colon).replaceAll("[\\[\\]]", ""));
        values.put("api-server-port", api.substring(colon + 1));
        values.put("pod-cidrs", text(settings.podPrefixes()));
        if (!servicePrefixes.isEmpty()) {
            values.put("service-cidrs", servicePrefixes);
        }
        values.put("mtu", Integer.toString(settings.mtu().orElse(underlay - (six ? 70 : 50))));
        return Manifests.read(settings.manifests(), image, values);
    }

    /** Loads an archive's images onto every node by its own containerd. */
    public Optional<Integer> load(Cluster cluster, Path archive) throws IOException, InterruptedException {
        Loader loader = new Loader(client, commands, patience, settings.socket());
        int least = Integer.MAX_VALUE;
        for (Cluster.Machine machine : cluster.machines()) {
            least = Math.min(
                    least,
                    step(
                            "images to node " + machine.name() + ", by a pod with image " + Loader.imageOn(machine),
                            () -> loader.load(machine, archive)));
        }
        return Optional.of(least);
    }

    /** Without the version that was read: kubelets write to their nodes all the time. */
    private void label(Cluster.Machine machine, String value) {
        client.nodes()
                .withName(machine.name())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"" + Manifests.SERVER_LABEL + "\":" + value + "}}}");
    }

    private boolean apply(List<? extends HasMetadata> objects) {
        for (HasMetadata object : objects) {
            client.resource(object).fieldManager("weft").forceConflicts().serverSideApply();
        }
        return true;
    }

    private boolean awaitDeployments(Manifests manifests) {
        for (HasMetadata object : manifests.objects()) {
            if (object instanceof Deployment deployment) {
                String name = deployment.getMetadata().getName();
                patience.until("Deployment " + name, () -> {
                    Deployment now = client.resource(deployment).get();
                    boolean done = now != null
                            && now.getStatus() != null
                            && number(now.getStatus().getObservedGeneration())
                                    >= now.getMetadata().getGeneration()
                            && number(now.getStatus().getUpdatedReplicas())
                                    >= now.getSpec().getReplicas()
                            && number(now.getStatus().getAvailableReplicas())
                                    >= now.getSpec().getReplicas()
                            && number(now.getStatus().getUnavailableReplicas()) == 0;
                    return done ? Optional.empty() : Optional.of(first(name));
                });
            }
        }
        return true;
    }

    private boolean awaitAgents(Manifests manifests) {
        DaemonSet agents = manifests.agents();
        patience.until("DaemonSet " + agents.getMetadata().getName(), () -> {
            DaemonSet now = client.resource(agents).get();
            boolean done = now != null
                    && now.getStatus() != null
                    && number(now.getStatus().getObservedGeneration())
                            >= now.getMetadata().getGeneration()
                    && number(now.getStatus().getDesiredNumberScheduled()) > 0
                    && number(now.getStatus().getUpdatedNumberScheduled())
                            .equals(number(now.getStatus().getDesiredNumberScheduled()))
                    && number(now.getStatus().getNumberReady())
                            .equals(number(now.getStatus().getDesiredNumberScheduled()));
            return done
                    ? Optional.empty()
                    : Optional.of(first(agents.getMetadata().getName()));
        });
        return true;
    }

    private static Long number(Number value) {
        return value == null ? 0L : value.longValue();
    }

    /** What the first pod of a workload that does not run is about. */
    private String first(String workload) {
        return client
                .pods()
                .inNamespace(Manifests.NAMESPACE)
                .withLabel("app.kubernetes.io/name", workload)
                .list()
                .getItems()
                .stream()
                .filter(pod -> !Pods.isRunning(pod))
                .min(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .map(Pods::describe)
                .orElse("it has no pods that wait");
    }

    private boolean awaitNodes(Cluster cluster) {
        patience.until(
                "the nodes' kubelets to find the network",
                () -> Cluster.read(client).machines().stream()
                        .filter(machine -> !machine.ready())
                        .findFirst()
                        .map(machine -> machine.name() + ": " + machine.reason()));
        return !cluster.machines().isEmpty();
    }

    /** What Weft's pods and those of the demonstration are about, for one who looks for a fault. */
    public String account() {
        return Pods.account(client, Manifests.NAMESPACE) + "\n" + Pods.account(client, Proofs.NAMESPACE);
    }

    /** Takes everything away: pods of the demonstration, what agents left on nodes, Weft itself. */
    public void remove() throws IOException, InterruptedException {
        Manifests manifests = Manifests.read(settings.manifests(), "localhost/weft", Map.of());
        step("the demonstration's pods", () -> {
            client.namespaces().withName(Proofs.NAMESPACE).delete();
            patience.until(
                    "namespace " + Proofs.NAMESPACE + " to end",
                    () -> Optional.ofNullable(client.namespaces()
                                    .withName(Proofs.NAMESPACE)
                                    .get())
                            .map(_ -> "it is still there"));
            return true;
        });
        DaemonSet agents = client.resource(manifests.agents()).get();
        if (agents != null) {
            step("the agents", () -> {
                client.resource(agents).delete();
                patience.until(
                        "the agents to end",
                        () -> client
                                .pods()
                                .inNamespace(Manifests.NAMESPACE)
                                .withLabel("app.kubernetes.io/name", "weft-agent")
                                .list()
                                .getItems()
                                .stream()
                                .findFirst()
                                .map(Pods::describe));
                return true;
            });
            for (Cluster.Machine machine : Cluster.read(client).machines()) {
                step("what the agent left on node " + machine.name(), () -> purge(agents, machine));
            }
        }
        step("all objects", () -> {
            for (HasMetadata object : manifests.objects().reversed()) {
                client.resource(object).delete();
            }
            for (Cluster.Machine machine : Cluster.read(client).machines()) {
                if (machine.server()) {
                    label(machine, "null");
                }
            }
            return true;
        });
        out.println("  left on the server's node: /var/lib/weft, with the store");
    }

    /** The agent's own pod once more, with other commands. */
    static Pod purging(DaemonSet agents, String node) {
        PodSpec spec =
                new DaemonSetBuilder(agents).build().getSpec().getTemplate().getSpec();
        spec.setNodeName(node);
        spec.setNodeSelector(Map.of());
        spec.setRestartPolicy("Never");
        spec.getInitContainers()
                .forEach(container ->
                        container.setArgs(List.of("cni", "uninstall", "--directory", "/host/opt/cni/bin")));
        spec.getContainers().forEach(container -> {
            container.setArgs(List.of("agent", "--purge", "--cni-configuration=/host/etc/cni/net.d/10-weft.conflist"));
            container.setEnv(List.of());
            container.setVolumeMounts(container.getVolumeMounts().stream()
                    .filter(mount -> !mount.getName().equals("enrolment"))
                    .toList());
        });
        spec.setVolumes(spec.getVolumes().stream()
                .filter(volume -> !volume.getName().equals("enrolment"))
                .toList());
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(Manifests.NAMESPACE)
                .withName(Pods.name("weft-purge-", node))
                .endMetadata()
                .withSpec(spec)
                .build();
    }

    private boolean purge(DaemonSet agents, Cluster.Machine machine) {
        Pod pod = purging(agents, machine.name());
        Pods.create(client, patience, pod);
        Pods.awaitSucceeded(
                client, patience, Manifests.NAMESPACE, pod.getMetadata().getName());
        client.resource(pod).delete();
        return true;
    }
}
