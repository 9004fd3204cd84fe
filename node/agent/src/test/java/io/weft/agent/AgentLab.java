package io.weft.agent;

import io.weft.agent.attach.LocalClient;
import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.fixture.PinDirectory;
import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.Peer;
import io.weft.protocol.PortReport;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Two hosts with an agent each, as processes, and a tenant: networks 0 and 1 with an IPv4 and an IPv6 subnet each and a
 * router between them. Network 0 has DHCPv6 with state, network 1 SLAAC.
 */
final class AgentLab implements AutoCloseable {
    private static final int MTU = 1450;

    /** A port and the workload at it. */
    record Guest(UUID port, int network, String host, MacAddress mac, IpAddress ipv4, IpAddress ipv6, Host inside) {}

    final Lab lab = new Lab();
    final TestServer server = new TestServer();
    private final Path directory;
    private final List<String> options;
    private final Host fabric = lab.router("fabric");
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Map<String, IpAddress> tunnels = new LinkedHashMap<>();
    private final Map<String, Path> pins = new LinkedHashMap<>();
    private final Map<String, Process> agents = new LinkedHashMap<>();
    private int guests;

    AgentLab(Path directory) {
        this(directory, List.of());
    }

    /** With further options of the agents. */
    AgentLab(Path directory, List<String> options) {
        this.directory = directory;
        this.options = List.copyOf(options);
        lab.closing(server);
        for (String name : List.of("h1", "h2")) {
            int number = hosts.size() + 1;
            Host host = lab.host(name);
            hosts.put(name, host);
            tunnels.put(
                    name,
                    lab.underlay(fabric, "to-" + name, host, "uplink", "192.168." + number + ".0/24")
                            .getFirst());
            pins.put(name, lab.closing(new PinDirectory()).path().resolve("agent"));
            server.listen(name, host.namespace());
        }
        server.publish(world(), "h1", "h2");
        hosts.keySet().forEach(this::startAgent);
    }

    private List<TopicChanges.RecordChange> world() {
        List<TopicChanges.RecordChange> records = new ArrayList<>();
        tunnels.forEach(
                (host, address) -> records.add(TestServer.put(Topic.peer(host), new Peer(host, List.of(address)))));
        Topic router = Topic.router(router());
        records.add(TestServer.put(router, new RouterFact(router(), true)));
        for (int number = 0; number < 2; number++) {
            UUID network = network(number);
            Topic topic = Topic.network(network);
            Ipv6Mode mode = number == 0 ? Ipv6Mode.DHCPV6_STATEFUL : Ipv6Mode.SLAAC;
            records.add(TestServer.put(topic, new NetworkFact(network, 100 + number, MTU, true)));
            records.add(TestServer.put(topic, subnet(number, prefix4(number), Ipv6Mode.NONE)));
            records.add(TestServer.put(topic, subnet(number, prefix6(number), mode)));
            records.add(TestServer.put(
                    router,
                    new RouterInterface(
                            new UUID('i', number),
                            router(),
                            network,
                            new MacAddress(0xfa163eff0000L + number),
                            List.of(prefix4(number), prefix6(number)).stream()
                                    .map(p -> new RouterInterface.InterfaceAddress(
                                            p.first().plus(1), p))
                                    .toList(),
                            true)));
        }
        return records;
    }

    static UUID network(int number) {
        return new UUID('n', number);
    }

    private static UUID router() {
        return new UUID('r', 0);
    }

    private static UUID subnetId(int network, IpPrefix prefix) {
        return new UUID('s', network * 2L + (prefix.address().isIpv4() ? 0 : 1));
    }

    private static IpPrefix prefix4(int network) {
        return IpPrefix.parse("10.0." + network + ".0/24");
    }

    private static IpPrefix prefix6(int network) {
        return IpPrefix.parse("2001:db8:" + network + "::/64");
    }

    private static SubnetFact subnet(int network, IpPrefix prefix, Ipv6Mode mode) {
        return new SubnetFact(
                subnetId(network, prefix),
                network(network),
                prefix,
                Optional.of(prefix.first().plus(1)),
                true,
                mode,
                mode,
                List.of(),
                List.of());
    }

    Host host(String name) {
        return Objects.requireNonNull(hosts.get(name));
    }

    Path socket(String host) {
        return directory.resolve(host + ".sock");
    }

    Path pins(String host) {
        return Objects.requireNonNull(pins.get(host));
    }

