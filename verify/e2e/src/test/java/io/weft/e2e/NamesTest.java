package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Names from the API to dig in workloads: of two tenants with the same ones, over a router, and without a server. */
class NamesTest {
    private static final String NODE = "@169.254.169.254";

    @Test
    void tenantsFindTheirOwnPortsByNameAlsoWhileNoServerRuns() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            ServerProcess server = cloud.addServerWithSettings(List.of("networks.dns-domain = cloud.example"));
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api alpha = cloud.api("alpha");
            Api beta = cloud.api("beta");

            String web = id(alpha.create("network", Map.of("name", "web", "dns_domain", "alpha.example.")));
            String back = id(alpha.create("network", Map.of("name", "back")));
            String router = id(alpha.create("router", Map.of("name", "gate")));
            alpha.connect(router, subnet(alpha, web, "10.0.0.0/24"));
            alpha.connect(router, subnet(alpha, back, "10.0.1.0/24"));
            String www = port(alpha, web, one, "10.0.0.11", "www");
            String db = port(alpha, back, two, "10.0.1.12", "db");

            String net = id(beta.create("network", Map.of("name", "web")));
            subnet(beta, net, "10.0.0.0/24");
            String otherWww = port(beta, net, one, "10.0.0.11", "www");
            port(beta, net, two, "10.0.0.12", "db");

            assertThat(alpha.show("port", www).get("dns_assignment").toString())
                    .contains("\"fqdn\":\"www.cloud.example.\"");
            Workload first = one.attach("first", www);
            Workload second = one.attach("second", otherWww);
            for (Workload workload : List.of(first, second)) {
                workload.dhcp();
                workload.awaitAddresses(1);
            }
            cloud.awaitActive(alpha, List.of(www));
            cloud.awaitActive(beta, List.of(otherWww));

            Wait.until(
                    "the name over the router",
                    () -> ask(first, "db.cloud.example").equals("10.0.1.12"));
            Wait.until(
                    "the other tenant's name",
                    () -> ask(second, "db.cloud.example").equals("10.0.0.12"));
            assertThat(ask(first, "www.alpha.example")).isEqualTo("10.0.0.11");
            assertThat(ask(first, "-x", "10.0.1.12")).isEqualTo("db.cloud.example.");
            assertThat(ask(second, "-x", "10.0.1.12")).isEmpty();
            assertThat(ask(second, "www.alpha.example")).isEmpty();

            alpha.update("port", db, Map.of("dns_name", "store"));
            Wait.until("the new name", () -> ask(first, "store.cloud.example").equals("10.0.1.12"));
            assertThat(first.run("dig", "-r", NODE, "db.cloud.example")).contains("status: NXDOMAIN");

            server.kill();
            assertThat(ask(first, "store.cloud.example")).isEqualTo("10.0.1.12");
            assertThat(ask(second, "+tcp", "db.cloud.example")).isEqualTo("10.0.0.12");
        }
    }

    private static String ask(Workload workload, String... words) {
        List<String> command = new ArrayList<>(List.of("dig", "-r", "+short", "+time=5", "+tries=2", NODE));
        command.addAll(List.of(words));
        return workload.attempt(Duration.ofSeconds(30), command.toArray(String[]::new))
                .output()
                .strip();
    }

    private static String subnet(Api api, String network, String cidr) {
        return id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", cidr)));
    }

    private static String port(Api api, String network, Host host, String address, String name) {
        return id(api.create(
                "port",
                Map.of(
                        "network_id",
                        network,
                        "fixed_ips",
                        List.of(Map.of("ip_address", address)),
                        "binding:host_id",
                        host.name(),
                        "dns_name",
                        name)));
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
