package io.weft.cli;

import io.weft.agent.AgentConfiguration;
import io.weft.agent.attach.LocalClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
        description =
                "Says what becomes of a packet that a port's guest sends, and why. Nothing is sent or changed. With "
                        + "--live, waits for packets that the guest does send, and says it of each.",
        mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {
    /** The longest watch, with what comes before and after it. */
    private static final Duration LIVE_ANSWER = Duration.ofMinutes(3);

    @Parameters(
            index = "0",
            paramLabel = "PORT",
            description = "the id of the port that sends; with --from-external the address that it is sent to")
    private String port = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ADDRESS", description = "where to; with --live, default any")
    private @Nullable String destination;

    @Option(
            names = "--from-external",
            paramLabel = "NETWORK",
            description = "the packet comes from this external network's wire (an id); it needs --source")
    private @Nullable String fromExternal;

    @Option(
            names = "--next-hop",
            paramLabel = "ADDRESS",
            description = "with --from-external: the router's address outside, for what is routed in untranslated")
    private @Nullable String nextHop;

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

    @Option(names = "--live", description = "wait for packets that the port sends, of any protocol unless one is given")
    private boolean live;

    @Option(names = "--seconds", paramLabel = "NUMBER", description = "with --live: how long, 1 to 60; default 10")
    private @Nullable Integer seconds;

    @Option(names = "--packets", paramLabel = "NUMBER", description = "with --live: how many, 1 to 16; default 4")
    private @Nullable Integer packets;

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
        if (fromExternal != null) {
            if (live || local || destination != null) {
                throw new CommandException("--from-external needs one address, and no --live or --local");
            }
            destination = port;
            put(words, "from_external", fromExternal);
            put(words, "next_hop", nextHop);
        } else {
            words.put("port_id", port);
        }
        put(words, "destination", destination);
        put(words, "protocol", protocol);
        put(words, "port", destinationPort);
        put(words, "source_port", sourcePort);
        put(words, "source", source);
        if (live) {
            return live(words);
        }
        if (destination == null || seconds != null || packets != null) {
            throw new CommandException(
                    destination == null ? "say where to, or --live" : "--seconds and --packets belong to --live");
        }
        JsonNode trace = local
                ? local("/v1/traces", words)
                : api.post("/weft/v1/traces", words).path("trace");
        output.print(trace, () -> {
            trace.path("steps").forEach(step -> output.line(TraceText.step(step)));
            output.line(TraceText.outcome(trace.path("outcome")));
        });
        return 0;
    }

    private int live(Map<String, String> words) {
        put(words, "seconds", seconds);
        put(words, "packets", packets);
        JsonNode trace = local
                ? local("/v1/traces/live", words)
                : api.post("/weft/v1/traces/live", words, LIVE_ANSWER).path("trace");
        output.print(trace, () -> {
            for (JsonNode packet : trace.path("packets")) {
                output.line(TraceText.packet(packet));
                packet.path("steps").forEach(step -> output.line(TraceText.step(step)));
                output.line(TraceText.outcome(packet.path("outcome")));
            }
            if (trace.path("packets").isEmpty()) {
                output.line("=> no such packet was sent");
            }
        });
        return 0;
    }

    private static void put(Map<String, String> words, String name, @Nullable Object value) {
        if (value != null) {
            words.put(name, value.toString());
        }
    }

    private JsonNode local(String path, Map<String, String> words) {
        try {
            LocalClient.Answer answer = new LocalClient(socket).send("POST", path, words);
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
