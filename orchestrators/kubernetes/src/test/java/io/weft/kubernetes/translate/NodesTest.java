package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.model.IpAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodesTest {
    private static ClusterNode read(String metadata, String status) {
        return Nodes.read(Serialization.unmarshal("""
                apiVersion: v1
                kind: Node
                metadata: {name: node1, uid: u1%s}
                %s
                """.formatted(metadata, status), Node.class));
    }

    @Test
    void aNodeHasItsNameItsUidAndItsInternalAddresses() {
        ClusterNode node = read(
                "",
                "status: {addresses: [{type: Hostname, address: node1}, {type: InternalIP, address: 192.0.2.7}, "
                        + "{type: InternalIP, address: \"2001:db8::7\"}, {type: ExternalIP, address: 198.51.100.7}, "
                        + "{type: InternalIP, address: 192.0.2.7}, {type: InternalIP, address: here}]}");
        assertThat(node.name()).isEqualTo("node1");
        assertThat(node.uid()).isEqualTo("u1");
        assertThat(node.host()).isEqualTo("node1");
        assertThat(node.addresses())
                .containsExactlyInAnyOrder(IpAddress.parse("192.0.2.7"), IpAddress.parse("2001:db8::7"));
        assertThat(node.outside()).containsExactly(IpAddress.parse("198.51.100.7"));
        assertThat(node.labels()).isEmpty();
    }

    @Test
    void anAnnotationGivesItsNameInWeft() {
        ClusterNode node = read(", labels: {zone: a}, annotations: {weft.io/host: rack1}", "");
        assertThat(node.labels()).containsExactly(Map.entry("zone", "a"));
        assertThat(node.host()).isEqualTo("rack1");
        assertThat(node.addresses()).isEmpty();
        assertThat(node.parentPort()).isEmpty();
        assertThat(read(", annotations: {weft.io/parent-port: p1}", "").parentPort())
                .contains("p1");
    }
}
