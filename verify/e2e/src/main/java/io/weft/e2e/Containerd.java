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
 * Debian's containerd on a host, asked by its own {@code ctr}, which joins a container to the first network of a directory of
 * CNI configurations and takes it off when the container has ended.
 */
public final class Containerd implements AutoCloseable {
    private final Cloud cloud;
    private final Host host;
    private final CniDirectories cni;
    private final Path directory;
    private final Background daemon;
    private final List<Background> containers = new ArrayList<>();

    /** Starts it and waits until it answers. */
    public Containerd(Cloud cloud, Host host, CniDirectories cni) {
        this.cloud = cloud;
        this.host = host;
        this.cni = cni;
        this.directory = cloud.makeDirectory("containerd-" + host.name());
        Path configuration = directory.resolve("config.toml");
        try {
            Files.writeString(configuration, """
                    version = 2
                    root = "%1$s/root"
                    state = "%1$s/state"
                    disabled_plugins = ["io.containerd.grpc.v1.cri"]
                    [grpc]
                    address = "%1$s/containerd.sock"
                    """.formatted(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // In a group of its own, by which what a killed test left behind is found; what it mounts ends with its
        // processes.
        String group = "/sys/fs/cgroup/pids/" + host.namespace();
        daemon = Background.start(
                directory.resolve("containerd.log"),
                host.enter(List.of(
                        "sh",
                        "-c",
                        "mkdir -p " + group + " && echo $$ > " + group
                                + "/cgroup.procs && exec unshare --mount --propagation slave containerd --config "
                                + configuration)));
        cloud.closeLater(this);
        Wait.until("containerd", Duration.ofMinutes(1), () -> {
            if (!daemon.isAlive()) {
                throw new IllegalStateException("containerd ended:\n" + daemon.output());
            }
            return attempt("version").ok() ? Optional.of(true) : Optional.empty();
        });
    }

    private List<String> ctr(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("ctr", "--address", directory.resolve("containerd.sock").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a command of ctr's, whatever its status. */
    public Shell.Result attempt(String... arguments) {
        return Shell.attempt(Duration.ofMinutes(1), "", host.enter(ctr(arguments)));
    }

    /** Starts a container that stays until it is killed, and waits until it runs. */
    public void run(String name) {
        Path work = cloud.makeDirectory("containerd-" + host.name() + "/fs-" + name);
        Path root = Rootfs.make(cloud.makeDirectory("containerd-" + host.name() + "/fs-" + name + "/root"));
        // ctr looks in fixed places, here as everywhere.
        String places =
                "mkdir -p %1$s/etc %1$s/etc-work && mount -t overlay overlay -o lowerdir=/etc,upperdir=%1$s/etc,workdir=%1$s/etc-work /etc"
                                .formatted(work)
                        + " && mkdir -p /etc/cni/net.d && mount --bind %s /etc/cni/net.d"
                                .formatted(cni.configurations())
                        + " && mount -t tmpfs tmpfs /opt && mkdir -p /opt/cni/bin && mount --bind %s /opt/cni/bin"
                                .formatted(cni.executables());
        String run = String.join(
                " ",
                ctr(
                        "run",
                        "--cni",
                        "--runc-root",
                        directory.resolve("runc").toString(),
                        "--cgroup",
                        "/" + host.namespace() + "/" + name,
                        "--rootfs",
                        root.toString(),
                        name,
                        "/bin/sleep",
                        "100000"));
        Background client = Background.start(
                work.resolve("ctr.log"),
                host.enter(List.of(
                        "unshare", "--mount", "--propagation", "private", "sh", "-c", places + " && exec " + run)));
        containers.add(client);
        Wait.until("the container " + name, Duration.ofMinutes(1), () -> {
            if (!client.isAlive()) {
                throw new IllegalStateException("ctr ended:\n" + client.output());
            }
            return attempt("task", "list").output().matches("(?s).*\\b" + name + "\\s+\\d+\\s+RUNNING.*")
                    ? Optional.of(true)
                    : Optional.empty();
        });
    }

    /** Where it listens. */
    public Path socket() {
        return directory.resolve("containerd.sock");
    }

    /**
     * Starts a container of an image in the namespace of Kubernetes, on the host's network, and answers at once; with
     * {@code --rm} among the options, when it has ended.
     */
    public Shell.Result runImage(String name, String image, List<String> options, List<String> command) {
        List<String> arguments = new ArrayList<>(List.of(
                "--namespace",
                "k8s.io",
                "run",
                "--net-host",
                "--runc-root",
                directory.resolve("runc").toString(),
                "--cgroup",
                "/" + host.namespace() + "/" + name));
        arguments.addAll(options);
        if (!options.contains("--rm")) {
            arguments.add("--detach");
        }
        arguments.add(image);
        arguments.add(name);
        arguments.addAll(command);
        return attempt(arguments.toArray(String[]::new));
    }

    /** Runs a command in such a container, whatever its status. */
    public Shell.Result inImage(String container, List<String> command) {
        List<String> arguments = new ArrayList<>(
                List.of("--namespace", "k8s.io", "task", "exec", "--exec-id", "x" + System.nanoTime(), container));
        arguments.addAll(command);
        return attempt(arguments.toArray(String[]::new));
    }

    /** Ends a container. */
    public void kill(String name) {
        attempt("task", "kill", "--signal", "SIGKILL", name);
    }

    /** What a command in a container says. */
    public String exec(String container, String... command) {
        List<String> arguments =
                new ArrayList<>(List.of("task", "exec", "--exec-id", "x" + System.nanoTime(), container));
        arguments.addAll(List.of(command));
        return attempt(arguments.toArray(String[]::new)).output();
    }

    /** What several pings from a container say. */
    public String ping(String container, String address) {
        return exec(container, "/bin/ping", "-c", "3", "-i", "0.2", "-W", "2", address);
    }

    @Override
    public void close() {
        Engine.sweepGroups(host.namespace());
        containers.forEach(Background::kill);
        daemon.kill();
    }
}
