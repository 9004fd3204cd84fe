package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.weft.client.FloatingIpAttributes;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.SubnetAttributes;
import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.kubernetes.translate.PolicyKind;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights that are handed out beside the requests that are made. */
@Tag("long")
class RightsTest {
    private static final Path MANIFEST = Path.of("../../deploy/kubernetes/rbac.yaml");
    private static final Set<PolicyKind> CLUSTER_POLICIES = EnumSet.complementOf(EnumSet.of(PolicyKind.NETWORK_POLICY));
    private static final String AGENT = "the-controller";
    private static final Pattern REQUEST = Pattern.compile(
            "/(?:api|apis/(?<group>[^/]+))/[^/]+(?:/namespaces/(?<namespace>[^/]+)(?=/))?/(?<resource>[^/?]+)"
                    + "(?:/(?<name>[^/?]+)(?<part>/status)?)?(?:\\?(?<query>.*))?");
    /** A list or watch of one object counts as one that names it. */
    private static final Pattern ONE = Pattern.compile("fieldSelector=metadata\\.name(?:=|%3D)([^&]+)");

    @TempDir
    private Path directory;

    @Test
    void whatTheControllerAsksForIsWhatItMayAndNothingMore() throws Exception {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
        server.init();
        try (KubernetesClient cluster = server.createClient();
                Installation installation = new Installation(directory);
                NeutronClient neutron = installation.client();
                KubernetesClient own = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder(cluster.getConfiguration())
                                .withUserAgent(AGENT)
                                .build())
                        .build()) {
            for (String object : List.of(
                    "{kind: Namespace, apiVersion: v1, metadata: {name: kube-system}}",
                    "{kind: Namespace, apiVersion: v1, metadata: {name: x}}",
                    "{kind: Pod, apiVersion: v1, metadata: {namespace: x, name: a, annotations: {weft.io/addresses: nine}}, "
                            + "spec: {nodeName: n}}")) {
                cluster.resource("---\n" + object).create();
            }
            offer(
                    server,
                    cluster,
                    "k8s.cni.cncf.io",
                    "v1",
                    "NetworkAttachmentDefinition",
                    "network-attachment-definitions",
                    "Namespaced");
            for (PolicyKind kind : CLUSTER_POLICIES) {
                offer(server, cluster, kind.group(), kind.version(), kind.text(), kind.plural(), "Cluster");
            }
            leaveFloatingIp(cluster, neutron);
            ControllerSettings settings = new ControllerSettings(
                    new NetworkSettings("pods", List.of(IpPrefix.parse("10.0.0.0/8")), Optional.empty()),
                    ServiceSettings.NONE,
                    Optional.empty(),
                    false,
                    "weft-system",
                    "weft-controller");
            Set<String> used = new TreeSet<>();
            try (Controller controller = Controller.start(own, neutron, settings)) {
                assertThat(controller).isNotNull();
                Set<String> granted = granted();
                while (!used.containsAll(granted)) {
                    RecordedRequest request = server.takeRequest(30, TimeUnit.SECONDS);
                    assertThat(request)
                            .as("still not used: %s", minus(granted, used))
                            .isNotNull();
                    if (AGENT.equals(request.getHeader("User-Agent"))) {
                        used.addAll(right(request));
                    }
                }
                assertThat(used).isEqualTo(granted);
            }
        } finally {
            server.destroy();
        }
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** A Service that is of type LoadBalancer no more, whose floating IP is still there and in its status. */
    private static void leaveFloatingIp(KubernetesClient cluster, NeutronClient neutron) {
        HasMetadata service = cluster.resource(
                        "---\n{kind: Service, apiVersion: v1, metadata: {namespace: x, name: web}, spec: {clusterIP: 10.96.0.1}, "
                                + "status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}}")
                .create();
        UUID outside = neutron.networks()
                .create(NetworkAttributes.NONE.name("outside").with("router:external", true))
                .id();
        neutron.subnets().create(SubnetAttributes.of(outside, 4).cidr(IpPrefix.parse("192.0.2.0/24")));
        String uid =
                cluster.namespaces().withName("kube-system").get().getMetadata().getUid();
        neutron.floatingIps()
                .create(FloatingIpAttributes.of(outside)
                        .description("Kubernetes cluster " + uid + " service "
                                + service.getMetadata().getUid()));
    }

    /** The definition of a kind, and where the API server has its objects. */
    private static void offer(
            KubernetesMockServer server,
            KubernetesClient cluster,
            String group,
            String version,
            String kind,
            String plural,
            String scope) {
        server.expectCustomResource(new CustomResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withScope(scope)
                .build());
        cluster.resource("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %s.%s}
                spec: {group: %s, scope: %s, names: {kind: %s, plural: %s},
                  versions: [{name: %s, served: true, storage: true}]}
                status: {conditions: [{type: Established, status: 'True'}]}
                """.formatted(plural, group, group, scope, kind, plural, version))
                .create();
    }

    private Set<String> granted() throws IOException {
        Set<String> rights = new TreeSet<>();
        try (InputStream in = Files.newInputStream(MANIFEST);
                KubernetesClient reader = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder()
                                .withAutoConfigure(false)
                                .withMasterUrl("http://127.0.0.1:1")
                                .build())
                        .build()) {
            for (HasMetadata object : reader.load(in).items()) {
                switch (object) {
                    case ClusterRole role -> role.getRules().forEach(rule -> rights.addAll(rights("", rule)));
                    case Role role ->
                        role.getRules()
                                .forEach(rule ->
                                        rights.addAll(rights(role.getMetadata().getNamespace() + ": ", rule)));
                    default -> assertThat(object.getKind()).isIn("ServiceAccount", "ClusterRoleBinding", "RoleBinding");
                }
            }
        }
        return rights;
    }

    private static Set<String> rights(String where, PolicyRule rule) {
        List<String> names = rule.getResourceNames().isEmpty()
                ? List.of("")
                : rule.getResourceNames().stream().map(name -> "/" + name).toList();
        return rule.getApiGroups().stream()
                .flatMap(group -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream()
                                .flatMap(verb -> names.stream()
                                        .map(name -> where + verb + " " + group + "/" + resource + name))))
                .collect(Collectors.toSet());
    }

    /** The right that a request needs. */
    private static Set<String> right(RecordedRequest request) {
        Matcher path = REQUEST.matcher(request.getPath());
        assertThat(path.matches()).as(request.getPath()).isTrue();
        String name = path.group("name");
        boolean watch = String.valueOf(path.group("query")).contains("watch=true");
        String verb = switch (request.getMethod()) {
            case "GET" -> watch ? "watch" : name == null ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            default -> request.getMethod();
        };
        String group = path.group("group") == null ? "" : path.group("group");
        String resource =
                path.group("resource") + Optional.ofNullable(path.group("part")).orElse("");
        // A lease is the controller's own; other objects it may see or make wherever they are.
        boolean lease = resource.equals("leases");
        Matcher only = ONE.matcher(String.valueOf(path.group("query")));
        Optional<String> object = only.find()
                ? Optional.of(only.group(1))
                : Optional.ofNullable(name).filter(_ -> lease);
        return Set.of((lease ? path.group("namespace") + ": " : "") + verb + " " + group + "/" + resource
                + object.map(each -> "/" + each).orElse(""));
    }
}
