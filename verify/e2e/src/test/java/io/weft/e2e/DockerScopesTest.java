package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
