package io.weft.agent.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weft drops}. */
@Command(
        name = "drops",
        description = "Says how many packets ended on this host, by port and reason.",
        mixinStandardHelpOptions = true)
public final class DropsCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-24s  %10s  %s%n";

    @Option(names = "--port", paramLabel = "PORT", description = "only this port's")
    private Optional<String> port = Optional.empty();

    @Mixin
    private final AgentSocket agent = new AgentSocket();

    @Override
    public Integer call() throws IOException {
        Optional<String> answer =
                agent.ask("GET", port.map(id -> "/v1/drops/" + id).orElse("/v1/drops"), Map.of());
        if (answer.isEmpty()) {
            return 1;
        }
        if (agent.isJson()) {
            System.out.println(answer.get());
        } else if (JsonText.parse(answer.get()) instanceof List<?> rows) {
            System.out.printf(ROW, "PORT", "REASON", "PACKETS", "MEANING");
            for (Object item : rows) {
                if (item instanceof Map<?, ?> row) {
                    System.out.printf(ROW, row.get("port_id"), row.get("reason"), row.get("packets"), meaning(row));
                }
            }
        }
        return 0;
    }

    /** The words for the reason; of what no rule allowed, the groups whose rules these are. */
    private static String meaning(Map<?, ?> row) {
        return row.get("security_groups") instanceof List<?> groups
                ? row.get("meaning") + ", those of security groups "
                        + groups.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : String.valueOf(row.get("meaning"));
    }
}
