package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods as ports, by example. */
class PodsTest {
    private static Pod pod(String metadata, String spec, String status) {
        return Pods.read(Serialization.unmarshal(
                """
                apiVersion: v1
                kind: Pod
                metadata: {namespace: x, name: a, uid: u1, %s}
                spec: {%s}
                status: {%s}
                """.formatted(metadata, spec, status), io.fabric8.kubernetes.api.model.Pod.class));
    }

    private static Namespace namespace(Map<String, String> annotations) {
        return new Namespace("x", Map.of(), annotations);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nodeName: n1                    | phase: Pending   | true
                    nodeName: n1                    | phase: Running   | true
                    nodeName: n1                    | phase: Unknown   | true
                    nodeName: n1                    | phase: Succeeded | false
                    nodeName: n1                    | phase: Failed    | false
                    priority: 1                     | phase: Pending   | false
                    nodeName: n1, hostNetwork: true | phase: Running   | false
                    """)
    void aPodHasAPortFromItsSchedulingToItsEnd(String spec, String status, boolean networked) {
        assertThat(pod("labels: {}", spec, status).networked()).isEqualTo(networked);
    }

    @Test
    void theDeviceIsWhatTheRuntimeKnowsThePodBy() {
        assertThat(pod("labels: {}", "nodeName: n1", "").deviceId()).isEqualTo("u1");
        assertThat(pod("annotations: {kubernetes.io/config.mirror: 6d1f}", "nodeName: n1", "")
                        .deviceId())
                .isEqualTo("6d1f");
    }

    @Test
    void containersAndSidecarsNamePorts() {
        Pod pod = pod(
                "labels: {}",
                "containers: [{name: c, ports: [{name: web, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}, "
                        + "{containerPort: 7}]}], initContainers: [{name: s, restartPolicy: Always, "
                        + "ports: [{name: proxy, containerPort: 15}]}, {name: i, ports: [{name: once, containerPort: 9}]}]",
                "");
        assertThat(pod.ports())
                .isEqualTo(Map.of(
                        new NamedPort("web", Protocol.TCP),
                        80,
                        new NamedPort("dns", Protocol.UDP),
                        53,
                        new NamedPort("proxy", Protocol.TCP),
                        15));
    }

    @Test
    void annotationsOfThePodAndThenOfTheNamespaceSayWhere() {
        Pod plain = pod("labels: {}", "nodeName: n1", "");
        Pod own = pod(
                "annotations: {weft.io/network: db, weft.io/subnets: 's4, s6', weft.io/addresses: '10.0.0.9,fd00::9'}",
                "nodeName: n1",
                "");
        Namespace other = namespace(Map.of(Annotations.NETWORK, "web"));
        Namespace isolated = namespace(Map.of(Annotations.ISOLATED, "10.9.0.0/24, fd09::/64"));
        assertThat(Annotations.place(plain, namespace(Map.of()))).isEqualTo(new Place.Cluster());
        assertThat(Annotations.place(plain, other)).isEqualTo(new Place.Existing("web", List.of()));
        assertThat(Annotations.place(own, other)).isEqualTo(new Place.Existing("db", List.of("s4", "s6")));
        assertThat(Annotations.place(plain, isolated))
                .isEqualTo(
                        new Place.Isolated("x", List.of(IpPrefix.parse("10.9.0.0/24"), IpPrefix.parse("fd09::/64"))));
        assertThat(Annotations.addresses(own)).containsExactly(IpAddress.parse("10.0.0.9"), IpAddress.parse("fd00::9"));
    }

    @Test
    void annotationsThatMakeNoSenseAreRefusedByName() {
        Pod pod = pod("annotations: {weft.io/addresses: nine, weft.io/subnets: s}", "nodeName: n1", "");
        assertThatThrownBy(() -> Annotations.addresses(pod))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("weft.io/addresses");
        assertThatThrownBy(() -> Annotations.place(pod, namespace(Map.of())))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("weft.io/network");
    }

    @Test
    void aPodAsksForFurtherInterfaces() {
        Pod pod = pod(
                "annotations: {weft.io/networks: 'storage@san, backup', weft.io/subnets.san: 's4,s6', "
                        + "weft.io/addresses.net2: 10.3.0.9}",
                "nodeName: n1",
                "");
        assertThat(Annotations.interfaces(pod))
                .containsExactly(
                        new FurtherInterface(
                                "san", new Place.Existing("storage", List.of("s4", "s6")), List.of(), Optional.empty()),
                        new FurtherInterface(
                                "net2",
                                new Place.Existing("backup", List.of()),
                                List.of(IpAddress.parse("10.3.0.9")),
                                Optional.empty()));
        assertThat(Annotations.interfaces(pod("labels: {}", "nodeName: n1", "")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    weft.io/networks: 'a@eth0'                                      | eth0
                    weft.io/networks: 'a@n, b@n'                                    | another interface 'n'
                    weft.io/networks: '@n'                                          | NETWORK@INTERFACE
                    weft.io/networks: 'a@sixteen.letters.'                          | NETWORK@INTERFACE
                    weft.io/networks: 'a@n/m'                                       | NETWORK@INTERFACE
                    weft.io/networks: 'a,,b'                                        | NETWORK@INTERFACE
                    weft.io/networks: 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q'           | more than 16
                    weft.io/networks: 'a@n', weft.io/addresses.n: nine              | weft.io/addresses.n
                    weft.io/networks: 'a@n', weft.io/subnets.m: s                   | weft.io/subnets.m is about
                    weft.io/addresses.net1: 10.0.0.9                                | weft.io/addresses.net1 is about
                    """)
    void furtherInterfacesThatMakeNoSenseAreRefusedByName(String annotations, String message) {
        Pod pod = pod("annotations: {" + annotations + "}", "nodeName: n1", "");
        assertThatThrownBy(() -> Annotations.interfaces(pod))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(message);
    }
}
