package io.weft.deployment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final List<IpPrefix> PODS = List.of(IpPrefix.parse("10.244.0.0/16"));

    private static Cluster.Machine machine(String name, String address, String kubelet, String runtime, boolean ready) {
        return new Cluster.Machine(
                name,
                address,
                kubelet,
                runtime,
                "amd64",
                false,
                false,
                ready,
                "no network",
                List.of("registry.k8s.io/coredns/coredns:v1.12.0", "registry.k8s.io/pause:3.10.1"));
    }

    private static Cluster cluster(Cluster.Machine... machines) {
        return new Cluster("v1.33.1", "192.0.2.1", 6443, List.of(machines), List.of(), false, "");
    }

    @Test
    void aClusterWithoutANetworkIsWired() {
        assertThat(cluster(machine("a", "192.0.2.1", "v1.32.0", "containerd://2.0.1", false))
                        .obstacles("amd64", false, PODS))
                .isEmpty();
    }

    @Test
    void whatStandsAgainstItIsNamed() {
        Cluster cluster = new Cluster(
                "v1.33.1",
                "192.0.2.1",
                6443,
                List.of(
                        machine("a", "192.0.2.1", "v1.31.9", "containerd://2.0.1", false),
                        machine("b", "192.0.2.2", "v1.33.1", "cri-o://1.33", false),
                        machine("c", "192.0.2.3", "v1.33.1", "containerd://2.1.0", true),
                        machine("d", "10.244.0.9", "v1.33.1+k3s1", "containerd://2.1.0", false)),
                List.of("kube-system/cilium"),
                true,
                "");
        assertThat(cluster.obstacles("amd64", false, PODS))
                .containsExactly(
                        "another network is installed: DaemonSet kube-system/cilium",
                        "node a has kubelet v1.31.9; 1.32 is the oldest",
                        "node b has cri-o://1.33; containerd 2 is needed",
                        "node c is ready, so that another network must be configured on it",
                        "node d has its address in the pods' prefix 10.244.0.0/16");
        assertThat(cluster.obstacles("arm64", true, PODS)).contains("node a is amd64, the images are for arm64");
        assertThat(cluster().obstacles("amd64", false, PODS)).containsExactly("the cluster has no nodes");
    }

    @Test
    void theLoaderTakesAnImageThatTheNodeHas() {
        Cluster.Machine machine = machine("a", "192.0.2.1", "v1.32.0", "containerd://2.0.1", false);
        assertThat(Loader.imageOn(machine)).isEqualTo("registry.k8s.io/pause:3.10.1");
    }

    @Test
    void theMtuIsThatOfTheDeviceWithTheDefaultRoute() {
        String facts = """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                ens4\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
                ens5\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
                mtu ens4 1450
                mtu ens5 9000
                mtu lo 65536
                """;
        assertThat(Loader.mtu(facts)).isEqualTo(1450);
        assertThat(Loader.mtu("mtu lo 65536\n")).isEqualTo(1500);
    }

    @Test
    void namesOfPodsStayShort() {
        assertThat(Pods.name("weft-loader-", "node")).isEqualTo("weft-loader-node");
        assertThat(Pods.name("weft-loader-", "n".repeat(200))).hasSizeLessThan(64);
    }
}
