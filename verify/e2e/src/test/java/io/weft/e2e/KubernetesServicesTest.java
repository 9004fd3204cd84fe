package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Services of Kubernetes by real packets: two pods on each of two hosts, which call each other by virtual addresses of both
 * families. The API server is fabric8's, whose EndpointSlices the test writes; all else is Weft's own.
 */
@Tag("long")
class KubernetesServicesTest {
    private static final String PROJECT = "a0be00000000000000000000000000c2";
    private static final Duration PATIENT = Duration.ofMinutes(1);

    /** Answers with the pod's name on port 80 of TCP and UDP, and to each line of a connection to port 82. */
    private static final String SERVER = """
            import selectors, socket, sys
            name, watched = sys.argv[1].encode(), selectors.DefaultSelector()
            for port in (80, 82):
                listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
                watched.register(listener, selectors.EVENT_READ, port)
            datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            datagrams.bind(("::", 80))
            watched.register(datagrams, selectors.EVENT_READ, "udp")
            while True:
                for key, _ in watched.select():
                    try:
                        if key.data == "udp":
                            datagrams.sendto(name, datagrams.recvfrom(64)[1])
                        elif key.data == "line":
                            if key.fileobj.recv(64):
                                key.fileobj.sendall(name + b"\\n")
                            else:
                                watched.unregister(key.fileobj)
                                key.fileobj.close()
                        else:
                            connection, _ = key.fileobj.accept()
                            if key.data == 82:
                                watched.register(connection, selectors.EVENT_READ, "line")
                            else:
                                connection.sendall(name)
                                connection.close()
                    except OSError as e:
                        print(e, flush=True)
            """;

    /** Calls PROTOCOL ADDRESS PORT ten times, each time from another port, and prints who answered or why nobody did. */
    private static final String CLIENT = """
            import socket, sys
            protocol, address, port = sys.argv[1:]
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            for _ in range(10):
                with socket.socket(family, socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM) as one:
                    one.settimeout(5)
                    try:
                        one.connect((address, int(port)))
                        if protocol == "UDP":
                            one.send(b"?")
                        print(one.recv(64).decode())
                    except OSError as e:
                        print(type(e).__name__)
            """;

    /** Keeps one connection and prints what answers each line, until something goes wrong. */
    private static final String TALKER = """
            import socket, sys, time
            with socket.create_connection((sys.argv[1], 82), timeout=20) as one:
                answers = one.makefile()
                while True:
                    one.sendall(b"?\\n")
                    print(answers.readline().strip() or "END", flush=True)
                    time.sleep(0.05)
            """;

    private static Cloud cloud;
    private static List<Host> hosts;
    private static Cluster kubernetes;
    private static KubernetesClient cluster;
    private static final Map<String, Member> pods = new HashMap<>();
    private static Path client;
    /** One who stands beyond the router's gateway. */
    private static Workload outside;

    /** A pod that runs. */
    private record Member(Workload workload, String host, List<String> addresses) {}

