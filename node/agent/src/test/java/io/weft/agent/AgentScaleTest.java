package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Peer;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an agent fares with many ports; says its figures, and asserts generous bounds alone. */
@Tag("bench")
class AgentScaleTest {
    private static final int NODES = 100;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void tenThousandAndFiftyThousandRemotePorts() throws Exception {
        try (AgentLab lab = new AgentLab(directory)) {
            AgentLab.Guest guest = lab.guest(0, "h1");
            lab.awaitReady("h1");
            lab.attach(guest);
            System.out.println("idle: " + residentKilobytes(lab) + " kB");
            int known = 0;
            for (int ports : new int[] {10_000, 50_000}) {
                List<TopicChanges.RecordChange> records = new ArrayList<>();
                for (int node = 0; node < NODES; node++) {
                    String host = "r" + node;
                    records.add(TestServer.put(
                            Topic.peer(host), new Peer(host, List.of(IpAddress.parse("172.16.0." + (1 + node))))));
                }
                for (int port = known; port < ports; port++) {
                    records.add(endpoint(port));
                }
                known = ports;
                publish(lab, records, ports + " ports");
                System.out.println(ports + " ports: " + residentKilobytes(lab) + " kB");
                publish(lab, List.of(endpoint(ports)), "one more");
                lab.agent("h1").destroyForcibly().waitFor();
                long start = System.nanoTime();
                lab.startAgent("h1");
                lab.awaitReady("h1");
                System.out.println("restart with " + ports + ": " + millis(start) + " ms");
                lab.await("the server knows", () -> lab.status("h1").contains("\"connected\":true"));
                System.out.println("after it: " + residentKilobytes(lab) + " kB");
            }
            assertThat(residentKilobytes(lab)).isLessThan(400_000);
        }
    }

    private static void publish(AgentLab lab, List<TopicChanges.RecordChange> records, String what) {
        long start = System.nanoTime();
        long revision = lab.server.publish(records);
        lab.await(what, () -> lab.status("h1").contains("\"revision\":" + revision + ","));
        System.out.println(what + " in force after " + millis(start) + " ms");
    }

    private static TopicChanges.RecordChange endpoint(int port) {
        int network = port % 2;
        return TestServer.put(
                Topic.network(AgentLab.network(network)),
                new Endpoint(
                        new UUID('e', port),
                        AgentLab.network(network),
                        "r" + port % NODES,
                        new MacAddress(0xfa163f000000L + port),
                        List.of(IpAddress.ofIpv4(0x0b000000 + port)),
                        List.of(),
                        true,
                        true));
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static long residentKilobytes(AgentLab lab) throws IOException {
        Path status = Path.of("/proc", Long.toString(lab.agent("h1").pid()), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0L);
    }
}
