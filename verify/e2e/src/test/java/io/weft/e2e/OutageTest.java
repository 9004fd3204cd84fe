package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Servers and agents die under traffic: traffic flows on, nothing acknowledged is lost, and everything converges. */
class OutageTest {
    private static final Pattern LOSS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    @Test
    void packetsFlowOnWhileServerAndAgentsDieAndReturn() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            ServerProcess server = cloud.addServer();
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api api = cloud.api("tenant");
            String network = id(api.create("network", Map.of("name", "web")));
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
            String first = port(api, network, one, "10.0.0.11");
            String second = port(api, network, two, "10.0.0.12");
            Workload client = one.attach("client", first);
            Workload peer = two.attach("peer", second);
            String third = port(api, network, two, "10.0.0.14");
            Workload renewing = two.attach("renewing", third);
            for (Workload workload : List.of(client, peer, renewing)) {
                workload.dhcp();
                workload.awaitAddresses(1);
            }
            cloud.awaitActive(api, List.of(first, second, third));

            Background ping = client.start("ping", "-n", "-i", "0.01", "10.0.0.12");
            Wait.until("ping to begin", () -> ping.output().contains("bytes from"));

            server.kill();
            one.agent().kill();
            two.agent().kill();
            one.startAgent();
            two.startAgent();
            // The agents come up without a server and still serve what they knew.
            renewing.run("ip", "address", "flush", "dev", "eth0", "scope", "global");
            renewing.dhcp();
            server.start();
            String acknowledged = port(api, network, two, "10.0.0.13");
            server.kill();
            server.start();
            assertThat(api.show("port", acknowledged).get("fixed_ips").toString())
                    .contains("10.0.0.13");
            Workload late = two.attach("late", acknowledged);
            late.dhcp();
            cloud.awaitActive(api, List.of(first, second, acknowledged));
            // ACTIVE speaks of the port's own node; the other one may still be on its way back to the server.
            Wait.until("the late workload to be in reach", () -> client.pings("10.0.0.13"));

            Shell.run("kill", "-INT", Long.toString(ping.pid()));
            Wait.until("ping to end", () -> !ping.isAlive());
            Matcher matcher = LOSS.matcher(ping.output());
            assertThat(matcher.find()).as(ping.output()).isTrue();
            int sent = Integer.parseInt(matcher.group(1));
            int received = Integer.parseInt(matcher.group(2));
            assertThat(sent).isGreaterThan(100);
            // The last request may still be on its way when ping is told to end.
            assertThat(received).as("of " + sent).isGreaterThanOrEqualTo(sent - 1);
        }
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