    @BeforeAll
    static void build() throws IOException {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        hosts = List.of(cloud.addHost("host1", WayOut.UPLINK), cloud.addHost("host2", WayOut.UPLINK));
        outside = WayOut.segment(cloud, "outside", WayOut.OUTSIDE, hosts.getFirst(), hosts.getLast());
        Api api = cloud.api(PROJECT);
        String external = WayOut.external(api, "public", "203.0.113.");
        api.create("router", Map.of("name", "pods", "external_gateway_info", Map.of("network_id", external)));
        kubernetes = new Cluster(cloud);
        cluster = kubernetes.client();
        apply("{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}");
        apply("{apiVersion: v1, kind: Namespace, metadata: {name: x}}");
        kubernetes.control(PROJECT, """
                kubernetes.service-cidrs = 10.96.0.0/16, fd45::/112
                kubernetes.external-ip-cidrs = 192.0.2.0/28, fd46::/112
                kubernetes.external-network = public
                """);
        Path scripts = cloud.makeDirectory("scripts");
        Path server = Files.writeString(scripts.resolve("server.py"), SERVER);
        client = Files.writeString(scripts.resolve("client.py"), CLIENT);
        for (Host host : hosts) {
            Cni cni = new Cni(host);
            for (String role : List.of("a", "b")) {
                run(role + host.name().substring(4), host, cni, server);
            }
        }
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    private static HasMetadata apply(String object) {
        return cluster.resource("---\n" + object).createOr(NonDeletingOperation::update);
    }

    /** As a node's runtime does: a namespace, joined by CNI, and then its process. */
    private static void run(String name, Host host, Cni cni, Path server) {
        Pod pod = (Pod) apply("{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: " + name + "}, "
                + "spec: {nodeName: " + host.name() + "}}");
        Cluster.Joined joined = kubernetes.join(name, pod, cni);
        Workload workload = joined.workload();
        workload.start("python3", server.toString(), name);
        Wait.until(name + " to listen", () -> workload.run("ss", "-Hlun").contains(":80"));
        pods.put(name, new Member(workload, host.name(), joined.addresses()));
    }

    private static Member pod(String name) {
        return Optional.ofNullable(pods.get(name)).orElseThrow();
    }

    /** A Service at 10.96.0.N and fd45::N. */
    private static void service(String name, int number, String spec) {
        apply("""
                {apiVersion: v1, kind: Service, metadata: {namespace: x, name: %s}, spec: {clusterIP: 10.96.0.%s,
                clusterIPs: [10.96.0.%s, 'fd45::%s'], ipFamilies: [IPv4, IPv6], %s}}
                """.formatted(name, number, number, number, spec));
    }

    /** The Service's endpoints, each with what is said of it: ready unless anything is. */
    private static void endpoints(String service, Map<String, String> conditions) {
        for (int family = 0; family < 2; family++) {
            List<String> endpoints = new ArrayList<>();
            for (Map.Entry<String, String> each : conditions.entrySet()) {
                endpoints.add("{addresses: ['%s'], nodeName: %s, conditions: {%s}}"
                        .formatted(
                                pod(each.getKey()).addresses().get(family),
                                pod(each.getKey()).host(),
                                each.getValue().isEmpty() ? "ready: true" : each.getValue()));
            }
            apply("""
                    {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {namespace: x, name: %s-%s,
                    labels: {kubernetes.io/service-name: %s}}, addressType: %s, ports: [{name: web, port: 80},
                    {name: dns, port: 80, protocol: UDP}, {name: talk, port: 82}], endpoints: [%s]}
                    """.formatted(service, family, service, family == 0 ? "IPv4" : "IPv6", String.join(", ", endpoints)));
        }
    }

    private static final String PORTS = "ports: [{name: web, port: 8000, targetPort: 80}, "
            + "{name: dns, port: 53, protocol: UDP, targetPort: 80}, {name: talk, port: 82}]";

    /** Who answers ten calls. */
    private static Set<String> answers(String from, String protocol, String address, int port) {
        Shell.Result result = pod(from)
                .workload()
                .attempt(PATIENT, "python3", client.toString(), protocol, address, String.valueOf(port));
        return new TreeSet<>(result.output().lines().toList());
    }

    /** Waits until calls are answered by these alone, and by each of them; by both protocols and in both families. */
    private static void awaitAnswers(String from, int service, String... names) {
        for (String address : List.of("10.96.0." + service, "fd45::" + service)) {
            awaitAnswers(from, "TCP", address, 8000, Set.of(names));
            awaitAnswers(from, "UDP", address, 53, Set.of(names));
        }
    }

    private static void awaitAnswers(String from, String protocol, String address, int port, Set<String> names) {
        long end = System.nanoTime() + PATIENT.toNanos();
        Set<String> last = answers(from, protocol, address, port);
        while (!last.equals(names) && System.nanoTime() < end) {
            last = answers(from, protocol, address, port);
        }
        assertThat(last)
                .as("%s calls %s of %s, port %s; %s", from, protocol, address, port, kubernetes.output())
                .isEqualTo(names);
    }

    @Test
    void callsToAServiceReachItsEndpointsOnBothHostsAndTheCallerItself() {
        service("web", 1, PORTS);
        endpoints("web", Map.of("a1", "", "a2", ""));
        for (String from : pods.keySet()) {
            awaitAnswers(from, 1, "a1", "a2");
        }
        endpoints("web", Map.of("a1", ""));
        for (String from : pods.keySet()) {
            awaitAnswers(from, 1, "a1");
        }
        cluster.services().inNamespace("x").withName("web").delete();
        Wait.until(
                "the Service to go",
                () -> Set.of("ConnectionRefusedError", "TimeoutError", "OSError")
                        .containsAll(answers("b1", "TCP", "10.96.0.1", 8000)));
    }

    @Test
    void clientsStayWithAnEndpointWhereTheServiceSaysSo() {
        service("sticky", 2, "sessionAffinity: ClientIP, " + PORTS);
        endpoints("sticky", Map.of("a1", "", "b1", "", "a2", "", "b2", ""));
        for (String from : pods.keySet()) {
            for (String address : List.of("10.96.0.2", "fd45::2")) {
                Set<String> chosen = Wait.until(
                        "calls of " + from + " to stay",
                        PATIENT,
                        () -> Optional.of(answers(from, "TCP", address, 8000))
                                .filter(answers ->
                                        answers.size() == 1 && pods.keySet().containsAll(answers)));
                assertThat(answers(from, "TCP", address, 8000)).isEqualTo(chosen);
            }
        }
    }

    @Test
    void whatAnEndpointThatEndsHasItKeepsAndWhatIsNewGoesToOthers() {
        service("draining", 3, PORTS);
        endpoints("draining", Map.of("a1", ""));
        awaitAnswers("b2", 3, "a1");
        Background talker = pod("b2").workload().start("python3", "-c", TALKER, "10.96.0.3");
        Background talker6 = pod("b2").workload().start("python3", "-c", TALKER, "fd45::3");
        Wait.until(
                "an answer",
                () -> talker.output().contains("a1") && talker6.output().contains("a1"));
        endpoints("draining", Map.of("a1", "ready: false, serving: true, terminating: true", "a2", ""));
        awaitAnswers("b2", 3, "a2");
        for (Background each : List.of(talker, talker6)) {
            long before = each.output().lines().count();
            Wait.until("further answers", () -> each.output().lines().count() > before + 20);
            assertThat(new TreeSet<>(each.output().lines().toList())).containsExactly("a1");
        }
        endpoints("draining", Map.of("a1", "ready: false, serving: true, terminating: true", "a2", "ready: false"));
        awaitAnswers("b2", 3, "a1");
        endpoints("draining", Map.of());
        awaitAnswers("b2", 3, "ConnectionRefusedError");
        Wait.until("the connections to be cut", () -> !talker.isAlive() && !talker6.isAlive());
    }

    @Test
    void endpointsOfTheCallersOwnNodeAreAllThereAreWhereThePolicyIsLocal() {
        service("local", 4, "internalTrafficPolicy: Local, " + PORTS);
        endpoints("local", Map.of("a1", "", "a2", ""));
        for (String from : pods.keySet()) {
            awaitAnswers(from, 4, "a" + from.substring(1));
        }
        endpoints("local", Map.of("a2", ""));
        awaitAnswers("b1", 4, "ConnectionRefusedError");
        awaitAnswers("b2", 4, "a2");
    }

    @Test
    void endpointsOfTheCallersOwnNodeTakeCallsWhereTheyArePreferredAndOthersWhereThereAreNone() {
        service("preferring", 6, "trafficDistribution: PreferSameNode, " + PORTS);
        endpoints("preferring", Map.of("a1", "", "a2", ""));
        for (String from : pods.keySet()) {
            awaitAnswers(from, 6, "a" + from.substring(1));
        }
        endpoints("preferring", Map.of("a1", "ready: false", "a2", ""));
        awaitAnswers("b1", 6, "a2");
        awaitAnswers("b2", 6, "a2");
    }

    @Test
    void podsAndNodesCallExternalIps() {
        service("external", 7, "externalIPs: [192.0.2.9, 'fd46::9'], " + PORTS);
        endpoints("external", Map.of("a1", "", "a2", ""));
        for (String address : List.of("192.0.2.9", "fd46::9")) {
            awaitAnswers("b1", "TCP", address, 8000, Set.of("a1", "a2"));
            awaitAnswers("a2", "UDP", address, 53, Set.of("a1", "a2"));
        }
        apply("{apiVersion: v1, kind: Node, metadata: {name: host1}}");
        List<String> call = List.of("python3", client.toString(), "TCP", "192.0.2.9", "8000");
        Wait.until("the node to be answered", PATIENT, () -> {
            Shell.Result result = Shell.attempt(PATIENT, "", hosts.getFirst().enter(call));
            Set<String> names = new TreeSet<>(result.output().lines().toList());
            return Optional.of(names).filter(Set.of("a1", "a2")::equals);
        });
    }

    /** Who answers a call from outside; empty for nobody. */
    private static String answersOutside(String address) {
        Shell.Result answer =
                outside.attempt(PATIENT, "socat", "-u", "TCP4:" + address + ":8000,connect-timeout=3", "-");
        return answer.ok() ? answer.output() : "";
    }

    @Test
    void aFloatingIpIsCalledFromTheSourceRangesAndTheClusterIpByEveryoneInside() {
        service("ranges", 8, "type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/29], " + PORTS);
        endpoints("ranges", Map.of("a1", "", "a2", ""));
        String floating = Wait.until(
                "the floating IP",
                PATIENT,
                () -> Optional.ofNullable(cluster.services()
                                .inNamespace("x")
                                .withName("ranges")
                                .get()
                                .getStatus())
                        .map(ServiceStatus::getLoadBalancer)
                        .flatMap(status -> status.getIngress().stream().findFirst())
                        .map(LoadBalancerIngress::getIp));
        Set<String> answered = new TreeSet<>();
        Wait.until("both endpoints to answer outside", PATIENT, () -> {
            answered.add(answersOutside(floating));
            return Optional.of(answered).filter(names -> names.containsAll(Set.of("a1", "a2")));
        });
        service("ranges", 8, "type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.8/29], " + PORTS);
        Wait.until(
                "callers outside to be refused",
                PATIENT,
                () -> Optional.of(answersOutside(floating)).filter(String::isEmpty));
        awaitAnswers("b1", 8, "a1", "a2");
        awaitAnswers("b2", 8, "a1", "a2");
        assertThat(answersOutside(floating)).isEmpty();
        service("ranges", 8, "type: LoadBalancer, " + PORTS);
        Wait.until(
                "callers outside to be let in",
                PATIENT,
                () -> Optional.of(answersOutside(floating)).filter(Set.of("a1", "a2")::contains));
    }

    /** What a node tells a process of another about a Service, at its own address: the body, and the status behind it. */
    private static String health(int from, int to, int port) {
        String address = Shell.run(hosts.get(to).enter(List.of("ip", "-4", "-o", "address", "show", "dev", "eth0")))
                .replaceAll("(?s).* inet ([0-9.]+)/.*", "$1");
        return Shell.attempt(
                        PATIENT,
                        "",
                        hosts.get(from)
                                .enter(List.of(
                                        "curl",
                                        "-s",
                                        "-m",
                                        "10",
                                        "-w",
                                        " %{http_code}",
                                        "http://" + address + ":" + port)))
                .output();
    }

    private static void awaitHealth(int port, String one, String other) {
        for (int from = 0; from < 2; from++) {
            for (int to = 0; to < 2; to++) {
                int asking = from;
                int asked = to;
                String wanted = to == 0 ? one : other;
                Wait.until(
                        hosts.get(to).name() + " to tell " + wanted,
                        PATIENT,
                        () -> Optional.of(health(asking, asked, port)).filter(wanted::equals));
            }
        }
    }

    @Test
    void nodesTellAtTheHealthCheckNodePortWhetherTheyHaveEndpoints() {
        for (Host host : hosts) {
            apply("{apiVersion: v1, kind: Node, metadata: {name: " + host.name() + "}}");
        }
        service(
                "healthy",
                9,
                "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31999, "
                        + "ports: [{name: web, port: 8000, nodePort: 31080}]");
        endpoints("healthy", Map.of("a1", "", "b1", ""));
        String body = "{\"service\":{\"namespace\":\"x\",\"name\":\"healthy\"},\"localEndpoints\":%s,"
                + "\"serviceProxyHealthy\":true} %s";
        awaitHealth(31999, body.formatted(2, 200), body.formatted(0, 503));
        endpoints("healthy", Map.of("a1", "ready: false, serving: true, terminating: true", "a2", ""));
        awaitHealth(31999, body.formatted(0, 503), body.formatted(1, 200));
        // It takes calls still, so that nobody is refused before balancers outside have asked.
        awaitAnswers("b1", "TCP", "10.96.255.254", 31080, Set.of("a1"));
        cluster.services().inNamespace("x").withName("healthy").delete();
        awaitHealth(31999, " 000", " 000");
    }

    @Test
    void nodePortsAreAtTheAddressThatNodesSendThemTo() {
        service(
                "public",
                5,
                "type: NodePort, externalTrafficPolicy: Local, ports: [{name: web, port: 8000, nodePort: 30080}]");
        endpoints("public", Map.of("a1", "", "a2", ""));
        for (String address : List.of("10.96.255.254", "fd45::fffe")) {
            awaitAnswers("b1", "TCP", address, 30080, Set.of("a1"));
            awaitAnswers("b2", "TCP", address, 30080, Set.of("a2"));
        }
        awaitAnswers("b1", "TCP", "10.96.0.5", 8000, Set.of("a1", "a2"));
    }
}
