package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What administrators run inside of guests to learn about a network: traces of paths, and scans of ports. */
@Tag("long")
class ToolsTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final int MTU = 1300;

    private static Cloud cloud;
    private static Api api;
    private static Workload client;
    private static Workload server;
    private static List<String> gateways;
    private static List<String> servers;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1");
        Host two = cloud.addHost("host2");
        api = cloud.api("tenant");
        String router = id(api.create("router", Map.of("name", "router")));
        String wide = network(router, "wide", Map.of(), "10.0.1.0/24", "2001:db8:1::/64");
        String narrow = network(router, "narrow", Map.of("mtu", MTU), "10.0.2.0/24", "2001:db8:2::/64");
        gateways = List.of("10.0.1.1", "2001:db8:1::1");
        String web = id(api.create("security_group", Map.of("name", "web")));
        rule(web, "IPv4", Map.of("protocol", "tcp", "port_range_min", 7007, "port_range_max", 7008));
        // A trace of a path ends with an error about a datagram to a port that nobody listens at.
        rule(web, "IPv4", Map.of("protocol", "udp", "port_range_min", 44444, "port_range_max", 44544));
        rule(web, "IPv6", Map.of("protocol", "udp", "port_range_min", 44444, "port_range_max", 44544));
        String clientPort = port(wide, one, web);
        String serverPort = port(narrow, two, web);
        client = start(one, "client", clientPort);
        server = start(two, "server", serverPort);
        server.serve();
        cloud.awaitActive(api, List.of(clientPort, serverPort));
        servers = server.awaitAddresses(2).stream().sorted().toList();
        Wait.until(
                "the server to be reached",
                () -> client.sends(servers.getFirst(), PATIENT).equals("server"));
    }

    private static String network(String router, String name, Map<String, ?> more, String ipv4, String ipv6) {
        Map<String, Object> attributes = new HashMap<>(more);
        attributes.put("name", name);
        String network = id(api.create("network", attributes));
        api.connect(router, id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", ipv4))));
        Map<String, ?> slaac = Map.of(
                "network_id",
                network,
                "ip_version",
                6,
                "cidr",
                ipv6,
                "ipv6_ra_mode",
                "slaac",
                "ipv6_address_mode",
                "slaac");
        api.connect(router, id(api.create("subnet", slaac)));
        return network;
    }

    private static void rule(String group, String family, Map<String, ?> attributes) {
        Map<String, Object> all = new HashMap<>(attributes);
        all.put("security_group_id", group);
        all.put("direction", "ingress");
        all.put("ethertype", family);
        api.create("security_group_rule", all);
    }

    private static String port(String network, Host host, String group) {
        return id(api.create(
                "port",
                Map.of("network_id", network, "binding:host_id", host.name(), "security_groups", List.of(group))));
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(2);
        return workload;
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @Test
    void tracepathFindsTheRouterAndTheLeastMtu() {
        for (int family = 0; family < 2; family++) {
            String path = client.attempt(PATIENT, "tracepath", "-n", servers.get(family))
                    .output();
            assertThat(path).contains("1:  " + gateways.get(family), "Resume: pmtu " + MTU + " hops 2");
        }
    }

    /** What nmap says of each of some ports. */
    private static String scanned(String kind, String ports) {
        String found = client.run("nmap", "-n", "-Pn", kind, "-p", ports, "--max-retries", "2", servers.getFirst());
        return String.join(
                " ",
                found.lines()
                        .filter(line -> line.matches("\\d+/(tcp|udp).*"))
                        .map(line -> line.replaceAll(" +", " ").replaceAll(" \\S+$", ""))
                        .toList());
    }

    @Test
    void scansSeeWhatTheRulesLetIn() {
        assertThat(Workload.COUNTER).isEqualTo(7007);
        for (String kind : List.of("-sS", "-sT")) {
            assertThat(scanned(kind, "22,80,7006-7009"))
                    .isEqualTo("22/tcp filtered 80/tcp filtered 7006/tcp filtered 7007/tcp open 7008/tcp closed"
                            + " 7009/tcp filtered");
        }
        // Segments that begin no connection tell nothing, also about ports that are let in.
        for (String kind : List.of("-sF", "-sN", "-sX", "-sM")) {
            assertThat(scanned(kind, "80,7007-7008"))
                    .as(kind)
                    .isEqualTo("80/tcp open|filtered 7007/tcp open|filtered 7008/tcp open|filtered");
        }
        assertThat(scanned("-sU", "53,44444")).isEqualTo("53/udp open|filtered 44444/udp closed");
        assertThat(client.sends(servers.getFirst(), PATIENT)).isEqualTo("server");
    }
}
