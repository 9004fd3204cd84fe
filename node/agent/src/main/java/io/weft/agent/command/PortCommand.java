package io.weft.agent.command;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft port}. */
@Command(
        name = "port",
        description = "Says what the data path of this host knows of a port.",
        mixinStandardHelpOptions = true,
        subcommands = PortCommand.Show.class)
public final class PortCommand {
    /** {@code weft port show}. */
    @Command(
            name = "show",
            description = "Shows a port's device, counters, security groups and how often its rules gave the verdict.",
            mixinStandardHelpOptions = true)
    public static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "PORT", description = "the port's id")
        private String port = "";

        @Mixin
        private final AgentSocket agent = new AgentSocket();

        @Override
        public Integer call() throws IOException {
            Optional<String> answer = agent.ask("GET", "/v1/ports/" + port, Map.of());
            if (answer.isEmpty()) {
                return 1;
            }
            if (agent.isJson()) {
                System.out.println(answer.get());
            } else if (JsonText.parse(answer.get()) instanceof Map<?, ?> facts) {
                facts.forEach((name, value) -> {
                    if (value instanceof Map<?, ?> map) {
                        System.out.println(name + ":");
                        map.forEach((key, number) -> System.out.printf("  %-36s  %s%n", key, number));
                    } else {
                        System.out.printf("%-18s  %s%n", name, value);
                    }
                });
            }
            return 0;
        }
    }
}
