package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.e2e.Calls.Protocol;
import io.weft.model.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Published ports of a real engine's containers, called by a host outside. */
@Tag("long")
class DockerPublishingTest {
    private static final String PROJECT = "d0c4e100000000000000000000000002";

    private static Cloud cloud;
    private static Api api;
    private static Host host;
    private static Engine engine;
    private static Workload outside;
    private static String external;

    @BeforeAll
    static void build() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        api = cloud.api(PROJECT);
        Path caller = cloud.containersApi(PROJECT);
        List<String> options = new ArrayList<>(WayOut.UPLINK);
        options.addAll(Engine.agentOptions(cloud, "host1", caller));
        host = cloud.addHost("host1", options);
        outside = WayOut.segment(cloud, "outside", WayOut.OUTSIDE, host);
        external = WayOut.external(api, "public", "203.0.113.");
        engine = Engine.start(cloud, host);
        engine.docker(
                "network create --driver weft --ipam-driver weft --opt weft.nat=public --subnet 10.67.0.0/24 shown"
                        .split(" "));
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    /** What listens in a container, on {@link Calls#PORT}. */
    private static Workload serve(String container) {
        Workload inside = engine.workload(cloud, container);
        inside.run("sh", "-c", Calls.serve(container));
        Wait.until(container + " to listen", () -> inside.run("ss", "-Hlun").contains(":" + Calls.PORT));
        return inside;
    }

    private static Set<String> answers(String address, Map<Integer, Protocol> ports) {
        List<Calls.Call> calls = new ArrayList<>();
        ports.forEach((port, protocol) -> calls.add(new Calls.Call(protocol, IpAddress.parse(address), port)));
        Shell.Result result = outside.attempt(Duration.ofMinutes(1), "sh", "-c", Calls.ask(calls));
        Set<String> answers = new HashSet<>();
        Calls.answers(result.output()).forEach((call, name) -> answers.add(call.replaceAll("/.*/", " ") + " " + name));
        return answers;
    }

    private static void reach(String address, Map<Integer, Protocol> ports, String... answers) {
        Wait.until(
                List.of(answers) + " at " + address,
                () -> answers(address, ports).equals(Set.of(answers)));
    }

    /** The only floating IP. */
    private static String floatingIp() {
        JsonNode all = api.list("floatingip", "");
        assertThat(all).hasSize(1);
        return all.get(0).get("floating_ip_address").asString();
    }

    private static List<String> forwarded() {
        List<String> all = new ArrayList<>();
        for (JsonNode floatingIp : api.list("floatingip", "")) {
            api.call("GET", "/v2.0/floatingips/" + floatingIp.get("id").asString() + "/port_forwardings", "")
                    .body()
                    .get("port_forwardings")
                    .forEach(f -> all.add(f.get("protocol").asString() + " " + f.get("external_port")));
        }
        return all;
    }

    @Test
    void portsLeadInUntilTheContainerStopsAndAgainWhenItStarts() {
        Map<Integer, Protocol> asked =
                Map.of(8080, Protocol.TCP, 5353, Protocol.UDP, Calls.PORT, Protocol.TCP, 8081, Protocol.TCP);
        engine.run("web", "--network", "shown", "-p", "8080:7080", "-p", "5353:7080/udp");
        String address = floatingIp();
        try (Workload _ = serve("web")) {
            reach(address, asked, "TCP 8080 web", "UDP 5353 web");
            // Another container has other ports of the same address, and cannot have these.
            assertThat(engine.attempt(
                                    "run",
                                    "--name",
                                    "thief",
                                    "--network",
                                    "shown",
                                    "-p",
                                    "8080:7080",
                                    Engine.IMAGE,
                                    "sh")
                            .output())
                    .contains("port 8080 of the floating IP is published already");
            engine.docker("rm", "--force", "thief");
            engine.run("other", "--network", "shown", "-p", "8081:7080");
            try (Workload _ = serve("other")) {
                reach(address, asked, "TCP 8080 web", "UDP 5353 web", "TCP 8081 other");
                engine.docker("stop", "--time", "0", "web");
                reach(address, asked, "TCP 8081 other");
            }
        }
        engine.docker("rm", "--force", "other");
        assertThat(api.list("floatingip", "")).isEmpty();
        engine.docker("start", "web");
        String again = floatingIp();
        try (Workload _ = serve("web")) {
            reach(again, asked, "TCP 8080 web", "UDP 5353 web");
            engine.docker("rm", "--force", "web");
        }
        nothingIsLeft();
    }

