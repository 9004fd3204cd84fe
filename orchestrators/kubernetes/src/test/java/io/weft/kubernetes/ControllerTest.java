package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddressBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.RouterAttributes;
import io.weft.client.SecurityGroup;
import io.weft.client.Subnet;
import io.weft.client.SubnetAttributes;
import io.weft.domain.quota.QuotaResource;
import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.kubernetes.translate.PolicyKind;
import io.weft.model.HostAccess;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The controller between fabric8's API server and Weft's own.
 *
 * <p>Longer than most: namespaces, nodes, pods and policies depend on each other, and so do their tests' objects.
 */
class ControllerTest {
    private static final ControllerSettings SETTINGS = new ControllerSettings(
            new NetworkSettings(
                    "pods", List.of(IpPrefix.parse("10.244.0.0/16"), IpPrefix.parse("fd44::/64")), Optional.empty()),
            ServiceSettings.NONE,
            Optional.empty(),
            false,
            "kube-system",
            "weft-controller");

    @TempDir
    private Path directory;

    private final List<Controller> controllers = new ArrayList<>();
    private Installation installation;
    private NeutronClient neutron;
    private final KubernetesMockServer server;
    private final KubernetesClient cluster;

    ControllerTest() {
        server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        server.init();
        cluster = server.createClient();
    }

    @BeforeEach
    void begin() {
        installation = new Installation(directory);
        neutron = installation.client();
        installation.limit(QuotaResource.SECURITY_GROUP, -1);
        installation.limit(QuotaResource.SECURITY_GROUP_RULE, -1);
        createNamespace("kube-system", Map.of());
        createNamespace("x", Map.of());
    }

    @AfterEach
    void end() {
        controllers.forEach(Controller::close);
        cluster.close();
        server.destroy();
        neutron.close();
        installation.close();
    }

