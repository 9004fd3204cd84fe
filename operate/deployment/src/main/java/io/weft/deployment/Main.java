package io.weft.deployment;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./weft images} and {@code ./weft demo kubernetes} run. */
@Command(
        name = "weft",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ImagesCommand.class, DemoCommand.class})
public final class Main {
    private Main() {}

    /** Runs a command and ends the process: with 0 when it did what it was asked, 1 when not, 2 when it was not understood. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, _, _) -> {
            if (e instanceof IOException) {
                System.err.println("weft: " + e.getMessage());
            } else {
                System.err.println("weft: a fault of this program:");
                e.printStackTrace(System.err);
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        System.exit(line.execute(arguments));
    }
}
