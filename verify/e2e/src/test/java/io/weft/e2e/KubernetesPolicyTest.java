package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nine pods, a, b and c in the namespaces x, y and z, on two hosts; whom each reaches under policies, by real packets in
 * both families, beside what the specifications of NetworkPolicy and ClusterNetworkPolicy say. The API server is fabric8's; all else is Weft's own:
 * the controller's command makes ports, the CNI executable joins the pods.
 */
@Tag("long")
class KubernetesPolicyTest {
    private static final String PROJECT = "a0be00000000000000000000000000c1";
    private static final List<String> NAMESPACES = List.of("x", "y", "z");
    private static final List<String> NAMES = List.of("a", "b", "c");

    /** Answers with the pod's name on TCP ports 80 and 81 and UDP port 80. */
    private static final String SERVER = """
            import selectors, socket, sys
            name, watched = sys.argv[1].encode(), selectors.DefaultSelector()
            for port in (80, 81):
                listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
                watched.register(listener, selectors.EVENT_READ, "tcp")
            datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            datagrams.bind(("::", 80))
            watched.register(datagrams, selectors.EVENT_READ, "udp")
            while True:
                for key, _ in watched.select():
                    if key.data == "udp":
                        datagrams.sendto(name, datagrams.recvfrom(64)[1])
                    else:
                        connection, _ = key.fileobj.accept()
                        try:
                            connection.sendall(name)
                        except OSError:
                            pass
                        connection.close()
            """;

    /** Asks all targets at once, each given as PROTOCOL/ADDRESS/PORT, and prints who answered. */
    private static final String CLIENT = """
            import selectors, socket, sys, time
            watched, end = selectors.DefaultSelector(), time.monotonic() + 2.5
            for target in sys.argv[1:]:
                protocol, address, port = target.split("/")
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                tcp = protocol == "TCP"
                one = socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
                one.setblocking(False)
                one.connect_ex((address, int(port)))
                if not tcp:
                    one.send(b"?")
                watched.register(one, selectors.EVENT_READ, target)
            while watched.get_map() and time.monotonic() < end:
                for key, _ in watched.select(end - time.monotonic()):
                    watched.unregister(key.fileobj)
                    try:
                        print(key.data, key.fileobj.recv(64).decode())
                    except OSError:
                        pass
            """;

    private static Cloud cloud;
    private static Cluster kubernetes;
    private static KubernetesClient cluster;
    private static Api api;
    private static final Map<String, Member> members = new LinkedHashMap<>();
    private static final List<GenericKubernetesResource> tiered = new ArrayList<>();

    /** A pod that runs. */
    private record Member(Pod pod, Workload workload, List<String> addresses) {
        PolicyTruth.End end(String address) {
            return new PolicyTruth.End(
                    pod.getMetadata().getNamespace(),
                    workload.name(),
                    pod.getMetadata().getLabels(),
                    pod.getSpec().getContainers().getFirst().getPorts().stream()
                            .collect(Collectors.toMap(port -> port.getName(), port -> port.getContainerPort())),
                    address);
        }
    }

