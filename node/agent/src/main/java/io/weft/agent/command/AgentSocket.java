package io.weft.agent.command;

import io.weft.agent.AgentConfiguration;
import io.weft.agent.attach.LocalClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that ask the agent of this host. */
final class AgentSocket {
    @Option(names = "--socket", paramLabel = "FILE", description = "the agent's socket; default ${DEFAULT-VALUE}")
    private Path socket = AgentConfiguration.DEFAULT_SOCKET;

    @Option(names = "--json", description = "print one JSON value")
    private boolean json;

    boolean isJson() {
        return json;
    }

    /** The answer's body; empty when the request failed, which has been said on standard error then. */
    Optional<String> ask(String method, String path, Map<String, String> body) {
        try {
            LocalClient.Answer answer = new LocalClient(socket).send(method, path, body);
            if (answer.status() == 200) {
                return Optional.of(answer.body());
            }
            System.err.println("weft: " + message(answer.body()));
        } catch (IOException e) {
            System.err.println("weft: no agent at " + socket + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    private static String message(String body) throws IOException {
        return String.valueOf(
                JsonText.parse(body) instanceof Map<?, ?> answer && answer.get("error") instanceof Map<?, ?> error
                        ? error.get("message")
                        : body);
    }
}