    /** Runs {@code weft agent --purge}. */
    Host.Output purge(String host) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(
                "agent",
                "--purge",
                "--pins",
                pins(host).toString(),
                "--state",
                directory.resolve(host).toString()));
        return host(host).run(command.toArray(String[]::new));
    }

    private static List<String> java() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(JvmOptions.recommended());
        command.addAll(List.of("-cp", classPath, "io.weft.agent.command.Main"));
        return command;
    }

    void startAgent(String name) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(
                "agent",
                "--host",
                name,
                "--server",
                "http://127.0.0.1:" + TestServer.PORT,
                "--state",
                directory.resolve(name).toString(),
                "--socket",
                socket(name).toString(),
                "--pins",
                pins(name).toString(),
                "--tunnel-address",
                String.valueOf(tunnels.get(name)),
                "--user-data",
                directory.resolve("user-data").toString()));
        command.addAll(options);
        ProcessBuilder builder = host(name).builder(command.toArray(String[]::new));
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        agents.put(name, host(name).start(builder));
    }

    Process agent(String host) {
        return Objects.requireNonNull(agents.get(host));
    }

    /** Whether the agent answers at its socket and has settled. */
    boolean isReady(String host) {
        try {
            LocalClient.Answer answer = new LocalClient(socket(host)).send("GET", "/v1/status", Map.of());
            return answer.body().contains("\"settled\":true");
        } catch (IOException e) {
            return false;
        }
    }

    void awaitReady(String host) {
        await("agent of " + host + " is ready", () -> isReady(host));
    }

    String status(String host) {
        try {
            return new LocalClient(socket(host))
                    .send("GET", "/v1/status", Map.of())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, and shows the agents' logs when it was in vain. */
    void await(String what, BooleanSupplier condition) {
        try {
            Lab.await(what, Duration.ofSeconds(40), condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + logs(), e);
        }
    }

    String logs() {
        StringBuilder text = new StringBuilder();
        for (String host : hosts.keySet()) {
            try {
                text.append("--- ").append(host).append('\n');
                text.append(Files.readString(directory.resolve(host + ".log")));
            } catch (IOException e) {
                text.append(e);
            }
        }
        return text.toString();
    }

    /** A port of a network that is bound to a host, and an empty workload for it. */
    Guest guest(int network, String host) {
        int number = ++guests;
        MacAddress mac = new MacAddress(0xfa163e000000L + number);
        IpAddress ipv4 = prefix4(network).first().plus(10 + number);
        IpAddress ipv6 = network == 0 ? prefix6(network).first().plus(10 + number) : mac.eui64Address(prefix6(network));
        Host inside = lab.host("w" + number);
        inside.sysctl("ipv6/conf/default/router_solicitations", "3");
        Guest guest = new Guest(
                UUID.fromString(String.format("%08x-0000-4000-8000-000000000000", 0xabc00000L + number)),
                network,
                host,
                mac,
                ipv4,
                ipv6,
                inside);
        server.publish(List.of(
                TestServer.put(Topic.network(network(network)), endpoint(guest)),
                TestServer.put(Topic.node(host), localPort(guest))));
        return guest;
    }

    static Endpoint endpoint(Guest guest) {
        return new Endpoint(
                guest.port(),
                network(guest.network()),
                guest.host(),
                guest.mac(),
                List.of(guest.ipv4(), guest.ipv6()),
                List.of(),
                true,
                true);
    }

    static LocalPort localPort(Guest guest) {
        return new LocalPort(
                guest.port(),
                network(guest.network()),
                true,
                guest.mac(),
                List.of(
                        new LocalPort.LocalAddress(subnetId(guest.network(), prefix4(guest.network())), guest.ipv4()),
                        new LocalPort.LocalAddress(subnetId(guest.network(), prefix6(guest.network())), guest.ipv6())),
                List.of(),
                true,
                Optional.empty(),
                "",
                List.of(),
                "",
                "",
                "");
    }

    /** Gives ports allowed address pairs. */
    void allow(List<AddressPair> pairs, Guest... owners) {
        for (Guest guest : owners) {
            Endpoint endpoint = endpoint(guest);
            LocalPort port = localPort(guest);
            server.publish(List.of(
                    TestServer.put(
                            Topic.network(network(guest.network())),
                            new Endpoint(
                                    endpoint.portId(),
                                    endpoint.networkId(),
                                    endpoint.host(),
                                    endpoint.mac(),
                                    endpoint.addresses(),
                                    pairs,
                                    endpoint.portSecurity(),
                                    endpoint.adminUp())),
                    TestServer.put(
                            Topic.node(guest.host()),
                            new LocalPort(
                                    port.portId(),
                                    port.networkId(),
                                    port.adminUp(),
                                    port.mac(),
                                    port.addresses(),
                                    pairs,
                                    port.portSecurity(),
                                    port.securityGroups(),
                                    port.hostname(),
                                    port.dhcpOptions(),
                                    port.deviceId(),
                                    port.deviceOwner(),
                                    port.project()))));
        }
    }

    /** Joins the workload to its port, by the agent's socket. */
    void attach(Guest guest) {
        String answer = request(
                guest.host(),
                "/v1/ports/" + guest.port() + "/attach",
                Map.of("netns", guest.inside().namespace().name()));
        if (!answer.contains("\"device\":\"weft" + guest.port().toString().substring(0, 11))) {
            throw new AssertionError(answer + "\n" + logs());
        }
    }

    String request(String host, String path, Map<String, String> body) {
        try {
            return new LocalClient(socket(host)).send("POST", path, body).body();
        } catch (IOException e) {
            throw new AssertionError("no answer\n" + logs(), e);
        }
    }

    /** Gives the workload its address by a stock client, whose scripts see a resolv.conf of their own. */
    void dhclient(Guest guest, String family) {
        Path lease = directory.resolve(guest.inside().name() + family + ".lease");
        String script = "touch " + lease + ".conf && mount --bind " + lease + ".conf /etc/resolv.conf && exec dhclient "
                + family + " -1 -v -lf " + lease + " -pf " + lease + ".pid eth0";
        Host.Output output = guest.inside()
                .run("timeout", "40", "unshare", "--mount", "--propagation", "private", "sh", "-c", script);
        if (!output.succeeded()) {
            throw new AssertionError(output.output() + "\n" + logs());
        }
    }

    boolean isUp(Guest guest) {
        return server.port(guest.host(), guest.port())
                .filter(report -> report.state() == PortReport.State.UP)
                .isPresent();
    }

    boolean pings(Guest from, IpAddress to) {
        return from.inside().run("ping", "-c", "1", "-W", "1", to.toString()).succeeded();
    }

    void awaitPing(Guest from, IpAddress to) {
        await(from.inside().name() + " reaches " + to, () -> pings(from, to));
    }

    @Override
    public void close() {
        // dhclient goes on in the background; it ends with its namespace's processes.
        endClients();
        lab.close();
        pins.values().forEach(BpfFileSystem::unpinAll);
    }

    private void endClients() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".lease.pid")).toList()) {
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
