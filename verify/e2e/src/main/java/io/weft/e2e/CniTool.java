package io.weft.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** CNI's own command {@code cnitool} on a host: it asks for one interface of a namespace, and remembers what ADD answered. */
public final class CniTool {
    private final Cloud cloud;
    private final Host host;
    private final CniDirectories cni;
    private final Path executable;
    private final Path memory;

    /** Prepares it for a host, with the networks of a directory of CNI configurations. */
    public CniTool(Cloud cloud, Host host, CniDirectories cni) {
        this.cloud = cloud;
        this.host = host;
        this.cni = cni;
        this.executable = built();
        this.memory = cloud.makeDirectory("cnitool-" + host.name());
    }

    private static synchronized Path built() {
        Path directory = Guest.home().resolve(".weft/cnitool");
        Shell.run(Guest.home().resolve("verify/e2e/cnitool/build").toString(), directory.toString());
        return directory.resolve("cnitool");
    }

    /** Makes a namespace that nobody has joined to a network yet. */
    public Workload workload(String name) {
        String namespace = cloud.prefix() + "t-" + name;
        Shell.run("ip", "netns", "add", namespace);
        Workload made = new Workload(name, namespace, cloud.makeDirectory("t-" + name));
        cloud.closeLater(made);
        return made;
    }

    /**
     * Runs it once, whatever its status.
     *
     * @param command {@code add}, {@code check} or {@code del}
     * @param environment what it is told besides, such as {@code CAP_ARGS}
     */
    public Shell.Result run(String command, String network, Workload workload, Map<String, String> environment) {
        // It remembers in a fixed place, which is the host's own here.
        List<String> line = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "env"));
        line.add("CNI_PATH=" + cni.executables());
        line.add("NETCONFPATH=" + cni.configurations());
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.addAll(List.of(
                "sh",
                "-c",
                "mount --bind " + memory + " /var/lib && exec \"$@\"",
                "sh",
                executable.toString(),
                command,
                network,
                "/run/netns/" + workload.namespace()));
        return Shell.attempt(Duration.ofMinutes(1), "", host.enter(line));
    }
}
