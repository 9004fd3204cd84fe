package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Networks of more than one engine: what a swarm's manager refuses to a driver that it found by a socket, in its own words, and
 * what engines with a common store share.
 */
@Tag("long")
class DockerScopesTest {
    private static final String PROJECT = "d0c4e100000000000000000000000003";

    @Test
    void aSwarmTakesNoSocketsDriverForServicesAndLeavesContainersTheirNetworks() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Path caller = cloud.containersApi(PROJECT);
            Host host = cloud.addHost("host1", Engine.agentOptions(cloud, "host1", caller));
            Engine engine = Engine.start(cloud, host, List.of());
            assertThat(create(engine, "--scope", "swarm", "early"))
                    .contains("cannot create a swarm scoped network when swarm is not active");
            engine.docker("swarm", "init", "--advertise-addr", host.tunnelAddress());
            assertThat(create(engine, "--scope", "swarm", "services"))
                    .contains("legacy plugin weft of type NetworkDriver is not supported in swarm mode");
            assertThat(create(engine, "--subnet", "10.68.0.0/24", "local")).hasSizeGreaterThan(60);
            assertThat(engine.attempt(
                                    "service",
                                    "create",
                                    "--detach",
                                    "--name",
                                    "web",
                                    "--network",
                                    "local",
                                    Engine.IMAGE,
                                    "sleep",
                                    "1000")
                            .output())
                    .contains("No such network");
            engine.run("one", "--network", "local");
            engine.run("two", "--network", "local", "--ip", "10.68.0.7");
            assertThat(engine.pings("one", "10.68.0.7"))
                    .as("containers outside of services")
                    .isTrue();
            engine.docker("rm", "--force", "one", "two");
            engine.docker("network", "rm", "local");
            assertThat(cloud.api(PROJECT).list("port", "?device_owner=kuryr:container"))
                    .isEmpty();
            assertThat(cloud.api(PROJECT).list("network", "")).isEmpty();
        }
    }

    @Test
    void aManagedPlugInJoinsServicesOfASwarmOnTwoEnginesToOneNetwork() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Api api = cloud.api(PROJECT);
            Path caller = cloud.containersApi(PROJECT);
            List<Engine> engines = new ArrayList<>();
            for (String name : List.of("host1", "host2")) {
                List<String> options = new ArrayList<>(Engine.agentOptions(cloud, name, caller));
                options.addAll(List.of("--docker-scope", "GLOBAL"));
                Engine engine = Engine.start(cloud, cloud.addHost(name, options), List.of());
                Path plugin = cloud.makeDirectory("plugin-" + name);
                Shell.run(
                        Guest.home().resolve("deploy/docker/plugin").toString(),
                        plugin.toString(),
                        options.get(options.indexOf("--docker-socket") + 1));
                engine.docker("plugin", "create", "weft", plugin.toString());
                engine.docker("plugin", "enable", "weft");
                engines.add(engine);
            }
            Engine one = engines.get(0);
            Engine two = engines.get(1);
            String manager = cloud.host("host1").tunnelAddress();
            one.docker("swarm", "init", "--advertise-addr", manager, "--data-path-port", "7789");
            two.docker(
                    "swarm", "join", "--token", one.docker("swarm", "join-token", "-q", "worker"), manager + ":2377");
            one.docker(
                    "network",
                    "create",
                    "--driver",
                    "weft:latest",
                    "--scope",
                    "swarm",
                    "--subnet",
                    "10.70.0.0/24",
                    "web");
            JsonNode network = Wait.until("the network", Duration.ofMinutes(1), () -> {
                JsonNode found = api.list("network", "?tags=docker.swarm");
                return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
            });
            String id = network.get("id").asString();
            one.docker(
                    "service",
                    "create",
                    "--detach",
                    "--no-resolve-image",
                    "--name",
                    "web",
                    "--mode",
                    "global",
                    "--endpoint-mode",
                    "dnsrr",
                    "--network",
                    "web",
                    Engine.IMAGE,
                    "sleep",
                    "100000");
            String here = task(one);
            String there = task(two);
            assertThat(one.pings(here, address(api, id, "host2"))).isTrue();
            assertThat(two.pings(there, address(api, id, "host1"))).isTrue();
            assertThat(one.pings(here, "web")).as("the service's name").isTrue();

            // What is no container is a neighbour like any other.
            String port = api.create(
                            "port",
                            Map.of(
                                    "network_id",
                                    id,
                                    "fixed_ips",
                                    List.of(Map.of("ip_address", "10.70.0.200")),
                                    "binding:host_id",
                                    "host2"))
                    .get("id")
                    .asString();
            Workload machine = cloud.host("host2").attach("machine", port);
            machine.run("ip", "address", "add", "10.70.0.200/24", "dev", "eth0");
            cloud.awaitActive(api, List.of(port));
            assertThat(machine.pings(address(api, id, "host1"))).isTrue();
            assertThat(one.pings(here, "10.70.0.200")).isTrue();
            api.delete("port", port);

            one.docker("service", "rm", "web");
            Wait.until(
                    "the tasks' ports to go",
                    () -> api.list("port", "?device_owner=kuryr:container").isEmpty());
            one.docker("network", "rm", "web");
            Wait.until(
                    "the network to go", () -> api.list("network", "?id=" + id).isEmpty());
            engines.forEach(engine -> engine.docker("plugin", "disable", "--force", "weft"));
        }
    }

    /** The engine's task, once it runs. */
    private static String task(Engine engine) {
        return Wait.until("a task", Duration.ofMinutes(2), () -> {
            String containers = engine.docker("ps", "--quiet", "--filter", "status=running");
            return containers.isBlank()
                    ? Optional.empty()
                    : Optional.of(containers.lines().findFirst().orElseThrow());
        });
    }

    private static String address(Api api, String network, String host) {
        return api.list("port", "?network_id=" + network + "&device_owner=kuryr:container&binding:host_id=" + host)
                .get(0)
                .get("fixed_ips")
                .get(0)
                .get("ip_address")
                .asString();
    }

    @Test
    void enginesWithACommonStoreHaveOneNetwork() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Path caller = cloud.containersApi(PROJECT);
            String store = cloud.server().agents().getHost() + ":"
                    + (cloud.server().api().getPort() + 5);
            Background etcd = Background.start(
                    cloud.log("etcd"),
                    List.of(
                            "etcd",
                            "--enable-v2",
                            "--data-dir",
                            cloud.makeDirectory("etcd").toString(),
                            "--listen-client-urls",
                            "http://" + store,
                            "--advertise-client-urls",
                            "http://" + store,
                            "--listen-peer-urls",
                            "http://127.0.0.1:0"));
            cloud.closeLater(etcd);
            List<Engine> engines = new ArrayList<>();
            for (String name : List.of("host1", "host2")) {
                List<String> options = new ArrayList<>(Engine.agentOptions(cloud, name, caller));
                options.addAll(List.of("--docker-scope", "GLOBAL"));
                Host host = cloud.addHost(name, options);
                engines.add(Engine.start(
                        cloud, host, List.of("--cluster-store=etcd://" + store, "--cluster-advertise=eth0:2376")));
            }
            Engine one = engines.get(0);
            Engine two = engines.get(1);
            assertThat(create(one, "--subnet", "10.68.1.0/24", "common")).hasSizeGreaterThan(60);
            Wait.until(
                    "the other engine to know the network",
                    () -> two.docker("network", "ls").contains("common"));
            one.run("here", "--network", "common");
            two.run("there", "--network", "common", "--ip", "10.68.1.9");
            assertThat(one.pings("here", "10.68.1.9")).isTrue();
            one.docker("rm", "--force", "here");
            two.docker("rm", "--force", "there");
            two.docker("network", "rm", "common");
            assertThat(one.docker("network", "ls")).doesNotContain("common");
            assertThat(cloud.api(PROJECT).list("network", "")).isEmpty();
        }
    }

    private static String create(Engine engine, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("network", "create", "--driver", "weft", "--ipam-driver", "weft"));
        arguments.addAll(List.of(options));
        return engine.attempt(arguments.toArray(String[]::new)).output();
    }
}
