package io.weft.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code weft status}. */
@Command(name = "status", description = "Shows how the installation is.", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        JsonNode status = api.get("/weft/v1/status").path("status");
        output.print(status, () -> {
            output.line("server     " + status.path("version").asString());
            output.line("store      " + status.path("store").asString() + ", revision "
                    + status.path("store_revision").asString() + ", read at "
                    + status.path("replica_revision").asString());
            output.line("nodes      " + status.path("nodes_alive").asString() + " alive, "
                    + status.path("streams").asString() + " connected here");
            status.path("resources")
                    .properties()
                    .forEach(kind -> output.line("%-10s %s".formatted(kind.getKey() + "s", kind.getValue())));
        });
        return 0;
    }
}
