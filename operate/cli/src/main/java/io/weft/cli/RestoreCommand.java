package io.weft.cli;

import io.weft.store.Store;
import io.weft.store.StoreException;
import io.weft.store.backup.Backup;
import io.weft.store.backup.Restore;
import io.weft.store.backup.Summary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft restore FILE}: fills an empty store, which gets a new epoch. */
@Command(
        name = "restore",
        description = "Fills an empty store from a backup; no server may have it open. "
                + "The master key is not in a backup and must be put in its place.",
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private final StoreOptions options = new StoreOptions();

    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "FILE", description = "the backup")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        try {
            // Read to its end before anything is written.
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                Backup.verify(in);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                    Store store = options.open()) {
                Summary summary = Restore.into(store, in);
                output.print(
                        summary,
                        () -> output.line("restored " + summary.entries() + " entries of revision " + summary.revision()
                                + " into a store with epoch " + store.epoch()));
                return 0;
            }
        } catch (IOException | StoreException e) {
            throw new CommandException("cannot restore " + file + ": " + e.getMessage(), e);
        }
    }
}
