package io.weft.agent.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code weft ports}. */
@Command(
        name = "ports",
        description = "Lists the ports that are bound to this host, with their devices.",
        mixinStandardHelpOptions = true)
public final class PortsCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-17s  %-15s  %-5s  %s%n";

    @Mixin
    private final AgentSocket agent = new AgentSocket();

    @Override
    public Integer call() throws IOException {
        Optional<String> answer = agent.ask("GET", "/v1/ports", Map.of());
        if (answer.isEmpty()) {
            return 1;
        }
        if (agent.isJson()) {
            System.out.println(answer.get());
        } else if (JsonText.parse(answer.get()) instanceof List<?> ports) {
            System.out.printf(ROW, "PORT", "MAC", "DEVICE", "STATE", "ADDRESSES");
            for (Object item : ports) {
                if (item instanceof Map<?, ?> port) {
                    System.out.printf(
                            ROW,
                            port.get("id"),
                            port.get("mac_address"),
                            device(port),
                            port.get("state"),
                            port.get("addresses") + " " + port.get("detail"));
                    if (port.get("drops") instanceof Map<?, ?> drops && !drops.isEmpty()) {
                        System.out.println("  dropped: " + drops);
                    }
                }
            }
        }
        return 0;
    }

    /** A subport's with its tag. */
    private static String device(Map<?, ?> port) {
        return port.get("device") + (port.get("vlan") == null ? "" : "." + port.get("vlan"));
    }
}
