package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A data centre: an underlay, servers over one store, hosts with agents. Closing it ends every process and removes every
 * namespace that it made.
 */
public final class Cloud implements AutoCloseable {
    private final Underlay underlay;
    private final Path directory;
    private final IpFamilyOfUnderlay family;
    private final List<ServerProcess> servers = new ArrayList<>();
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Deque<AutoCloseable> closeables = new ConcurrentLinkedDeque<>();
    private boolean closed;

    /** Over which family the tunnels run. */
    public enum IpFamilyOfUnderlay {
        IPV4,
        IPV6
    }

    private Cloud(Underlay underlay, Path directory, IpFamilyOfUnderlay family) {
        this.underlay = underlay;
        this.directory = directory;
        this.family = family;
    }

    /** A data centre with an underlay and nothing else. */
    public static Cloud build(IpFamilyOfUnderlay family) {
        try {
            Cloud cloud = new Cloud(Underlay.build(), Files.createTempDirectory("weft-e2e-"), family);
            Runtime.getRuntime().addShutdownHook(new Thread(cloud::close, "clean up"));
            return cloud;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a server over the embedded store and waits until it is ready. */
    public ServerProcess addServer() {
        return addServer(List.of(), List.of(), List.of());
    }

    /** Adds a server with these lines in its configuration besides. */
    public ServerProcess addServerWithSettings(List<String> settings) {
        return addServer(List.of(), List.of(), settings);
    }

    /** Adds a server with a file of fixed tokens. */
    public ServerProcess addServerWithTokens(List<String> tokens) {
        return addServer(List.of(), tokens, List.of());
    }

    /** Adds a server over these etcd endpoints. */
    public ServerProcess addServerOver(List<String> etcd) {
        return addServer(etcd, List.of(), List.of());
    }

    private ServerProcess addServer(List<String> etcd, List<String> tokens, List<String> settings) {
        int number = servers.size();
        ServerProcess server = new ServerProcess(
                directory.resolve("server" + number),
                underlay.serverAddress(),
                underlay.firstPort() + 2 * number,
                family,
                etcd,
                tokens,
                settings);
        servers.add(server);
        closeables.push(server);
        server.start();
        return server;
    }

    public ServerProcess server() {
        return servers.getFirst();
    }

    public List<ServerProcess> servers() {
        return List.copyOf(servers);
    }

    /** Adds a host, enrols its agent and waits until the agent is connected. */
    public Host addHost(String name) {
        return addHost(name, underlay.connectHost(name), List.of());
    }

    /** The same; its agent is told these options besides. */
    public Host addHost(String name, List<String> options) {
        return addHost(name, underlay.connectHost(name), options);
    }

    /** Adds two hosts with a cable between them, over which their tunnels run. */
    public List<Host> addCabledHosts(String one, String other) {
        List<Underlay.Attachment> ends = underlay.cable(underlay.connectHost(one), underlay.connectHost(other));
        return List.of(addHost(one, ends.get(0), List.of()), addHost(other, ends.get(1), List.of()));
    }

    private Host addHost(String name, Underlay.Attachment attachment, List<String> options) {
        Host host = new Host(this, name, attachment, makeDirectory(name), options);
        hosts.put(name, host);
        closeables.push(host);
        host.startAgent(Optional.of(server().createToken(name)));
        return host;
    }

    public Host host(String name) {
        return Optional.ofNullable(hosts.get(name)).orElseThrow();
    }

    public List<Host> hosts() {
        return List.copyOf(hosts.values());
    }

    /**
     * A file for {@code --containers-api}: hosts reach the first server's API in this project's name by a relay, since it
     * listens on this machine's loopback alone.
     */
    public Path containersApi(String project) {
        return containersApi("project", project);
    }

    /** The same for a server that asks for tokens, in the name of whoever has this one. */
    public Path containersApiWithToken(String token) {
        return containersApi("token", token);
    }

    private Path containersApi(String setting, String value) {
        String address = server().agents().getHost();
        int port = server().api().getPort();
        Background relay = Background.start(
                log("relay"),
                List.of(
                        "socat",
                        "TCP-LISTEN:" + port + ",bind=" + address + ",fork,reuseaddr",
                        "TCP:127.0.0.1:" + port));
        closeables.push(relay::stop);
        Path file = directory.resolve("containers-api.properties");
        try {
            Files.writeString(
                    file,
                    "containers.api.url = http://" + address + ":" + port + "\ncontainers.api." + setting + " = "
                            + value + "\n");
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client of the first server in this project's name. */
    public Api api(String project) {
        return Api.ofProject(() -> server().api(), project);
    }

    /** A client of the first server with this token. */
    public Api apiWithToken(String token) {
        return Api.ofToken(() -> server().api(), token);
    }

    /** A client that turns to the servers one after the other. */
    public Api apiInTurn(String project) {
        Deque<URI> turn = new ArrayDeque<>();
        servers.forEach(s -> turn.add(s.api()));
        return Api.ofProject(
                () -> {
                    URI next = turn.removeFirst();
                    turn.addLast(next);
                    return next;
                },
                project);
    }

    /** Loses what goes from one host to the other, until {@link #heal}; the server is reached as before. */
    public void cut(Host from, Host to) {
        underlay.cut(from.tunnelAddress(), to.tunnelAddress());
    }

    /** Ends all cuts. */
    public void heal() {
        underlay.heal();
    }

    IpFamilyOfUnderlay family() {
        return family;
    }

    /** What the names of this data centre's namespaces begin with. */
    public String prefix() {
        return underlay.prefix();
    }

    /** A file for the output of a process that belongs to this data centre, removed with it. */
    public Path log(String name) {
        return directory.resolve(name + ".log");
    }

    void closeLater(AutoCloseable closeable) {
        closeables.push(closeable);
    }

    List<URI> agentEndpoints() {
        return servers.stream().map(ServerProcess::agents).toList();
    }

    Path makeDirectory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until every port of the list is ACTIVE. */
    public void awaitActive(Api api, List<String> ports) {
        for (String port : ports) {
            Wait.until("port " + port + " to become ACTIVE", Duration.ofMinutes(1), () -> {
                String status = api.show("port", port).get("status").asString();
                return status.equals("ACTIVE") ? Optional.of(status) : Optional.empty();
            });
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!closeables.isEmpty()) {
            try {
                closeables.pop().close();
            } catch (Exception e) {
                System.err.println("clean-up: " + e);
            }
        }
        underlay.close();
        deleteTree(directory);
    }

    private static void deleteTree(Path root) {
        Shell.run("rm", "-rf", "--one-file-system", root.toString());
    }
}
