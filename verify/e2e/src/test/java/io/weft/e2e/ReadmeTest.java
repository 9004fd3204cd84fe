package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's commands, as they stand there, on two hosts on one link: each is a network namespace and a mount namespace
 * whose /run, /var/lib and BPF file system are its own, so that every default holds.
 */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void theCommandsForOneHostAndForASecondOneLeadToWorkloadsThatTalk() throws IOException {
        String readme = Files.readString(root().resolve("README.md"));
        List<String> first = blockAfter(readme, "## Five minutes with your own workloads", 0);
        List<String> here = blockAfter(readme, "## A second host", 0);
        List<String> there = blockAfter(readme, "## A second host", 1);
        writeLauncher();
        String prefix = "weftreadme" + ProcessHandle.current().pid() + "-";
        try (Machine one = new Machine(prefix + "1", directory);
                Machine two = new Machine(prefix + "2", directory)) {
            cable(one, "192.0.2.10/24", two, "192.0.2.11/24");

            // One host.
            String name = one.run("hostname").strip();
            for (String line : first) {
                one.line(line);
            }
            assertThat(one.run("ip netns exec w1 ip -4 address show dev eth0")).contains("inet 10.0.0.");

            // The server listens for others from now on, and a second host joins.
            one.stop();
            String token = "";
            for (String line : here) {
                token = one.line(line).strip();
            }
            for (String line : there) {
                two.line(line.replace("TOKEN", token));
            }
            Wait.until("the second host", () -> one.run("./weft nodes").contains("host2"));
            one.run("OS_AUTH_TYPE=none OS_ENDPOINT=http://127.0.0.1:9696 openstack port create p2 --network web"
                    + " --host host2");
            String port = one.run(
                            "OS_AUTH_TYPE=none OS_ENDPOINT=http://127.0.0.1:9696 openstack port show p2 -f value -c id")
                    .strip();
            two.run("ip netns add w2");
            two.line("./weft attach " + port + " --netns w2 --name eth0");
            two.run("ip netns exec w2 dhclient -v eth0");
            Matcher address = Pattern.compile("inet (10\\.0\\.0\\.\\d+)/")
                    .matcher(one.run("ip netns exec w1 ip -4 address show dev eth0"));
            assertThat(address.find()).isTrue();
            Wait.until(
                    "a workload of " + name + " and one of the second host to reach each other",
                    () -> two.attempt("ip netns exec w2 ping -c1 -W1 " + address.group(1))
                            .ok());
        }
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("README.md")) || !Files.exists(path.resolve("weft"))) {
            path = Objects.requireNonNull(path.getParent(), "the tests run within the repository");
        }
        return path;
    }

    /** The lines of a code block below a heading, without comments. */
    private static List<String> blockAfter(String readme, String heading, int number) {
        int start = readme.indexOf(heading + "\n");
        assertThat(start).as(heading).isNotNegative();
        Matcher matcher = BLOCK.matcher(readme.substring(start));
        for (int i = 0; i <= number; i++) {
            assertThat(matcher.find()).as(heading).isTrue();
        }
        return matcher.group(1)
                .lines()
                .map(line -> line.replaceFirst("\\s+#.*", ""))
                .toList();
    }

    /** {@code ./weft} of this build, for which nothing need be built. */
    private void writeLauncher() throws IOException {
        Path launcher = directory.resolve("weft");
        Files.writeString(
                launcher, "#!/bin/sh\nexec " + String.join(" ", Weft.command("-XX:TieredStopAtLevel=1")) + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void cable(Machine one, String addressOfOne, Machine two, String addressOfTwo) {
        Shell.run(
                "ip",
                "link",
                "add",
                "uplink",
                "netns",
                one.namespace,
                "type",
                "veth",
                "peer",
                "name",
                "uplink",
                "netns",
                two.namespace);
        for (Machine machine : List.of(one, two)) {
            machine.run("ip link set lo up");
            machine.run("ip address add " + (machine == one ? addressOfOne : addressOfTwo) + " dev uplink");
            machine.run("ip link set uplink up");
        }
    }

    /** A host with namespaces of its own, kept by a process that sleeps. */
    private static final class Machine implements AutoCloseable {
        private static final String SET_UP = "mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib"
                + " && mkdir -p /var/lib/dhcp /run/netns && mount -t bpf bpf /sys/fs/bpf"
                + " && cp /etc/resolv.conf /run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf"
                + " && echo ready && exec sleep infinity";

        final String namespace;
        private final Path directory;
        private final Background holder;
        private final List<Background> services = new ArrayList<>();

        Machine(String namespace, Path directory) {
            this.namespace = namespace;
            this.directory = directory;
            Shell.run("ip", "netns", "add", namespace);
            holder = Background.start(
                    directory.resolve(namespace + ".holder"),
                    List.of(
                            "nsenter",
                            "--net=/run/netns/" + namespace,
                            "unshare",
                            "--mount",
                            "--propagation",
                            "private",
                            "sh",
                            "-c",
                            SET_UP));
            Wait.until("namespaces", () -> holder.output().contains("ready"));
        }

        private List<String> enter(String line) {
            return List.of(
                    "nsenter",
                    "--target",
                    Long.toString(holder.pid()),
                    "--mount",
                    "--net",
                    "sh",
                    "-c",
                    "cd " + directory + " && export OS_AUTH_TYPE=none OS_ENDPOINT=http://127.0.0.1:9696 && " + line);
        }

        /** Does a line of the README; one that ends with {@code &} goes on. Others may have to wait for that one. */
        String line(String line) {
            if (line.endsWith("&")) {
                services.add(Background.start(
                        directory.resolve(namespace + ".log"),
                        enter("exec " + line.substring(0, line.length() - 1).strip())));
                return "";
            }
            return Wait.until(line, Duration.ofMinutes(1), () -> {
                services.forEach(service -> {
                    if (!service.isAlive()) {
                        throw new IllegalStateException(service.output());
                    }
                });
                Shell.Result result = attempt(line);
                return result.ok() ? Optional.of(result.output()) : Optional.empty();
            });
        }

        Shell.Result attempt(String line) {
            return Shell.attempt(Duration.ofMinutes(1), "", enter(line));
        }

        String run(String line) {
            return Shell.run(enter(line));
        }

        /** Ends what goes on, as {@code kill} does. */
        void stop() {
            services.forEach(Background::stop);
            services.clear();
        }

        @Override
        public void close() {
            stop();
            // What a client has left in the background, in this host's namespace and in those of its workloads.
            Shell.attempt(
                    Duration.ofSeconds(20),
                    "",
                    enter("for n in $(ls /run/netns); do ip netns pids $n | xargs -r kill -9; done; true"));
            holder.kill();
            Shell.sh("ip netns pids " + namespace + " | xargs -r kill -9; ip netns del " + namespace);
        }
    }
}
