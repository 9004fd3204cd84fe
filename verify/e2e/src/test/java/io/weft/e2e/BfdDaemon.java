package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** FRR's daemon of Bidirectional Forwarding Detection in a host outside, with a session for each of some addresses. */
final class BfdDaemon implements AutoCloseable {
    private final Workload host;
    private final Path directory;
    private Optional<Background> process = Optional.empty();

    /** @param peers the addresses of the other ends */
    BfdDaemon(Workload host, List<String> peers) {
        this.host = host;
        StringBuilder configuration = new StringBuilder("bfd\n");
        peers.forEach(peer -> configuration
                .append(" peer ")
                .append(peer)
                .append("\n  receive-interval 300\n  transmit-interval 300\n !\n"));
        try {
            directory = Files.createTempDirectory("weft-bfdd");
            Files.writeString(directory.resolve("bfdd.conf"), configuration.append("!\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The daemon gives up root for a user of its own.
        Shell.run("chown", "-R", "frr:frr", directory.toString());
        Shell.run("chmod", "755", directory.toString());
    }

    void start() {
        if (process.isEmpty()) {
            process = Optional.of(host.start(
                    "/usr/lib/frr/bfdd",
                    "-f",
                    directory.resolve("bfdd.conf").toString(),
                    "-i",
                    directory.resolve("bfdd.pid").toString(),
                    "-z",
                    directory.resolve("zebra").toString(),
                    "--vty_socket",
                    directory.toString(),
                    "--bfdctl",
                    directory.resolve("bfdd.sock").toString(),
                    "-P",
                    "0",
                    "--log",
                    "stdout"));
        }
    }

    /** What it says of its sessions; nothing while it is not there. */
    String sessions() {
        return host.attempt(
                        Duration.ofSeconds(10),
                        "vtysh",
                        "--vty_socket",
                        directory.toString(),
                        "-d",
                        "bfdd",
                        "-c",
                        "show bfd peers")
                .output();
    }

    /** Ends it as the loss of the router does: without a word. */
    void kill() {
        process.ifPresent(Background::kill);
        process = Optional.empty();
    }

    @Override
    public void close() {
        kill();
        Shell.run("rm", "-rf", directory.toString());
    }
}
