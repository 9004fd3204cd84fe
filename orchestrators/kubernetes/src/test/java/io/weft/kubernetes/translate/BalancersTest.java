package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services and EndpointSlices as load balancers, by example. */
class BalancersTest {
    private static final List<IpAddress> NODE_PORTS =
            List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd45::fffe"));

    private static final List<IpPrefix> EXTERNAL_IPS =
            List.of(IpPrefix.parse("203.0.113.0/28"), IpPrefix.parse("2001:db8:9::/112"));

    private static Service service(String spec, String metadata, String status) {
        return Services.read(
                Serialization.unmarshal(
                        """
                apiVersion: v1
                kind: Service
                metadata: {namespace: x, name: web, uid: u1, %s}
                spec: {%s}
                status: {%s}
                """.formatted(metadata, spec, status), io.fabric8.kubernetes.api.model.Service.class),
                EXTERNAL_IPS);
    }

    private static Service service(String spec) {
        return service(spec, "labels: {}", "");
    }

    private static Optional<Slice> read(String type, String labels, String ports, String endpoints) {
        return Slices.read(Serialization.unmarshal(
                """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: x, name: web-%s, labels: {%s}}
                addressType: %s
                ports: [%s]
                endpoints: [%s]
                """.formatted(endpoints.hashCode(), labels, type, ports, endpoints), EndpointSlice.class));
    }

    private static Slice slice(String type, String ports, String endpoints) {
        return read(type, "kubernetes.io/service-name: web", ports, endpoints).orElseThrow();
    }

    /** {@code ADDRESS shared tcp-80 affinity locality [member=weight ...]} for each pool. */
    private static List<String> pools(Service service, Slice... slices) {
        List<String> lines = new ArrayList<>();
        for (BalancerSpec balancer :
                Balancers.of(service, List.of(slices), NODE_PORTS).balancers()) {
            balancer.fronts().forEach((front, pool) -> {
                Map<String, Integer> members = new TreeMap<>();
                pool.members().forEach((target, weight) -> members.put(target.address() + "+" + target.port(), weight));
                lines.add(balancer.address() + (balancer.shared() ? " shared " : " ") + front.text()
                        + (pool.affinity() == 0 ? "" : " " + pool.affinity())
                        + (pool.locality() == Locality.ANY ? "" : " " + pool.locality()) + " "
                        + members.entrySet().stream().map(Object::toString).collect(Collectors.joining(" ")));
            });
        }
        return lines;
    }

    private static List<String> refused(Service service, Slice... slices) {
        return Balancers.of(service, List.of(slices), NODE_PORTS).refused();
    }

