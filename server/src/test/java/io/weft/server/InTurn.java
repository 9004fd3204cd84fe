package io.weft.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One address for several servers, whose requests go to one after the other: HAProxy, as Debian packages it. */
final class InTurn implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final int port;

    private InTurn(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param directory an empty one, for its configuration and what it says
     * @param servers the servers' ports on loopback
     */
    static InTurn start(Path directory, List<Integer> servers) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        StringBuilder lines = new StringBuilder("""
                defaults
                    mode http
                    timeout connect 10s
                    timeout client 5m
                    timeout server 5m
                listen api
                    bind 127.0.0.1:%d
                    balance roundrobin
                    http-reuse always
                """.formatted(port));
        servers.forEach(server -> lines.append("    server weft%1$d 127.0.0.1:%1$d%n".formatted(server)));
        Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), lines);
        Path said = directory.resolve("haproxy.log");
        Process process = new ProcessBuilder(
                        "setpriv", "--pdeathsig", "KILL", "haproxy", "-db", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens(port)) {
            if (System.nanoTime() > end || process.waitFor(Duration.ofMillis(20))) {
                process.destroyForcibly();
                throw new IOException("haproxy does not listen\n" + Files.readString(said));
            }
        }
        return new InTurn(process, port);
    }

    private static boolean listens(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
