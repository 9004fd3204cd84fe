package io.weft.cli;

import io.weft.server.Stores;
import io.weft.server.config.Configuration;
import io.weft.server.config.ConfigurationException;
import io.weft.store.Store;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The store that a server with the same configuration would open. */
final class StoreOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the server's configuration; default $WEFT_CONFIG, or the environment alone")
    private @Nullable Path config;

    Configuration configuration() {
        try {
            return Configuration.read(
                    Optional.ofNullable(config)
                            .or(() -> Optional.ofNullable(System.getenv("WEFT_CONFIG"))
                                    .map(Path::of)),
                    System.getenv());
        } catch (ConfigurationException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    Store open() {
        return Stores.open(configuration());
    }
}
