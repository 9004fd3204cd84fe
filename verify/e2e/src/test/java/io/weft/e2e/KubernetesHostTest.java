package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Nodes and their pods, by real packets in both families: two hosts with a pod each, their own processes, and one who stands
 * outside. The API server is fabric8's; all else is Weft's own. Longer than most: all is tried on one topology, which takes
 * most of the time.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesHostTest {
    private static final String PROJECT = "a0be00000000000000000000000000c2";
    private static final List<String> NODE_PORT_ADDRESSES = List.of("10.96.255.254", "fd96::fffe");
    private static final int NODE_PORT = 30080;
    private static final int KUBELET = 10250;

    /** Answers HTTP with its name and the caller's address. */
    private static final String SERVER = """
        import http.server, socket, sys
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = (sys.argv[1] + " " + self.client_address[0].replace("::ffff:", "")).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6
            def server_bind(self):
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                super().server_bind()
        Server(("::", int(sys.argv[2])), Answer).serve_forever()
        """;

    private static Cloud cloud;
    private static Cluster kubernetes;
    private static KubernetesClient cluster;
    private static Api api;
    private static Path server;
    private static List<Host> hosts;
    private static Place one;
    private static Place other;
    /** One who is no node, beyond the hosts' uplinks. */
    private static Workload outside;

    /**
     * A node and the pod on it.
     *
     * @param pod its addresses, IPv4 first, as all here
     * @param node the node's addresses
     * @param port its host port's addresses
     */
    private record Place(Host host, Workload workload, List<String> pod, List<String> node, List<String> port) {
        /** What a process of the node says when it asks for this. */
        String fromHost(String url) {
            return get(Shell.attempt(Duration.ofSeconds(20), "", host.enter(curl(url))));
        }

        String fromPod(String url) {
            return get(workload.attempt(Duration.ofSeconds(20), curl(url).toArray(String[]::new)));
        }

        private static String get(Shell.Result result) {
            return result.ok() ? result.output() : "";
        }

        String name() {
            return workload.name();
        }
    }

    private static List<String> curl(String url) {
        return List.of("curl", "-s", "-g", "--noproxy", "*", "--connect-timeout", "3", "-m", "10", url);
    }

    private static String url(String address, int port) {
        return "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port + "/";
    }

    @BeforeAll
    static void build() throws IOException {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        hosts = List.of(cloud.addHost("host1"), cloud.addHost("host2"));
        for (Host host : hosts) {
            Shell.run(host.enter(List.of("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")));
        }
        api = cloud.api(PROJECT);
        String router = id(api.create("router", Map.of("name", "cluster")));
        String services = id(api.create("network", Map.of("name", "services")));
        for (String cidr : List.of("10.96.0.0/16", "fd96::/64")) {
            api.connect(
                    router,
                    id(api.create(
                            "subnet",
                            Map.of("network_id", services, "ip_version", cidr.contains(":") ? 6 : 4, "cidr", cidr))));
        }
        server = Files.writeString(cloud.makeDirectory("scripts").resolve("server.py"), SERVER);
        outside = new Workload("outside", cloud.prefix() + "underlay", cloud.makeDirectory("outside"));
        kubernetes = new Cluster(cloud);
        cluster = kubernetes.client();
        for (String namespace : List.of("kube-system", "web")) {
            cluster.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .create();
        }
        hosts.forEach(host -> cluster.resource(node(host)).create());
        kubernetes.control(
                PROJECT,
                "kubernetes.router = cluster\nkubernetes.node-port-addresses = "
                        + String.join(", ", NODE_PORT_ADDRESSES) + "\n");
        one = join(hosts.get(0), "a");
        other = join(hosts.get(1), "b");
        balance(api.show("network", services).get("subnets"));
    }

    private static Node node(Host host) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName(host.name())
                .withLabels(Map.of("host", host.name()))
                .endMetadata()
                .withNewStatus()
                .endStatus();
        for (String address : addresses(host)) {
            node.editStatus()
                    .addNewAddress()
                    .withType("InternalIP")
                    .withAddress(address)
                    .endAddress()
                    .endStatus();
        }
        return node.build();
    }

    /** The host's addresses on its uplink. */
    private static List<String> addresses(Host host) {
        return Shell.run(host.enter(List.of("ip", "-o", "address", "show", "dev", "eth0", "scope", "global")))
                .lines()
                .map(line -> line.replaceAll(".* inet6? ([0-9a-f.:]+)/.*", "$1"))
                .sorted(Comparator.comparing(address -> address.contains(":")))
                .toList();
    }

    /** A pod on the host, as its runtime makes it, and a process of the host's own; both answer. */
    private static Place join(Host host, String name) {
        Pod pod = cluster.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("web")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(host.name())
                        .endSpec()
                        .build())
                .create();
        Cluster.Joined joined = kubernetes.join(name, pod, new Cni(host));
        Workload workload = joined.workload();
        workload.start("python3", server.toString(), name, "80");
        Wait.until(name + " to listen", () -> workload.run("ss", "-Hltn").contains(":80"));
        cloud.closeLater(Background.start(
                cloud.log("kubelet-" + name),
                host.enter(List.of("python3", server.toString(), host.name(), Integer.toString(KUBELET)))));
        return new Place(host, workload, joined.addresses(), addresses(host), awaitHostPort(host));
    }

    private static List<String> awaitHostPort(Host host) {
        return Wait.until(host.name() + " to join the network", Duration.ofMinutes(1), () -> {
            JsonNode ports = api.list("port", "?device_owner=compute:kubernetes-host&binding:host_id=" + host.name());
            if (ports.isEmpty() || !ports.get(0).get("status").asString().equals("ACTIVE")) {
                return Optional.empty();
            }
            List<String> addresses = new ArrayList<>();
            ports.get(0)
                    .get("fixed_ips")
                    .forEach(ip -> addresses.add(ip.get("ip_address").asString()));
            addresses.sort(Comparator.comparing(address -> address.contains(":")));
            return Optional.of(List.copyOf(addresses));
        });
    }

    /** A node port that leads to the pod on the second host, one to the pod on the first, and one to the second host. */
    private static void balance(JsonNode subnets) {
        for (JsonNode subnet : subnets) {
            boolean ipv6 =
                    api.show("subnet", subnet.asString()).get("ip_version").asInt() == 6;
            int family = ipv6 ? 1 : 0;
            String balancer = make(
                    "loadbalancer",
                    Map.of("vip_subnet_id", subnet.asString(), "vip_address", NODE_PORT_ADDRESSES.get(family)));
            List<String> members = List.of(
                    other.pod().get(family), one.pod().get(family), other.node().get(family));
            for (int number = 0; number < members.size(); number++) {
                String listener = make(
                        "listener",
                        Map.of("loadbalancer_id", balancer, "protocol", "TCP", "protocol_port", NODE_PORT + number));
                String pool = make(
                        "pool", Map.of("listener_id", listener, "protocol", "TCP", "lb_algorithm", "SOURCE_IP_PORT"));
                make(
                        "pools/" + pool + "/member",
                        "member",
                        Map.of("address", members.get(number), "protocol_port", number == 2 ? KUBELET : 80));
            }
        }
    }

    private static String make(String kind, Map<String, ?> attributes) {
        return make(kind, kind, attributes);
    }

    private static String make(String path, String kind, Map<String, ?> attributes) {
        Api.Answer answer = api.call("POST", "/v2/lbaas/" + path + "s", Map.of(kind, attributes));
        assertThat(answer.status()).as(() -> answer.body().toString()).isEqualTo(201);
        return id(answer.body().get(kind));
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    @AfterEach
    void removePolicies() {
        cluster.network()
                .v1()
                .networkPolicies()
                .inAnyNamespace()
                .list()
                .getItems()
                .forEach(policy -> cluster.resource(policy).delete());
    }

    /** All pods are closed but for what the policy's rules say. */
    private static void apply(String name, String spec) {
        cluster.resource(Serialization.unmarshal("""
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {namespace: web, name: %s}
            spec: %s
            """.formatted(name, spec), NetworkPolicy.class))
                .create();
    }

    private interface Question {
        String ask();
    }

    private static void becomes(String what, Question question, String answer) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        String last = question.ask();
        while (!last.equals(answer) && System.nanoTime() < end) {
            last = question.ask();
        }
        assertThat(last).as(what).isEqualTo(answer);
    }

    @Test
    @Order(1)
    void processesOfAHostReachPodsOnAnyHost() {
        for (Place from : List.of(one, other)) {
            for (Place to : List.of(one, other)) {
                for (int family = 0; family < 2; family++) {
                    becomes(
                            from.host().name() + " calls " + to.name(),
                            caller(from, to, family),
                            to.name() + " " + from.port().get(family));
                }
            }
        }
    }

    private static Question caller(Place from, Place to, int family) {
        return () -> from.fromHost(url(to.pod().get(family), 80));
    }

    @Test
    @Order(2)
    void podsReachTheAddressesOfAnyHost() {
        for (Place from : List.of(one, other)) {
            for (Place to : List.of(one, other)) {
                for (int family = 0; family < 2; family++) {
                    for (String address :
                            List.of(to.node().get(family), to.port().get(family))) {
                        becomes(
                                from.name() + " calls " + address,
                                () -> from.fromPod(url(address, KUBELET)),
                                to.host().name() + " " + from.pod().get(address.contains(":") ? 1 : 0));
                    }
                }
            }
        }
    }

    @Test
    @Order(3)
    void aHostSpeaksWithItsOwnPodsWhateverPoliciesSay() {
        apply("p", "{podSelector: {}, policyTypes: [Ingress, Egress]}");
        for (int family = 0; family < 2; family++) {
            becomes("the other node's call", caller(other, one, family), "");
            becomes(
                    "the node's own probe",
                    caller(one, one, family),
                    "a " + one.port().get(family));
            becomes(
                    "the other node's own probe",
                    caller(other, other, family),
                    "b " + other.port().get(family));
            String own = one.node().get(family);
            String foreign = other.node().get(family);
            becomes(
                    "a pod's call to its own node",
                    () -> one.fromPod(url(own, KUBELET)),
                    "host1 " + one.pod().get(family));
            becomes("a pod's call to another node", () -> one.fromPod(url(foreign, KUBELET)), "");
            becomes(
                    "the node's own probe still",
                    caller(one, one, family),
                    "a " + one.port().get(family));
        }
    }

    @Test
    @Order(4)
    void anotherHostIsLetInByItsAddress() {
        apply(
                "p",
                "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: %s/32}}]}]}"
                        .formatted(other.port().getFirst()));
        becomes("by its address", caller(other, one, 0), "a " + other.port().getFirst());
        becomes("not in the other family", caller(other, one, 1), "");
        apply("q", "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}");
        becomes("by no selector", caller(other, one, 1), "");
    }

    @Test
    @Order(5)
    void policiesOfTheClusterDenyNodesByTheirLabelsAndNoNodesProbeOfItsPods() {
        kubernetes.offerPolicies();
        var policy = kubernetes.createPolicy(
                "ClusterNetworkPolicy",
                "nodes",
                "{tier: Admin, priority: 0, subject: {namespaces: {}}, "
                        + "ingress: [{action: Deny, from: [{whatIsNotKnown: {}}]}], "
                        + "egress: [{action: Deny, to: [{nodes: {matchLabels: {host: host2}}}]}]}");
        try {
            for (int family = 0; family < 2; family++) {
                String denied = other.node().get(family);
                becomes("a call to a node of the label", () -> one.fromPod(url(denied, KUBELET)), "");
                String own = one.node().get(family);
                becomes(
                        "a call to another one",
                        () -> one.fromPod(url(own, KUBELET)),
                        "host1 " + one.pod().get(family));
                becomes(
                        "the node's own probe",
                        caller(other, other, family),
                        "b " + other.port().get(family));
            }
            becomes(
                    "by the node's other address",
                    () -> one.fromPod(url(other.port().get(0), KUBELET)),
                    "");
            becomes("the other node's call", caller(other, one, 1), "");
        } finally {
            kubernetes.policies(policy.getKind()).resource(policy).delete();
        }
        becomes(
                "the call when the policy is gone",
                () -> one.fromPod(url(other.node().get(0), KUBELET)),
                "host2 " + one.pod().get(0));
        becomes(
                "the other node's call then",
                caller(other, one, 1),
                "a " + other.port().get(1));
    }

    @Test
    @Order(6)
    void virtualAddressesAndNodePortsAreReachedFromHostsPodsAndOutside() {
        for (int family = 0; family < 2; family++) {
            int of = family;
            String remote = "b " + one.port().get(family);
            String local = "a " + one.port().get(family);
            becomes(
                    "the virtual address itself",
                    () -> one.fromHost(url(NODE_PORT_ADDRESSES.get(of), NODE_PORT)),
                    remote);
            becomes(
                    "a service of a node, from a pod",
                    () -> one.fromPod(url(NODE_PORT_ADDRESSES.get(of), NODE_PORT + 2)),
                    "host2 " + one.pod().get(family));
            becomes(
                    "a service of a node, from another",
                    () -> one.fromHost(url(NODE_PORT_ADDRESSES.get(of), NODE_PORT + 2)),
                    "host2 " + one.port().get(family));
            becomes("from outside", () -> fromOutside(one.node().get(of), NODE_PORT), remote);
            becomes(
                    "from outside, to a pod of the node",
                    () -> fromOutside(one.node().get(of), NODE_PORT + 1),
                    local);
            becomes("from the host", () -> one.fromHost(url(one.node().get(of), NODE_PORT)), remote);
            becomes(
                    "from a pod, by another node",
                    () -> other.fromPod(url(one.node().get(of), NODE_PORT + 1)),
                    local);
        }
        becomes(
                "from the host's loopback",
                () -> one.fromHost(url("127.0.0.1", NODE_PORT)),
                "b " + one.port().getFirst());
        becomes("at no listener", () -> fromOutside(one.node().getFirst(), NODE_PORT + 9), "");
    }

    private static String fromOutside(String address, int port) {
        Shell.Result result =
                outside.attempt(Duration.ofSeconds(20), curl(url(address, port)).toArray(String[]::new));
        return result.ok() ? result.output() : "";
    }

    @Test
    @Order(6)
    void theHostLeadsNoPodElsewhere() {
        // By the host port's MAC to an address that is none of the host's.
        String target = other.node().getFirst();
        one.workload()
                .run(
                        "ip",
                        "route",
                        "replace",
                        "198.18.0.0/15",
                        "via",
                        one.port().getFirst(),
                        "dev",
                        "eth0");
        try {
            assertThat(one.fromPod(url(target, KUBELET))).isEmpty();
            assertThat(one.host().weft("drops", "--port", hostPort(one))).contains("HOST_REFUSED");
        } finally {
            one.workload().run("ip", "route", "del", "198.18.0.0/15");
        }
    }

    private static String hostPort(Place place) {
        return id(api.list(
                        "port",
                        "?device_owner=compute:kubernetes-host&binding:host_id="
                                + place.host().name())
                .get(0));
    }

    @Test
    @Order(7)
    void nothingIsLostWhileTheAgentIsReplaced() {
        String before = device(one);
        Background pings = Background.start(
                cloud.log("pings"),
                one.host()
                        .enter(List.of(
                                "ping",
                                "-n",
                                "-i",
                                "0.05",
                                "-W",
                                "5",
                                other.pod().getFirst())));
        Wait.until("answers", () -> pings.output().contains("icmp_seq=5 "));
        one.host().agent().kill();
        one.host().startAgent();
        Wait.until("the agent to be there", () -> one.host().weft("ports").contains(hostPort(one)));
        one.host().weft("ports");
        long seen = pings.output()
                .lines()
                .filter(line -> line.contains("icmp_seq="))
                .count();
        Wait.until(
                "more answers",
                () -> pings.output()
                                .lines()
                                .filter(line -> line.contains("icmp_seq="))
                                .count()
                        > seen + 20);
        Shell.run("kill", "-INT", Long.toString(pings.pid()));
        Wait.until("the sum", () -> pings.output().contains("packet loss"));
        assertThat(pings.output()).contains(" 0% packet loss");
        assertThat(device(one)).isEqualTo(before);
        becomes(
                "node ports",
                () -> fromOutside(one.node().getFirst(), NODE_PORT),
                "b " + one.port().getFirst());
    }

    private static String device(Place place) {
        return Shell.run(place.host().enter(List.of("ip", "-o", "link", "show", "weft-host")));
    }

    @Test
    @Order(8)
    void aNodeThatLeavesTheClusterLeavesTheNetwork() {
        List<String> routes = routes();
        assertThat(routes)
                .contains(Stream.concat(one.node().stream(), other.node().stream())
                        .map(address -> address + (address.contains(":") ? "/128" : "/32"))
                        .toArray(String[]::new));
        cluster.nodes().withName("host2").delete();
        Wait.until("its routes to go", () -> routes().size() == routes.size() - 2);
        Wait.until(
                "its device to go",
                () -> !Shell.run(other.host().enter(List.of("ip", "-o", "link")))
                        .contains("weft-host"));
        Wait.until(
                "its rules to go",
                () -> !Shell.run(other.host().enter(List.of("nft", "list", "ruleset")))
                        .contains("weft-node-ports"));
        becomes("the other node", caller(one, other, 0), "b " + one.port().getFirst());
    }

    private static List<String> routes() {
        List<String> destinations = new ArrayList<>();
        api.list("router", "?name=cluster")
                .get(0)
                .get("routes")
                .forEach(route -> destinations.add(route.get("destination").asString()));
        return destinations;
    }
}
