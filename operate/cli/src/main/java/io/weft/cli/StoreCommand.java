package io.weft.cli;

import io.weft.server.Stores;
import io.weft.store.Store;
import io.weft.store.StoreException;
import io.weft.store.backup.Move;
import io.weft.store.backup.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weft store}. */
@Command(
        name = "store",
        description = "Works on a store as a whole.",
        mixinStandardHelpOptions = true,
        subcommands = StoreCommand.MoveTo.class)
final class StoreCommand {
    /** {@code weft store move --to URL,URL}. */
    @Command(
            name = "move",
            description = "Copies the configured store into an empty etcd cluster; stop the servers before, "
                    + "and start them with store.endpoints afterwards.",
            mixinStandardHelpOptions = true)
    static final class MoveTo implements Callable<Integer> {
        @Mixin
        private final StoreOptions options = new StoreOptions();

        @Mixin
        private final Output output = new Output();

        @Option(names = "--to", paramLabel = "URL", required = true, split = ",", description = "the etcd servers")
        private List<String> endpoints = new ArrayList<>();

        @Override
        public Integer call() {
            try (Store from = options.open();
                    Store to = Stores.open(endpoints, options.configuration())) {
                Summary summary = Move.copy(from, to);
                output.print(
                        summary,
                        () -> output.line("moved " + summary.entries() + " entries of revision " + summary.revision()
                                + " to " + String.join(", ", endpoints)));
                return 0;
            } catch (StoreException e) {
                throw new CommandException("cannot move the store: " + e.getMessage(), e);
            }
        }
    }
}