    private void createNamespace(String name, Map<String, String> annotations) {
        cluster.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(Map.of("ns", name))
                        .withAnnotations(annotations)
                        .endMetadata()
                        .build())
                .create();
    }

    private Pod createPod(String namespace, String name, Map<String, String> annotations) {
        return cluster.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withLabels(Map.of("pod", name))
                        .withAnnotations(annotations)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node1")
                        .endSpec()
                        .build())
                .create();
    }

    private Pod createPod(String name) {
        return createPod("x", name, Map.of());
    }

    private void createPolicy(String name, String spec) {
        cluster.resource(Serialization.unmarshal("""
                        apiVersion: networking.k8s.io/v1
                        kind: NetworkPolicy
                        metadata: {namespace: x, name: %s}
                        spec: %s
                        """.formatted(name, spec), NetworkPolicy.class))
                .create();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited a minute for " + what).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private List<Port> ports(Pod pod) {
        return neutron.ports().list(Query.where("device_id", pod.getMetadata().getUid()));
    }

    private Port port(Pod pod) {
        await("the port of " + pod.getMetadata().getName(), () -> !ports(pod).isEmpty());
        assertThat(ports(pod)).hasSize(1);
        return ports(pod).getFirst();
    }

    /** The first words of the names of a port's groups. */
    private List<String> groups(Pod pod) {
        Port port = port(pod);
        Map<?, String> names = neutron.securityGroups().list(Query.ALL).stream()
                .collect(Collectors.toMap(
                        SecurityGroup::id, group -> group.name().split(" ")[0]));
        return port.securityGroups().stream()
                .map(names::get)
                .map(String::valueOf)
                .toList();
    }

    private String uid() {
        return cluster.namespaces().withName("kube-system").get().getMetadata().getUid();
    }

    private long marked() {
        return neutron.securityGroups().list(Query.where("description", "Kubernetes cluster " + uid())).stream()
                .count();
    }

    private List<Event> events(Pod pod) {
        return cluster.v1().events().inNamespace(pod.getMetadata().getNamespace()).list().getItems().stream()
                .filter(event -> pod.getMetadata()
                        .getUid()
                        .equals(event.getInvolvedObject().getUid()))
                .toList();
    }

    private void awaitEvent(Pod pod, String reason, String message) {
        await(
                "an event " + reason + " about " + pod.getMetadata().getName(),
                () -> events(pod).stream()
                        .anyMatch(event -> event.getReason().equals(reason)
                                && event.getMessage().contains(message)));
    }

    private Controller start() {
        Controller controller = Controller.start(cluster, neutron, SETTINGS);
        controllers.add(controller);
        return controller;
    }

    @Test
    void aPodWithFurtherInterfacesBeginsWhenAllItsPortsAreThere() {
        start();
        Pod pod = createPod("x", "several", Map.of("weft.io/networks", "storage@san"));
        String further = pod.getMetadata().getUid() + ":san";
        awaitEvent(pod, "NetworkServiceRefused", "storage");
        assertThat(ports(pod)).isEmpty();
        UUID network = neutron.networks()
                .create(NetworkAttributes.NONE.name("storage"))
                .id();
        neutron.subnets().create(SubnetAttributes.of(network, 4).cidr(IpPrefix.parse("10.5.0.0/24")));
        Port own = port(pod);
        Port other = neutron.ports().list(Query.where("device_id", further)).getFirst();
        assertThat(other.networkId()).isEqualTo(network).isNotEqualTo(own.networkId());
        assertThat(other.name()).isEqualTo("x/several:san");
        assertThat(other.host()).isEqualTo(own.host());
        assertThat(other.securityGroups()).containsExactlyInAnyOrderElementsOf(own.securityGroups());
        assertThat(neutron.ports().list(Query.tagged("weft:kubernetes:interface=san")))
                .extracting(Port::id)
                .containsExactly(other.id());
        cluster.resource(pod).delete();
        await(
                "the ports to be gone",
                () -> neutron.ports()
                        .list(Query.tagged("weft:kubernetes:cluster=" + uid()))
                        .isEmpty());
    }

    private void offerAttachments() {
        cluster.resource("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: network-attachment-definitions.k8s.cni.cncf.io}
                spec:
                  group: k8s.cni.cncf.io
                  scope: Namespaced
                  names: {kind: NetworkAttachmentDefinition, plural: network-attachment-definitions,
                    singular: network-attachment-definition}
                  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
                status: {conditions: [{type: Established, status: 'True'}]}
                """).create();
    }

    private void createAttachment(String name, String config) {
        cluster.resource("""
                apiVersion: k8s.cni.cncf.io/v1
                kind: NetworkAttachmentDefinition
                metadata: {namespace: x, name: %s}
                spec: {config: '%s'}
                """.formatted(name, config)).createOr(NonDeletingOperation::update);
    }

    private boolean refusedAttachment(String name) {
        return cluster.v1().events().inNamespace("x").list().getItems().stream()
                .anyMatch(event -> event.getInvolvedObject().getKind().equals("NetworkAttachmentDefinition")
                        && event.getInvolvedObject().getName().equals(name)
                        && event.getReason().equals("Refused")
                        && event.getMessage().contains("network: must be a text"));
    }

    @Test
    void aPodWithAttachmentsHasTheirPortsAsSoonAsTheClusterKnowsThem() {
        var network = neutron.networks().create(NetworkAttributes.NONE.name("storage"));
        neutron.subnets().create(SubnetAttributes.of(network.id(), 4).name("s4").cidr(IpPrefix.parse("10.5.0.0/24")));
        start();
        // The kind is not there: the annotation means nothing.
        Pod early = createPod("x", "early", Map.of("k8s.v1.cni.cncf.io/networks", "san"));
        port(early);
        offerAttachments();
        createAttachment("first", "{\"type\": \"weft\"}");
        await("the kind to be read", () -> refusedAttachment("first"));
        Pod pod = createPod(
                "x",
                "late",
                Map.of(
                        "k8s.v1.cni.cncf.io/networks",
                        "[{\"name\": \"san\", \"interface\": \"san0\", \"ips\": [\"10.5.0.9/24\"], "
                                + "\"mac\": \"02:00:00:00:00:09\"}, {\"name\": \"macvlan\"}]"));
        awaitEvent(pod, "NetworkNotReady", "NetworkAttachmentDefinition x/san is not there");
        assertThat(ports(pod)).isEmpty();
        createAttachment("macvlan", "{\"type\": \"macvlan\"}");
        createAttachment("san", "{\"type\": \"weft\"}");
        awaitEvent(pod, "NetworkNotReady", "NetworkAttachmentDefinition x/san makes no sense");
        await("an event about the definition", () -> refusedAttachment("san"));
        createAttachment("san", "{\"type\": \"weft\", \"network\": \"storage\", \"subnet\": \"s4\"}");
        Port own = port(pod);
        Port further = neutron.ports()
                .list(Query.where("device_id", pod.getMetadata().getUid() + ":san0"))
                .getFirst();
        assertThat(further.networkId()).isEqualTo(network.id());
        assertThat(further.macAddress()).hasToString("02:00:00:00:00:09");
        assertThat(further.fixedIps())
                .extracting(ip -> ip.ipAddress().toString())
                .containsExactly("10.5.0.9");
        assertThat(further.securityGroups()).containsExactlyInAnyOrderElementsOf(own.securityGroups());
        assertThat(neutron.ports()
                        .list(Query.where("device_id", pod.getMetadata().getUid() + ":net2")))
                .isEmpty();
        Pod wrong = createPod("x", "wrong", Map.of("k8s.v1.cni.cncf.io/networks", "[{\"name\": \"san\""));
        awaitEvent(wrong, "Refused", "k8s.v1.cni.cncf.io/networks: is not JSON");
    }

    private void offerPolicies(PolicyKind kind, String version) {
        cluster.resource("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %s.%s}
                spec:
                  group: %s
                  scope: Cluster
                  names: {kind: %s, plural: %s}
                  versions: [{name: %s, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
                status: {conditions: [{type: Established, status: 'True'}]}
                """.formatted(kind.plural(), kind.group(), kind.group(), kind.text(), kind.plural(), version))
                .createOr(NonDeletingOperation::update);
    }

    private HasMetadata putPolicy(PolicyKind kind, String name, String spec) {
        return cluster.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(kind.group())
                        .withVersion(kind.version())
                        .withKind(kind.text())
                        .withPlural(kind.plural())
                        .withNamespaced(false)
                        .build())
                .resource(Serialization.unmarshal(
                        """
                        apiVersion: %s/%s
                        kind: %s
                        metadata: {name: %s}
                        spec: %s
                        """.formatted(kind.group(), kind.version(), kind.text(), name, spec),
                        GenericKubernetesResource.class))
                .createOr(NonDeletingOperation::update);
    }

    private void awaitEvent(String kind, String reason, String message) {
        await(
                "an event " + reason + " about a " + kind,
                () -> cluster.v1().events().inNamespace("default").list().getItems().stream()
                        .anyMatch(event -> event.getInvolvedObject().getKind().equals(kind)
                                && event.getReason().equals(reason)
                                && event.getMessage().contains(message)));
    }

    private SecurityGroup group(String id) {
        return neutron.securityGroups().list(Query.ALL).stream()
                .filter(group -> group.name().startsWith(id + " "))
                .findFirst()
                .orElseThrow();
    }

    private List<String> rules(String id) {
        return group(id).securityGroupRules().stream()
                .filter(rule -> rule.ethertype().equals("IPv4"))
                .map(rule -> rule.position().orElseThrow() + " " + rule.action().orElseThrow() + " "
                        + (rule.remoteGroupId().isPresent()
                                ? "group"
                                : rule.remoteIpPrefix().map(IpPrefix::toString).orElse("anyone")))
                .sorted()
                .toList();
    }

    @Test
    void policiesOfTheClusterAreInForceAsSoonAsTheClusterKnowsThem() {
        start();
        Pod before = createPod("before");
        port(before);
        offerPolicies(PolicyKind.CLUSTER_NETWORK_POLICY, "v1alpha2");
        String subject = "subject: {pods: {podSelector: {matchLabels: {pod: before}}}}";
        String uid = putPolicy(
                        PolicyKind.CLUSTER_NETWORK_POLICY,
                        "first",
                        "{tier: Admin, priority: 7, " + subject
                                + ", egress: [{action: Pass, to: [{namespaces: {}}]}, "
                                + "{action: Deny, to: [{networks: [192.0.2.0/24, 198.51.100.0/24]}]}]}")
                .getMetadata()
                .getUid();
        String admin = "admin-egress-" + uid;
        await("the policy in force", () -> groups(before).contains(admin));
        assertThat(groups(before)).contains("open-ingress", "open-egress");
        assertThat(group(admin).tier()).contains("admin");
        assertThat(group(admin).priority()).contains(8);
        assertThat(rules(admin)).containsExactly("1 pass group", "3 deny 192.0.2.0/24", "3 deny 198.51.100.0/24");
        UUID first = group(admin).id();

        // Another order and other rules, of the same group.
        putPolicy(
                PolicyKind.CLUSTER_NETWORK_POLICY,
                "first",
                "{tier: Admin, priority: 9, " + subject
                        + ", egress: [{action: Accept, to: [{networks: [192.0.2.0/24]}]}, "
                        + "{action: Pass, to: [{networks: [198.51.100.0/24]}]}, "
                        + "{action: Deny, to: [{domainNames: [a.example]}]}, "
                        + "{action: Accept, to: [{domainNames: [a.example]}]}]}");
        awaitEvent(
                "ClusterNetworkPolicy",
                "NotEnforced",
                "egress[3].to[0].domainNames: not served, as no node knows the addresses of names; the rule accepts nothing");
        await(
                "the other rules",
                () -> rules(admin).equals(List.of("2 allow 192.0.2.0/24", "4 pass 198.51.100.0/24", "6 deny anyone")));
        assertThat(group(admin).priority()).contains(10);
        assertThat(group(admin).id()).isEqualTo(first);

        // The tier Baseline: of pods that nothing isolates.
        offerPolicies(PolicyKind.BASELINE_ADMIN_NETWORK_POLICY, "v1alpha1");
        String last = "baseline-ingress-"
                + putPolicy(
                                PolicyKind.BASELINE_ADMIN_NETWORK_POLICY,
                                "default",
                                "{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}")
                        .getMetadata()
                        .getUid();
        await("the policy after all", () -> groups(before).contains(last));
        assertThat(groups(before)).contains("unsaid-ingress", "open-egress").doesNotContain("open-ingress");
        createPolicy("isolates", "{podSelector: {}, policyTypes: [Ingress]}");
        await("its end", () -> !groups(before).contains(last));
        assertThat(groups(before)).contains(admin, "open-egress").doesNotContain("unsaid-ingress");

        // New pods have them from their first moment.
        Pod after = createPod("x", "after", Map.of());
        assertThat(groups(after)).contains("open-egress").doesNotContain(last);
        putPolicy(PolicyKind.CLUSTER_NETWORK_POLICY, "first", "{tier: Admin, priority: 9, subject: {}}");
        awaitEvent(
                "ClusterNetworkPolicy", "Refused", "subject: must have exactly one field, has none; the policy has no");
        await("the policy out of force", () -> !groups(before).contains(admin));

        // Without the kind there is none of its objects.
        putPolicy(
                PolicyKind.CLUSTER_NETWORK_POLICY,
                "first",
                "{tier: Admin, priority: 9, " + subject + ", egress: [{action: Deny, to: [{nodes: {}}]}]}");
        await("the policy in force again", () -> groups(before).contains(admin));
        offerPolicies(PolicyKind.CLUSTER_NETWORK_POLICY, "v1beta7");
        awaitEvent("CustomResourceDefinition", "NotEnforced", "the version v1alpha2 is not served");
        await("the policy out of force again", () -> !groups(before).contains(admin));
        await(
                "its group to go",
                () -> neutron.securityGroups().list(Query.ALL).stream()
                        .noneMatch(group -> group.name().startsWith(admin)));
    }

    @Test
    void aPodHasAPortFromItsSchedulingToItsEnd() {
        cluster.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("node1")
                        .withAnnotations(Map.of("weft.io/host", "rack1"))
                        .endMetadata()
                        .build())
                .create();
        Pod before = createPod("before");
        start();
        Port port = port(before);
        assertThat(port.name()).isEqualTo("x/before");
        assertThat(port.host()).isEqualTo("rack1");
        assertThat(port.deviceOwner()).isEqualTo("compute:kubernetes");
        assertThat(port.tags())
                .containsExactlyInAnyOrder(
                        "weft:kubernetes:cluster=" + uid(),
                        "weft:kubernetes:namespace=x",
                        "weft:kubernetes:pod=before");
        assertThat(neutron.networks().named("pods").id()).isEqualTo(port.networkId());
        assertThat(neutron.subnets().list(Query.where("network_id", port.networkId())))
                .extracting(Subnet::cidr)
                .containsExactlyInAnyOrderElementsOf(SETTINGS.network().prefixes());
        assertThat(port.fixedIps()).hasSize(2);
        assertThat(groups(before)).containsExactlyInAnyOrder("open-ingress", "open-egress");

        Pod host = createPod("host");
        cluster.resource(host).delete();
        Pod after = createPod("after");
        cluster.pods()
                .resource(after)
                .editStatus(pod -> new PodBuilder(pod)
                        .withNewStatus()
                        .withPhase("Succeeded")
                        .endStatus()
                        .build());
        cluster.resource(before).delete();
        await("the port to go", () -> ports(before).isEmpty());
        await("the port of the finished pod to go", () -> ports(after).isEmpty());
    }

    private Node createNode(String name, String... addresses) {
        return cluster.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewStatus()
                        .withAddresses(List.of(addresses).stream()
                                .map(address -> new NodeAddressBuilder()
                                        .withType("InternalIP")
                                        .withAddress(address)
                                        .build())
                                .toList())
                        .endStatus()
                        .build())
                .create();
    }

    private List<Port> hostPorts() {
        return neutron.ports().list(Query.tagged("weft:kubernetes:hosts-of=" + uid()));
    }

    private Set<String> routes(String router) {
        return neutron.routers().named(router).routes().stream()
                .map(route -> route.destination() + " " + route.nexthop())
                .collect(Collectors.toSet());
    }

    private static String address(Port port, IpFamily family) {
        return port.fixedIps().stream()
                .map(ip -> ip.ipAddress())
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    @Test
    void aNodeHasAPortAndTheRouterLeadsToItsAddresses() {
        Router router = neutron.routers().create(RouterAttributes.NONE.name("cluster"));
        createNode("node1", "192.0.2.7", "2001:db8::7");
        createNode("node2", "192.0.2.8");
        NodePorts nodePorts = NodePorts.of("30000-32767", List.of(IpAddress.parse("10.96.255.254")));
        Controller controller = Controller.start(
                cluster,
                neutron,
                new ControllerSettings(
                        new NetworkSettings("pods", SETTINGS.network().prefixes(), Optional.of("cluster")),
                        ServiceSettings.NONE,
                        Optional.of(nodePorts),
                        false,
                        "kube-system",
                        "weft-controller"));
        controllers.add(controller);
        await("routes", () -> routes("cluster").size() == 3);
        Port port = hostPorts().stream()
                .filter(each -> each.name().equals("node1"))
                .findFirst()
                .orElseThrow();
        assertThat(port.host()).isEqualTo("node1");
        assertThat(port.deviceOwner()).isEqualTo("compute:kubernetes-host");
        assertThat(port.networkId()).isEqualTo(neutron.networks().named("pods").id());
        assertThat(routes("cluster"))
                .contains(
                        "192.0.2.7/32 " + address(port, IpFamily.IPV4),
                        "2001:db8::7/128 " + address(port, IpFamily.IPV6));
        assertThat(installation.world().port(port.id()).orElseThrow()).satisfies(there -> {
            assertThat(there.binding().hostAccess()).contains(new HostAccess(Optional.of(nodePorts)));
            assertThat(there.allowedAddressPairs())
                    .extracting(pair -> pair.prefix().toString())
                    .containsExactlyInAnyOrder("192.0.2.7/32", "2001:db8::7/128");
        });
        neutron.routers()
                .addRoutes(
                        router.id(),
                        List.of(new Subnet.HostRoute(
                                IpPrefix.parse("198.51.100.0/24"), IpAddress.parse("10.244.0.99"))));
        cluster.nodes().withName("node1").delete();
        await("node1's port to go", () -> hostPorts().size() == 1);
        assertThat(routes("cluster"))
                .containsExactlyInAnyOrder(
                        "192.0.2.8/32 " + address(hostPorts().getFirst(), IpFamily.IPV4),
                        "198.51.100.0/24 10.244.0.99");
    }

    @Test
    void aNodeThatClaimsAPodsAddressHasNoPortAndIsToldSo() {
        Node node = createNode("node1", "10.244.0.5");
        start();
        await(
                "an event about the node",
                () -> cluster.v1().events().inNamespace("default").list().getItems().stream()
                        .anyMatch(event -> event.getInvolvedObject()
                                        .getUid()
                                        .equals(node.getMetadata().getUid())
                                && event.getReason().equals("Refused")
                                && event.getMessage().contains("10.244.0.5")));
        assertThat(hostPorts()).isEmpty();
    }

    @Test
    void policiesBecomeGroupsAndLabelsMembership() {
        Pod a = createPod("a");
        Pod b = createPod("b");
        start();
        port(a);
        createPolicy("deny", "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress, Egress]}");
        await("a to be closed", () -> groups(a).stream().allMatch(group -> group.matches("(policy|node)-.*")));
        createPolicy(
                "allow",
                "{podSelector: {matchLabels: {pod: a}}, ingress: "
                        + "[{from: [{podSelector: {matchLabels: {friend: 'yes'}}}], ports: [{port: 80}]}]}");
        await("the policies of a", () -> groups(a).size() == 3);
        assertThat(groups(b)).containsExactlyInAnyOrder("open-ingress", "open-egress");
        cluster.pods()
                .resource(b)
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToLabels("friend", "yes")
                        .endMetadata()
                        .build());
        await("b to be a friend", () -> groups(b).size() == 3);
        SecurityGroup allow = neutron.securityGroups().list(Query.ALL).stream()
                .filter(group -> group.name().endsWith(" x/allow"))
                .findFirst()
                .orElseThrow();
        assertThat(allow.securityGroupRules()).hasSize(2).allSatisfy(rule -> {
            assertThat(rule.direction()).isEqualTo("ingress");
            assertThat(rule.protocol()).contains("tcp");
            assertThat(rule.portRangeMin()).contains(80);
            assertThat(port(b).securityGroups()).contains(rule.remoteGroupId().orElseThrow());
        });
        cluster.network()
                .v1()
                .networkPolicies()
                .inNamespace("x")
                .withName("allow")
                .delete();
        cluster.network()
                .v1()
                .networkPolicies()
                .inNamespace("x")
                .withName("deny")
                .delete();
        await("the groups to go", () -> marked() == 2);
        assertThat(groups(a)).containsExactlyInAnyOrder("open-ingress", "open-egress");
    }

    @Test
    void whatHappenedWhileNobodyLedIsMadeGoodAndNothingIsMadeTwice() {
        Pod stays = createPod("stays");
        Pod goes = createPod("goes");
        createPolicy("p", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}");
        Controller controller = start();
        Port first = port(stays);
        port(goes);
        controller.close();
        cluster.resource(goes).delete();
        cluster.network().v1().networkPolicies().inNamespace("x").withName("p").delete();
        // What somebody else has spoilt.
        neutron.ports().update(first.id(), PortAttributes.NONE.securityGroups(List.of()));
        Pod comes = createPod("comes");
        start();
        await("the port to go", () -> ports(goes).isEmpty());
        port(comes);
        await("the groups to go", () -> marked() == 2);
        assertThat(port(stays).id()).isEqualTo(first.id());
        assertThat(groups(stays)).containsExactlyInAnyOrder("open-ingress", "open-egress");
    }

    private String holder() {
        return Optional.ofNullable(cluster.leases()
                        .inNamespace("kube-system")
                        .withName("weft-controller")
                        .get())
                .map(lease -> lease.getSpec().getHolderIdentity())
                .orElse("");
    }

    @Test
    void anotherLeadsWhenTheLeaderGoes() {
        Controller leader = start();
        port(createPod("a"));
        start();
        String first = holder();
        leader.close();
        await("another leader", () -> !holder().isEmpty() && !holder().equals(first));
        Pod b = createPod("b");
        assertThat(port(b).name()).isEqualTo("x/b");
    }

    @Test
    void aPodIsNotOpenedForWantOfQuotaAndIsToldSo() {
        Pod a = createPod("a");
        createPolicy("deny", "{podSelector: {}}");
        installation.limit(QuotaResource.SECURITY_GROUP, 1);
        start();
        awaitEvent(a, "NetworkNotReady", "security group");
        assertThat(ports(a)).isEmpty();
        installation.limit(QuotaResource.SECURITY_GROUP, -1);
        assertThat(groups(a)).hasSize(3).contains("open-egress").doesNotContain("open-ingress");
        installation.limit(QuotaResource.PORT, 1);
        Pod b = createPod("b");
        awaitEvent(b, "QuotaExceeded", "no port");
        installation.limit(QuotaResource.PORT, -1);
        port(b);
    }

    @Test
    void annotationsSayOnWhichNetworkAndWithWhichAddress() {
        var network = neutron.networks().create(NetworkAttributes.NONE.name("legacy"));
        neutron.subnets().create(SubnetAttributes.of(network.id(), 4).name("s").cidr(IpPrefix.parse("192.0.2.0/24")));
        createNamespace("own", Map.of("weft.io/isolated", "10.9.0.0/24"));
        Pod isolated = createPod("own", "a", Map.of());
        Pod fixed = createPod("x", "b", Map.of("weft.io/network", "legacy", "weft.io/addresses", "192.0.2.77"));
        Pod lost = createPod("x", "c", Map.of("weft.io/network", "nowhere"));
        Pod wrong = createPod("x", "d", Map.of("weft.io/addresses", "nine"));
        start();
        assertThat(neutron.networks().show(port(isolated).networkId()).name()).isEqualTo("kubernetes-own");
        assertThat(port(fixed).networkId()).isEqualTo(network.id());
        assertThat(port(fixed).fixedIps().getFirst().ipAddress()).hasToString("192.0.2.77");
        awaitEvent(lost, "NetworkServiceRefused", "there is no network 'nowhere'");
        awaitEvent(wrong, "Refused", "weft.io/addresses");
        Pod thief = createPod("x", "e", Map.of("weft.io/network", "legacy", "weft.io/addresses", "192.0.2.77"));
        awaitEvent(thief, "NetworkServiceRefused", "192.0.2.77");
        cluster.resource(fixed).delete();
        assertThat(port(thief).fixedIps().getFirst().ipAddress()).hasToString("192.0.2.77");
        cluster.resource(isolated).delete();
        cluster.namespaces().withName("own").delete();
        await(
                "the network to go",
                () -> neutron.networks().list(Query.named("kubernetes-own")).isEmpty());
    }

    @Test
    void aPolicyThatMakesNoSenseClosesItsPodsAndIsToldSo() {
        Pod a = createPod("a");
        createPolicy("odd", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: everywhere}}]}]}");
        start();
        assertThat(groups(a)).hasSize(2).allMatch(group -> group.matches("(policy|node)-.*"));
        await(
                "an event about the policy",
                () -> cluster.v1().events().inNamespace("x").list().getItems().stream()
                        .anyMatch(event -> event.getInvolvedObject().getKind().equals("NetworkPolicy")
                                && event.getReason().equals("Refused")));
    }
}
