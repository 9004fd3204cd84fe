package io.weft.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.tables.HostPort;
import io.weft.agent.tables.HostPort.HealthCheck;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's device, addresses, routes and rules in the kernel, in a namespace. */
class HostDriverTest {
    private static final UUID PORT = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String OTHER_END = "weft11111111-22";
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:09");

    private final Lab lab = new Lab();
    private final Host host = lab.host("node");
    private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private HostDriver driver = new HostDriver(host.netlink(), loop::add);

    @AfterEach
    void end() {
        driver.close();
        lab.close();
    }

    private static HostPort port(Optional<NodePorts> nodePorts, String... subnets) {
        IpAddress ipv4 = IpAddress.parse("10.244.0.9");
        IpAddress ipv6 = IpAddress.parse("fd44::9");
        return new HostPort(
                PORT,
                MAC,
                1400,
                List.of(ipv4, ipv6),
                List.of(subnets).stream()
                        .map(IpPrefix::parse)
                        .map(prefix -> new HostPort.Way(
                                prefix, Optional.empty(), prefix.address().isIpv4() ? ipv4 : ipv6))
                        .toList(),
                nodePorts,
                List.of());
    }

    private static final HostPort PODS = port(Optional.empty(), "10.244.0.0/16", "fd44::/64");

    /** Works until nothing is left but what a process of nft's does. */
    private void settle() {
        host.call(() -> {
            long wait;
            do {
                for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
                    task.run();
                }
                wait = driver.work();
            } while (wait < Duration.ofSeconds(20).toNanos());
            return true;
        });
    }

    private void workOnce() {
        host.call(() -> {
            for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
                task.run();
            }
            return driver.work() >= 0;
        });
    }

    /** Works until what nft was told is done. */
    private void settleTable(String has) {
        Lab.await("the table to have " + has, Duration.ofMinutes(1), () -> {
            settle();
            return host.run("nft", "list", "ruleset").output().contains(has);
        });
    }

    private String routes() {
        return host.require("ip", "route", "show", "dev", "weft-host")
                + host.require("ip", "-6", "route", "show", "dev", "weft-host");
    }

    @Test
    void theHostHasThePortsMacAddressesAndRoutesAndKeepsThem() {
        driver.want(Optional.of(PODS), List.of());
        settle();
        assertThat(driver.problems()).isEmpty();
        assertThat(host.link("weft-host").mac()).contains(MAC);
        assertThat(host.link("weft-host").mtu()).isEqualTo(1400);
        assertThat(host.link("weft-host").isUp()).isTrue();
        assertThat(host.link(OTHER_END).alias()).isEqualTo("weft:" + PORT);
        assertThat(host.require("ip", "address", "show", "dev", "weft-host")).contains("10.244.0.9/32", "fd44::9/128");
        assertThat(routes())
                .contains("10.244.0.0/16 scope link src 10.244.0.9 metric 4789", "fd44::/64 src fd44::9 metric 4789");
        int index = host.index("weft-host");

        driver.close();
        driver = new HostDriver(host.netlink(), loop::add);
        driver.want(Optional.of(PODS), List.of());
        settle();
        assertThat(host.index("weft-host")).as("the next agent's is the same").isEqualTo(index);
    }

    @Test
    void itFollowsChangesAndRepairsWhatOthersTakeAway() {
        driver.want(Optional.of(PODS), List.of());
        settle();
        driver.want(Optional.of(port(Optional.empty(), "10.244.0.0/16", "10.96.0.0/16")), List.of());
        settle();
        assertThat(routes()).contains("10.96.0.0/16").doesNotContain("fd44::/64");

        host.require("ip", "route", "del", "10.96.0.0/16", "dev", "weft-host");
        host.require("ip", "address", "add", "10.9.9.9/32", "dev", "weft-host");
        driver.resync();
        settle();
        assertThat(routes()).contains("10.96.0.0/16");
        assertThat(host.require("ip", "address")).doesNotContain("10.9.9.9");

        host.require("ip", "link", "del", "weft-host");
        driver.resync();
        settle();
        assertThat(routes()).contains("10.96.0.0/16");
    }

    @Test
    void routesAndDevicesOfOthersStayAndAreReported() {
        host.netlink().createVeth(LinkEnd.of("other"), LinkEnd.of("end"));
        host.up("other").up("end").address("other", "10.244.3.1/24");
        driver.want(Optional.of(PODS), List.of());
        settle();
        assertThat(driver.problems()).singleElement().asString().contains("10.244.0.0/16", "10.244.3.0/24");
        assertThat(routes()).contains("fd44::/64").doesNotContain("10.244");
        assertThat(host.require("ip", "route")).contains("10.244.3.0/24 dev other");

        host.require("ip", "address", "del", "10.244.3.1/24", "dev", "other");
        driver.resync();
        settle();
        assertThat(driver.problems()).isEmpty();
        assertThat(routes()).contains("10.244.0.0/16");
    }

    @Test
    void aDeviceOfThatNameThatIsSomebodyElsesStays() {
        host.netlink().createVeth(LinkEnd.of("weft-host"), LinkEnd.of("end"));
        int index = host.index("weft-host");
        driver.want(Optional.of(PODS), List.of());
        host.call(driver::work);
        assertThat(driver.problems()).containsExactly("host port: device weft-host is somebody else's");
        assertThat(host.index("weft-host")).isEqualTo(index);
    }

    @Test
    void itGoesWithThePortOnceThatIsKnown() {
        driver.want(Optional.of(PODS), List.of());
        settle();
        driver.want(Optional.empty(), List.of());
        settle();
        assertThat(host.netlink().link("weft-host"))
                .as("nothing goes before the server has spoken")
                .isPresent();
        driver.sweep();
        settle();
        assertThat(host.netlink().link("weft-host")).isEmpty();
        assertThat(host.netlink().link(OTHER_END)).isEmpty();
    }

    @Test
    void nodePortsAreRulesOfATableOfItsOwnWhateverServicesThereAre() {
        host.require("nft", "add", "table", "inet", "others");
        host.sysctl("ipv4/ip_forward", "1");
        NodePorts nodePorts =
                new NodePorts(30000, 32767, List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd96::fffe")));
        driver.want(Optional.of(port(Optional.of(nodePorts), "10.96.0.0/16", "fd96::/64")), List.of());
        settleTable("10.96.255.254");
        assertThat(host.require("nft", "list", "table", "inet", "weft-node-ports"))
                .contains("dnat ip to 10.96.255.254", "dnat ip6 to fd96::fffe", "snat ip to 10.244.0.9", "30000-32767");
        assertThat(driver.problems())
                .containsExactly(
                        "node ports: net/ipv6/conf/all/forwarding is 0: they answer processes of this host alone");

        host.require("nft", "flush", "ruleset");
        host.require("nft", "add", "table", "inet", "others");
        driver.resync();
        settleTable("10.96.255.254");

        driver.want(Optional.of(PODS), List.of());
        Lab.await("the table to go", Duration.ofMinutes(1), () -> {
            settle();
            return !host.run("nft", "list", "ruleset").output().contains("weft-node-ports");
        });
        assertThat(host.require("nft", "list", "ruleset")).contains("table inet others");
        assertThat(driver.problems()).isEmpty();
    }

    private static HostPort telling(HealthCheck... checks) {
        NodePorts nodePorts = new NodePorts(30000, 32767, List.of(IpAddress.parse("10.96.255.254")));
        HostPort port = port(Optional.of(nodePorts), "10.96.0.0/16");
        return new HostPort(
                port.port(),
                port.mac(),
                port.mtu(),
                port.addresses(),
                port.routes(),
                port.nodePorts(),
                List.of(checks));
    }

    private static HealthCheck check(int port, int ipv4, int ipv6) {
        return new HealthCheck(port, "shop/web.a-1", Map.of(IpFamily.IPV4, ipv4, IpFamily.IPV6, ipv6));
    }

    /** What the node answers at a port, with the status behind it. */
    private String asked(String address, int port) {
        return host.run("curl", "-sg", "-m", "10", "-w", " %{http_code}", "http://" + address + ":" + port + "/any")
                .output();
    }

    @Test
    void theNodeTellsAtPortsOfItsOwnWhetherServicesHaveEndpointsHere() {
        host.sysctl("ipv4/ip_forward", "1");
        driver.want(Optional.of(telling(check(31000, 2, 0), check(31001, 0, 1))), List.of());
        settleTable("tcp dport { 31000, 31001 } accept");
        String body = "{\"service\":{\"namespace\":\"shop\",\"name\":\"web.a-1\"},\"localEndpoints\":%s,"
                + "\"serviceProxyHealthy\":true} %s";
        assertThat(asked("127.0.0.1", 31000)).isEqualTo(body.formatted(2, 200));
        assertThat(asked("[::1]", 31000)).isEqualTo(body.formatted(0, 503));
        assertThat(asked("127.0.0.1", 31001)).isEqualTo(body.formatted(0, 503));
        assertThat(asked("[::1]", 31001)).isEqualTo(body.formatted(1, 200));
        driver.want(Optional.of(telling(check(31000, 0, 0))), List.of());
        settle();
        assertThat(asked("127.0.0.1", 31000)).isEqualTo(body.formatted(0, 503));
        assertThat(asked("127.0.0.1", 31001)).as("nobody listens").isEqualTo(" 000");
        driver.want(Optional.empty(), List.of());
        assertThat(asked("127.0.0.1", 31000)).isEqualTo(" 000");
    }

    @Test
    void aPortThatIsTakenIsAProblemUntilItIsFree() throws Exception {
        host.sysctl("ipv4/ip_forward", "1");
        ServerSocket taken = host.call(() -> new ServerSocket(31000));
        driver.want(Optional.of(telling(check(31000, 1, 1))), List.of());
        Lab.await("the problem", Duration.ofMinutes(1), () -> {
            workOnce();
            return driver.problems().stream().anyMatch(problem -> problem.startsWith("health check node port 31000: "));
        });
        taken.close();
        Lab.await("the port to be the node's", Duration.ofMinutes(1), () -> {
            workOnce();
            return asked("127.0.0.1", 31000).endsWith(" 200");
        });
        assertThat(driver.problems()).isEmpty();
    }

    @Test
    void aHostThatDoesNotForwardSaysSo(@TempDir Path settings) throws Exception {
        Files.createDirectories(settings.resolve("ipv4"));
        Files.writeString(settings.resolve("ipv4/ip_forward"), "0\n");
        HostPort leads = port(
                Optional.of(new NodePorts(30000, 32767, List.of(IpAddress.parse("10.96.255.254")))), "10.96.0.0/16");
        assertThat(HostDriver.forwarding(leads, settings))
                .contains("node ports: net/ipv4/ip_forward is 0: they answer processes of this host alone");
        Files.writeString(settings.resolve("ipv4/ip_forward"), "1\n");
        assertThat(HostDriver.forwarding(leads, settings)).isEmpty();
        assertThat(HostDriver.forwarding(PODS, settings)).isEmpty();
    }
}
