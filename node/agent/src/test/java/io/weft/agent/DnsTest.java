package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.services.TestResolver;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.PortName;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names by stock dig, dhclient and getent in workloads of two tenants that have the same addresses and names on one node.
 * Each has a workload {@code www} at 10.0.9.9 and 2001:db8:9::9, and elsewhere {@code db} and {@code many}.
 */
class DnsTest {
    private static final int RESOLVER = 5353;
    private static final String IPV4 = "@169.254.169.254";
    private static final String IPV6 = "@fe80::a9fe:a9fe%eth0";
    private static final IpPrefix PREFIX4 = IpPrefix.parse("10.0.9.0/24");
    private static final IpPrefix PREFIX6 = IpPrefix.parse("2001:db8:9::/64");
    private static final IpAddress ADDRESS4 = IpAddress.parse("10.0.9.9");
    private static final IpAddress ADDRESS6 = IpAddress.parse("2001:db8:9::9");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void workloadsFindTheirOwnTenantsNamesAlsoWithoutAnyServer() throws Exception {
        List<String> options = List.of("--dns-forwarder", "127.0.0.1:5999", "--dns-forwarder", "127.0.0.1:" + RESOLVER);
        try (AgentLab lab = new AgentLab(directory, options)) {
            lab.lab.closing(lab.host("h1").call(() -> new TestResolver(RESOLVER)));
            AgentLab.Guest red = tenant(lab, 1);
            AgentLab.Guest blue = tenant(lab, 2);
            lab.awaitReady("h1");
            for (AgentLab.Guest guest : List.of(red, blue)) {
                lab.attach(guest);
            }
            assertThatStockClientsTakeTheNodeAsTheirResolver(red);
            lab.dhclient(blue, "-4");
            // Duplicate address detection must be over before anything is sent from the link-local address.
            lab.await(
                    "an answer over IPv6",
                    () -> ask(blue, IPV6, "www.cloud.example").equals("10.0.9.9\n"));
            assertThatAllIsAnswered(red, blue);
            lab.server.stop();
            assertThatAllIsAnswered(red, blue);
            // The next agent knows the names without a server, too.
            lab.agent("h1").destroyForcibly().waitFor();
            lab.startAgent("h1");
            lab.await(
                    "an answer of the next agent",
                    () -> ask(red, IPV4, "db.cloud.example").equals("10.0.9.11\n"));
            lab.await(
                    "an answer over IPv6",
                    () -> ask(blue, IPV6, "db.cloud.example").equals("10.0.9.12\n"));
            assertThatAllIsAnswered(red, blue);
        }
    }

    /**
     * The workload has an /etc of its own, so that dhclient's script writes the resolver, and the C library reads it; and
     * processes of its own, so that dhclient ends with the script.
     */
    private void assertThatStockClientsTakeTheNodeAsTheirResolver(AgentLab.Guest guest) throws IOException {
        Path etc = Files.createDirectories(directory.resolve("etc"));
        for (String family : List.of("-4", "-6")) {
            String script =
                    "mount -t tmpfs none ETC && cp -a /etc/. ETC && echo 'hosts: dns' > ETC/nsswitch.conf && : > ETC/resolv.conf"
                            + " && mount --bind ETC /etc && dhclient " + family + " -1 -lf ETC/lease -pf ETC/pid eth0"
                            + " && cat ETC/lease /etc/resolv.conf"
                            + " && getent ahosts db && getent hosts 10.0.9.11";
            String output = guest.inside()
                    .require(
                            "timeout",
                            "60",
                            "unshare",
                            "--mount",
                            "--pid",
                            "--fork",
                            "--kill-child",
                            "--propagation",
                            "private",
                            "sh",
                            "-ec",
                            script.replace("ETC", etc.toString()));
            assertThat(output)
                    .contains(
                            family.equals("-4")
                                    ? "option domain-name-servers 169.254.169.254;"
                                    : "option dhcp6.name-servers fe80::a9fe:a9fe;")
                    .contains(family.equals("-4") ? "nameserver 169.254.169.254" : "nameserver fe80::a9fe:a9fe%eth0")
                    .contains("search red1.example")
                    .contains("10.0.9.11", "db.cloud.example");
        }
    }

