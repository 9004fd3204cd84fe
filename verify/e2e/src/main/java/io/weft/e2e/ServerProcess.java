package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Weft server as its own process. Its API listens on loopback, its agents' endpoint on the underlay. */
public final class ServerProcess implements AutoCloseable {
    private final Path directory;
    private final String underlayAddress;
    private final int apiPort;
    private final Cloud.IpFamilyOfUnderlay family;
    private final List<String> etcd;
    private final List<String> tokens;
    private final List<String> settings;
    private final HttpClient http = HttpClient.newHttpClient();
    private Optional<Background> process = Optional.empty();

    ServerProcess(
            Path directory,
            String underlayAddress,
            int firstPort,
            Cloud.IpFamilyOfUnderlay family,
            List<String> etcd,
            List<String> tokens,
            List<String> settings) {
        this.directory = directory;
        this.underlayAddress = underlayAddress;
        this.apiPort = freePort(firstPort);
        this.family = family;
        this.etcd = etcd;
        this.tokens = tokens;
        this.settings = settings;
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("tokens");
            Files.write(file, tokens);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            Files.writeString(directory.resolve("weft.properties"), configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String configuration() {
        return "data.directory = " + directory.resolve("data") + "\n"
                + "api.listen = 127.0.0.1:" + apiPort + "\n"
                + "networks.mtu = " + (family == Cloud.IpFamilyOfUnderlay.IPV4 ? 1450 : 1430) + "\n"
                + "agents.listen = " + underlayAddress + ":" + (apiPort + 1) + "\n"
                + (tokens.isEmpty()
                        ? ""
                        : "api.authentication = tokens\napi.tokens-file = " + directory.resolve("tokens") + "\n")
                + (etcd.isEmpty() ? "" : "store.endpoints = " + String.join(",", etcd) + "\n")
                + (etcd.isEmpty() ? "" : "identity.master-key = " + directory.resolveSibling("master.key") + "\n")
                + settings.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** The first port from here on that nobody listens on, with the one after it. */
    private static int freePort(int from) {
        return IntStream.iterate(from, port -> port < from + 100, port -> port + 2)
                .filter(port -> isFree(port) && isFree(port + 1))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no free port from " + from));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where the API is. */
    public URI api() {
        return URI.create("http://127.0.0.1:" + apiPort);
    }

    /** Where agents connect. */
    public URI agents() {
        return URI.create("https://" + underlayAddress + ":" + (apiPort + 1));
    }

    /** The configuration file. */
    public Path configurationFile() {
        return directory.resolve("weft.properties");
    }

    /** Starts it and waits until it is ready. */
    public void start() {
        List<String> command = new ArrayList<>(Weft.command("-Xmx2g"));
        command.addAll(List.of("server", "--config", configurationFile().toString()));
        Background started = Background.start(directory.resolve("log"), command);
        process = Optional.of(started);
        Wait.until("the server to be ready", Duration.ofSeconds(90), () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("the server ended:\n" + started.output());
            }
            return isReady() ? Optional.of(true) : Optional.empty();
        });
    }

    private boolean isReady() {
        try {
            HttpRequest request = HttpRequest.newBuilder(api().resolve("/readyz"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        process.orElseThrow().kill();
    }

    /** Ends it as {@code kill} does. */
    public void stop() {
        process.orElseThrow().stop();
    }

    public Background process() {
        return process.orElseThrow();
    }

    /** A one-time token with which the host with this name may enrol. */
    String createToken(String host) {
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("token", "create", "--host", host, "--server", api().toString()));
        tokens.stream().findFirst().ifPresent(t -> command.addAll(List.of("--auth-token", t.split(" ", 2)[0])));
        return Shell.run(command).strip();
    }

    @Override
    public void close() {
        process.ifPresent(Background::stop);
    }
}
