package io.weft.agent.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weft check}. */
@Command(
        name = "check",
        description = "Looks for what does not fit together on this host.",
        mixinStandardHelpOptions = true,
        subcommands = CheckCommand.Docker.class)
public final class CheckCommand {
    /** {@code weft check docker}. */
    @Command(
            name = "docker",
            description = "Compares what this host's Docker engine has with the ports and networks in its name;"
                    + " the status is 0 when nothing is left that should not be.",
            mixinStandardHelpOptions = true)
    public static final class Docker implements Callable<Integer> {
        @Option(names = "--repair", description = "remove what the engine left behind")
        private boolean repair;

        @Mixin
        private final AgentSocket agent = new AgentSocket();

        @Override
        public Integer call() throws IOException {
            Optional<String> answer = agent.ask("POST", "/v1/docker/check", Map.of("repair", Boolean.toString(repair)));
            if (answer.isEmpty()) {
                return 1;
            }
            boolean clean = true;
            if (JsonText.parse(answer.get()) instanceof Map<?, ?> result
                    && result.get("findings") instanceof List<?> findings) {
                for (Object item : findings) {
                    if (item instanceof Map<?, ?> finding) {
                        boolean repaired = "true".equals(finding.get("repaired"));
                        clean &= repaired;
                        if (!agent.isJson()) {
                            System.out.println(finding.get("kind") + " " + finding.get("id") + ": "
                                    + finding.get("detail") + (repaired ? " (removed)" : ""));
                        }
                    }
                }
            }
            if (agent.isJson()) {
                System.out.println(answer.get());
            }
            return clean ? 0 : 1;
        }
    }
}