    @Test
    void aServiceHasALoadBalancerAtEachOfItsAddressesAndPoolsWithTheEndpointsOfThatFamily() {
        Service service = service("clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, 'fd45::7'], ports: "
                + "[{name: http, port: 80, targetPort: web}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}]");
        assertThat(pools(
                        service,
                        slice(
                                "IPv4",
                                "{name: http, port: 8080}, {name: dns, port: 5353, protocol: UDP}",
                                "{addresses: [10.244.0.5], conditions: {ready: true}}"),
                        // The name that the Service gives means another number in these pods.
                        slice("IPv4", "{name: http, port: 9090}", "{addresses: [10.244.0.6]}"),
                        slice("IPv6", "{name: http, port: 8080}", "{addresses: ['fd44::5']}")))
                .containsExactly(
                        "10.96.0.7 tcp-80 10.244.0.5+8080=1 10.244.0.6+9090=1",
                        "10.96.0.7 udp-53 10.244.0.5+5353=1",
                        "fd45::7 tcp-80 fd44::5+8080=1",
                        "fd45::7 udp-53 ");
        assertThat(refused(service)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    clusterIP: None, ports: [{port: 80}]
                    ports: [{port: 80}]
                    type: ExternalName, externalName: a.example, clusterIP: 10.96.0.7
                    """)
    void whatHasNoAddressHasNothing(String spec) {
        assertThat(pools(service(spec))).isEmpty();
        assertThat(refused(service(spec))).isEmpty();
    }

    /** Endpoints 1 to 3 on nodes a, a and b; the states that slices tell, and the weights that follow. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    TCP | ready: true  | ready: true                                    | ready: true  | 1 1 1
                    TCP | ready: true  | ready: false                                   | ready: true  | 1 0 1
                    UDP | ready: true  | ready: false                                   | ready: true  | 1 - 1
                    TCP | ready: true  | ready: false, serving: true, terminating: true  | ready: true  | 1 0 1
                    UDP | ready: true  | ready: false, serving: true, terminating: true  | ready: true  | 1 - 1
                    TCP | ready: false | ready: false, serving: true, terminating: true  | ready: false | 0 1 0
                    UDP | ready: false | ready: false, serving: true, terminating: true  | ready: false | - 1 -
                    TCP | ready: false | ready: false, serving: false, terminating: true | ready: false | 0 0 0
                    TCP | ready: false | ready: true, serving: true, terminating: true   | ready: false | 0 1 0
                    """)
    void newConnectionsGoToReadyEndpointsOrElseToThoseThatEnd(
            String protocol, String one, String two, String three, String weights) {
        assertThat(weights(
                        service("clusterIP: 10.96.0.7, ports: [{port: 80, protocol: " + protocol + "}]"),
                        protocol,
                        one,
                        two,
                        three))
                .isEqualTo(weights);
    }

    /** With endpoints of the node alone, those that end stand in for their own node. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ready: false | ready: false, serving: true, terminating: true | ready: true  | 0 1 1
                    ready: true  | ready: false, serving: true, terminating: true | ready: false | 1 0 0
                    """)
    void whoEndsStandsInForItsOwnNodeWhereNodesChooseFromTheirOwn(
            String one, String two, String three, String weights) {
        Service local = service("clusterIP: 10.96.0.7, internalTrafficPolicy: Local, ports: [{port: 80}]");
        assertThat(pools(local)).containsExactly("10.96.0.7 tcp-80 LOCAL ");
        assertThat(weights(local, "TCP", one, two, three)).isEqualTo(weights);
    }

    private static String weights(Service service, String protocol, String one, String two, String three) {
        Slice slice = slice(
                "IPv4",
                "{name: '', port: 80, protocol: " + protocol + "}",
                "{addresses: [10.244.0.1], nodeName: a, conditions: {%s}}, ".formatted(one)
                        + "{addresses: [10.244.0.2], nodeName: a, conditions: {%s}}, ".formatted(two)
                        + "{addresses: [10.244.0.3], nodeName: b, conditions: {%s}}".formatted(three));
        Map<BalancerSpec.Target, Integer> members = Balancers.of(service, List.of(slice), List.of())
                .balancers()
                .getFirst()
                .fronts()
                .firstEntry()
                .getValue()
                .members();
        List<String> weights = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Integer weight = members.get(new BalancerSpec.Target(IpAddress.parse("10.244.0." + i), 80));
            weights.add(weight == null ? "-" : weight.toString());
        }
        return String.join(" ", weights);
    }

    @Test
    void clientsStayWithAnEndpointForAsLongAsTheServiceSays() {
        assertThat(pools(service("clusterIP: 10.96.0.7, sessionAffinity: ClientIP, ports: [{port: 80}]")))
                .containsExactly("10.96.0.7 tcp-80 10800 ");
        assertThat(pools(service("clusterIP: 10.96.0.7, sessionAffinity: ClientIP, sessionAffinityConfig: "
                        + "{clientIP: {timeoutSeconds: 60}}, ports: [{port: 80}]")))
                .containsExactly("10.96.0.7 tcp-80 60 ");
    }

    @Test
    void nodePortsAreAtTheAddressOfAllNodePorts() {
        Slice slice = slice("IPv4", "{name: http, port: 8080}", "{addresses: [10.244.0.5]}");
        assertThat(pools(
                        service("type: NodePort, externalTrafficPolicy: Local, clusterIP: 10.96.0.7, ports: "
                                + "[{name: http, port: 80, nodePort: 30080}, {name: other, port: 81}]"),
                        slice))
                .containsExactly(
                        "10.96.0.7 tcp-80 10.244.0.5+8080=1",
                        "10.96.0.7 tcp-81 ",
                        "10.96.255.254 shared tcp-30080 LOCAL 10.244.0.5+8080=1");
        assertThat(pools(service("clusterIP: 10.96.0.7, ports: [{name: http, port: 80, nodePort: 30080}]"), slice))
                .containsExactly("10.96.0.7 tcp-80 10.244.0.5+8080=1");
    }

    /** Endpoints 1 and 2 on node a, 3 on b: who counts where nodes are asked for the health of the Service. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ready: true  | ready: true                                   | ready: true  | 1 2 3
                    ready: false | ready: false, serving: true, terminating: true | ready: true  | 3
                    ready: true  | ready: false, serving: true, terminating: true | ready: false | 1
                    ready: false | ready: false                                  | ready: false | none
                    """)
    void nodesTellWhetherTheyHaveReadyEndpointsAtTheHealthCheckNodePort(
            String one, String two, String three, String counted) {
        Slice slice = slice(
                "IPv4",
                "{name: a, port: 80}, {name: b, port: 81}",
                "{addresses: [10.244.0.1], nodeName: a, conditions: {%s}}, ".formatted(one)
                        + "{addresses: [10.244.0.2], nodeName: a, conditions: {%s}}, ".formatted(two)
                        + "{addresses: [10.244.0.3], nodeName: b, conditions: {%s}}".formatted(three));
        Service service = service("type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31000, "
                + "clusterIP: 10.96.0.7, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81}]");
        BalancerSpec nodePorts =
                Balancers.of(service, List.of(slice), NODE_PORTS).balancers().getLast();
        assertThat(nodePorts.shared()).isTrue();
        assertThat(nodePorts.fronts().keySet())
                .containsExactly(new Front(Protocol.TCP, 30080), new Front(Protocol.TCP, 31000));
        assertThat(nodePorts.fronts().firstEntry().getValue().nodeHealth()).isEmpty();
        BalancerSpec.Pool told = nodePorts.fronts().lastEntry().getValue();
        assertThat(told.nodeHealth()).contains("x/web");
        assertThat(told.locality()).isEqualTo(Locality.LOCAL);
        assertThat(told.members().keySet().stream()
                        .map(target -> target.address().toString().substring("10.244.0.".length()))
                        .sorted()
                        .collect(Collectors.joining(" ")))
                .isEqualTo(counted.equals("none") ? "" : counted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31000   | 31000
                    type: LoadBalancer, externalTrafficPolicy: Cluster, healthCheckNodePort: 31000 | 0
                    type: NodePort, externalTrafficPolicy: Local, healthCheckNodePort: 31000       | 0
                    type: LoadBalancer, externalTrafficPolicy: Local                               | 0
                    """)
    void aHealthCheckNodePortIsOfLoadBalancersWithLocalTraffic(String spec, int port) {
        Service service = service("clusterIP: 10.96.0.7, ports: [{port: 80}], " + spec);
        assertThat(service.healthCheck()).isEqualTo(port);
        assertThat(Balancers.of(service, List.of(), NODE_PORTS).balancers().stream()
                        .filter(BalancerSpec::shared)
                        .flatMap(balancer -> balancer.fronts().keySet().stream())
                        .map(Front::port))
                .isEqualTo(port == 0 ? List.of() : List.of(port));
    }

    /** Locality at the cluster IP and at the node port. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    selector: {}                                                             | ANY          | ANY
                    trafficDistribution: PreferSameNode                                      | PREFER_LOCAL | PREFER_LOCAL
                    trafficDistribution: PreferSameNode, internalTrafficPolicy: Local        | LOCAL        | PREFER_LOCAL
                    trafficDistribution: PreferSameNode, externalTrafficPolicy: Local        | PREFER_LOCAL | LOCAL
                    trafficDistribution: PreferSameZone                                      | ANY          | ANY
                    trafficDistribution: PreferClose                                         | ANY          | ANY
                    """)
    void whoIsNearIsPreferredWhereTheServiceSaysSo(String spec, Locality internal, Locality external) {
        Service service =
                service("type: NodePort, clusterIP: 10.96.0.7, ports: [{port: 80, nodePort: 30080}], " + spec);
        assertThat(service.internal()).isEqualTo(internal);
        assertThat(service.external()).isEqualTo(external);
        assertThat(Balancers.of(service, List.of(), NODE_PORTS).balancers())
                .flatExtracting(balancer -> balancer.fronts().values())
                .extracting(BalancerSpec.Pool::locality)
                .containsExactly(internal, external);
        assertThat(Locality.PREFER_LOCAL.text()).isEqualTo("prefer-local");
    }

    @Test
    void externalIpsHaveLoadBalancersOfTheirOwnByTheirFamilies() {
        Service service = service(
                "clusterIP: 10.96.0.7, externalTrafficPolicy: Local, "
                        + "externalIPs: [203.0.113.9, 203.0.113.9, 192.0.2.9, '2001:db8:9::9'], ports: [{name: http, port: 80}]");
        assertThat(pools(
                        service,
                        slice("IPv4", "{name: http, port: 8080}", "{addresses: [10.244.0.5]}"),
                        slice("IPv6", "{name: http, port: 8080}", "{addresses: ['fd44::5']}")))
                .containsExactly(
                        "10.96.0.7 tcp-80 10.244.0.5+8080=1",
                        "203.0.113.9 tcp-80 LOCAL 10.244.0.5+8080=1",
                        "2001:db8:9::9 tcp-80 LOCAL fd44::5+8080=1");
        assertThat(pools(service("clusterIP: None, externalIPs: [203.0.113.9], ports: [{port: 80}]")))
                .isEmpty();
    }

    @Test
    void endpointsAreWhoeverTheSlicesNameOnceEach() {
        Service service = service("clusterIP: 10.96.0.7, ports: [{name: http, port: 80}]");
        assertThat(
                        pools(
                                service,
                                slice(
                                        "IPv4",
                                        "{name: http, port: 80}",
                                        "{addresses: [192.0.2.1, 192.0.2.2]}, {addresses: []}"),
                                slice(
                                        "IPv4",
                                        "{name: http, port: 80}",
                                        "{addresses: [192.0.2.1], conditions: {ready: false}}"),
                                slice("IPv4", "{name: http}, {name: other, port: 80}", "{addresses: [192.0.2.3]}"),
                                slice("IPv4", "{name: http, port: 80, protocol: UDP}", "{addresses: [192.0.2.4]}"),
                                slice(
                                        "IPv4",
                                        "{name: http, port: 80}",
                                        "{addresses: [nonsense]}, {addresses: [127.0.0.1]}, "
                                                + "{addresses: ['fd44::1']}, {addresses: [169.254.1.1]}, {addresses: [10.96.0.7]}")))
                .containsExactly("10.96.0.7 tcp-80 192.0.2.1+80=1");
        assertThat(read("FQDN", "kubernetes.io/service-name: web", "", "")).isEmpty();
        assertThat(read("IPv4", "a: b", "", "")).isEmpty();
    }

    @Test
    void whatCannotBeIsSaid() {
        assertThat(refused(service("clusterIP: 10.96.0.7, externalIPs: [192.0.2.9, nine], ports: [{port: 80}]")))
                .satisfiesExactly(
                        one -> assertThat(one)
                                .isEqualTo("externalIPs: 192.0.2.9 is in no prefix of kubernetes.external-ip-cidrs"),
                        other -> assertThat(other).startsWith("externalIPs: "));
        assertThatThrownBy(() -> service("clusterIP: nine, ports: [{port: 80}]"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("clusterIPs");
    }

    @Test
    void endpointsOfSctpHaveThePortThatIsCalled() {
        Service service = service("type: NodePort, clusterIP: 10.96.0.7, ports: [{name: s, protocol: SCTP, port: 132, "
                + "nodePort: 30132}]");
        Slice same = slice("IPv4", "{name: s, port: 132, protocol: SCTP}", "{addresses: [10.244.0.5]}");
        Slice other = slice("IPv4", "{name: s, port: 133, protocol: SCTP}", "{addresses: [10.244.0.6]}");
        assertThat(pools(service, same, other))
                .containsExactly("10.96.0.7 sctp-132 10.244.0.5+132=1", "10.96.255.254 shared sctp-30132 ");
        assertThat(refused(service, same, other))
                .containsExactly(
                        "port 132: SCTP is handed to endpoints at the same port alone",
                        "port 30132: SCTP is handed to endpoints at the same port alone");
    }

    @Test
    void moreEndpointsThanAPoolHasAreLeftOutAndThatIsSaid() {
        String endpoints = IntStream.range(0, 300)
                .mapToObj(i ->
                        "{addresses: [10.244.%s.%s], conditions: {ready: %s}}".formatted(i / 200, i % 200 + 1, i >= 20))
                .collect(Collectors.joining(", "));
        Service service = service("clusterIP: 10.96.0.7, ports: [{port: 80}]");
        Slice slice = slice("IPv4", "{port: 80}", endpoints);
        ServiceSpec spec = Balancers.of(service, List.of(slice), List.of());
        Map<BalancerSpec.Target, Integer> members =
                spec.balancers().getFirst().fronts().firstEntry().getValue().members();
        assertThat(members)
                .hasSize(256)
                .allSatisfy((_, weight) -> assertThat(weight).isEqualTo(1));
        assertThat(spec.refused()).containsExactly("port 80: 256 endpoints of 280 take calls");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    labels: {}                                             | clusterIP: 10.96.0.7                                                | any
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerIP: 192.0.2.7                     | 192.0.2.7
                    annotations: {weft.io/load-balancer-address: 192.0.2.8} | clusterIP: 10.96.0.7, loadBalancerIP: 192.0.2.7                   | 192.0.2.8
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerClass: weft.io/load-balancer      | any
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerClass: metal.example/lb           | none
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerSourceRanges: [192.0.2.0/24]      | any
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerSourceRanges: ['2001:db8::/32']   | none: no IPv4 range
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerSourceRanges: [192.0.2.0/33]      | none: loadBalancerSourceRanges
                    labels: {}                                             | clusterIP: 10.96.0.7, internalTrafficPolicy: Local                  | none: internalTrafficPolicy
                    labels: {}                                             | clusterIP: 'fd45::7'                                                | none: IPv4
                    labels: {}                                             | clusterIP: 10.96.0.7, loadBalancerIP: nine                          | none: loadBalancerIP
                    """)
    void aLoadBalancerOfOursHasAnAddressOutside(String metadata, String spec, String outside) {
        Service service = service("type: LoadBalancer, ports: [{port: 80}], " + spec, metadata, "");
        String found = service.outside()
                .map(wanted -> wanted.wish().map(IpAddress::toString).orElse("any"))
                .orElse("none");
        String[] expected = outside.split(": ");
        assertThat(found).isEqualTo(expected[0]);
        assertThat(service.refused()).hasSize(expected.length - 1);
        if (expected.length > 1) {
            assertThat(service.refused().getFirst()).contains(expected[1]);
        }
    }

    @Test
    void sourceRangesAreAboutTheFloatingIpOfTheIpv4AddressAlone() {
        String spec = "clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, 'fd45::7'], externalIPs: [203.0.113.9], "
                + "ports: [{port: 80, nodePort: 30080}], "
                + "loadBalancerSourceRanges: [' 192.0.2.0/24', 192.0.2.0/24, 198.51.100.7/32, '2001:db8::/32'], type: ";
        List<IpPrefix> ranges = List.of(IpPrefix.parse("192.0.2.0/24"), IpPrefix.parse("198.51.100.7/32"));
        for (BalancerSpec balancer : Balancers.of(service(spec + "LoadBalancer"), List.of(), NODE_PORTS)
                .balancers()) {
            assertThat(balancer.floatingCallers())
                    .as(balancer.address().toString())
                    .isEqualTo(balancer.address().equals(IpAddress.parse("10.96.0.7")) ? ranges : List.of());
        }
        assertThat(Balancers.of(service(spec + "NodePort"), List.of(), NODE_PORTS)
                        .balancers())
                .allSatisfy(balancer -> assertThat(balancer.floatingCallers()).isEmpty());
        String many =
                IntStream.range(0, 101).mapToObj(i -> "10." + i + ".0.0/16").collect(Collectors.joining(", "));
        assertThat(service("type: LoadBalancer, clusterIP: 10.96.0.7, ports: [{port: 80}], loadBalancerSourceRanges: ["
                                + many + "]")
                        .refused())
                .singleElement()
                .asString()
                .contains("more than 100 ranges");
    }

    @Test
    void theStatusTellsWhatIsShown() {
        assertThat(service(
                                "clusterIP: 10.96.0.7",
                                "labels: {}",
                                "loadBalancer: {ingress: [{ip: 192.0.2.1}, {hostname: a}]}")
                        .shown())
                .containsExactly("192.0.2.1");
    }
}
