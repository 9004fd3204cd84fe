package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.deployment.WeftImages;
import io.weft.deployment.image.Archive;
import io.weft.deployment.image.Image;
import io.weft.deployment.kubernetes.Loader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Weft's images in a containerd: imported by the script that nodes run, then a server as {@code server.yaml} runs it, and an
 * agent with the mounts of {@code agent.yaml}, which takes a node over and joins a workload.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImagesTest {
    private static final List<String> COMMAND = List.of("/weft/java/bin/java", "@/weft/command");
    private static final List<String> CAPABILITIES = List.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "NET_RAW",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private final Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);

    @AfterAll
    void close() {
        cloud.close();
    }

    private static Image weft(Path directory) throws IOException, InterruptedException {
        List<Path> own = Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(place -> place.endsWith("/target/classes"))
                .map(Path::of)
                .toList();
        return WeftImages.weft(own, WeftImages.classPath(Path.of("../../operate/cli/target/class-path")), directory);
    }

    private static List<String> command(String... words) {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(List.of(words));
        return command;
    }

    private static List<String> withOptionsOf(String command) {
        return new ArrayList<>(
                List.of("/weft/java/bin/java", "@/weft/" + command + ".options", "@/weft/command", command));
    }

    private static List<String> mount(Path source, String target, String options) {
        return List.of("--mount", "type=bind,src=" + source + ",dst=" + target + ",options=rbind:" + options);
    }

    @Test
    void serverAndAgentRunFromTheImage() throws IOException, InterruptedException {
        Path directory = cloud.makeDirectory("images");
        Image image = weft(directory);
        assertThat(image.size()).as("bytes that a node fetches").isLessThan(130_000_000);
        assertThat(weft(directory).tag()).as("made once more").isEqualTo(image.tag());
        cloud.addServer();
        Host one = cloud.addHost("host1");
        Host two = cloud.addHost("host2");
        Containerd containerd = new Containerd(cloud, two, new CniDirectories(cloud, two));
        load(containerd, two, directory, List.of(image, WeftImages.demo(directory)));

        server(containerd, image);
        agent(containerd, two, image);

        Api api = cloud.api("alpha");
        String network = api.create("network", Map.of("name", "web")).get("id").asString();
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        Workload near = one.attach("near", port(api, network, "host1", "10.0.0.11"));
        Shell.run("ip", "netns", "add", cloud.prefix() + "w-far");
        Workload far = new Workload("far", cloud.prefix() + "w-far", cloud.makeDirectory("w-far"));
        cloud.closeLater(far);
        String port = port(api, network, "host2", "10.0.0.12");
        Wait.until(
                "the agent in its container to join a workload",
                () -> containerd
                        .inImage(
                                "agent",
                                command(
                                        "attach",
                                        port,
                                        "--netns",
                                        far.namespace(),
                                        "--name",
                                        "eth0",
                                        "--socket",
                                        two.socket().toString()))
                        .ok());
        near.run("ip", "address", "add", "10.0.0.11/24", "dev", "eth0");
        far.run("ip", "address", "add", "10.0.0.12/24", "dev", "eth0");
        far.run("ip", "link", "set", "eth0", "up");
        Wait.until(
                "packets between a process's node and a container's",
                () -> near.attempt(Duration.ofSeconds(10), "ping", "-c", "1", "-W", "1", "10.0.0.12")
                        .ok());
    }

    private static String port(Api api, String network, String host, String address) {
        return api.create(
                        "port",
                        Map.of(
                                "network_id",
                                network,
                                "binding:host_id",
                                host,
                                "port_security_enabled",
                                false,
                                "fixed_ips",
                                List.of(Map.of("ip_address", address))))
                .get("id")
                .asString();
    }

    /** As a pod on a node does it; there the archive comes from the exec channel. */
    private static void load(Containerd containerd, Host host, Path directory, List<Image> images) throws IOException {
        Path archive = directory.resolve("images.tar");
        Archive.write(archive, images);
        String digest = Shell.run("sha256sum", archive.toString()).substring(0, 64);
        String run = "sh -c \"$1\" load \"$2\" \"$3\" \"$4\" < \"$5\"";
        String size = Long.toString(Files.size(archive));
        String socket = containerd.socket().toString();
        Shell.Result broken = Shell.attempt(
                Duration.ofMinutes(2),
                "",
                host.enter(List.of(
                        "sh", "-c", run, "sh", Loader.SCRIPT, size, "0".repeat(64), socket, archive.toString())));
        assertThat(broken.ok()).as("another digest").isFalse();
        Shell.Result loaded = Shell.attempt(
                Duration.ofMinutes(2),
                "",
                host.enter(List.of("sh", "-c", run, "sh", Loader.SCRIPT, size, digest, socket, archive.toString())));
        assertThat(loaded.ok()).as(loaded.output()).isTrue();
        assertThat(containerd
                        .attempt("--namespace", "k8s.io", "images", "list", "--quiet")
                        .output()
                        .lines())
                .containsAll(images.stream().map(Image::reference).toList());
    }

    /** Without capabilities, with a root that cannot be written, with the credentials that an init container makes. */
    private void server(Containerd containerd, Image image) throws IOException {
        Path api = cloud.makeDirectory("image-api");
        List<String> options = new ArrayList<>(List.of("--read-only", "--mount", "type=tmpfs,src=tmpfs,dst=/tmp"));
        CAPABILITIES.forEach(capability -> options.addAll(List.of("--cap-drop", "CAP_" + capability)));
        options.addAll(mount(api, "/var/lib/weft/api", "rw"));
        List<String> once = new ArrayList<>(options);
        once.add("--rm");
        Shell.Result made = containerd.runImage(
                "credentials",
                image.reference(),
                once,
                command("token", "credentials", "--directory", "/var/lib/weft/api"));
        assertThat(made.ok()).as(made.output()).isTrue();
        options.addAll(mount(cloud.makeDirectory("image-server"), "/var/lib/weft/server", "rw"));
        for (String setting : List.of(
                "WEFT_DATA_DIRECTORY=/var/lib/weft/server",
                "WEFT_API_AUTHENTICATION=tokens",
                "WEFT_API_TOKENS_FILE=/var/lib/weft/api/tokens",
                "WEFT_AGENTS_LISTEN=0.0.0.0:9697")) {
            options.addAll(List.of("--env", setting));
        }
        Shell.Result started = containerd.runImage("server", image.reference(), options, withOptionsOf("server"));
        assertThat(started.ok()).as(started.output()).isTrue();
        String token = Files.readString(api.resolve("tokens")).split(" ")[0];
        Wait.until(
                "the server in its container",
                () -> containerd
                        .inImage("server", command("status", "--auth-token", token))
                        .ok());
    }

    /** In place of the host's agent, whose identity and tables it takes over. */
    private void agent(Containerd containerd, Host host, Image image) {
        host.agent().stop();
        Path configurations = cloud.makeDirectory("image-net.d");
        Path executables = cloud.makeDirectory("image-bin");
        List<String> options = new ArrayList<>(List.of("--privileged"));
        options.addAll(mount(Path.of("/sys/fs/bpf"), "/sys/fs/bpf", "rshared:rw"));
        options.addAll(mount(Path.of("/run/netns"), "/run/netns", "rslave:rw"));
        options.addAll(mount(host.directory(), host.directory().toString(), "rw"));
        options.addAll(mount(configurations, "/host/etc/cni/net.d", "rw"));
        List<String> once = new ArrayList<>(List.of("--rm"));
        once.addAll(mount(executables, "/host/opt/cni/bin", "rw"));
        Shell.Result installed = containerd.runImage(
                "cni",
                image.reference(),
                once,
                command("cni", "install", "--directory", "/host/opt/cni/bin", "--loopback", "/weft/cni/loopback"));
        assertThat(installed.ok()).as(installed.output()).isTrue();
        assertThat(executables.resolve("weft")).isExecutable();
        assertThat(executables.resolve("loopback")).isExecutable();
        List<String> command = withOptionsOf("agent");
        command.addAll(List.of(
                "--host",
                host.name(),
                "--state",
                host.directory().resolve("state").toString(),
                "--server",
                cloud.agentEndpoints().getFirst().toString(),
                "--tunnel-address",
                host.tunnelAddress(),
                "--socket",
                host.socket().toString(),
                "--pins",
                "/sys/fs/bpf/" + host.namespace(),
                "--cni-configuration",
                "/host/etc/cni/net.d/10-weft.conflist"));
        Shell.Result started = containerd.runImage("agent", image.reference(), options, command);
        assertThat(started.ok()).as(started.output()).isTrue();
        Path conflist = configurations.resolve("10-weft.conflist");
        Wait.until(
                "the runtime's configuration",
                Duration.ofMinutes(1),
                () -> Files.exists(conflist) ? Optional.of(true) : Optional.empty());
    }
}
