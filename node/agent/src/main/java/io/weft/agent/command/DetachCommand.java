package io.weft.agent.command;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft detach}. */
@Command(
        name = "detach",
        description = "Parts a port from its device; one that was made for it is deleted.",
        mixinStandardHelpOptions = true)
public final class DetachCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PORT", description = "the port's id")
    private String port = "";

    @Mixin
    private final AgentSocket agent = new AgentSocket();

    @Override
    public Integer call() {
        Optional<String> answer = agent.ask("POST", "/v1/ports/" + port + "/detach", Map.of());
        if (answer.isPresent() && agent.isJson()) {
            System.out.println(answer.get());
        }
        return answer.isPresent() ? 0 : 1;
    }
}
