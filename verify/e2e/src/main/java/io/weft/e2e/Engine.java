package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Docker engine on a host: Debian's {@code dockerd} and {@code containerd} with their files in a directory of the data
 * centre, in a process namespace whose first process takes all others with it, containers too. Its image {@link #IMAGE} is
 * busybox and nothing else.
 */
public final class Engine implements AutoCloseable {
    public static final String IMAGE = "weft-busybox";

    /** Debian's, since another client may come first in the path. */
    private static final String CLIENT = "/usr/bin/docker";

    private final String cgroup;
    private final List<String> options;
    private final Path directory;
    private final Background first;
    private final String init;
    private Background containerd;
    private Background dockerd;

    private Engine(String cgroup, List<String> options, Path directory, Background first, String init) {
        this.cgroup = cgroup;
        this.options = List.copyOf(options);
        this.directory = directory;
        this.first = first;
        this.init = init;
        this.containerd = startContainerd();
        this.dockerd = startDaemon();
    }

    /** The options that let a host's agent serve its engine; {@code api} is the file that says as whom. */
    public static List<String> agentOptions(Cloud cloud, String host, Path api) {
        Path directory = cloud.makeDirectory("engine-" + host);
        return List.of(
                "--containers-api",
                api.toString(),
                "--docker-socket",
                directory.resolve("plugins/weft.sock").toString(),
                "--docker-engine",
                directory.resolve("docker.sock").toString());
    }

    /** Starts an engine on a host, waits until it answers, and gives it the image. */
    public static Engine start(Cloud cloud, Host host) {
        return start(cloud, host, List.of("--live-restore"));
    }

    /** The same with these options of {@code dockerd} and no {@code --live-restore}, with which an engine is no swarm's. */
    public static Engine start(Cloud cloud, Host host, List<String> options) {
        Path directory = cloud.makeDirectory("engine-" + host.name());
        Path plugins = cloud.makeDirectory("engine-" + host.name() + "/plugins");
        Background first = Background.start(
                directory.resolve("init.log"),
                host.enter(
                        List.of(
                                "unshare",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "sh",
                                "-c",
                                "mount -t proc proc /proc && mount -t tmpfs tmpfs /run && mkdir -p /run/docker/plugins"
                                        + " && mount --bind " + plugins
                                        + " /run/docker/plugins && touch /run/ready && exec docker-init -s -- sleep infinity")));
        String init = Wait.until("the engine's first process", Duration.ofSeconds(20), () -> {
            Optional<ProcessHandle> child =
                    ProcessHandle.of(first.pid()).flatMap(p -> p.children().findFirst());
            return child.filter(c -> Files.exists(Path.of("/proc/" + c.pid() + "/root/run/ready")))
                    .map(c -> Long.toString(c.pid()));
        });
        Engine engine = new Engine("/" + host.namespace(), options, directory, first, init);
        cloud.closeLater(engine);
        engine.awaitReady();
        engine.importImage(cloud, host.name());
        Wait.until("the plug-in of " + host.name(), () -> Files.exists(plugins.resolve("weft.sock")));
        return engine;
    }

    private List<String> enter(List<String> command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--target", init, "--mount", "--pid", "--net"));
        line.addAll(command);
        return line;
    }

    private Background startContainerd() {
        Path configuration = directory.resolve("containerd.toml");
        try {
            Files.writeString(
                    configuration,
                    "version = 2\nroot = \"" + directory.resolve("containerd") + "\"\nstate = \"/run/containerd\"\n"
                            + "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n"
                            + "[grpc]\naddress = \"/run/containerd/containerd.sock\"\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Background started = Background.start(
                directory.resolve("containerd.log"),
                enter(List.of("containerd", "--config", configuration.toString())));
        Wait.until("containerd", () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("containerd ended:\n" + started.output());
            }
            return Files.exists(Path.of("/proc/" + init + "/root/run/containerd/containerd.sock"));
        });
        return started;
    }

    private Background startDaemon() {
        List<String> command = new ArrayList<>(List.of(
                "dockerd",
                "--containerd=/run/containerd/containerd.sock",
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false",
                "--ip-forward=false",
                "--userland-proxy=false",
                "--data-root=" + directory.resolve("data"),
                "--exec-root=/run/docker-exec",
                "--pidfile=/run/dockerd.pid",
                "--cgroup-parent=" + cgroup,
                "-H",
                address()));
        command.addAll(options);
        return Background.start(directory.resolve("dockerd.log"), enter(command));
    }

    private void awaitReady() {
        Wait.until("the engine", Duration.ofMinutes(1), () -> {
            if (!dockerd.isAlive()) {
                throw new IllegalStateException("the engine ended:\n" + dockerd.output());
            }
            return attempt("version").ok() ? Optional.of(true) : Optional.empty();
        });
    }

    private void importImage(Cloud cloud, String host) {
        Path root = Rootfs.make(cloud.makeDirectory("engine-" + host + "/image"));
        Shell.sh("tar -C " + root + " -c . | " + CLIENT + " -H " + address() + " import - " + IMAGE);
    }

    /** Runs a command of Docker's against this engine; fails when its status is not 0. */
    public String docker(String... arguments) {
        Shell.Result result = attempt(arguments);
        if (!result.ok()) {
            throw new IllegalStateException("docker " + String.join(" ", arguments) + ": " + result.output());
        }
        return result.output().strip();
    }

    /** Runs a command of Docker's, whatever its status. */
    public Shell.Result attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of(CLIENT, "-H", address()));
        command.addAll(List.of(arguments));
        return Shell.attempt(Duration.ofMinutes(1), "", command);
    }

    /** Starts a container that stays until it is stopped; these are further options of {@code docker run}. */
    public String run(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("run", "--detach", "--name", name));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(IMAGE, "sleep", "100000"));
        return docker(arguments.toArray(String[]::new));
    }

    /**
     * Why this engine runs no containers, whatever their network; empty when it does. Kernels and machines that are containers
     * themselves may lack what it needs.
     */
    public Optional<String> incapacity() {
        Shell.Result result = attempt("run", "--rm", "--network", "none", IMAGE, "echo");
        return result.ok() ? Optional.empty() : Optional.of(result.output().strip());
    }

    /** A running container as a workload: what is run there has its network and this machine's files. */
    public Workload workload(Cloud cloud, String container) {
        String namespace = cloud.prefix() + "d-" + container;
        String sandbox = docker("inspect", "--format", "{{.NetworkSettings.SandboxKey}}", container);
        // In the engine's mount namespace /var/run is /run.
        String there = "/proc/" + init + "/root" + sandbox.replaceFirst("^/var/run/", "/run/");
        Shell.sh("mkdir -p /run/netns && touch /run/netns/" + namespace + " && mount --bind " + there + " /run/netns/"
                + namespace);
        Workload made = new Workload(container, namespace, cloud.makeDirectory("d-" + container));
        cloud.closeLater(made);
        return made;
    }

    /** The port of a container that is in one network. */
    public String port(Api api, String container) {
        String endpoint =
                docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.EndpointID}}{{end}}", container);
        return api.list("port", "?device_id=" + endpoint).get(0).get("id").asString();
    }

    /** Where this engine listens, for {@code docker -H}. */
    public String address() {
        return "unix://" + directory.resolve("docker.sock");
    }

    /** Whether one of several pings from a container is answered. */
    public boolean pings(String container, String address) {
        return attempt("exec", container, "ping", "-c", "3", "-i", "0.2", "-W", "2", address)
                .output()
                .contains("bytes from ");
    }

    /** Ends the engine as a crash does; its containers run on. */
    public void kill() {
        dockerd.kill();
    }

    /** Starts the engine again. */
    public void restart() {
        Shell.run(enter(List.of("rm", "-f", "/run/dockerd.pid")));
        dockerd = startDaemon();
        awaitReady();
    }

    @Override
    public void close() {
        dockerd.kill();
        containerd.kill();
        first.kill();
        sweepGroups(cgroup.substring(1));
    }

    /** Ends what runs in the control groups of hosts whose names begin with this, and removes the groups. */
    static void sweepGroups(String prefix) {
        String groups = "find /sys/fs/cgroup -mindepth 1 -depth -type d -path '*/" + prefix + "*'";
        Shell.sh("for i in $(seq 50); do pids=$(" + groups + " -exec cat {}/cgroup.procs \\; 2>/dev/null | sort -u);"
                + " [ -n \"$pids\" ] || break; kill -9 $pids 2>/dev/null; sleep 0.1; done; "
                + groups + " -exec rmdir {} + 2>/dev/null; true");
    }
}
