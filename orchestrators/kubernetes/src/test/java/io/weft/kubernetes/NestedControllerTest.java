package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.weft.client.AddressWish;
import io.weft.client.LoadBalancer;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.SecurityGroup;
import io.weft.client.SubnetAttributes;
import io.weft.client.Trunk;
import io.weft.client.TrunkAttributes;
import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller of clusters whose nodes are virtual machines, with the credentials of a member of the machines' project. */
class NestedControllerTest {
    private static final ControllerSettings SETTINGS = new ControllerSettings(
            new NetworkSettings("pods", List.of(IpPrefix.parse("10.244.0.0/16")), Optional.of("cluster")),
            new ServiceSettings(
                    "kubernetes.services", List.of(IpPrefix.parse("10.96.0.0/16")), List.of(), Optional.empty()),
            Optional.empty(),
            true,
            "kube-system",
            "weft-controller");

    @TempDir
    private Path directory;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private Installation installation;
    private Tenant alpha;

    @BeforeEach
    void begin() {
        installation = new Installation(directory);
        closeables.add(installation);
        alpha = new Tenant(Installation.MEMBER);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : closeables.reversed()) {
            each.close();
        }
    }

    /** A project with a cluster. */
    private final class Tenant {
        private final NeutronClient neutron;
        private final KubernetesClient cluster;
        private final UUID machines;

        Tenant(String token) {
            neutron = installation.client(token);
            closeables.add(neutron);
            KubernetesMockServer server = new KubernetesMockServer(
                    new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
            server.init();
            closeables.add(server::destroy);
            cluster = server.createClient();
            closeables.add(cluster);
            machines = network("machines", "192.0.2.0/24");
            for (String name : List.of("kube-system", "x")) {
                create("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}");
            }
        }

        UUID network(String name, String prefix) {
            UUID id =
                    neutron.networks().create(NetworkAttributes.NONE.name(name)).id();
            neutron.subnets().create(SubnetAttributes.of(id, 4).cidr(IpPrefix.parse(prefix)));
            return id;
        }

        HasMetadata create(String text) {
            return cluster.resource("---\n" + text).create();
        }

        /** A virtual machine's port, with a trunk. */
        Trunk machine(UUID network, String address) {
            Port port = neutron.ports()
                    .create(PortAttributes.on(network).fixedIps(List.of(AddressWish.of(IpAddress.parse(address)))));
            return neutron.trunks().create(TrunkAttributes.of(port.id()));
        }

        HasMetadata node(String name, String address, String annotations) {
            return create("""
                    apiVersion: v1
                    kind: Node
                    metadata: {name: %s, annotations: {%s}}
                    status: {addresses: [{type: InternalIP, address: %s}]}
                    """.formatted(name, annotations, address));
        }

        HasMetadata pod(String name, String node, String annotations) {
            return create("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {namespace: x, name: %s, labels: {pod: %s}, annotations: {%s}}
                    spec: {nodeName: %s}
                    """.formatted(name, name, annotations, node));
        }

        Controller start() {
            Controller controller = Controller.start(cluster, neutron, SETTINGS);
            closeables.add(controller);
            return controller;
        }

        List<Port> ports(HasMetadata pod) {
            return neutron.ports()
                    .list(Query.tagged("weft:cni:sandbox=" + pod.getMetadata().getUid()));
        }

        /** The only port of a pod, once it is a subport of this trunk. */
        Port awaitPort(HasMetadata pod, Trunk trunk) {
            await(
                    "a subport for " + pod.getMetadata().getName(),
                    () -> ports(pod).stream()
                            .anyMatch(port -> port.deviceId().equals(trunk.id().toString())));
            assertThat(ports(pod)).hasSize(1);
            return ports(pod).getFirst();
        }

        int vlan(Trunk trunk, Port port) {
            return now(trunk).vlan(port.id()).orElseThrow();
        }

        Trunk now(Trunk trunk) {
            return neutron.trunks().show(trunk.id());
        }

        void awaitEvent(HasMetadata object, String reason, String message) {
            await(
                    "an event " + reason + " about " + object.getMetadata().getName(),
                    () -> events(object).stream()
                            .anyMatch(event -> event.getReason().equals(reason)
                                    && event.getMessage().contains(message)));
        }

        private List<Event> events(HasMetadata object) {
            return cluster.v1().events().inAnyNamespace().list().getItems().stream()
                    .filter(event -> object.getMetadata()
                            .getUid()
                            .equals(event.getInvolvedObject().getUid()))
                    .toList();
        }

        Optional<SecurityGroup> group(String beginning) {
            return neutron.securityGroups().list(Query.ALL).stream()
                    .filter(group -> group.name().startsWith(beginning))
                    .findFirst();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited a minute for " + what).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aPodsPortIsASubportOfItsNodesTrunkAndGoesWithThePod() {
        Trunk one = alpha.machine(alpha.machines, "192.0.2.7");
        Trunk two = alpha.machine(alpha.machines, "192.0.2.8");
        alpha.node("node1", "192.0.2.7", "");
        alpha.node("node2", "192.0.2.8", "");
        HasMetadata first = alpha.pod("first", "node1", "");
        HasMetadata second = alpha.pod("second", "node2", "");
        alpha.start();
        Port port = alpha.awaitPort(first, one);
        alpha.awaitPort(second, two);
        assertThat(port.deviceOwner()).isEqualTo("trunk:subport");
        assertThat(port.name()).isEqualTo("x/first");
        assertThat(port.tags()).contains("weft:kubernetes:namespace=x", "weft:kubernetes:pod=first");
        assertThat(port.securityGroups()).hasSize(2);
        assertThat(alpha.vlan(one, port)).isBetween(1, 4094);
        assertThat(alpha.neutron.ports().list(Query.ALL))
                .as("nothing of the nodes' own")
                .noneMatch(each -> each.tags().stream().anyMatch(tag -> tag.contains("hosts-of")));
        alpha.cluster.resource(first).delete();
        await("the port to go", () -> alpha.ports(first).isEmpty());
        assertThat(alpha.now(one).subPorts()).isEmpty();
        assertThat(alpha.now(two).subPorts()).hasSize(1);
        // Of a node that is gone with its pods nothing is left either, and its machine is somebody else's.
        alpha.cluster.nodes().withName("node2").delete();
        alpha.cluster.resource(second).delete();
        await("the port to go", () -> alpha.ports(second).isEmpty());
        assertThat(alpha.now(two).subPorts()).isEmpty();
        assertThat(alpha.neutron.ports().find(two.portId())).isPresent();
    }

    @Test
    void podsWaitForTheTrunkOfTheirNodeWhichIsToldWhy() {
        HasMetadata pod = alpha.pod("early", "node1", "");
        alpha.start();
        alpha.awaitEvent(pod, "NetworkNotReady", "node1 is not known yet");
        HasMetadata node = alpha.node("node1", "192.0.2.7", "");
        alpha.awaitEvent(node, "NetworkNotReady", "no trunk of the project");
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.awaitPort(pod, trunk);
        HasMetadata thief = alpha.node("thief", "192.0.2.7", "");
        alpha.awaitEvent(thief, "NetworkNotReady", "is that of the node node1");
        HasMetadata odd = alpha.node("odd", "192.0.2.9", "weft.io/parent-port: 'any'");
        alpha.awaitEvent(odd, "Refused", "is no port's id");
    }

    @Test
    void aNodeWhoseAddressSeveralMachinesHaveNamesItsPort() {
        Trunk one = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.machine(alpha.network("others", "192.0.2.0/24"), "192.0.2.7");
        HasMetadata node = alpha.node("node1", "192.0.2.7", "");
        HasMetadata pod = alpha.pod("a", "node1", "");
        alpha.start();
        alpha.awaitEvent(node, "NetworkNotReady", "several trunks");
        assertThat(alpha.ports(pod)).allMatch(port -> port.deviceId().isEmpty());
        alpha.cluster
                .nodes()
                .withName("node1")
                .edit(each -> each.edit()
                        .editMetadata()
                        .addToAnnotations("weft.io/parent-port", one.portId().toString())
                        .endMetadata()
                        .build());
        alpha.awaitPort(pod, one);
    }

    @Test
    void idsThatOthersTakeMeanwhileAreLeftToThem() {
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.node("node1", "192.0.2.7", "");
        alpha.start();
        int last = alpha.vlan(trunk, alpha.awaitPort(alpha.pod("a", "node1", ""), trunk));
        // The controller has not seen these, and goes on with the next id.
        for (int i = 1; i <= 3; i++) {
            UUID other = alpha.neutron
                    .ports()
                    .create(PortAttributes.on(alpha.machines))
                    .id();
            alpha.neutron.trunks().addSubport(trunk.id(), other, (last + i - 1) % 4094 + 1);
        }
        Port port = alpha.awaitPort(alpha.pod("b", "node1", ""), trunk);
        assertThat(alpha.vlan(trunk, port)).isEqualTo((last + 3) % 4094 + 1);
        assertThat(alpha.now(trunk).subPorts()).hasSize(5);
    }

    @Test
    void manyPodsAtOnceAreAllSubports() {
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.node("node1", "192.0.2.7", "");
        List<HasMetadata> pods = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            pods.add(alpha.pod("p" + i, "node1", ""));
        }
        alpha.start();
        pods.forEach(pod -> alpha.awaitPort(pod, trunk));
        assertThat(alpha.now(trunk).subPorts()).hasSize(40);
        pods.forEach(pod -> alpha.cluster.resource(pod).delete());
        await("the trunk to be empty", () -> alpha.now(trunk).subPorts().isEmpty());
        await(
                "the ports to go",
                () -> pods.stream().allMatch(pod -> alpha.ports(pod).isEmpty()));
    }

    @Test
    void whoLeadsNextFindsEverythingAndPutsRightWhatIsOther() {
        Trunk one = alpha.machine(alpha.machines, "192.0.2.7");
        Trunk two = alpha.machine(alpha.machines, "192.0.2.8");
        HasMetadata node = alpha.node("node1", "192.0.2.7", "");
        HasMetadata stays = alpha.pod("stays", "node1", "");
        HasMetadata lost = alpha.pod("lost", "node1", "");
        HasMetadata goes = alpha.pod("goes", "node1", "");
        Controller first = alpha.start();
        Port kept = alpha.awaitPort(stays, one);
        int vlan = alpha.vlan(one, kept);
        Port torn = alpha.awaitPort(lost, one);
        alpha.awaitPort(goes, one);
        first.close();
        alpha.neutron.trunks().removeSubport(one.id(), torn.id());
        alpha.cluster.resource(goes).delete();
        Controller second = alpha.start();
        assertThat(alpha.awaitPort(lost, one).id()).isEqualTo(torn.id());
        await("the port to go", () -> alpha.ports(goes).isEmpty());
        assertThat(alpha.awaitPort(stays, one).id()).isEqualTo(kept.id());
        assertThat(alpha.vlan(one, kept)).isEqualTo(vlan);
        second.close();
        // The node is another machine now: what is behind the former one comes to it.
        alpha.cluster.resource(node).delete();
        alpha.node("node1", "192.0.2.8", "");
        alpha.start();
        assertThat(alpha.awaitPort(stays, two).id()).isEqualTo(kept.id());
        assertThat(alpha.awaitPort(lost, two).id()).isEqualTo(torn.id());
        assertThat(alpha.now(one).subPorts()).isEmpty();
    }

    @Test
    void furtherInterfacesAreSubportsBeforeThePodsOwn() {
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.node("node1", "192.0.2.7", "");
        HasMetadata pod = alpha.pod("several", "node1", "weft.io/networks: storage@san");
        alpha.start();
        alpha.awaitEvent(pod, "NetworkServiceRefused", "storage");
        assertThat(alpha.ports(pod)).isEmpty();
        UUID network = alpha.network("storage", "10.5.0.0/24");
        await("both", () -> alpha.now(trunk).subPorts().size() == 2);
        Port further = alpha.ports(pod).stream()
                .filter(port -> port.networkId().equals(network))
                .findFirst()
                .orElseThrow();
        assertThat(further.tags()).contains("weft:cni:interface=san");
        assertThat(further.name()).isEqualTo("x/several:san");
        alpha.cluster.resource(pod).delete();
        await("the ports to go", () -> alpha.ports(pod).isEmpty());
        assertThat(alpha.now(trunk).subPorts()).isEmpty();
    }

    @Test
    void aClosedPodSpeaksWithItsNodeByTheNodesAddresses() {
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.node("node1", "192.0.2.7", "");
        alpha.create("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {namespace: x, name: deny}
                spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
                """);
        HasMetadata pod = alpha.pod("a", "node1", "");
        alpha.start();
        Port port = alpha.awaitPort(pod, trunk);
        SecurityGroup onNode = alpha.group("node-").orElseThrow();
        assertThat(port.securityGroups()).hasSize(2).contains(onNode.id());
        assertThat(onNode.securityGroupRules())
                .extracting(
                        rule -> rule.direction() + " " + rule.remoteIpPrefix().orElseThrow())
                .containsExactlyInAnyOrder("ingress 192.0.2.7/32", "egress 192.0.2.7/32");
        assertThat(alpha.group("host-")).isEmpty();
    }

    @Test
    void aServiceIsALoadBalancerOfTheProjectWhichKeepsToNoNode() {
        Trunk trunk = alpha.machine(alpha.machines, "192.0.2.7");
        alpha.node("node1", "192.0.2.7", "");
        alpha.start();
        alpha.awaitPort(alpha.pod("a", "node1", ""), trunk);
        HasMetadata service = alpha.create("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: x, name: web}
                spec: {type: NodePort, clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], internalTrafficPolicy: Local,
                  ports: [{port: 80, nodePort: 30080}]}
                """);
        alpha.create("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: x, name: web-1, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: '', port: 8080}]
                endpoints: [{addresses: ['10.244.0.9'], conditions: {ready: true}}]
                """);
        alpha.awaitEvent(service, "NotEnforced", "internalTrafficPolicy Local");
        await(
                "a member",
                () -> alpha.neutron.pools().list(Query.ALL).stream()
                        .anyMatch(pool -> !alpha.neutron
                                .members(pool.id())
                                .list(Query.ALL)
                                .isEmpty()));
        assertThat(alpha.neutron.loadBalancers().list(Query.ALL))
                .extracting(LoadBalancer::name)
                .containsExactly("x/web");
    }

    @Test
    void clustersOfTwoProjectsWithTheSameAddressesKnowNothingOfEachOther() {
        Tenant beta = new Tenant(Installation.OTHER_MEMBER);
        Trunk ours = alpha.machine(alpha.machines, "192.0.2.7");
        Trunk theirs = beta.machine(beta.machines, "192.0.2.7");
        for (Tenant tenant : List.of(alpha, beta)) {
            tenant.node("node1", "192.0.2.7", "");
        }
        HasMetadata our = alpha.pod("a", "node1", "");
        HasMetadata their = beta.pod("a", "node1", "");
        alpha.start();
        beta.start();
        Port port = alpha.awaitPort(our, ours);
        Port other = beta.awaitPort(their, theirs);
        assertThat(alpha.neutron.ports().find(other.id())).isEmpty();
        assertThat(alpha.neutron.networks().named("pods").id())
                .isEqualTo(port.networkId())
                .isNotEqualTo(other.networkId());
        // Naming another project's port gets nobody there.
        HasMetadata spy = beta.node("spy", "192.0.2.99", "weft.io/parent-port: " + ours.portId());
        beta.awaitEvent(spy, "NetworkNotReady", "no trunk of the project");
        alpha.cluster.resource(our).delete();
        await("our port to go", () -> alpha.ports(our).isEmpty());
        assertThat(beta.now(theirs).subPorts()).hasSize(1);
        assertThat(alpha.now(ours).subPorts()).isEmpty();
    }
}
