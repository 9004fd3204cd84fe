package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guest that lies: each try ends at its own port, is counted under its reason, and nobody sees it. */
class HostileGuestTest {
    /** Each try by the reason under which it is counted: Scapy's words for the frame, sent three times. */
    private static final Map<String, String> TRIES = tries();

    private static Cloud cloud;
    private static Host one;
    private static Host two;
    private static Workload hostile;
    private static Workload neighbour;
    private static Workload remote;
    private static String hostilePort;

    private static Map<String, String> tries() {
        Map<String, String> tries = new LinkedHashMap<>();
        tries.put(
                "SPOOFED_MAC",
                "Ether(src='02:00:00:00:66:66', dst=PEER)/IP(src='10.0.0.66', dst='10.0.0.67')/ICMP()/MARK");
        tries.put("SPOOFED_IPV4", "Ether(src=OWN, dst=PEER)/IP(src='10.0.0.99', dst='10.0.0.67')/UDP(dport=9)/MARK");
        tries.put("SPOOFED_IPV6", "Ether(src=OWN, dst=PEER)/IPv6(src='fd00::bad', dst='fe80::1')/UDP(dport=9)/MARK");
        tries.put(
                "SPOOFED_ARP",
                "Ether(src=OWN, dst='ff:ff:ff:ff:ff:ff')/ARP(op=2, hwsrc=OWN, psrc='10.0.0.1', pdst='10.0.0.1')");
        tries.put(
                "SPOOFED_ND",
                "Ether(src=OWN, dst='33:33:00:00:00:01')/IPv6(src=LINK, dst='ff02::1', hlim=255)"
                        + "/ICMPv6ND_NA(tgt='fe80::1', O=1, R=1)/ICMPv6NDOptDstLLAddr(lladdr=OWN)");
        tries.put(
                "SPOOFED_ROUTER",
                "Ether(src=OWN, dst='33:33:00:00:00:01')/IPv6(src=LINK, dst='ff02::1', hlim=255)"
                        + "/ICMPv6ND_RA()/ICMPv6NDOptPrefixInfo(prefix='fd66::', prefixlen=64)");
        tries.put(
                "SPOOFED_DHCP_SERVER",
                "Ether(src=OWN, dst='ff:ff:ff:ff:ff:ff')/IP(src='10.0.0.66', dst='255.255.255.255')"
                        + "/UDP(sport=67, dport=68)/BOOTP(op=2)/DHCP(options=[('message-type', 'offer'), 'end'])");
        return tries;
    }

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1");
        two = cloud.addHost("host2");
        Api api = cloud.api("tenant");
        String network = id(api.create("network", Map.of("name", "net")));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        hostilePort = port(api, network, one, "10.0.0.66");
        String neighbourPort = port(api, network, one, "10.0.0.67");
        String remotePort = port(api, network, two, "10.0.0.68");
        hostile = one.attach("hostile", hostilePort);
        neighbour = one.attach("neighbour", neighbourPort);
        remote = two.attach("remote", remotePort);
        for (Workload workload : List.of(hostile, neighbour, remote)) {
            workload.dhcp();
            workload.awaitAddresses(1);
        }
        cloud.awaitActive(api, List.of(hostilePort, neighbourPort, remotePort));
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @Test
    void everyTryIsCountedUnderItsReasonAndSeenByNobody() {
        List<Background> watches = List.of(watch(neighbour), watch(remote));
        Map<String, Long> before = drops();

        TRIES.forEach((reason, frame) -> scapy(frame));

        assertThat(hostile.pings("10.0.0.67")).isTrue();
        assertThat(hostile.pings("10.0.0.68")).isTrue();
        Map<String, Long> after = drops();
        for (String reason : TRIES.keySet()) {
            assertThat(after.getOrDefault(reason, 0L) - before.getOrDefault(reason, 0L))
                    .as(reason)
                    .isEqualTo(3);
        }
        // The pings came after the tries, and a capture keeps the order: whatever got through would stand before them.
        for (Background watch : watches) {
            Wait.until("the capture to show the ping", () -> watch.output().contains("echo request"));
            assertThat(watch.output())
                    .doesNotContain("6d61726b", "02:00:00:00:66:66", "10.0.0.99", "fd00::bad", "fd66::")
                    .doesNotContain("router advertisement", "BOOTP/DHCP, Reply, length 2");
        }
    }

