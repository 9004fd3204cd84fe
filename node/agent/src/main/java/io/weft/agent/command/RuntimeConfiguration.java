package io.weft.agent.command;

import io.weft.agent.attach.LocalClient;
import io.weft.agent.sync.AtomicFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file by which container runtimes find the CNI executable. A kubelet calls its node ready when the file is there, so it
 * is written last; it stays when the agent ends, for the next one.
 */
final class RuntimeConfiguration {
    private static final System.Logger LOGGER = System.getLogger(RuntimeConfiguration.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long SHORTEST_PAUSE = 250;
    private static final long LONGEST_PAUSE = 5000;
    private static final String TEXT = """
            {"cniVersion": "1.0.0", "name": "weft", "plugins": [{"type": "weft"}]}
            """;

    private RuntimeConfiguration() {}

    /** Writes it when containers can be joined. */
    static void writeWhen(BooleanSupplier ready, Path file) {
        Thread.ofVirtual().name("runtime-configuration").start(() -> {
            try {
                for (long pause = SHORTEST_PAUSE; !ready.getAsBoolean(); pause = Math.min(LONGEST_PAUSE, pause * 2)) {
                    Thread.sleep(pause);
                }
                AtomicFile.write(file, out -> out.write(TEXT.getBytes(StandardCharsets.UTF_8)));
                LOGGER.log(Level.INFO, "containers can be joined", Map.entry("configuration", file));
            } catch (IOException e) {
                LOGGER.log(Level.ERROR, file + " cannot be written: runtimes do not find the network", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Whether the agent at a socket has been told everything by a server and has written its tables. */
    static boolean isReady(Path socket) {
        try {
            LocalClient.Answer answer = new LocalClient(socket).send("GET", "/v1/status", Map.of());
            JsonNode status = JSON.readTree(answer.body());
            return answer.status() == 200
                    && status.path("tables_written").asBoolean()
                    && status.path("connected").asBoolean();
        } catch (IOException e) {
            return false;
        }
    }
}
