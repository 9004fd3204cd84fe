package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Runtimes that know CNI and nothing of Weft: podman on one host, containerd on the other, on one network. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuntimesTest {
    private final Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
    private final Api api;
    private final String network;
    private final Podman podman;
    private final Containerd containerd;

    RuntimesTest() {
        cloud.addServer();
        api = cloud.api("alpha");
        Path caller = cloud.containersApi("alpha");
        Host one = cloud.addHost("host1", List.of("--containers-api", caller.toString()));
        Host two = cloud.addHost("host2", List.of("--containers-api", caller.toString()));
        network = api.create("network", Map.of("name", "web")).get("id").asString();
        api.create(
                "subnet",
                Map.of(
                        "network_id",
                        network,
                        "ip_version",
                        4,
                        "cidr",
                        "10.0.0.0/24",
                        "allocation_pools",
                        List.of(Map.of("start", "10.0.0.100", "end", "10.0.0.199"))));
        api.create("subnet", Map.of("network_id", network, "ip_version", 6, "cidr", "2001:db8:1::/64"));
        podman = new Podman(cloud, one, directories(one));
        containerd = new Containerd(cloud, two, directories(two));
    }

    private CniDirectories directories(Host host) {
        CniDirectories directories = new CniDirectories(cloud, host);
        directories.add("web", Map.of("network", network, "capabilities", Map.of("ips", true, "mac", true)));
        return directories;
    }

    @AfterAll
    void close() {
        cloud.close();
    }

    private List<JsonNode> ports() {
        List<JsonNode> ports = new ArrayList<>();
        api.list("port", "?network_id=" + network + "&device_owner=compute:container")
                .forEach(ports::add);
        return ports;
    }

    private void awaitPorts(int count) {
        Wait.until(
                count + " ports of containers in force",
                Duration.ofMinutes(1),
                () -> ports().size() == count ? Optional.of(true) : Optional.empty());
    }

    @Test
    void podmanAndContainerdShareANetworkAndLeaveNothing() {
        podman.run(
                "alpha",
                "--network",
                "web",
                "--ip",
                "10.0.0.20",
                "--ip6",
                "2001:db8:1::20",
                "--mac-address",
                "02:00:00:00:00:20");
        podman.run("beta", "--network", "web");
        containerd.run("gamma");

        awaitPorts(3);
        JsonNode gamma = ports().stream()
                .filter(port -> port.get("binding:host_id").asString().equals("host2"))
                .findFirst()
                .orElseThrow();
        assertThat(podman.podman("exec", "alpha", "ip", "link", "show", "eth0")).contains("02:00:00:00:00:20");
        for (JsonNode fixed : gamma.get("fixed_ips")) {
            String address = fixed.get("ip_address").asString();
            assertThat(podman.pings("alpha", address))
                    .as("podman to containerd at " + address)
                    .isTrue();
            assertThat(podman.pings("beta", address))
                    .as("podman to containerd at " + address)
                    .isTrue();
        }
        assertThat(containerd.ping("gamma", "10.0.0.20")).contains("bytes from 10.0.0.20");

        podman.podman("stop", "--time", "0", "beta");
        awaitPorts(2);
        podman.podman("start", "beta");
        awaitPorts(3);
        assertThat(containerd.exec("gamma", "/bin/ip", "-4", "address", "show", "eth0"))
                .contains("10.0.0.1");
        podman.podman("rm", "--force", "--time", "0", "beta");
        awaitPorts(2);
        containerd.kill("gamma");
        awaitPorts(1);
        podman.podman("rm", "--force", "--time", "0", "alpha");
        awaitPorts(0);
    }
}
