package io.weft.cli;

import io.weft.cni.Executable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft cni}: what container runtimes need. */
@Command(
        name = "cni",
        description = "Joins container runtimes to this host's agent.",
        mixinStandardHelpOptions = true,
        subcommands = {CniCommand.Install.class, CniCommand.Uninstall.class})
final class CniCommand {
    /** {@code weft cni install}. */
    @Command(
            name = "install",
            description = "Puts the CNI executable 'weft' where runtimes look for it.",
            mixinStandardHelpOptions = true)
    static final class Install implements Callable<Integer> {
        @Option(
                names = "--directory",
                paramLabel = "DIR",
                defaultValue = "/opt/cni/bin",
                description = "where runtimes look; default ${DEFAULT-VALUE}")
        private Path directory = Path.of("");

        @Option(
                names = "--loopback",
                paramLabel = "FILE",
                description =
                        "copies this as the executable 'loopback' where there is none: runtimes start one besides")
        private @Nullable Path loopback;

        @Override
        public Integer call() {
            try {
                System.out.println(Executable.install(directory));
                Path other = directory.resolve("loopback");
                if (loopback != null && !Files.exists(other)) {
                    Path fresh = directory.resolve(".loopback.new");
                    Files.copy(loopback, fresh, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
                    System.out.println(Files.move(fresh, other, StandardCopyOption.ATOMIC_MOVE));
                }
                return 0;
            } catch (IOException e) {
                throw new CommandException("cannot install into " + directory + ": " + e.getMessage(), e);
            }
        }
    }

    /** {@code weft cni uninstall}. */
    @Command(
            name = "uninstall",
            description = "Takes the CNI executable 'weft' away; others in the directory stay.",
            mixinStandardHelpOptions = true)
    static final class Uninstall implements Callable<Integer> {
        @Option(
                names = "--directory",
                paramLabel = "DIR",
                defaultValue = "/opt/cni/bin",
                description = "where runtimes look; default ${DEFAULT-VALUE}")
        private Path directory = Path.of("");

        @Override
        public Integer call() {
            try {
                Files.deleteIfExists(directory.resolve(Executable.NAME));
                return 0;
            } catch (IOException e) {
                throw new CommandException("cannot remove from " + directory + ": " + e.getMessage(), e);
            }
        }
    }
}