    @BeforeAll
    static void build() throws IOException {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        List<Host> hosts = List.of(cloud.addHost("host1"), cloud.addHost("host2"));
        api = cloud.api(PROJECT);
        assertThat(api.call(
                                "PUT",
                                "/v2.0/quotas/" + PROJECT,
                                Map.of("quota", Map.of("security_group", -1, "security_group_rule", -1)))
                        .status())
                .isEqualTo(200);
        kubernetes = new Cluster(cloud);
        cluster = kubernetes.client();
        hosts.forEach(host -> cluster.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(host.name())
                        .endMetadata()
                        .build())
                .create());
        createNamespace("kube-system");
        NAMESPACES.forEach(KubernetesPolicyTest::createNamespace);
        kubernetes.control(PROJECT, "");
        Path server = Files.writeString(cloud.makeDirectory("scripts").resolve("server.py"), SERVER);
        int next = 0;
        List<Cni> executables = hosts.stream().map(Cni::new).toList();
        for (String namespace : NAMESPACES) {
            for (String name : NAMES) {
                int number = next++ % hosts.size();
                Member member =
                        run(createPod(namespace, name, hosts.get(number).name()), executables.get(number), server);
                members.put(member.workload().name(), member);
            }
        }
        kubernetes.offerPolicies();
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    private static void createNamespace(String name) {
        cluster.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(Map.of("ns", name))
                        .endMetadata()
                        .build())
                .create();
    }

    /** What c calls by a name is not what others call so. */
    private static Pod createPod(String namespace, String name, String node) {
        return cluster.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withLabels(Map.of("pod", name))
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .addNewContainer()
                        .withName("server")
                        .addNewPort()
                        .withName("serve")
                        .withContainerPort(name.equals("c") ? 81 : 80)
                        .endPort()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    /** As a node's runtime does: a namespace, joined by CNI, and then its process. */
    private static Member run(Pod pod, Cni cni, Path server) {
        String name = pod.getMetadata().getNamespace() + "-" + pod.getMetadata().getName();
        Cluster.Joined joined = kubernetes.join(name, pod, cni);
        Workload workload = joined.workload();
        workload.start("python3", server.toString(), name);
        Wait.until(name + " to listen", () -> workload.run("ss", "-Hlun").contains(":80"));
        return new Member(pod, workload, joined.addresses());
    }

    /** Makes one that holds for the cluster; the next {@link #apply} removes it. */
    private static GenericKubernetesResource tier(String kind, String spec) {
        GenericKubernetesResource made = kubernetes.createPolicy(kind, "p" + tiered.size(), spec);
        tiered.add(made);
        return made;
    }

    /** Replaces all policies by these: a namespace and a specification each. */
    private static List<NetworkPolicy> apply(String... policies) {
        tiered.forEach(old -> kubernetes.policies(old.getKind()).resource(old).delete());
        tiered.clear();
        cluster.network()
                .v1()
                .networkPolicies()
                .inAnyNamespace()
                .list()
                .getItems()
                .forEach(old -> cluster.resource(old).delete());
        List<NetworkPolicy> made = new ArrayList<>();
        for (int i = 0; i < policies.length; i += 2) {
            NetworkPolicy policy =
                    Serialization.unmarshal("""
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata: {namespace: %s, name: p%s}
                    spec: %s
                    """.formatted(policies[i], i, policies[i + 1]), NetworkPolicy.class);
            made.add(cluster.resource(policy).create());
        }
        return made;
    }

    private static Map<String, Map<String, String>> namespaces() {
        return cluster.namespaces().list().getItems().stream()
                .collect(Collectors.toMap(
                        each -> each.getMetadata().getName(),
                        (Namespace each) -> each.getMetadata().getLabels()));
    }

    private record Target(String protocol, int port) {}

    private static final List<Target> TARGETS =
            List.of(new Target("TCP", 80), new Target("TCP", 81), new Target("UDP", 80));

    /** Measures until packets do what the policies say; how many connections these let through. */
    private static int holds(List<NetworkPolicy> policies) {
        PolicyTruth truth = new PolicyTruth(policies, tiered, namespaces());
        Set<String> expected = new TreeSet<>();
        for (Member from : members.values()) {
            for (Member to : members.values()) {
                for (int family = 0; !from.equals(to) && family < 2; family++) {
                    for (Target target : TARGETS) {
                        String address = to.addresses().get(family);
                        if (truth.lets(
                                from.end(from.addresses().get(family)),
                                to.end(address),
                                target.protocol(),
                                target.port())) {
                            expected.add(line(from, target, address) + " "
                                    + to.workload().name());
                        }
                    }
                }
            }
        }
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        Set<String> measured = measure();
        while (!measured.equals(expected) && System.nanoTime() < end) {
            measured = measure();
        }
        assertThat(measured).isEqualTo(expected);
        return expected.size();
    }

    private static String line(Member from, Target target, String address) {
        return from.workload().name() + ": " + target.protocol() + "/" + address + "/" + target.port();
    }

    private static Set<String> measure() {
        ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
        List<Thread> threads = members.values().stream()
                .map(from -> Thread.ofVirtual().start(() -> {
                    List<String> command = new ArrayList<>(List.of("python3", "-c", CLIENT));
                    for (Member to : members.values()) {
                        for (String address : from.equals(to) ? List.<String>of() : to.addresses()) {
                            TARGETS.forEach(
                                    target -> command.add(target.protocol() + "/" + address + "/" + target.port()));
                        }
                    }
                    from.workload()
                            .attempt(Duration.ofMinutes(1), command.toArray(String[]::new))
                            .output()
                            .lines()
                            .forEach(line -> answers.add(from.workload().name() + ": " + line));
                }))
                .toList();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return new TreeSet<>(answers);
    }

    @Test
    void withoutPoliciesAllReachAll() {
        assertThat(holds(apply())).isEqualTo(9 * 8 * 2 * TARGETS.size());
    }

    @Test
    void aNamespaceIsClosedByDefaultInEitherDirection() {
        holds(apply("x", "{podSelector: {}, policyTypes: [Ingress]}"));
        holds(apply("y", "{podSelector: {}, policyTypes: [Egress]}"));
        holds(apply("x", "{podSelector: {}, policyTypes: [Ingress, Egress]}"));
    }

    @Test
    void podsAreLetInByTheirLabelsAndThoseOfTheirNamespaces() {
        holds(apply(
                "x",
                "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress], "
                        + "ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}"));
        holds(
                apply(
                        "x",
                        "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {ns: y}}}]}]}"));
        holds(apply(
                "x",
                "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: "
                        + "{matchExpressions: [{key: ns, operator: NotIn, values: [x]}]}, podSelector: "
                        + "{matchExpressions: [{key: pod, operator: In, values: [b, c]}]}}]}]}"));
        holds(apply(
                "x",
                "{podSelector: {}, policyTypes: [Ingress]}",
                "x",
                "{podSelector: {matchLabels: {pod: b}}, policyTypes: [Ingress], ingress: [{}]}"));
    }

    @Test
    void portsAreLetInByNumberNameRangeAndProtocol() {
        holds(apply("x", "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 81}]}]}"));
        holds(apply(
                "x",
                "{podSelector: {}, policyTypes: [Ingress], ingress: "
                        + "[{from: [{namespaceSelector: {matchLabels: {ns: z}}}], ports: [{port: serve}]}]}"));
        holds(
                apply(
                        "x",
                        "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 79, endPort: 80}, {protocol: UDP}]}]}"));
    }

    @Test
    void whatGoesOutIsJudgedByWhoReceivesIt() {
        holds(apply(
                "x",
                "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Egress], egress: "
                        + "[{to: [{namespaceSelector: {matchLabels: {ns: y}}}], ports: [{port: serve}]}, "
                        + "{to: [{podSelector: {matchLabels: {pod: c}}}]}]}"));
        holds(
                apply(
                        "x",
                        "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 80}]}]}",
                        "y",
                        "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}"));
    }

    @Test
    void blocksOfAddressesAreLetInWithoutTheirExceptions() {
        Member out = member("y-b");
        String blocks =
                "{ipBlock: {cidr: 10.244.0.0/16, except: [%s/32]}}, {ipBlock: {cidr: \"fd44::/64\", except: [\"%s/128\"]}}"
                        .formatted(out.addresses().get(0), out.addresses().get(1));
        holds(apply("x", "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [" + blocks + "]}]}"));
        holds(apply("x", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [" + blocks + "]}]}"));
    }

    @Test
    void whoeverChangesHisLabelsIsAnotherToThePolicies() {
        List<NetworkPolicy> policies = apply(
                "x",
                "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}, "
                        + "{from: [{podSelector: {matchLabels: {friend: 'yes'}}}]}]}");
        holds(policies);
        label("z", Map.of("ns", "z", "team", "red"));
        Member member = member("x-b");
        relabel(member, Map.of("pod", "b", "friend", "yes"));
        try {
            holds(policies);
        } finally {
            label("z", Map.of("ns", "z"));
            relabel(member, Map.of("pod", "b"));
        }
        holds(policies);
    }

    private static final String SUBJECT_X = "subject: {namespaces: {matchLabels: {ns: x}}}, ";

    @Test
    void adminPoliciesComeBeforeAllOthersAndBaselineAfterThem() {
        List<NetworkPolicy> policies = apply(
                "x",
                "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress], ingress: "
                        + "[{from: [{namespaceSelector: {matchLabels: {ns: z}}}], ports: [{port: 80}]}]}");
        tier(
                "ClusterNetworkPolicy",
                "{tier: Admin, priority: 5, " + SUBJECT_X + "ingress: [{action: Deny, from: [{namespaces: {}}]}]}");
        tier(
                "ClusterNetworkPolicy",
                "{tier: Admin, priority: 0, " + SUBJECT_X + "ingress: ["
                        + "{action: Accept, from: [{pods: {namespaceSelector: {matchLabels: {ns: y}}, "
                        + "podSelector: {matchLabels: {pod: a}}}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}, "
                        + "{action: Deny, from: [{namespaces: {matchLabels: {ns: y}}}]}, "
                        + "{action: Pass, from: [{namespaces: {matchLabels: {ns: z}}}]}]}");
        tier(
                "ClusterNetworkPolicy",
                "{tier: Baseline, priority: 1, subject: {namespaces: {}}, ingress: "
                        + "[{action: Deny, from: [{namespaces: {matchLabels: {ns: z}}}], protocols: [{udp: {}}]}], "
                        + "egress: [{action: Accept, to: [{networks: [10.244.0.0/16]}]}, "
                        + "{action: Deny, to: [{namespaces: {matchLabels: {ns: y}}}]}]}");
        holds(policies);
    }

    @Test
    void portsAreDeniedByNumberNameRangeAndProtocol() {
        List<NetworkPolicy> none = apply();
        tier(
                "ClusterNetworkPolicy",
                "{tier: Admin, priority: 1, " + SUBJECT_X + "ingress: ["
                        + "{action: Accept, from: [{namespaces: {matchLabels: {ns: y}}}], "
                        + "protocols: [{destinationNamedPort: serve}]}, "
                        + "{action: Deny, from: [{namespaces: {matchLabels: {ns: y}}}], "
                        + "protocols: [{tcp: {destinationPort: {range: {start: 79, end: 81}}}}]}], egress: ["
                        + "{action: Deny, to: [{pods: {namespaceSelector: {matchLabels: {ns: z}}, podSelector: {}}}], "
                        + "protocols: [{destinationNamedPort: serve}, {udp: {destinationPort: {number: 80}}}]}]}");
        holds(none);
    }

    @Test
    void addressesAreDeniedButForThoseThatAreAcceptedBefore() {
        List<NetworkPolicy> policies =
                apply("y", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 81}]}]}");
        List<String> accepted = member("z-b").addresses();
        String rules = "[{action: Accept, to: [{networks: [%s/32, \"%s/128\"]}], protocols: [{tcp: {}}]}, "
                        .formatted(accepted.get(0), accepted.get(1))
                + "{action: Pass, to: [{namespaces: {matchLabels: {ns: x}}}]}, "
                + "{action: Deny, to: [{networks: [10.244.0.0/16, \"fd44::/64\"]}]}]";
        tier(
                "ClusterNetworkPolicy",
                "{tier: Admin, priority: 3, subject: {namespaces: {matchExpressions: "
                        + "[{key: ns, operator: In, values: [x, y]}]}}, egress: " + rules + "}");
        holds(policies);
    }

    @Test
    void forerunnersHoldAndWhatChangesIsInForceFromThenOn() {
        List<NetworkPolicy> policies = apply(
                "x",
                "{podSelector: {matchLabels: {pod: a}}, policyTypes: [Ingress], "
                        + "ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}");
        tier(
                "BaselineAdminNetworkPolicy",
                "{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], "
                        + "ports: [{portNumber: {port: 80}}]}]}");
        GenericKubernetesResource first = tier(
                "AdminNetworkPolicy",
                "{priority: 8, " + SUBJECT_X + "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {ns: y}}}], "
                        + "ports: [{namedPort: serve}, {portRange: {protocol: UDP, start: 1, end: 99}}]}]}");
        tier(
                "AdminNetworkPolicy",
                "{priority: 10, " + SUBJECT_X
                        + "ingress: [{action: Allow, from: [{namespaces: {matchLabels: {ns: y}}}]}]}");
        holds(policies);
        GenericKubernetesResource changed = kubernetes
                .policies("AdminNetworkPolicy")
                .withName(first.getMetadata().getName())
                .edit(policy -> {
                    policy.<Map<String, Object>>get("spec").put("priority", 12);
                    return policy;
                });
        tiered.set(tiered.indexOf(first), changed);
        holds(policies);
        Member member = member("y-b");
        relabel(member, Map.of("pod", "b", "guest", "yes"));
        try {
            tier(
                    "ClusterNetworkPolicy",
                    "{tier: Admin, priority: 0, " + SUBJECT_X
                            + "ingress: [{action: Deny, from: [{pods: {podSelector: {matchLabels: {guest: 'yes'}}}}]}]}");
            holds(policies);
        } finally {
            relabel(member, Map.of("pod", "b"));
        }
        holds(policies);
    }

    private static Member member(String name) {
        return Optional.ofNullable(members.get(name)).orElseThrow();
    }

    private static void label(String namespace, Map<String, String> labels) {
        cluster.namespaces()
                .withName(namespace)
                .edit(each -> new NamespaceBuilder(each)
                        .editMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .build());
    }

    private static void relabel(Member member, Map<String, String> labels) {
        Pod changed = cluster.pods()
                .inNamespace(member.pod().getMetadata().getNamespace())
                .withName(member.pod().getMetadata().getName())
                .edit(each -> new PodBuilder(each)
                        .editMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .build());
        members.put(member.workload().name(), new Member(changed, member.workload(), member.addresses()));
    }
}
