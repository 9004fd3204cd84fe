package io.weft.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A workload in a namespace of its own, with one device, {@code eth0}. */
public final class Workload implements Matrix.Prober, AutoCloseable {
    /** The TCP port on which every workload counts what it is sent. */
    static final int COUNTER = 7007;

    private static final Pattern INET = Pattern.compile("inet6? ([0-9a-f.:]+)/\\d+ .*scope global");

    private final String name;
    private final String namespace;
    private final Path directory;
    private final List<Background> services = new ArrayList<>();

    Workload(String name, String namespace, Path directory) {
        this.name = name;
        this.namespace = namespace;
        this.directory = directory;
    }

    public String name() {
        return name;
    }

    public String namespace() {
        return namespace;
    }

    private List<String> enter(String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        line.addAll(List.of(command));
        return line;
    }

    /** Runs a command in the workload; fails when its status is not 0. */
    public String run(String... command) {
        return Shell.run(enter(command));
    }

    /** Runs a command in the workload, whatever its status. */
    public Shell.Result attempt(Duration limit, String... command) {
        return Shell.attempt(limit, "", enter(command));
    }

    /** Starts a command that runs on until the workload is closed. */
    public Background start(String... command) {
        Background service = Background.start(directory.resolve("service" + services.size() + ".log"), enter(command));
        services.add(service);
        return service;
    }

    /**
     * Asks for an IPv4 address with Debian's DHCP client and its own script, whose writing of /etc/resolv.conf stays in the
     * workload.
     */
    public void dhcp() {
        dhcp("-4");
    }

    /** Asks for an IPv6 address by DHCPv6. */
    public void dhcp6() {
        dhcp("-6");
    }

    private void dhcp(String family) {
        String lease = directory.resolve("lease" + family).toString();
        String script = "cp /etc/resolv.conf " + directory + "/resolv.conf && mount --bind " + directory
                + "/resolv.conf /etc/resolv.conf && exec dhclient " + family + " -1 -v -lf " + lease + " -pf " + lease
                + ".pid eth0";
        Shell.Result result =
                attempt(Duration.ofMinutes(1), "unshare", "--mount", "--propagation", "private", "sh", "-c", script);
        if (!result.ok()) {
            throw new IllegalStateException(name + ": no address by DHCP\n" + result.output());
        }
    }

    /** The global addresses of its device, once there are as many as given. */
    public List<String> awaitAddresses(int count) {
        return Wait.until(name + " to have " + count + " addresses", Duration.ofMinutes(1), () -> {
            Matcher matcher = INET.matcher(run("ip", "-o", "address", "show", "dev", "eth0"));
            List<String> found = new ArrayList<>();
            while (matcher.find()) {
                found.add(matcher.group(1));
            }
            return found.size() >= count && !run("ip", "address").contains("tentative")
                    ? Optional.of(found)
                    : Optional.empty();
        });
    }

    /** Starts the service that counts what it is sent; {@link #sends} speaks to it. */
    public void serve() {
        start(
                "socat",
                "-t",
                "30",
                "TCP6-LISTEN:" + COUNTER + ",fork,reuseaddr,ipv6only=0",
                "SYSTEM:echo " + name + " $(wc -c)");
        Wait.until(name + " to listen", () -> run("ss", "-Hltn").contains(":" + COUNTER));
    }

    /** Whether one of three pings is answered. */
    @Override
    public boolean pings(String address) {
        return Shell.says(
                Duration.ofSeconds(10),
                "bytes from " + address,
                enter("ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", address));
    }

    /** Hands a megabyte to TCP in pieces of 64 KB. */
    @Override
    public String sends(String address, Duration patience) {
        return sends(address, COUNTER, patience);
    }

    /** The same to another port, which leads to the counter of some workload. */
    public String sends(String address, int port, Duration patience) {
        return arrivedAt(attempt(Duration.ofMinutes(1), "sh", "-c", sendCommand(address, port, patience)));
    }

    /**
     * A line of the shell that sends a megabyte to the counter at an address, in pieces of 64 KB. It gives up when nothing
     * has come or gone for ten seconds, as when the connection was cut.
     */
    static String sendCommand(String address, int port, Duration patience) {
        String target = address.contains(":") ? "TCP6:[" + address + "]" : "TCP4:" + address;
        return "head -c 1048576 /dev/zero | socat -b 65536 -t 10 -T 10 - " + target + ":" + port + ",connect-timeout="
                + patience.toSeconds();
    }

    /** The name of the workload that counted the whole megabyte, or empty. */
    static String arrivedAt(Shell.Result result) {
        String answer = result.output().strip();
        return result.ok() && answer.endsWith(" 1048576") ? answer.substring(0, answer.lastIndexOf(' ')) : "";
    }

    @Override
    public void close() {
        services.forEach(Background::kill);
        Shell.sh("ip netns pids " + namespace + " | xargs -r kill -9; ip netns del " + namespace + " || true");
    }
}
