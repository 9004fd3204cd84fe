package io.weft.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A host: a namespace with an uplink and an agent. Workloads are namespaces, or virtual machines in its own. */
public final class Host implements AutoCloseable {
    private final Cloud cloud;
    private final String name;
    private final Underlay.Attachment attachment;
    private final Path directory;
    private final List<String> options;
    private Optional<Background> agent = Optional.empty();

    /** @param options what its agent is told besides */
    Host(Cloud cloud, String name, Underlay.Attachment attachment, Path directory, List<String> options) {
        this.cloud = cloud;
        this.name = name;
        this.attachment = attachment;
        this.directory = directory;
        this.options = List.copyOf(options);
    }

    public String name() {
        return name;
    }

    /** The namespace that stands for the host. */
    public String namespace() {
        return attachment.namespace();
    }

    /** Its address in the underlay, of the family that the tunnels use. */
    public String tunnelAddress() {
        return cloud.family() == Cloud.IpFamilyOfUnderlay.IPV4 ? attachment.ipv4() : attachment.ipv6();
    }

    Path directory() {
        return directory;
    }

    /** Begins a command line that runs on the host; /sys stays as it is, so that pins are seen. */
    public List<String> enter(List<String> command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace()));
        line.addAll(command);
        return line;
    }

    /** Starts the agent again, as it was enrolled. */
    public void startAgent() {
        startAgent(Optional.empty());
    }

    void startAgent(Optional<String> token) {
        startAgent(Optional.empty(), token);
    }

    /** @param resources those of another build, if it is one */
    void startAgent(Optional<Path> resources, Optional<String> token) {
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1", resources));
        command.addAll(List.of(
                "agent", "--host", name, "--state", directory.resolve("state").toString()));
        for (URI server : cloud.agentEndpoints()) {
            command.addAll(List.of("--server", server.toString()));
        }
        command.addAll(List.of("--tunnel-address", tunnelAddress()));
        command.addAll(List.of("--socket", socket().toString()));
        command.addAll(List.of("--pins", "/sys/fs/bpf/" + namespace()));
        command.addAll(options);
        token.ifPresent(t -> command.addAll(List.of("--token", t)));
        agent = Optional.of(Background.start(directory.resolve("agent.log"), enter(command)));
    }

    /** Where the agent listens for {@code weft attach}. */
    public Path socket() {
        return directory.resolve("agent.sock");
    }

    public Background agent() {
        return agent.orElseThrow();
    }

    /** Makes a namespace and joins it to the port by {@code weft attach}; its device is {@code eth0}. */
    public Workload attach(String workload, String portId) {
        String workloadNamespace = cloud.prefix() + "w-" + workload;
        Shell.run("ip", "netns", "add", workloadNamespace);
        Workload made = new Workload(workload, workloadNamespace, cloud.makeDirectory("w-" + workload));
        cloud.closeLater(made);
        made.run("ip", "link", "set", "lo", "up");
        weft("attach", portId, "--netns", workloadNamespace, "--name", "eth0");
        made.run("ip", "link", "set", "eth0", "up");
        return made;
    }

    /** Makes a tap device and joins it to the port. */
    public void attachTap(String device, String portId) {
        Shell.run(enter(List.of("ip", "tuntap", "add", "mode", "tap", "name", device, "vnet_hdr")));
        Shell.run(enter(List.of("ip", "link", "set", device, "up")));
        weft("attach", portId, "--device", device);
    }

    /** Runs a command of Weft against this host's agent once, whatever its status. */
    public Shell.Result tell(String... arguments) {
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--socket", socket().toString()));
        return Shell.attempt(Duration.ofMinutes(1), "", enter(command));
    }

    /** Runs a command of Weft against this host's agent; tries again while the agent is only coming up. */
    public String weft(String... arguments) {
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--socket", socket().toString()));
        return Wait.until(String.join(" ", arguments), Duration.ofMinutes(1), () -> {
            if (!agent().isAlive()) {
                throw new IllegalStateException("the agent of " + name + " ended:\n" + agent().output());
            }
            Shell.Result result = Shell.attempt(Duration.ofSeconds(30), "", enter(command));
            return result.ok() ? Optional.of(result.output()) : Optional.empty();
        });
    }

    /** Ends the agent and takes away all that it has put into the kernel, as the loss of a machine does; it stays enrolled. */
    public void lose() {
        agent().kill();
        List<String> command = new ArrayList<>(Weft.command("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("agent", "--purge", "--pins", "/sys/fs/bpf/" + namespace()));
        command.addAll(List.of("--state", directory.resolve("nothing").toString()));
        Shell.run(enter(command));
    }

    @Override
    public void close() {
        agent.ifPresent(Background::stop);
    }
}
