package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Agents are replaced on all hosts, up and down again, by agents whose data path is another generation of programs and keeps
 * connections and translations in tables of another version, while connections between workloads and out by a shared address go on.
 */
@Tag("long")
class AgentUpgradeTest {
    private static final int PORT = 7777;
    private static final int PROGRESS = 100;

    @TempDir
    private Path directory;

    private final Map<String, Path> reports = new HashMap<>();
    private Path script = Path.of("");

    @Test
    void upgradesAndDowngradesOfAgentsLoseNoPacketAndNoConnection() throws IOException {
        Path other = OtherLayout.compile(Files.createDirectory(directory.resolve("other")));
        script = directory.resolve("load.py");
        try (InputStream load = AgentUpgradeTest.class.getResourceAsStream("/load.py")) {
            Files.copy(Optional.ofNullable(load).orElseThrow(), script);
        }
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Host one = cloud.addHost("host1", WayOut.UPLINK);
            Host two = cloud.addHost("host2");
            List<Host> hosts = List.of(one, two);
            Api api = cloud.api("tenant");
            WayOut out = WayOut.make(cloud, api, one);
            String group = id(api.create("security_group", Map.of("name", "open")));
            api.create("security_group_rule", Map.of("security_group_id", group, "direction", "ingress"));
            Workload server = workload(cloud, api, out.network(), group, one, "server");
            Workload caller = workload(cloud, api, out.network(), group, two, "caller");
            String inside = server.awaitAddresses(1).getFirst();
            for (Workload serving : List.of(server, out.outside())) {
                serving.start("python3", script.toString(), "serve", Integer.toString(PORT));
                Wait.until(
                        serving.name() + " to listen",
                        () -> serving.run("ss", "-Hltn").contains(":" + PORT));
            }
            Wait.until("the way in", () -> caller.pings(inside));
            Wait.until("the way out", () -> caller.pings(WayOut.OUTSIDE));
            for (String kind : List.of("long", "short", "datagrams")) {
                call(caller, kind, inside);
                call(caller, kind, WayOut.OUTSIDE);
            }
            goOn();
            List<String> own = versions(one);
            assertThat(own).hasSize(1);
            for (boolean upgrade : new boolean[] {true, false, true, false}) {
                for (Host host : hosts) {
                    host.agent().stop();
                    host.startAgent(upgrade ? Optional.of(other) : Optional.empty(), Optional.empty());
                    Wait.until("the agent of " + host.name() + " to have its tables alone", () -> {
                        List<String> present = versions(host);
                        return present.size() == 1 && upgrade != present.equals(own);
                    });
                    host.weft("ports");
                    goOn();
                }
            }
        }
    }

    private static Workload workload(Cloud cloud, Api api, String network, String group, Host host, String name) {
        String port = id(api.create(
                "port",
                Map.of("network_id", network, "binding:host_id", host.name(), "security_groups", List.of(group))));
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        cloud.awaitActive(api, List.of(port));
        return workload;
    }

    private void call(Workload caller, String kind, String address) {
        Path report = directory.resolve(kind + "-" + address);
        reports.put(kind + " to " + address, report);
        caller.start("python3", script.toString(), "call", kind, address, Integer.toString(PORT), report.toString());
    }

    /** Returns when every load has got on, and fails when one has lost anything. */
    private void goOn() {
        Map<String, Long> before = new HashMap<>();
        reports.keySet().forEach(load -> before.put(load, answered(load)));
        before.forEach((load, count) -> Wait.until(load + " to go on", () -> answered(load) >= count + PROGRESS));
    }

    private long answered(String load) {
        Path report = Optional.ofNullable(reports.get(load)).orElseThrow();
        if (!Files.exists(report)) {
            return 0;
        }
        try {
            String text = Files.readString(report);
            assertThat(text).as(load).doesNotContain("lost");
            return Long.parseLong(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The versions of the table of connections that are pinned. */
    private static List<String> versions(Host host) {
        String[] pins = Path.of("/sys/fs/bpf", host.namespace()).toFile().list();
        return pins == null
                ? List.of()
                : List.of(pins).stream()
                        .filter(pin -> pin.matches(OtherLayout.CONNECTIONS + "_v\\d+"))
                        .toList();
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }
}
