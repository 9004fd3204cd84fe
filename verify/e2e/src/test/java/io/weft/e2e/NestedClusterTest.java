package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.weft.agent.attach.Json;
import io.weft.agent.attach.LocalSocket;
import io.weft.agent.container.PlayedMachine;
import io.weft.client.AddressWish;
import io.weft.client.Authentication;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.RouterAttributes;
import io.weft.client.SecurityGroupRuleAttributes;
import io.weft.client.Settings;
import io.weft.client.SubnetAttributes;
import io.weft.client.TrunkAttributes;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clusters of two tenants in their virtual machines, which namespaces play, on two hosts: pods, a NetworkPolicy and a Service
 * by real packets. Each controller has the token of a member of its tenant's project, each agent in a machine that of a
 * reader. The tenants use the same addresses.
 */
class NestedClusterTest {
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SETTINGS = """
            kubernetes.nested = true
            kubernetes.router = cluster
            kubernetes.service-cidrs = 10.96.0.0/16
            """;

    private static Cloud cloud;
    private static Tenant alpha;
    private static Tenant beta;

    @BeforeAll
    static void build() throws IOException {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServerWithTokens(List.of(
                "operator-token operators root admin",
                "alpha-member alpha alice member",
                "alpha-reader alpha node reader",
                "beta-member beta bob member",
                "beta-reader beta node reader"));
        cloud.addHost("host1");
        cloud.addHost("host2");
        alpha = new Tenant("alpha");
        beta = new Tenant("beta");
        alpha.addMachine("node1", "10.0.0.11", "host1");
        alpha.addMachine("node2", "10.0.0.12", "host2");
        beta.addMachine("node1", "10.0.0.11", "host2");
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    private static NeutronClient client(String token) {
        NeutronClient client =
                NeutronClient.of(new Authentication.Token(cloud.server().api(), token), Settings.DEFAULTS);
        cloud.closeLater(client);
        return client;
    }

    /** A virtual machine that is a node of a cluster. */
    private record Machine(Workload workload, PlayedMachine agent) {}

    /** A pod that is joined, with its addresses, IPv4 first. */
    private record Pod(Workload workload, List<String> addresses, Machine node, HasMetadata object) {
        String address() {
            return addresses.getFirst();
        }
    }

    /** A project with a network of machines, a router, and a cluster. */
    private static final class Tenant {
        private final String name;
        private final NeutronClient member;
        private final NeutronClient reader;
        private final UUID network;
        private final Cluster cluster;
        private final Map<String, Machine> machines = new HashMap<>();

        Tenant(String name) throws IOException {
            this.name = name;
            member = client(name + "-member");
            reader = client(name + "-reader");
            assertThat(cloud.apiWithToken("operator-token")
                            .call(
                                    "PUT",
                                    "/v2.0/quotas/" + name,
                                    Map.of("quota", Map.of("security_group", -1, "security_group_rule", -1)))
                            .status())
                    .isEqualTo(200);
            network = member.networks()
                    .create(NetworkAttributes.NONE.name("machines"))
                    .id();
            UUID subnet = member.subnets()
                    .create(SubnetAttributes.of(network, 4).cidr(IpPrefix.parse("10.0.0.0/24")))
                    .id();
            UUID router = member.routers()
                    .create(RouterAttributes.NONE.name("cluster"))
                    .id();
            member.routers().addSubnet(router, subnet);
            // The machines let in whoever is a pod.
            member.securityGroupRules()
                    .create(SecurityGroupRuleAttributes.of(
                                    member.securityGroups().named("default").id(), "ingress", "IPv4")
                            .remoteIpPrefix(IpPrefix.parse("10.244.0.0/16")));
            cluster = new Cluster(cloud, name);
            for (String namespace : List.of("kube-system", "x")) {
                create("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}");
            }
            cluster.controlWithToken(name + "-member", SETTINGS);
        }

        HasMetadata create(String text) {
            return cluster.client().resource("---\n" + text).create();
        }

        void addMachine(String node, String address, String host) {
            UUID parent = member.ports()
                    .create(PortAttributes.on(network)
                            .name(node)
                            .fixedIps(List.of(AddressWish.of(IpAddress.parse(address)))))
                    .id();
            cloud.apiWithToken("operator-token").update("port", parent.toString(), Map.of("binding:host_id", host));
            member.trunks().create(TrunkAttributes.of(parent));
            Workload workload = cloud.host(host).attach(name + "-" + node, parent.toString());
            workload.dhcp();
            workload.awaitAddresses(1);
            workload.run("ethtool", "-K", "eth0", "tx", "off");
            PlayedMachine agent = new PlayedMachine(workload, reader, cloud.makeDirectory(name + "-agent-" + node));
            cloud.closeLater(agent);
            machines.put(node, new Machine(workload, agent));
            create("""
                    apiVersion: v1
                    kind: Node
                    metadata: {name: %s}
                    status: {addresses: [{type: InternalIP, address: %s}]}
                    """.formatted(node, address));
        }

        Machine machine(String node) {
            return Optional.ofNullable(machines.get(node)).orElseThrow();
        }

        /** As a kubelet and its runtime do: a namespace, and then CNI until the port is in force. */
        Pod pod(String pod, String node, String annotations) {
            HasMetadata object = create("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {namespace: x, name: %s, labels: {pod: %s}, annotations: {%s}}
                    spec: {nodeName: %s}
                    """.formatted(pod, pod, annotations, node));
            String namespace = cloud.prefix() + name + "-" + pod;
            Shell.run("ip", "netns", "add", namespace);
            Workload workload = new Workload(pod, namespace, cloud.makeDirectory(name + "-" + pod));
            cloud.closeLater(workload);
            workload.run("ip", "link", "set", "lo", "up");
            Machine machine = machine(node);
            JsonNode result = Wait.until(pod + " to be joined", Duration.ofMinutes(2), () -> {
                LocalSocket.Answer answer = machine.agent()
                        .ask("ADD", namespace, object.getMetadata().getUid());
                assertThat(cluster.output()).doesNotContain("the controller ended");
                return answer.status() == 200
                        ? Optional.of(JSON.readTree(Json.bytes(answer.body())))
                        : Optional.empty();
            });
            List<String> addresses = new ArrayList<>();
            result.get("ips")
                    .forEach(ip -> addresses.add(ip.get("address").asString().split("/", 2)[0]));
            addresses.sort(Comparator.comparing(address -> address.contains(":")));
            Wait.until(
                    pod + "'s addresses", () -> !workload.run("ip", "address").contains("tentative"));
            return new Pod(workload, addresses, machine, object);
        }

        Port port(Pod pod) {
            return member.ports()
                    .list(Query.tagged(
                            "weft:cni:sandbox=" + pod.object().getMetadata().getUid()))
                    .getFirst();
        }

        /** Ends pods as a kubelet does: DEL, then the object. */
        void end(Pod... pods) {
            for (Pod pod : pods) {
                String uid = pod.object().getMetadata().getUid();
                assertThat(pod.node()
                                .agent()
                                .ask("DEL", pod.workload().namespace(), uid)
                                .status())
                        .isEqualTo(200);
                pod.workload().close();
                cluster.client().resource(pod.object()).delete();
            }
            Wait.until(
                    "the ports to go",
                    () -> member.ports()
                            .list(Query.where("device_owner", "trunk:subport"))
                            .isEmpty());
        }
    }

    @Test
    void policiesHoldOnTheMachinesHostsFromTheFirstPacketOnAndLetOwnNodesIn() {
        HasMetadata policy = alpha.create("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {namespace: x, name: friends}
                spec:
                  podSelector: {matchLabels: {pod: closed}}
                  ingress: [{from: [{podSelector: {matchLabels: {pod: friend}}}]}]
                """);
        Pod friend = alpha.pod("friend", "node1", "");
        Pod stranger = alpha.pod("stranger", "node2", "");
        Pod closed = alpha.pod("closed", "node2", "");
        // Nothing was sent to it yet, and it has been closed from the beginning.
        assertThat(stranger.workload().pings(closed.address())).isFalse();
        closed.workload().serve();
        friend.workload().serve();
        for (String address : closed.addresses()) {
            assertThat(friend.workload().sends(address, PATIENT))
                    .as("a friend to " + address)
                    .isEqualTo("closed");
            assertThat(stranger.workload().sends(address, SHORT))
                    .as("a stranger on the same machine to " + address)
                    .isEmpty();
        }
        for (String address : friend.addresses()) {
            assertThat(stranger.workload().sends(address, PATIENT)).isEqualTo("friend");
        }
        // Probes: a node reaches its own pods whatever policies say, and those of other nodes as they say.
        assertThat(alpha.machine("node2").workload().pings(closed.address())).isTrue();
        assertThat(alpha.machine("node2").workload().sends(closed.address(), PATIENT))
                .isEqualTo("closed");
        assertThat(alpha.machine("node1").workload().pings(closed.address())).isFalse();
        assertThat(alpha.machine("node1").workload().pings(friend.address())).isTrue();
        // A pod reaches the machines as their groups say.
        assertThat(closed.workload().pings("10.0.0.12")).isTrue();
        assertThat(closed.workload().pings("10.0.0.11")).isTrue();
        // Who has all that a machine has opens nothing.
        UUID port = alpha.port(closed).id();
        assertThatThrownBy(() -> alpha.reader.ports().update(port, PortAttributes.NONE.securityGroups(List.of())))
                .isInstanceOf(NeutronException.class);
        alpha.cluster.client().resource(policy).delete();
        Wait.until("the pod to be open", () -> stranger.workload().pings(closed.address()));
        alpha.end(friend, stranger, closed);
    }

    @Test
    void aServiceIsReachedFromPodsAndMachines() {
        Pod one = alpha.pod("one", "node1", "");
        Pod two = alpha.pod("two", "node2", "");
        Pod caller = alpha.pod("caller", "node1", "");
        one.workload().serve();
        two.workload().serve();
        HasMetadata service = alpha.create("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: x, name: web}
                spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{port: 80}]}
                """);
        for (Pod serving : List.of(one, two)) {
            HasMetadata slice = alpha.create("""
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {namespace: x, name: web-1, labels: {kubernetes.io/service-name: web}}
                    addressType: IPv4
                    ports: [{name: '', port: %s}]
                    endpoints: [{addresses: ['%s'], conditions: {ready: true}}]
                    """.formatted(Workload.COUNTER, serving.address()));
            String name = serving.workload().name();
            List<Workload> callers = List.of(
                    caller.workload(),
                    // Also when the endpoint is the caller itself.
                    one.workload(),
                    alpha.machine("node1").workload(),
                    alpha.machine("node2").workload());
            for (Workload from : callers) {
                Wait.until(
                        from.name() + " to reach " + name + " by the service",
                        () -> from.sends("10.96.0.10", 80, SHORT).equals(name));
            }
            alpha.cluster.client().resource(slice).delete();
        }
        alpha.cluster.client().resource(service).delete();
        alpha.end(one, two, caller);
        Wait.until(
                "the load balancer to go",
                () -> alpha.member.loadBalancers().list(Query.ALL).isEmpty());
    }

    @Test
    void clustersOfTwoTenantsWithTheSameAddressesKnowNothingOfEachOther() {
        Pod ours = alpha.pod("ours", "node2", "weft.io/addresses: 10.244.7.7");
        Pod caller = alpha.pod("caller", "node2", "");
        Pod theirs = beta.pod("theirs", "node1", "weft.io/addresses: 10.244.7.7");
        Pod spy = beta.pod("spy", "node1", "");
        ours.workload().serve();
        theirs.workload().serve();
        assertThat(caller.workload().sends("10.244.7.7", PATIENT)).isEqualTo("ours");
        assertThat(spy.workload().sends("10.244.7.7", PATIENT)).isEqualTo("theirs");
        UUID port = alpha.port(ours).id();
        assertThat(beta.member.ports().find(port)).isEmpty();
        // With their pod gone, nobody of the other tenant has the address.
        beta.cluster.client().resource(theirs.object()).delete();
        Wait.until("their port to go", () -> !spy.workload().pings("10.244.7.7"));
        assertThat(caller.workload().sends("10.244.7.7", PATIENT)).isEqualTo("ours");
        beta.end(spy, theirs);
        alpha.end(ours, caller);
    }
}
