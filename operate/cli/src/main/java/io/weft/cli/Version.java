package io.weft.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** {@code weft version}. */
@Command(name = "version", description = "Prints the version of this build.", mixinStandardHelpOptions = true)
final class Version implements Callable<Integer>, IVersionProvider {
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        output.print(
                Map.of(
                        "version",
                        io.weft.server.Version.text(),
                        "java",
                        Runtime.version().toString()),
                () -> output.line("weft " + io.weft.server.Version.text()));
        return 0;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"weft " + io.weft.server.Version.text()};
    }
}
