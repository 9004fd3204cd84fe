package io.weft.agent.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weft connections}. */
@Command(
        name = "connections",
        description = "Lists the connections that ports of this host have, or cuts them.",
        mixinStandardHelpOptions = true)
public final class ConnectionsCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-5s %-8s %-11s  %-28s  %-28s  %-36s  %s%n";

    @Option(names = "--port", paramLabel = "PORT", description = "only this port's")
    private Optional<String> port = Optional.empty();

    @Option(names = "--protocol", paramLabel = "NUMBER", description = "only of this IP protocol, such as 6 for TCP")
    private Optional<String> protocol = Optional.empty();

    @Option(names = "--remote", paramLabel = "CIDR", description = "only with these addresses")
    private Optional<String> remote = Optional.empty();

    @Option(names = "--remote-port", paramLabel = "NUMBER", description = "only with this port of the other end")
    private Optional<String> remotePort = Optional.empty();

    @Option(names = "--local-port", paramLabel = "NUMBER", description = "only with this port of the workload")
    private Optional<String> localPort = Optional.empty();

    @Option(names = "--cut", description = "end them; a client may connect again if rules allow it")
    private boolean cut;

    @Mixin
    private final AgentSocket agent = new AgentSocket();

    @Override
    public Integer call() throws IOException {
        Map<String, String> words = new LinkedHashMap<>();
        port.ifPresent(value -> words.put("port", value));
        protocol.ifPresent(value -> words.put("protocol", value));
        remote.ifPresent(value -> words.put("remote", value));
        remotePort.ifPresent(value -> words.put("remote_port", value));
        localPort.ifPresent(value -> words.put("local_port", value));
        Optional<String> answer = agent.ask("POST", "/v1/connections/" + (cut ? "cut" : "list"), words);
        if (answer.isEmpty()) {
            return 1;
        }
        if (agent.isJson()) {
            System.out.println(answer.get());
        } else if (JsonText.parse(answer.get()) instanceof Map<?, ?> found) {
            print(found);
        }
        return 0;
    }

    private void print(Map<?, ?> found) {
        if (cut) {
            System.out.println("cut " + found.get("cut") + " connections");
            return;
        }
        if (found.get("connections") instanceof List<?> rows) {
            System.out.printf(ROW, "PORT", "PROTO", "WAY", "STATE", "LOCAL", "REMOTE", "RULE", "BYTES OUT/IN");
            for (Object item : rows) {
                if (item instanceof Map<?, ?> row) {
                    System.out.printf(
                            ROW,
                            row.get("port_id"),
                            row.get("protocol"),
                            row.get("direction"),
                            row.get("state"),
                            row.get("local") + " " + row.get("local_port"),
                            row.get("remote") + " " + row.get("remote_port"),
                            row.get("rule_id"),
                            row.get("sent_bytes") + "/" + row.get("received_bytes"));
                }
            }
            if (!String.valueOf(rows.size()).equals(found.get("total"))) {
                System.out.println("and more: " + found.get("total") + " in all");
            }
        }
    }
}
