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
import tools.jackson.databind.json.JsonMapper;

/** Runtimes that know CNI and nothing of Weft, on one network: podman on one host, containerd on the other, cnitool on both. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuntimesTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
    private final Api api;
    private final String network;
    private final Podman podman;
    private final Containerd containerd;
    private final CniTool here;
    private final CniTool there;

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
        CniDirectories ofOne = directories(one);
        CniDirectories ofTwo = directories(two);
        podman = new Podman(cloud, one, ofOne);
        containerd = new Containerd(cloud, two, ofTwo);
        here = new CniTool(cloud, one, ofOne);
        there = new CniTool(cloud, two, ofTwo);
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

    @Test
    void cnitoolAddsChecksAndDeletesOnBothHosts() {
        Workload near = here.workload("near");
        Workload far = there.workload("far");
        Map<String, String> wishes =
                Map.of("CAP_ARGS", "{\"ips\": [\"10.0.0.30/24\"], \"mac\": \"02:00:00:00:00:30\"}");
        JsonNode added = done(here.run("add", "web", near, wishes));
        assertThat(added.get("ips").get(0).get("address").asString()).isEqualTo("10.0.0.30/24");
        assertThat(near.run("ip", "link", "show", "eth0")).contains("02:00:00:00:00:30");
        Map<String, String> second = Map.of("CNI_IFNAME", "net1");
        JsonNode other = done(there.run("add", "web", far, second));
        awaitPorts(2);
        for (JsonNode ip : other.get("ips")) {
            String address = ip.get("address").asString().replaceAll("/.*", "");
            if (!address.contains(":")) {
                assertThat(near.pings(address)).as(address).isTrue();
            }
        }
        assertThat(far.pings("10.0.0.30")).isTrue();

        assertThat(here.run("check", "web", near, wishes).output()).isEmpty();
        assertThat(there.run("check", "web", far, second).output()).isEmpty();
        near.run("ip", "address", "del", "10.0.0.30/24", "dev", "eth0");
        Shell.Result missing = here.run("check", "web", near, wishes);
        assertThat(missing.ok()).isFalse();
        assertThat(missing.output()).contains("10.0.0.30");

        // Asked again it repairs what is missing, and keeps the port.
        done(here.run("add", "web", near, wishes));
        assertThat(here.run("check", "web", near, wishes).output()).isEmpty();
        awaitPorts(2);
        for (int time = 0; time < 2; time++) {
            assertThat(here.run("del", "web", near, wishes).output()).isEmpty();
            assertThat(there.run("del", "web", far, second).output()).isEmpty();
        }
        awaitPorts(0);
        assertThat(near.run("ip", "-o", "link")).doesNotContain("eth0");
        assertThat(here.run("check", "web", near, wishes).ok()).isFalse();
        Shell.Result unknown = here.run("add", "nowhere", near, Map.of());
        assertThat(unknown.ok()).isFalse();
        assertThat(unknown.output()).contains("nowhere");
    }

    private static JsonNode done(Shell.Result result) {
        assertThat(result.ok()).as(result.output()).isTrue();
        return JSON.readTree(result.output());
    }
}
