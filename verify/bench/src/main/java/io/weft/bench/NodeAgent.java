package io.weft.bench;

import io.weft.agent.JvmOptions;
import io.weft.agent.attach.LocalClient;
import io.weft.e2e.Background;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import io.weft.kernel.bpf.BpfMap;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The agent of a host in its namespace, with what {@code ./weft agent} gives its JVM, and what it has in the kernel. */
final class NodeAgent implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Host host;
    private final URI server;
    private final Path directory;
    private Background process;

    private NodeAgent(Host host, URI server) {
        this.host = host;
        this.server = server;
        this.directory = host.socket().resolveSibling(".");
        this.process = launch();
    }

    /** Takes the place of the agent that enrolled the host. */
    static NodeAgent replace(Host host, URI server) {
        // It is enrolled once it is connected.
        Wait.until(
                "the host to enrol",
                () -> status(host).filter(s -> s.get("connected").asBoolean()).isPresent());
        host.agent().stop();
        return new NodeAgent(host, server);
    }

    private Background launch() {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(JvmOptions.recommended());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.weft.cli.Main",
                "agent",
                "--host",
                host.name(),
                "--state",
                directory.resolve("state").toString(),
                "--server",
                server.toString(),
                "--tunnel-address",
                host.tunnelAddress(),
                "--socket",
                host.socket().toString(),
                "--pins",
                pins().toString()));
        return Background.start(directory.resolve("agent.log"), host.enter(command));
    }

    private Path pins() {
        return Path.of("/sys/fs/bpf", host.namespace());
    }

    long pid() {
        return process.pid();
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        process.kill();
    }

    /** Removes its records, so that the server has to send everything. */
    void forgetRecords() {
        Shell.sh("rm -rf " + directory.resolve("state") + "/records*");
    }

    /** Removes all that it has in the kernel. */
    void forgetKernel() {
        Shell.sh("rm -rf " + pins());
    }

    /** Starts it; gives when, in nanoseconds. */
    long start() {
        long now = System.nanoTime();
        process = launch();
        return now;
    }

    /** Waits until so many ports and endpoints are in force, with their devices, and nothing is left to do. */
    void awaitSettled(int locals, int macs) {
        await("settled", locals, macs);
    }

    /** Waits until everything that is known of so many ports and endpoints stands in the kernel's tables. */
    void awaitWritten(int locals, int macs) {
        await("tables_written", locals, macs);
    }

    private void await(String field, int locals, int macs) {
        Wait.until("the agent to settle", Duration.ofMinutes(3), () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the agent ended:\n" + process.output());
            }
            Optional<JsonNode> status = status(host);
            return status.filter(s -> s.path(field).asBoolean()
                    && s.path("counters").path("entries_ports").asInt() == locals
                    && s.path("counters").path("entries_macs").asInt() == macs);
        });
    }

    private static Optional<JsonNode> status(Host host) {
        try {
            LocalClient.Answer answer = new LocalClient(host.socket()).send("GET", "/v1/status", Map.of());
            return answer.status() == 200 ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            // It is starting.
            return Optional.empty();
        }
    }

    /** What it says of itself, for messages. */
    String describe() {
        return status(host).map(JsonNode::toString).orElse("no status") + "\n" + process.output();
    }

    /** A table of the kernel's. */
    BpfMap map(String name) {
        return BpfMap.openPinned(pins().resolve(name + (name.equals("ports") ? "_v2" : "_v1")));
    }

    /** How many entries a table of the kernel's has. */
    int entries(String name) {
        int[] count = new int[1];
        try (BpfMap map = map(name)) {
            map.forEach((key, value) -> count[0]++);
        }
        return count[0];
    }

    /** The key of the entry of a table whose key contains these bytes, if there is one. */
    Optional<byte[]> keyWith(String name, byte[] part) {
        List<byte[]> found = new ArrayList<>();
        try (BpfMap map = map(name)) {
            map.forEach((key, value) -> {
                byte[] bytes = key.toArray(ValueLayout.JAVA_BYTE);
                if (indexOf(bytes, part) >= 0) {
                    found.add(bytes);
                }
            });
        }
        return found.stream().findFirst();
    }

    /** Where a part begins; -1 when it is nowhere. */
    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i <= bytes.length - part.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Ends it; its pins and devices go with the data centre. */
    @Override
    public void close() {
        process.kill();
    }
}
