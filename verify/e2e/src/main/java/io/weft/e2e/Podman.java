package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Debian's podman on a host, which joins containers to networks by CNI; its files are the host's own. */
public final class Podman implements AutoCloseable {
    private final Cloud cloud;
    private final Host host;
    private final Path directory;
    private final List<String> containers = new ArrayList<>();

    /** Prepares it for a host, with the networks of a directory of CNI configurations. */
    public Podman(Cloud cloud, Host host, CniDirectories cni) {
        this.cloud = cloud;
        this.host = host;
        this.directory = cloud.makeDirectory("podman-" + host.name());
        try {
            Files.writeString(directory.resolve("containers.conf"), """
                    [network]
                    network_backend = "cni"
                    cni_plugin_dirs = ["%s"]
                    network_config_dir = "%s"
                    [engine]
                    runtime = "runc"
                    cgroup_manager = "cgroupfs"
                    events_logger = "none"
                    static_dir = "%s"
                    tmp_dir = "%s"
                    """.formatted(
                    cni.executables(), cni.configurations(), directory.resolve("static"), directory.resolve("tmp")));
            Files.writeString(
                    directory.resolve("storage.conf"),
                    "[storage]\ndriver = \"vfs\"\ngraphroot = \"%s\"\nrunroot = \"%s\"\n"
                            .formatted(directory.resolve("root"), directory.resolve("run")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cloud.closeLater(this);
    }

    /** Runs a command of podman's; fails when its status is not 0. */
    public String podman(String... arguments) {
        Shell.Result result = attempt(arguments);
        if (!result.ok()) {
            throw new IllegalStateException("podman " + String.join(" ", arguments) + ": " + result.output());
        }
        return result.output().strip();
    }

    /** Runs a command of podman's, whatever its status. */
    public Shell.Result attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "CONTAINERS_CONF=" + directory.resolve("containers.conf"),
                "CONTAINERS_STORAGE_CONF=" + directory.resolve("storage.conf"),
                "podman"));
        command.addAll(List.of(arguments));
        return Shell.attempt(Duration.ofMinutes(1), "", host.enter(command));
    }

    /** Starts a container that stays until it is stopped; these are further options of {@code podman run}. */
    public void run(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--detach",
                "--name",
                name,
                "--cgroup-parent=/" + host.namespace(),
                "--cap-add=NET_RAW",
                "--ulimit=nofile=1024:1024",
                "--ulimit=nproc=1024:1024",
                "--security-opt=seccomp=unconfined"));
        arguments.addAll(List.of(options));
        Path root = Rootfs.make(cloud.makeDirectory("podman-" + host.name() + "/fs-" + name));
        arguments.addAll(List.of("--rootfs", root.toString(), "sleep", "100000"));
        containers.add(name);
        podman(arguments.toArray(String[]::new));
    }

    /** Whether one of several pings from a container is answered. */
    public boolean pings(String container, String address) {
        return attempt("exec", container, "ping", "-c", "3", "-i", "0.2", "-W", "2", address)
                .output()
                .contains("bytes from ");
    }

    @Override
    public void close() {
        containers.forEach(name -> attempt("rm", "--force", "--time", "0", name));
        Engine.sweepGroups(host.namespace());
    }
}
