package io.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server as a process that is killed under load, again and again. */
@Tag("long")
class KillTest {
    private static final int ROUNDS = 5;

    @TempDir
    private Path directory;

    @Test
    void nothingAcknowledgedIsLostWhenTheServerIsKilled() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < ROUNDS; round++) {
            Process server = start();
            try {
                int port = awaitPort(server, round);
                assertThat(networks(port)).containsAll(acknowledged);
                // Each round has the quota of a project of its own.
                String project = "round-" + round;
                CountDownLatch busy = new CountDownLatch(50);
                List<Thread> writers = IntStream.range(0, 4)
                        .mapToObj(_ -> Thread.ofVirtual()
                                .start(() -> createUntilKilled(new Api(port, project), acknowledged, busy)))
                        .toList();
                assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
                server.destroyForcibly().waitFor();
                for (Thread writer : writers) {
                    writer.join();
                }
            } finally {
                server.destroyForcibly();
            }
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(50 * ROUNDS);
    }

    @Test
    void aServerThatIsAskedToStopSaysSoAndEnds() throws Exception {
        Process server = start();
        try {
            awaitPort(server, 0);
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(log()).contains("server stopped");
        } finally {
            server.destroyForcibly();
        }
    }

    private Process start() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "server");
        builder.environment()
                .putAll(Map.of(
                        "WEFT_DATA_DIRECTORY",
                        directory.toString(),
                        "WEFT_API_LISTEN",
                        "127.0.0.1:0",
                        "WEFT_AGENTS_LISTEN",
                        "127.0.0.1:0"));
        File log = directory.resolve("log").toFile();
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private String log() throws Exception {
        return Files.readString(directory.resolve("log"));
    }

    /** The port of the API, from the log line that says that the server has started. */
    private int awaitPort(Process server, int starts) throws Exception {
        while (true) {
            List<String> started = log().lines()
                    .filter(line -> line.contains("server started"))
                    .toList();
            if (started.size() > starts) {
                return Integer.parseInt(started.getLast().replaceAll(".* api=127.0.0.1:(\\d+).*", "$1"));
            }
            assertThat(server.waitFor(10, TimeUnit.MILLISECONDS)).as(log()).isFalse();
        }
    }

    private static void createUntilKilled(Api api, Set<String> acknowledged, CountDownLatch busy) {
        try {
            while (true) {
                JsonNode made = api.post("/v2.0/networks", Map.of("network", Map.of("name", "n")));
                acknowledged.add(made.get("network").get("id").asString());
                busy.countDown();
            }
        } catch (CommandException e) {
            // The server was killed, which is what this waits for.
            return;
        }
    }

    private static Set<String> networks(int port) {
        Set<String> found = new HashSet<>();
        new Api(port, "operators")
                .get("/v2.0/networks")
                .get("networks")
                .forEach(network -> found.add(network.get("id").asString()));
        return found;
    }
}
