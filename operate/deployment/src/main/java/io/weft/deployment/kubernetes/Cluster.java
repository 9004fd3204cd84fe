package io.weft.deployment.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a cluster is before Weft is on it.
 *
 * @param version of its API server
 * @param apiHost an address at which nodes reach the API without a service
 * @param networks DaemonSets of other networks, {@code NAMESPACE/NAME}
 * @param kubeProxy whether a DaemonSet {@code kube-proxy} is there
 * @param servicePrefixes where Services' addresses are from, with commas between them; empty when that is not known
 */
public record Cluster(
        String version,
        String apiHost,
        int apiPort,
        List<Machine> machines,
        List<String> networks,
        boolean kubeProxy,
        String servicePrefixes) {
    private static final Set<String> KNOWN_NETWORKS = Set.of(
            "calico-node",
            "canal",
            "cilium",
            "antrea-agent",
            "kindnet",
            "kube-flannel-ds",
            "kube-ovn-cni",
            "kube-router",
            "ovnkube-node",
            "weave-net");
    private static final Pattern MINOR = Pattern.compile("v1\\.(\\d{1,3})\\b.*");
    private static final int LEAST_MINOR = 32;
    private static final String SERVICE_OPTION = "--service-cluster-ip-range=";

    public Cluster {
        machines = List.copyOf(machines);
        networks = List.copyOf(networks);
    }

    /**
     * A node.
     *
     * @param address its own
     * @param runtime such as {@code containerd://2.1.0}
     * @param ready whether its kubelet says so, which it does not before there is a network
     * @param reason why not
     * @param images names of images that are on it
     */
    public record Machine(
            String name,
            String address,
            String kubelet,
            String runtime,
            String architecture,
            boolean controlPlane,
            boolean server,
            boolean ready,
            String reason,
            List<String> images) {}

    /** Asks the cluster. */
    public static Cluster read(KubernetesClient client) {
        EndpointSlice api = client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .withLabel("kubernetes.io/service-name", "kubernetes")
                .list()
                .getItems()
                .stream()
                .filter(slice ->
                        !slice.getEndpoints().isEmpty() && !slice.getPorts().isEmpty())
                .min(Comparator.comparing(EndpointSlice::getAddressType))
                .orElseThrow(() -> new DemoException(
                        "the service default/kubernetes has no EndpointSlice: use --api-server HOST:PORT"));
        List<String> networks = new ArrayList<>();
        boolean kubeProxy = false;
        for (DaemonSet set : client.apps().daemonSets().inAnyNamespace().list().getItems()) {
            String name = set.getMetadata().getName();
            kubeProxy |= name.equals("kube-proxy");
            if (KNOWN_NETWORKS.contains(name)) {
                networks.add(set.getMetadata().getNamespace() + "/" + name);
            }
        }
        return new Cluster(
                client.getKubernetesVersion().getGitVersion(),
                api.getEndpoints().getFirst().getAddresses().getFirst(),
                api.getPorts().getFirst().getPort(),
                client.nodes().list().getItems().stream().map(Cluster::machine).toList(),
                networks,
                kubeProxy,
                servicePrefixes(client));
    }

    /** From the object that says it since 1.33, or else from the command of an API server that is a pod. */
    private static String servicePrefixes(KubernetesClient client) {
        try {
            GenericKubernetesResource prefixes = client.genericKubernetesResources(
                            "networking.k8s.io/v1", "ServiceCIDR")
                    .withName("kubernetes")
                    .get();
            if (prefixes != null && prefixes.get("spec", "cidrs") instanceof List<?> cidrs && !cidrs.isEmpty()) {
                return cidrs.stream().map(String::valueOf).collect(Collectors.joining(","));
            }
        } catch (KubernetesClientException e) {
            // An older API server does not have this kind.
            System.getLogger(Cluster.class.getName()).log(System.Logger.Level.DEBUG, "no ServiceCIDR", e);
        }
        return client
                .pods()
                .inNamespace("kube-system")
                .withLabel("component", "kube-apiserver")
                .list()
                .getItems()
                .stream()
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .flatMap(container -> Stream.concat(container.getCommand().stream(), container.getArgs().stream()))
                .filter(word -> word.startsWith(SERVICE_OPTION))
                .map(word -> word.substring(SERVICE_OPTION.length()))
                .findFirst()
                .orElse("");
    }

    private static Machine machine(Node node) {
        String name = node.getMetadata().getName();
        String address = node.getStatus().getAddresses().stream()
                .filter(each -> each.getType().equals("InternalIP"))
                .map(each -> each.getAddress())
                .min(Comparator.comparing(text -> text.contains(":")))
                .orElseThrow(() -> new DemoException("node " + name + " has no InternalIP"));
        Optional<NodeCondition> ready = node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst();
        return new Machine(
                name,
                address,
                node.getStatus().getNodeInfo().getKubeletVersion(),
                node.getStatus().getNodeInfo().getContainerRuntimeVersion(),
                node.getStatus().getNodeInfo().getArchitecture(),
                node.getMetadata().getLabels().containsKey("node-role.kubernetes.io/control-plane"),
                node.getMetadata().getLabels().containsKey(Manifests.SERVER_LABEL),
                ready.map(condition -> condition.getStatus().equals("True")).orElse(false),
                ready.map(NodeCondition::getMessage).orElse("its kubelet has not reported"),
                node.getStatus().getImages().stream()
                        .flatMap(image -> image.getNames().stream())
                        .toList());
    }

    /**
     * What stands against Weft on this cluster; empty when nothing does.
     *
     * @param architecture the processor that the images are for
     * @param installed whether Weft is there already, so that its nodes may be ready
     * @param podPrefixes where pods' addresses will be from
     */
    public List<String> obstacles(String architecture, boolean installed, List<io.weft.model.IpPrefix> podPrefixes) {
        List<String> obstacles = new ArrayList<>();
        if (machines.isEmpty()) {
            obstacles.add("the cluster has no nodes");
        }
        networks.forEach(name -> obstacles.add("another network is installed: DaemonSet " + name));
        for (Machine machine : machines) {
            String node = "node " + machine.name() + " ";
            Matcher kubelet = MINOR.matcher(machine.kubelet());
            if (!kubelet.matches() || Integer.parseInt(kubelet.group(1)) < LEAST_MINOR) {
                obstacles.add(node + "has kubelet " + machine.kubelet() + "; 1." + LEAST_MINOR + " is the oldest");
            }
            if (!machine.runtime().startsWith("containerd://2")) {
                obstacles.add(node + "has " + machine.runtime() + "; containerd 2 is needed");
            }
            if (!machine.architecture().equals(architecture)) {
                obstacles.add(node + "is " + machine.architecture() + ", the images are for " + architecture);
            }
            if (machine.ready() && !installed) {
                obstacles.add(node + "is ready, so that another network must be configured on it");
            }
            IpAddress address = IpAddress.parse(machine.address());
            podPrefixes.stream()
                    .filter(prefix -> prefix.contains(address))
                    .forEach(prefix -> obstacles.add(node + "has its address in the pods' prefix " + prefix));
        }
        return obstacles;
    }

    /** Where the server shall be: the node that has its label, or the first of the control plane, or the first. */
    public Machine serverNode() {
        return machines.stream()
                .min(Comparator.comparing((Machine machine) -> !machine.server())
                        .thenComparing(machine -> !machine.controlPlane())
                        .thenComparing(Machine::name))
                .orElseThrow(() -> new DemoException("the cluster has no nodes"));
    }
}