    @Test
    void theTunnelIsOutOfReachOfGuests() {
        Background watch = watch(remote);
        String inner = "Ether(src='02:00:00:00:77:77', dst='ff:ff:ff:ff:ff:ff')"
                + "/IP(src='10.0.0.77', dst='10.0.0.68')/ICMP()/MARK";
        // To the node's own address, as any guest may try: there is no route, and on the link nobody has it.
        for (String node : List.of(one.tunnelAddress(), two.tunnelAddress())) {
            scapy("Ether(src=OWN, dst=PEER)/IP(src='10.0.0.66', dst='" + node
                    + "')/UDP(sport=49152, dport=4789)/VXLAN(vni=1, flags=8)/" + inner);
            assertThat(hostile.pings(node)).isFalse();
        }
        // A host of the underlay that is no node has no better luck: the source is not a node's.
        String outsider = "sendp(Ether(src=get_if_hwaddr('h2'), dst=getmacbyip('" + two.tunnelAddress()
                + "', 0) or 'ff:ff:ff:ff:ff:ff')/IP(src='198.18.255.1', dst='" + two.tunnelAddress()
                + "')/UDP(sport=49152, dport=4789)/VXLAN(vni=1, flags=8)/" + inner + ", iface='h2', verbose=0)";
        Shell.run(
                "nsenter",
                "--net=/run/netns/" + cloud.prefix() + "underlay",
                "/usr/bin/python3",
                "-c",
                "from scapy.all import *\nMARK = Raw(b'markmark')\n" + outsider);

        assertThat(neighbour.pings("10.0.0.68")).isTrue();
        Wait.until("the capture to show the ping", () -> watch.output().contains("echo request"));
        assertThat(watch.output()).doesNotContain("6d61726b", "10.0.0.77", "02:00:00:00:77:77");
    }

    @Test
    void aFloodOfQuestionsIsPoliced() {
        long before = drops().getOrDefault("PUNT_POLICED", 0L);
        scapy("[Ether(src=OWN, dst='ff:ff:ff:ff:ff:ff')/IP(src='0.0.0.0', dst='255.255.255.255')"
                + "/UDP(sport=68, dport=67)/BOOTP(chaddr=mac2str(OWN), xid=x)/DHCP(options=[('message-type', 'discover'),"
                + " 'end']) for x in range(2000)]");
        assertThat(drops().getOrDefault("PUNT_POLICED", 0L)).isGreaterThan(before);
        neighbour.dhcp();
    }

    /** Captures what a workload receives, as text and in hexadecimal. */
    private static Background watch(Workload workload) {
        Background capture =
                workload.start("tcpdump", "-n", "-e", "-l", "-x", "-Q", "in", "--immediate-mode", "-i", "eth0");
        Wait.until("tcpdump to listen", () -> capture.output().contains("listening on"));
        return capture;
    }

    private static void scapy(String frames) {
        String program = "from scapy.all import *\n"
                + "conf.verb = 0\n"
                + "OWN = get_if_hwaddr('eth0')\n"
                + "PEER = '" + mac(neighbour) + "'\n"
                + "LINK = [a[0] for a in in6_getifaddr() if a[2] == 'eth0' and a[0].startswith('fe80')][0]\n"
                + "MARK = Raw(b'markmark')\n"
                + "sendp(" + frames + ", iface='eth0', count=" + (frames.startsWith("[") ? 1 : 3) + ")\n";
        Shell.Result result = hostile.attempt(Duration.ofMinutes(1), "/usr/bin/python3", "-c", program);
        assertThat(result.ok()).as(result.output()).isTrue();
    }

    private static String mac(Workload workload) {
        return workload.run("ip", "-br", "link", "show", "dev", "eth0").split(" +")[2];
    }

    private static Map<String, Long> drops() {
        Map<String, Long> drops = new LinkedHashMap<>();
        for (JsonNode port : JsonMapper.builder().build().readTree(one.weft("ports", "--json"))) {
            if (port.get("id").asString().equals(hostilePort)) {
                port.get("drops")
                        .properties()
                        .forEach(entry ->
                                drops.put(entry.getKey(), entry.getValue().asLong()));
            }
        }
        return drops;
    }

    private static String port(Api api, String network, Host host, String address) {
        return id(api.create(
                "port",
                Map.of(
                        "network_id", network,
                        "fixed_ips", List.of(Map.of("ip_address", address)),
                        "binding:host_id", host.name())));
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
