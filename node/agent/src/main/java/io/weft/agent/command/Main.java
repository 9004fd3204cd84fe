package io.weft.agent.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The agent's commands alone, for machines that have nothing else of Weft. */
@Command(
        name = "weft",
        subcommands = {
            AgentCommand.class,
            AttachCommand.class,
            DetachCommand.class,
            PortsCommand.class,
            NestedCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs a command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
