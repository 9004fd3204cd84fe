package io.weft.cli;

import io.weft.agent.JvmOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * {@code weft up}: a server and an agent on this host, each a process of its own, so that either may be stopped and
 * started alone. When one ends, or this command is asked to stop, both do.
 */
@Command(
        name = "up",
        description = "Runs a server and an agent on this host until it is asked to stop. "
                + "Options that it does not know are the agent's.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Option(names = "--config", paramLabel = "FILE", description = "the server's configuration")
    private @Nullable Path config;

    @Option(
            names = "--agents-url",
            paramLabel = "URL",
            defaultValue = "https://127.0.0.1:9697",
            description = "where the agent finds the server; default ${DEFAULT-VALUE}")
    private String agentsUrl = "";

    @Option(names = "--host", paramLabel = "NAME", description = "this host's name; default what the system says")
    private @Nullable String host;

    @Unmatched
    private List<String> agentOptions = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        List<Process> processes = new ArrayList<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(processes), "stop"));
        List<String> server = new ArrayList<>(List.of("server"));
        Optional.ofNullable(config).ifPresent(file -> server.addAll(List.of("--config", file.toString())));
        start(processes, io.weft.server.JvmOptions.recommended(), server);
        api.awaitReady(processes.getFirst()::isAlive);
        String name = host == null ? hostName() : host;
        Map<String, Object> request = new LinkedHashMap<>(Map.of("host", name, "lifetime_seconds", 600));
        String token =
                api.post("/weft/v1/tokens", request).path("token").path("token").asString();
        List<String> agent = new ArrayList<>(List.of("agent", "--host", name, "--server", agentsUrl, "--token", token));
        agent.addAll(agentOptions);
        start(processes, JvmOptions.recommended(), agent);
        CompletableFuture.anyOf(processes.stream().map(Process::onExit).toArray(CompletableFuture[]::new))
                .join();
        stop(processes);
        return processes.stream().allMatch(process -> process.exitValue() == 0) ? 0 : 1;
    }

    private static void start(List<Process> processes, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            synchronized (processes) {
                processes.add(process);
            }
        } catch (IOException e) {
            throw new CommandException("cannot start " + arguments.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /** Ends the agent first, then the server, each with half a minute to do so by itself. */
    private static void stop(List<Process> processes) {
        List<Process> running;
        synchronized (processes) {
            running = List.copyOf(processes).reversed();
        }
        for (Process process : running) {
            process.destroy();
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new CommandException("this host has no name; use --host", e);
        }
    }
}
