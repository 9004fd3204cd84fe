package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.weft.e2e.Nested.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Pods in virtual machines of two tenants on two hosts. Each machine's kernel has 802.1Q, and its agent the token of a member of
 * the tenant's project. The tenants use the same addresses.
 */
@Tag("long")
class NestedTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final String OPERATOR = "operator-token";
    private static final String API = "10.0.0.2";
    private static final int API_PORT = 9696;

    private static Cloud cloud;
    private static Api operator;
    private static Api alpha;
    private static Api beta;
    private static Nested one;
    private static Nested two;
    private static Nested other;

    @BeforeAll
    static void boot() throws InterruptedException, ExecutionException {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServerWithTokens(List.of(
                OPERATOR + " operators root admin", "alpha-token alpha alice member", "beta-token beta bob member"));
        Host left = cloud.addHost("host1");
        Host right = cloud.addHost("host2");
        operator = cloud.apiWithToken(OPERATOR);
        alpha = cloud.apiWithToken("alpha-token");
        beta = cloud.apiWithToken("beta-token");
        List<String> machines = new ArrayList<>();
        for (Api tenant : List.of(alpha, beta)) {
            String network = network(tenant, "machines", List.of("10.0.0.0/24"));
            network(tenant, "pods", List.of("10.1.0.0/24", "fd00:1::/64"));
            serveApi(tenant, network, left);
            machines.add(network);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Nested> first = threads.submit(() -> machine(alpha, left, machines.get(0), "alpha1"));
            Future<Nested> second = threads.submit(() -> machine(alpha, right, machines.get(0), "alpha2"));
            Future<Nested> third = threads.submit(() -> machine(beta, right, machines.get(1), "beta1"));
            one = first.get();
            two = second.get();
            other = third.get();
        }
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    private static String network(Api tenant, String name, List<String> prefixes) {
        String network = id(tenant.create("network", Map.of("name", name)));
        for (String prefix : prefixes) {
            boolean six = prefix.contains(":");
            Map<String, Object> subnet = new HashMap<>();
            subnet.put("network_id", network);
            subnet.put("ip_version", six ? 6 : 4);
            subnet.put("cidr", prefix);
            tenant.create("subnet", subnet);
        }
        return network;
    }

    /** The API is reached at an address of the tenant's own network, as by a router in a cloud. */
    private static void serveApi(Api tenant, String network, Host host) {
        String port = bound(tenant, network, host, Map.of("fixed_ips", List.of(Map.of("ip_address", API))));
        String name = "api" + port.substring(0, 8);
        Workload relay = host.attach(name, port);
        relay.run("ip", "address", "add", API + "/24", "dev", "eth0");
        Path socket = cloud.makeDirectory("relay").resolve(name);
        String server = "TCP:127.0.0.1:" + cloud.server().api().getPort();
        cloud.closeLater(
                Background.start(cloud.log(name), List.of("socat", "UNIX-LISTEN:" + socket + ",fork", server)));
        relay.start("socat", "TCP-LISTEN:" + API_PORT + ",fork,reuseaddr", "UNIX-CONNECT:" + socket);
    }

    /** A tenant makes the port, the operator binds it. */
    private static String bound(Api tenant, String network, Host host, Map<String, ?> more) {
        Map<String, Object> attributes = new HashMap<>(more);
        attributes.put("network_id", network);
        String port = id(tenant.create("port", attributes));
        operator.update("port", port, Map.of("binding:host_id", host.name()));
        return port;
    }

    private static Nested machine(Api tenant, Host host, String network, String name) {
        Nested machine = Nested.boot(cloud, tenant, operator, host, network, name);
        machine.startAgent(url(), token(tenant));
        return machine;
    }

    private static String url() {
        return "http://" + API + ":" + API_PORT;
    }

    private static String token(Api tenant) {
        return tenant == beta ? "beta-token" : "alpha-token";
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }

    private static Map<String, Object> onPods(Object... more) {
        Map<String, Object> configuration = new HashMap<>(Map.of("network", "pods"));
        for (int i = 0; i < more.length; i += 2) {
            configuration.put((String) more[i], more[i + 1]);
        }
        return configuration;
    }

    private static JsonNode subports(Api tenant, Nested machine) {
        return tenant.show("trunk", machine.trunk()).get("sub_ports");
    }

    private static JsonNode port(Api tenant, Pod pod) {
        return tenant.list("port", "?tags=weft:cni:attachment=" + pod.name() + ":eth0")
                .get(0);
    }

    @Test
    void podsOfTwoMachinesReachEachOtherAndNobodyOfTheOtherTenant() {
        Pod first = one.pod("first", onPods());
        Pod second = two.pod("second", onPods());
        // Of the other tenant, with the address of the second.
        Pod stranger = other.pod("stranger", onPods("runtimeConfig", Map.of("ips", List.of(second.address()))));
        assertThat(stranger.address()).isEqualTo(second.address());
        assertThat(port(alpha, first).get("status").asString()).isEqualTo("ACTIVE");
        assertThat(id(operator.list("port", "?id=" + id(port(alpha, first))).get(0)))
                .isNotEmpty();
        assertThat(operator.show("port", id(port(alpha, first)))
                        .get("binding:host_id")
                        .asString())
                .isEqualTo("host1");
        second.serve();
        stranger.serve();
        for (String address : second.addresses()) {
            assertThat(first.pings(address)).as("the second pod at " + address).isTrue();
            assertThat(first.sends(address, PATIENT)).isEqualTo("second");
        }
        assertThat(first.run("ip link show eth0").output())
                .contains(port(alpha, first).get("mac_address").asString(), "mtu 1450");
        // The same address is the tenant's own pod, and one that only the other tenant has is nobody's.
        assertThat(stranger.pings(first.address())).as("the other tenant").isFalse();

        // An ordinary workload of the network, on a host, in both directions.
        String ordinary = bound(alpha, port(alpha, first).get("network_id").asString(), cloud.host("host2"), Map.of());
        Workload plain = cloud.host("host2").attach("plain", ordinary);
        plain.dhcp();
        plain.serve();
        String address = plain.awaitAddresses(1).getFirst();
        assertThat(first.sends(address, PATIENT)).isEqualTo("plain");
        assertThat(plain.sends(second.address(), PATIENT)).isEqualTo("second");
        assertThat(plain.pings(first.address())).isTrue();

        // A tenant's agent sees nothing of the other project.
        Shell.Result refused = other.cni(
                "ADD",
                "stranger",
                "net1",
                Map.of("network", port(alpha, first).get("network_id").asString()));
        assertThat(refused.ok()).isFalse();
        assertThat(refused.output()).contains("\"code\":100", "could not be found");
        assertThat(beta.list("port", "?tags=weft:cni")).hasSize(1);

        for (Pod pod : List.of(first, second, stranger)) {
            pod.end();
        }
        Wait.until(
                "the trunks to be empty",
                () -> subports(alpha, one).isEmpty() && subports(alpha, two).isEmpty());
        Wait.until(
                "the ports to be gone",
                () -> operator.list("port", "?tags=weft:cni").isEmpty());
        operator.delete("port", ordinary);
    }

    /** A node of a cluster, and a pod on it as a kubelet joins it. */
    private static Pod clusterPod(Cluster cluster, Nested node, String nodeName, String name) {
        HasMetadata object =
                cluster.client().resource("""
                ---
                apiVersion: v1
                kind: Pod
                metadata: {namespace: x, name: %s, labels: {pod: %s}}
                spec: {nodeName: %s}
                """.formatted(name, name, nodeName)).create();
        return node.pod(
                name, Map.of("CNI_ARGS", "K8S_POD_UID=" + object.getMetadata().getUid()));
    }

    @Test
    void aClusterInTheMachinesHasItsPoliciesAndServices() throws IOException {
        operator.call(
                "PUT", "/v2.0/quotas/alpha", Map.of("quota", Map.of("security_group", -1, "security_group_rule", -1)));
        String router = id(alpha.create("router", Map.of("name", "cluster")));
        String machines =
                alpha.list("subnet", "?cidr=10.0.0.0/24").get(0).get("id").asString();
        assertThat(alpha.call("PUT", "/v2.0/routers/" + router + "/add_router_interface", Map.of("subnet_id", machines))
                        .status())
                .isEqualTo(200);
        Cluster cluster = new Cluster(cloud);
        List<String> objects = new ArrayList<>(List.of(
                "{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}",
                "{apiVersion: v1, kind: Namespace, metadata: {name: x}}",
                """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {namespace: x, name: friends}
                spec:
                  podSelector: {matchLabels: {pod: guarded}}
                  ingress: [{from: [{podSelector: {matchLabels: {pod: friend}}}]}]
                """));
        Map<String, Nested> nodes = Map.of("node1", one, "node2", two);
        nodes.forEach((name, machine) ->
                objects.add("""
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                status: {addresses: [{type: InternalIP, address: %s}]}
                """.formatted(name, machine.guest().addresses().getFirst())));
        objects.forEach(object -> cluster.client().resource("---\n" + object).create());
        cluster.controlWithToken("alpha-token", """
                kubernetes.nested = true
                kubernetes.network = cluster-pods
                kubernetes.router = cluster
                kubernetes.service-cidrs = 10.96.0.0/16
                """);
        Pod friend = clusterPod(cluster, one, "node1", "friend");
        Pod stranger = clusterPod(cluster, two, "node2", "stranger");
        Pod guarded = clusterPod(cluster, two, "node2", "guarded");
        assertThat(stranger.pings(guarded.address())).isFalse();
        guarded.serve();
        for (String address : guarded.addresses()) {
            assertThat(friend.sends(address, PATIENT)).isEqualTo("guarded");
        }
        assertThat(stranger.pings(friend.address())).isTrue();
        // Probes. The machines booted before the router was there.
        for (Nested machine : nodes.values()) {
            machine.guest().run("ip route replace default via 10.0.0.1");
        }
        assertThat(two.guest().pings(guarded.address())).as("its own node").isTrue();
        assertThat(one.guest().pings(guarded.address())).as("another node").isFalse();
        assertThat(one.guest().pings(friend.address())).isTrue();
        cluster.client().resource("""
                ---
                apiVersion: v1
                kind: Service
                metadata: {namespace: x, name: web}
                spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{port: %s}]}
                """.formatted(Workload.COUNTER)).create();
        cluster.client()
                .resource("""
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: x, name: web-1, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: '', port: %s}]
                endpoints: [{addresses: ['%s'], conditions: {ready: true}}]
                """.formatted(Workload.COUNTER, guarded.address()))
                .create();
        Wait.until("the service", PATIENT.multipliedBy(2), () -> {
            String answer = friend.sends("10.96.0.10", Duration.ofSeconds(5));
            return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
        });
        assertThat(two.guest().sends("10.96.0.10", PATIENT))
                .as("the machine itself")
                .isEqualTo("guarded");
        for (Pod pod : List.of(friend, stranger, guarded)) {
            pod.end();
        }
        cluster.client().pods().inNamespace("x").delete();
        Wait.until(
                "the subports to go",
                () -> subports(alpha, one).isEmpty() && subports(alpha, two).isEmpty());
    }

    @Test
    void aSecurityGroupHoldsForAPodInAMachineAndChangesUnderIt() {
        String group = id(alpha.create("security_group", Map.of("name", "closed")));
        Pod closed = one.pod("closed", onPods("security_groups", List.of("closed")));
        Pod open = two.pod("open", onPods());
        open.serve();
        closed.serve();
        assertThat(closed.sends(open.address(), PATIENT))
                .as("its own group lets it in")
                .isEmpty();
        assertThat(open.pings(closed.address())).isFalse();
        String rule = id(alpha.create(
                "security_group_rule",
                Map.of("security_group_id", group, "direction", "ingress", "ethertype", "IPv4")));
        Wait.until("the group to let in", () -> open.pings(closed.address()));
        assertThat(open.sends(closed.address(), PATIENT)).isEqualTo("closed");
        alpha.delete("security_group_rule", rule);
        Wait.until("the group to close", () -> !open.pings(closed.address()));
        closed.end();
        open.end();
        Wait.until(
                "the closed pod's port to be gone",
                () -> alpha.list("port", "?name=closed").isEmpty());
        alpha.delete("security_group", group);
    }

    @Test
    void anAgentThatWasKilledKnowsItsPodsAndWhatIsLeftIsCollected() {
        Pod stays = one.pod("stays", onPods());
        Pod goes = one.pod("goes", onPods());
        String port = id(port(alpha, stays));
        one.restartAgent(url(), "alpha-token");
        assertThat(one.add("stays", onPods()).get("ips"))
                .isEqualTo(stays.result().get("ips"));
        assertThat(subports(alpha, one)).hasSize(2);
        assertThat(one.cni("CHECK", "stays", "eth0", onPods()).ok()).isTrue();
        assertThat(stays.pings(goes.address())).isTrue();
        Shell.Result collected = one.cni(
                "GC",
                "",
                "eth0",
                Map.of("cni.dev/valid-attachments", List.of(Map.of("containerID", "stays", "ifname", "eth0"))));
        assertThat(collected.ok()).as(collected.output()).isTrue();
        Wait.until("the other pod's port to be gone", () -> subports(alpha, one).size() == 1);
        assertThat(subports(alpha, one).get(0).get("port_id").asString()).isEqualTo(port);
        assertThat(goes.run("ip link show eth0").ok()).isFalse();
        stays.end();
        Wait.until("the trunk to be empty", () -> subports(alpha, one).isEmpty());
    }
}
