package io.weft.cli;

import io.weft.agent.command.AgentCommand;
import io.weft.agent.command.AttachCommand;
import io.weft.agent.command.CheckCommand;
import io.weft.agent.command.ConnectionsCommand;
import io.weft.agent.command.DetachCommand;
import io.weft.agent.command.DropsCommand;
import io.weft.agent.command.NestedCommand;
import io.weft.agent.command.PortCommand;
import io.weft.agent.command.PortsCommand;
import io.weft.server.config.Configuration.LogFormat;
import io.weft.server.log.Logging;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code weft}. Ends with status 0 when the command did what it was asked, 1 when it could not, 2 when it was not
 * understood.
 */
@Command(
        name = "weft",
        description = "One virtual network for virtual machines, pods, containers and bare metal.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private static final List<Class<?>> COMMANDS = List.of(
            ServerCommand.class,
            AgentCommand.class,
            AttachCommand.class,
            DetachCommand.class,
            PortsCommand.class,
            PortCommand.class,
            DropsCommand.class,
            CheckCommand.class,
            ConnectionsCommand.class,
            CniCommand.class,
            NestedCommand.class,
            KubernetesCommand.class,
            NodesCommand.class,
            ClaimsCommand.class,
            TraceCommand.class,
            TokenCommand.class,
            UpCommand.class,
            StatusCommand.class,
            ApiCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            StoreCommand.class,
            Version.class);

    private Main() {}

    /** Runs a command and ends the process. */
    public static void main(String[] arguments) {
        Logging.prepare();
        // Standard error, as text, until a server has read its own settings.
        boolean json = "json".equalsIgnoreCase(System.getenv("WEFT_LOG_FORMAT"));
        Logging.start(json ? LogFormat.JSON : LogFormat.TEXT, System.Logger.Level.INFO);
        System.exit(run(System.err, arguments));
    }

    /** Runs a command and answers its status. */
    static int run(PrintStream errors, String... arguments) {
        CommandLine line = new CommandLine(new Main());
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> arguments.length > 0 && isNamed(command, arguments[0]))
                .toList();
        // To look at all commands' options takes a quarter of a second, which every start of an agent would wait.
        (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
        line.setExecutionExceptionHandler((e, _, _) -> {
            if (e instanceof CommandException) {
                errors.println("weft: " + e.getMessage());
            } else {
                errors.println("weft: a fault of this program:");
                e.printStackTrace(errors);
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(List.of(arguments).toArray(String[]::new));
    }

    private static boolean isNamed(Class<?> command, String name) {
        Command annotation = command.getAnnotation(Command.class);
        return annotation.name().equals(name) || List.of(annotation.aliases()).contains(name);
    }
}
