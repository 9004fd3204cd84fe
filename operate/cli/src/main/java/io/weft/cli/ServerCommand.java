package io.weft.cli;

import io.weft.server.Main;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft server}. */
@Command(name = "server", description = "Runs a server until it is asked to stop.", mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration; default $WEFT_CONFIG, or the environment alone")
    private @Nullable Path config;

    @Override
    public Integer call() throws InterruptedException {
        Optional<Path> file = Optional.ofNullable(config)
                .or(() -> Optional.ofNullable(System.getenv("WEFT_CONFIG")).map(Path::of));
        return Main.run(file, System.getenv());
    }
}
