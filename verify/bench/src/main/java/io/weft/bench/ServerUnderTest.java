package io.weft.bench;

import io.weft.e2e.Background;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import io.weft.server.JvmOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own over the embedded store on disk, with what {@code ./weft server} gives its JVM. It
 * listens on loopback. Closing it removes its data.
 */
final class ServerUnderTest implements AutoCloseable {
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms$");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Path directory;
    private final List<String> options;
    private final int apiPort;
    private final int agentsPort;
    private Optional<Background> process = Optional.empty();
    private int starts;

    private ServerUnderTest(Path directory, List<String> options) throws IOException {
        this.directory = directory;
        this.options = options;
        try (ServerSocket api = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket agents = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            apiPort = api.getLocalPort();
            agentsPort = agents.getLocalPort();
        }
        Files.writeString(
                directory.resolve("weft.properties"),
                "data.directory = " + dataDirectory() + "\n"
                        + "api.listen = 127.0.0.1:" + apiPort + "\n"
                        + "agents.listen = 127.0.0.1:" + agentsPort + "\n"
                        + "log.level = warning\n");
    }

    /** Prepares one without starting it; {@code options} are the JVM's. */
    static ServerUnderTest prepare(String... options) {
        try {
            ServerUnderTest server = new ServerUnderTest(
                    Files.createTempDirectory(Path.of("/var/tmp"), "weft-bench-"), List.of(options));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "clean up"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prepares and starts one. */
    static ServerUnderTest launch(String... options) {
        ServerUnderTest server = prepare(options);
        server.start();
        return server;
    }

    /** Where the store lies. */
    Path dataDirectory() {
        return directory.resolve("data");
    }

    URI api() {
        return URI.create("http://127.0.0.1:" + apiPort);
    }

    URI agents() {
        return URI.create("https://127.0.0.1:" + agentsPort);
    }

    /** Starts it and returns the seconds until it was ready. */
    double start() {
        long begin = System.nanoTime();
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(JvmOptions.recommended());
        command.add("-Xlog:gc:file=" + directory.resolve("gc" + starts++ + ".log"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.weft.cli.Main",
                "server",
                "--config",
                directory.resolve("weft.properties").toString()));
        Background started = Background.start(directory.resolve("log"), command);
        process = Optional.of(started);
        Wait.until("the server to be ready", Duration.ofMinutes(5), () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("the server ended:\n" + started.output());
            }
            return isReady() ? Optional.of(true) : Optional.empty();
        });
        return (System.nanoTime() - begin) / 1e9;
    }

    private boolean isReady() {
        try (HttpConnection connection = HttpConnection.toApi(api(), "bench")) {
            return connection.call("GET", "/readyz", HttpConnection.NOTHING) == 200;
        } catch (IOException e) {
            return false;
        }
    }

    void stop() {
        process.ifPresent(Background::stop);
    }

    long pid() {
        return process.orElseThrow().pid();
    }

    /** What it has logged, for when something is wrong. */
    String log() {
        return process.map(Background::output).orElse("");
    }

    /** Nanoseconds of CPU that it has used. */
    long cpuNanos() {
        return Cpu.busyNanos(pid());
    }

    /** Nanoseconds of these that the JVM's compilers have used: a running server's code becomes faster for minutes. */
    long compilerNanos() {
        return Cpu.busyNanos(pid(), "C1 CompilerThre", "C2 CompilerThre");
    }

    /** Nanoseconds of these that the JVM's garbage collector has used. */
    long collectorNanos() {
        return Cpu.busyNanos(pid(), "GC Thread#", "G1 Conc#", "G1 Main Marker", "G1 Refine#", "G1 Service");
    }

    /** The sum of the values of a metric. */
    double metric(String name) {
        try (HttpConnection connection = HttpConnection.toApi(api(), "bench")) {
            return connection
                    .expect(200, "GET", "/metrics", HttpConnection.NOTHING)
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** MiB of the heap that are in use after a full collection. */
    double liveMebibytes() {
        collect();
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw new IllegalStateException("GC.heap_info names no use");
        }
        return Double.parseDouble(used.group(1)) / 1024;
    }

    /** Collects all garbage, so that what was done before leaves the collector nothing to do. */
    void collect() {
        jcmd("GC.run");
    }

    /** Milliseconds of each pause of the collector since the last start; full ones that were asked for are left out. */
    Timings pauses() {
        Timings pauses = new Timings();
        try {
            Files.readAllLines(directory.resolve("gc" + (starts - 1) + ".log")).stream()
                    .filter(line -> !line.contains("Diagnostic Command"))
                    .map(PAUSE::matcher)
                    .filter(Matcher::find)
                    .forEach(pause -> pauses.add((long) (Double.parseDouble(pause.group(1)) * 1e6)));
            return pauses;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String jcmd(String command) {
        return Shell.run(System.getProperty("java.home") + "/bin/jcmd", "" + pid(), command);
    }

    @Override
    public synchronized void close() {
        stop();
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
