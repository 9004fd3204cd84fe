package io.weft.cli;

import io.weft.agent.AgentConfiguration;
import io.weft.agent.attach.LocalClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code weft trace}: what would become of a packet, and why. */
@Command(
        name = "trace",
        description = "Says what becomes of a packet that a port's guest sends, and why. Nothing is sent or changed.",
        mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PORT", description = "the id of the port that sends")
    private String port = "";

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "where to")
    private String destination = "";

    @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "tcp, udp, icmp (the default) or a number")
    private @Nullable String protocol;

    @Option(names = "--port", paramLabel = "NUMBER", description = "the destination's port, of TCP and UDP")
    private @Nullable String destinationPort;

    @Option(names = "--source-port", paramLabel = "NUMBER", description = "default 49999; of ICMP the identifier")
    private @Nullable String sourcePort;

    @Option(
            names = "--source",
            paramLabel = "ADDRESS",
            description = "default: the address that the guest would choose")
    private @Nullable String source;

    @Option(
            names = "--local",
            description = "ask this host's agent, where the port is, and not the server: the way ends with the host")
    private boolean local;

    @Option(
            names = "--socket",
            paramLabel = "FILE",
            description = "with --local: the agent's socket; default ${DEFAULT-VALUE}")
    private Path socket = AgentConfiguration.DEFAULT_SOCKET;

    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("port_id", port);
        words.put("destination", destination);
        put(words, "protocol", protocol);
        put(words, "port", destinationPort);
        put(words, "source_port", sourcePort);
        put(words, "source", source);
        JsonNode trace =
                local ? local(words) : api.post("/weft/v1/traces", words).path("trace");
        output.print(trace, () -> {
            trace.path("steps").forEach(step -> output.line(TraceText.step(step)));
            output.line(TraceText.outcome(trace.path("outcome")));
        });
        return 0;
    }

    private static void put(Map<String, String> words, String name, @Nullable String value) {
        if (value != null) {
            words.put(name, value);
        }
    }

    private JsonNode local(Map<String, String> words) {
        try {
            LocalClient.Answer answer = new LocalClient(socket).send("POST", "/v1/traces", words);
            JsonNode body = Api.JSON.readTree(answer.body());
            if (answer.status() != 200) {
                throw new CommandException(body.path("error").path("message").asString(answer.body()));
            }
            return body;
        } catch (IOException e) {
            throw new CommandException("no agent at " + socket + ": " + e.getMessage(), e);
        }
    }
}