    @Test
    void aFloatingIpThatIsNamedAndPortsLeftOpen() {
        JsonNode floating = api.create("floatingip", Map.of("floating_network_id", external));
        String address = floating.get("floating_ip_address").asString();
        assertThat(engine.attempt(
                                "run",
                                "--name",
                                "lost",
                                "--network",
                                "shown",
                                "-p",
                                "203.0.113.200:80:7080",
                                Engine.IMAGE,
                                "sh")
                        .output())
                .contains("there is no floating IP 203.0.113.200 to publish ports at");
        engine.docker("rm", "--force", "lost");
        engine.run("named", "--network", "shown", "-p", address + ":80:7080", "-p", "40000-40010:7080/udp");
        try (Workload _ = serve("named")) {
            reach(address, Map.of(80, Protocol.TCP, Calls.PORT, Protocol.TCP), "TCP 80 named");
            String own = api.list("floatingip", "")
                    .valueStream()
                    .map(each -> each.get("floating_ip_address").asString())
                    .filter(each -> !each.equals(address))
                    .findFirst()
                    .orElseThrow();
            reach(own, Map.of(40_000, Protocol.UDP, 80, Protocol.TCP), "UDP 40000 named");
            engine.docker("rm", "--force", "named");
            reach(address, Map.of(80, Protocol.TCP));
        }
        assertThat(api.list("floatingip", "")).singleElement().isEqualTo(api.show("floatingip", Together.id(floating)));
        api.delete("floatingip", Together.id(floating));
        nothingIsLeft();
    }

    @Test
    void portsStayPublishedWhileAgentEngineAndServerEndAndComeBack() {
        Map<Integer, Protocol> asked = Map.of(9090, Protocol.TCP, 9091, Protocol.UDP);
        engine.run("lasting", "--network", "shown", "-p", "9090:7080", "-p", "9091:7080/udp");
        String address = floatingIp();
        try (Workload _ = serve("lasting")) {
            String[] both = {"TCP 9090 lasting", "UDP 9091 lasting"};
            reach(address, asked, both);
            cloud.server().kill();
            engine.kill();
            host.agent().kill();
            reach(address, asked, both);
            engine.restart();
            reach(address, asked, both);
            host.startAgent();
            cloud.server().start();
            Wait.until(
                    "the agent to be back", () -> host.tell("check", "docker").ok());
            reach(address, asked, both);
            assertThat(forwarded()).containsExactlyInAnyOrder("tcp 9090", "udp 9091");
            engine.docker("rm", "--force", "lasting");
        }
        nothingIsLeft();
    }

    @Test
    void whatANetworkAndAContainerAreMadeWithHoldsInTheirPackets() {
        QosRules rules = new QosRules(api);
        String policy = rules.policy();
        rules.rule(policy, "bandwidth_limit", QosRules.bandwidth("egress", 2000, 200));
        outside.serve();
        engine.docker(("network create --driver weft --ipam-driver weft --opt weft.nat=true --subnet 10.69.0.0/24"
                        + " --opt com.docker.network.driver.mtu=1400 --opt weft.qos-policy=" + policy + " made")
                .split(" "));
        engine.docker("create --name worker --label tier=web --network none weft-busybox sleep 100000".split(" "));
        engine.docker("start", "worker");
        engine.docker("network", "disconnect", "none", "worker");
        engine.docker("network connect --alias helper --driver-opt \"weft.tags=blue,green\" made worker".split(" "));
        String port = engine.port(api, "worker");
        assertThat(api.show("port", port).get("tags").toString()).contains("\"blue\"", "\"green\"");
        Wait.until(
                "the container's label",
                () -> api.show("port", port).get("tags").toString().contains("\"docker.label:tier=web\""));
        assertThat(api.show("port", port).get("qos_policy_id").asString()).isEqualTo(policy);
        try (Workload inside = engine.workload(cloud, "worker")) {
            assertThat(inside.run("ip", "-o", "link", "show", "eth0")).contains("mtu 1400");
            long start = System.nanoTime();
            Wait.until(
                    "a megabyte to be outside, by the network's router",
                    () -> inside.sends(WayOut.OUTSIDE, Duration.ofSeconds(20)).equals("outside"));
            // At 2 Mbit/s, all but the burst.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(3));
            engine.docker("rm", "--force", "worker");
        }
        engine.docker("network", "rm", "made");
        nothingIsLeft();
    }

    private static void nothingIsLeft() {
        assertThat(forwarded()).isEmpty();
        assertThat(api.list("floatingip", "")).isEmpty();
        assertThat(api.list("port", "?device_owner=kuryr:container")).isEmpty();
        assertThat(api.list("security_group", "")
                        .valueStream()
                        .map(group -> group.get("name").asString()))
                .containsOnly("default");
    }
}
