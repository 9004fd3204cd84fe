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

/** Two real engines on two hosts of one tenant, with a workload that is no container beside them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerTest {
    private static final String PROJECT = "d0c4e100000000000000000000000001";
    private static final String[] DRIVERS = {"--driver", "weft", "--ipam-driver", "weft"};

    private final Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
    private final Api api;
    private final Host host1;
    private final Host host2;
    private final Engine one;
    private final Engine two;

    DockerTest() {
        cloud.addServer();
        api = cloud.api(PROJECT);
        Path caller = cloud.containersApi(PROJECT);
        host1 = cloud.addHost("host1", Engine.agentOptions(cloud, "host1", caller));
        host2 = cloud.addHost("host2", Engine.agentOptions(cloud, "host2", caller));
        one = Engine.start(cloud, host1);
        two = Engine.start(cloud, host2);
    }

    @AfterAll
    void close() {
        cloud.close();
    }

    private String createNetwork(Engine engine, String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("network", "create"));
        arguments.addAll(List.of(DRIVERS));
        arguments.addAll(List.of(options));
        arguments.add(name);
        return engine.docker(arguments.toArray(String[]::new));
    }

    private List<JsonNode> ports(String network) {
        List<JsonNode> ports = new ArrayList<>();
        api.list("port", "?network_id=" + network).forEach(ports::add);
        return ports;
    }

    @Test
    void containersOfTwoEnginesShareANetworkInBothFamiliesAndLeaveNothing() {
        String id = createNetwork(
                one, "web", "--ipv6", "--subnet", "10.60.0.0/24", "--subnet", "fd60::/64", "--gateway", "10.60.0.1");
        JsonNode network = api.list("network", "?tags=kuryr.net.uuid.lh:" + id.substring(0, 32))
                .get(0);
        assertThat(network.get("name").asString()).isEqualTo("kuryr-net-" + id.substring(0, 8));
        String networkId = network.get("id").asString();
        createNetwork(
                two,
                "web",
                "--ipv6",
                "--subnet",
                "10.60.0.0/24",
                "--subnet",
                "fd60::/64",
                "--opt",
                "neutron.net.uuid=" + networkId);

        one.run("alpha", "--network", "web", "--ip", "10.60.0.20", "--ip6", "fd60::20");
        one.run("beta", "--network", "web", "--network-alias", "database", "--mac-address", "02:00:00:00:60:0b");
        two.run("gamma", "--network", "web", "--ip", "10.60.0.30", "--ip6", "fd60::30");

        assertThat(one.pings("alpha", "10.60.0.30")).as("IPv4 between engines").isTrue();
        assertThat(one.pings("alpha", "fd60::30")).as("IPv6 between engines").isTrue();
        assertThat(one.pings("alpha", "beta")).as("a container's name").isTrue();
        assertThat(one.pings("alpha", "database")).as("an alias").isTrue();
        assertThat(one.docker("exec", "beta", "ip", "link", "show", "eth0")).contains("02:00:00:00:60:0b");
        assertThat(ports(networkId)).hasSize(3).allSatisfy(port -> {
            assertThat(port.get("device_owner").asString()).isEqualTo("kuryr:container");
            assertThat(port.get("name").asString())
                    .isEqualTo(port.get("device_id").asString() + "-port");
            assertThat(port.get("fixed_ips").size()).isEqualTo(2);
            assertThat(port.get("status").asString()).isEqualTo("ACTIVE");
        });

        one.docker("rm", "--force", "alpha", "beta");
        two.docker("rm", "--force", "gamma");
        assertThat(ports(networkId)).isEmpty();
        two.docker("network", "rm", "web");
        assertThat(api.show("network", networkId).get("tags").toString()).doesNotContain("kuryr.net.existing");
        one.docker("network", "rm", "web");
        assertThat(api.list("network", "?id=" + networkId)).isEmpty();
        assertThat(api.list("subnet", "?network_id=" + networkId)).isEmpty();
    }

    @Test
    void aContainerJoinsAndLeavesNetworksWhileItRuns() {
        createNetwork(one, "first", "--subnet", "10.61.0.0/24");
        createNetwork(one, "second", "--internal", "--subnet", "10.62.0.0/24");
        one.run("mover", "--network", "first");
        one.run("stayer", "--network", "second", "--ip", "10.62.0.9");
        one.docker("network", "connect", "--ip", "10.62.0.8", "second", "mover");
        assertThat(one.docker("exec", "mover", "ip", "route")).contains("default via 10.61.0.1");
        assertThat(one.pings("mover", "10.62.0.9")).isTrue();
        one.docker("network", "disconnect", "first", "mover");
        assertThat(one.docker("exec", "mover", "ip", "route")).doesNotContain("default");
        assertThat(one.pings("stayer", "10.62.0.8")).isTrue();
        one.docker("network", "disconnect", "second", "mover");
        assertThat(one.pings("stayer", "10.62.0.8")).isFalse();
        one.docker("rm", "--force", "mover", "stayer");
        one.docker("network", "rm", "first", "second");
        assertThat(api.list("network", "?name=first")).isEmpty();
    }

    @Test
    void aContainerAndAWorkloadOfOneSubnetTalkUntilASecurityGroupSaysOtherwise() {
        String network =
                api.create("network", Map.of("name", "shared")).get("id").asString();
        api.create("subnet", Map.of("network_id", network, "name", "shared4", "ip_version", 4, "cidr", "10.63.0.0/24"));
        String port = api.create("port", Map.of("network_id", network, "binding:host_id", "host2"))
                .get("id")
                .asString();
        String address =
                api.show("port", port).get("fixed_ips").get(0).get("ip_address").asString();
        Workload workload = host2.attach("neighbour", port);
        workload.dhcp();
        String closed =
                api.create("security_group", Map.of("name", "closed")).get("id").asString();

        createNetwork(one, "shared", "--ipam-opt", "neutron.subnet.name=shared4");
        one.run("open", "--network", "shared");
        assertThat(one.pings("open", address)).isTrue();
        one.docker("rm", "--force", "open");
        one.docker("network", "rm", "shared");

        createNetwork(
                one,
                "guarded",
                "--opt",
                "neutron.net.name=shared",
                "--subnet",
                "10.63.0.0/24",
                "--opt",
                "weft.security-groups=closed");
        one.run("guarded", "--network", "guarded", "--ip", "10.63.0.50");
        assertThat(ports(network))
                .anySatisfy(p -> assertThat(p.get("security_groups").toString()).contains(closed));
        assertThat(workload.pings("10.63.0.50")).as("no rule lets it in").isFalse();
        assertThat(one.pings("guarded", address)).as("its answers come in").isFalse();
        one.docker("rm", "--force", "guarded");
        one.docker("network", "rm", "guarded");

        assertThat(api.show("network", network).get("tags")).isEmpty();
        assertThat(ports(network)).hasSize(1);
    }

    @Test
    void containersStayConnectedWhenEngineAndAgentEndAndComeBack() {
        createNetwork(one, "lasting", "--subnet", "10.64.0.0/24");
        one.run("left", "--network", "lasting");
        one.run("right", "--network", "lasting", "--ip", "10.64.0.77", "--mac-address", "02:00:00:00:64:77");
        host1.agent().kill();
        one.kill();
        host1.startAgent();
        one.restart();
        assertThat(one.pings("left", "10.64.0.77")).as("after both came back").isTrue();
        host1.agent().kill();
        assertThat(one.pings("left", "10.64.0.77")).as("without an agent").isTrue();
        host1.startAgent();
        assertThat(one.docker("network", "inspect", "lasting")).contains("10.64.0.77");
        one.docker("restart", "--time", "0", "right");
        assertThat(one.pings("left", "10.64.0.77"))
                .as("after a restart of the container")
                .isTrue();
        String network = api.list("subnet", "?cidr=10.64.0.0/24")
                .get(0)
                .get("network_id")
                .asString();
        one.docker("rm", "--force", "left", "right");
        assertThat(ports(network)).isEmpty();
        one.docker("network", "rm", "lasting");
        assertThat(api.list("network", "?id=" + network)).isEmpty();
    }

    @Test
    void whatCannotBeIsRefusedWithAReason() {
        assertThat(one.attempt("network", "create", "--driver", "weft", "other").output())
                .contains("add --ipam-driver weft");
        List<String> wrong = new ArrayList<>(List.of("network", "create"));
        wrong.addAll(List.of(DRIVERS));
        wrong.addAll(List.of("--opt", "weft.colour=red", "wrong"));
        assertThat(one.attempt(wrong.toArray(String[]::new)).output()).contains("option 'weft.colour' is not known");
        createNetwork(one, "closed", "--subnet", "10.65.0.0/24");
        assertThat(one.attempt(
                                "run",
                                "--name",
                                "publisher",
                                "--network",
                                "closed",
                                "--publish",
                                "8080:80",
                                Engine.IMAGE,
                                "sh")
                        .output())
                .contains("ports cannot be published");
        one.docker("rm", "--force", "publisher");
        one.docker("network", "rm", "closed");
        assertThat(api.list("port", "?device_owner=kuryr:container&fixed_ips=ip_address_substr=10.65"))
                .isEmpty();
    }

    @Test
    @Tag("long")
    void whatAnEngineLeftIsFoundAndRemoved() {
        createNetwork(two, "left", "--subnet", "10.66.0.0/24");
        two.run("gone", "--network", "left");
        two.run("here", "--network", "left");
        String network = api.list("subnet", "?cidr=10.66.0.0/24")
                .get(0)
                .get("network_id")
                .asString();
        String orphan = api.create(
                        "network",
                        Map.of("name", "kuryr-net-x", "description", "Docker network " + "ab".repeat(32) + " on host2"))
                .get("id")
                .asString();
        // The engine forgets a container although nobody could be told.
        cloud.server().kill();
        two.docker("rm", "--force", "gone");
        cloud.server().start();
        assertThat(ports(network)).hasSize(2);

        Wait.until("the check to find both", Duration.ofMinutes(2), () -> {
            List<String> found = check();
            return found.size() == 2 ? Optional.of(found) : Optional.empty();
        });
        assertThat(check("--repair"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).endsWith("(removed)"));
        assertThat(check()).isEmpty();
        assertThat(ports(network)).hasSize(1);
        assertThat(api.list("network", "?id=" + orphan)).isEmpty();
        two.docker("rm", "--force", "here");
        two.docker("network", "rm", "left");
        assertThat(api.list("network", "?id=" + network)).isEmpty();
    }

    private List<String> check(String... options) {
        List<String> arguments = new ArrayList<>(List.of("check", "docker"));
        arguments.addAll(List.of(options));
        return host2.tell(arguments.toArray(String[]::new))
                .output()
                .lines()
                .filter(line -> line.startsWith("port ") || line.startsWith("network "))
                .toList();
    }
}
