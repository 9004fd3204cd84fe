package io.weft.cli;

import io.weft.cni.Executable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft cni}: what container runtimes need. */
@Command(
        name = "cni",
        description = "Joins container runtimes to this host's agent.",
        mixinStandardHelpOptions = true,
        subcommands = CniCommand.Install.class)
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

        @Override
        public Integer call() {
            try {
                System.out.println(Executable.install(directory));
                return 0;
            } catch (IOException e) {
                throw new CommandException("cannot install into " + directory + ": " + e.getMessage(), e);
            }
        }
    }
}
