package io.weft.agent.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft attach}. */
@Command(
        name = "attach",
        description = "Joins a namespace or a device of this host to a port that is bound to this host.",
        mixinStandardHelpOptions = true)
public final class AttachCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PORT", description = "the port's id")
    private String port = "";

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(names = "--name", paramLabel = "NAME", description = "the device's name in the namespace; default eth0")
    private @Nullable String name;

    @Mixin
    private final AgentSocket agent = new AgentSocket();

    private static final class Target {
        @Option(names = "--netns", paramLabel = "NAME", description = "a namespace's name or path")
        private @Nullable String namespace;

        @Option(names = "--pid", paramLabel = "PID", description = "a process in the namespace")
        private @Nullable Long process;

        @Option(names = "--device", paramLabel = "DEVICE", description = "a tap or veth of this host")
        private @Nullable String device;
    }

    @Override
    public Integer call() throws IOException {
        Map<String, String> body = new LinkedHashMap<>();
        put(body, "netns", target.namespace);
        put(body, "pid", target.process);
        put(body, "device", target.device);
        put(body, "name", name);
        Optional<String> answer = agent.ask("POST", "/v1/ports/" + port + "/attach", body);
        if (answer.isEmpty()) {
            return 1;
        }
        if (agent.isJson()) {
            System.out.println(answer.get());
        } else if (JsonText.parse(answer.get()) instanceof Map<?, ?> attached) {
            System.out.println("port " + port + " is at device " + attached.get("device") + ", MAC "
                    + attached.get("mac_address") + ", addresses " + attached.get("addresses"));
        }
        return 0;
    }

    private static void put(Map<String, String> body, String key, @Nullable Object value) {
        if (value != null) {
            body.put(key, value.toString());
        }
    }
}