    private static void assertThatAllIsAnswered(AgentLab.Guest red, AgentLab.Guest blue) {
        for (String server : List.of(IPV4, IPV6)) {
            for (String way : List.of("+notcp", "+tcp", "+noedns", "+bufsize=4096")) {
                assertThat(ask(red, server, way, "WWW.cloud.example")).isEqualTo("10.0.9.9\n");
                assertThat(ask(blue, server, way, "www.cloud.example", "AAAA")).isEqualTo("2001:db8:9::9\n");
                assertThat(ask(red, server, way, "db.red1.example")).isEqualTo("10.0.9.11\n");
                assertThat(ask(blue, server, way, "db.cloud.example")).isEqualTo("10.0.9.12\n");
            }
            assertThat(ask(red, server, "-x", "10.0.9.11")).isEqualTo("db.cloud.example.\n");
            assertThat(ask(red, server, "-x", "2001:db8:9::9")).isEqualTo("www.cloud.example.\n");
            assertThat(whole(blue, server, "-x", "10.0.9.11"))
                    .contains("status: NXDOMAIN")
                    .contains("9.0.10.in-addr.arpa.");
            assertThat(whole(red, server, "nobody.cloud.example"))
                    .contains("status: NXDOMAIN", "SOA\tcloud.example.", "flags: qr aa rd ra;");
            assertThat(whole(red, server, "db.cloud.example", "AAAA"))
                    .contains("status: NOERROR", "ANSWER: 0, AUTHORITY: 1");
            // More than a datagram holds: dig asks again over a connection.
            assertThat(ask(red, server, "+noedns", "many.cloud.example").lines())
                    .hasSize(60);
            assertThat(whole(red, server, "+noedns", "+ignore", "many.cloud.example"))
                    .contains("flags: qr aa tc rd ra;");
            assertThat(ask(red, server, "www.example.org")).isEqualTo("192.0.2.77\n");
            assertThat(ask(red, server, "+tcp", "www.example.org")).isEqualTo("192.0.2.77\n");
            assertThat(ask(blue, server, "big.example.org")).isEqualTo("192.0.2.77\n");
            assertThat(whole(blue, server, "www.red1.example"))
                    .as("the other tenant's domain is like any other name")
                    .contains("192.0.2.77");
        }
    }

    private static String ask(AgentLab.Guest guest, String... words) {
        return dig(guest, List.of("+short"), words);
    }

    private static String whole(AgentLab.Guest guest, String... words) {
        return dig(guest, List.of(), words);
    }

    private static String dig(AgentLab.Guest guest, List<String> options, String... words) {
        List<String> command = new ArrayList<>(List.of("dig", "-r", "+time=10", "+tries=3"));
        command.addAll(options);
        command.addAll(List.of(words));
        return guest.inside().run(command.toArray(String[]::new)).output();
    }

    private static AgentLab.Guest tenant(AgentLab lab, int number) {
        UUID network = new UUID('x', number);
        Topic topic = Topic.network(network);
        NetworkNames names = new NetworkNames("project-" + number, "cloud.example.", "red" + number + ".example.");
        MacAddress mac = new MacAddress(0xfa163ebb0000L + number);
        UUID port = UUID.fromString(String.format("%08x-0000-4000-8000-000000000000", 0xdef00000L + number));
        List<TopicChanges.RecordChange> records = new ArrayList<>();
        records.add(TestServer.put(topic, new NetworkFact(network, 900 + number, 1450, true, Optional.empty(), names)));
        records.add(TestServer.put(topic, subnet(network, PREFIX4, Ipv6Mode.NONE)));
        records.add(TestServer.put(topic, subnet(network, PREFIX6, Ipv6Mode.DHCPV6_STATEFUL)));
        records.add(TestServer.put(topic, endpoint(network, port, "h1", mac, List.of(ADDRESS4, ADDRESS6), "www")));
        records.add(TestServer.put(
                topic,
                endpoint(
                        network,
                        new UUID('d', number),
                        "h2",
                        new MacAddress(0xfa163ecc0000L + number),
                        List.of(PREFIX4.address().plus(10 + number)),
                        "db")));
        for (int i = 0; i < 60; i++) {
            records.add(TestServer.put(
                    topic,
                    endpoint(
                            network,
                            new UUID('m', number * 100L + i),
                            "h2",
                            new MacAddress(0xfa163edd0000L + number * 100L + i),
                            List.of(PREFIX4.address().plus(100 + i)),
                            "many")));
        }
        records.add(TestServer.put(
                Topic.node("h1"),
                new LocalPort(
                        port,
                        network,
                        true,
                        mac,
                        List.of(
                                new LocalPort.LocalAddress(subnetId(network, PREFIX4), ADDRESS4),
                                new LocalPort.LocalAddress(subnetId(network, PREFIX6), ADDRESS6)),
                        List.of(),
                        true,
                        Optional.empty(),
                        "www",
                        List.of(),
                        "",
                        "",
                        "project-" + number)));
        lab.server.publish(records);
        return new AgentLab.Guest(port, 0, "h1", mac, ADDRESS4, ADDRESS6, lab.lab.host("tenant" + number));
    }

    private static UUID subnetId(UUID network, IpPrefix prefix) {
        return new UUID(
                'y', network.getLeastSignificantBits() * 2 + (prefix.address().isIpv4() ? 0 : 1));
    }

    private static SubnetFact subnet(UUID network, IpPrefix prefix, Ipv6Mode mode) {
        return new SubnetFact(
                subnetId(network, prefix), network, prefix, Optional.empty(), true, mode, mode, List.of(), List.of());
    }

    private static Endpoint endpoint(
            UUID network, UUID port, String host, MacAddress mac, List<IpAddress> addresses, String name) {
        return new Endpoint(port, network, host, mac, addresses, List.of(), true, true, new PortName(name, ""));
    }
}
