package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Extensions that keep records and change no packets, over a real socket. */
class ExtensionsApiTest {
    private final Cloud cloud;
    private final Client admin;
    private final Client alice;

    ExtensionsApiTest(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String network() {
        return alice.post("/v2.0/networks", "{'network': {}}").expect(201).id();
    }

    private Client.Answer subnet(String network, String cidr, String more) {
        return alice.post(
                "/v2.0/subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': %s, 'cidr': '%s'%s}}"
                        .formatted(network, cidr.contains(":") ? 6 : 4, cidr, more));
    }

    private Client.Answer port(Client caller, String network, String more) {
        return caller.post("/v2.0/ports", "{'port': {'network_id': '%s'%s}}".formatted(network, more));
    }

    @Test
    void addressesAreCountedInSubnetsAndInTheirPools() {
        String network = network();
        String pools = ", 'allocation_pools': [{'start': '10.0.0.10', 'end': '10.0.0.12'},"
                + " {'start': '10.0.0.20', 'end': '10.0.0.21'}]";
        subnet(network, "10.0.0.0/24", pools).expect(201);
        subnet(network, "2001:db8::/64", ", 'enable_dhcp': false").expect(201);
        port(alice, network, ", 'fixed_ips': [{'ip_address': '10.0.0.20'}, {'ip_address': '10.0.0.99'}]")
                .expect(201);
        JsonNode shown = admin.get("/v2.0/network-ip-availabilities/" + network)
                .expect(200)
                .at("/network_ip_availability");
        JsonNode ipv4 = shown.at("/subnet_ip_availability")
                .valueStream()
                .filter(subnet -> subnet.path("ip_version").asInt() == 4)
                .findFirst()
                .orElseThrow();
        assertThat(ipv4.path("ip_availability_details").toString())
                .isEqualTo("{\"total_ips_in_subnet\":254,\"total_ips_in_allocation_pool\":5,"
                        + "\"used_ips_in_subnet\":2,\"used_ips_in_allocation_pool\":1}");
        JsonNode all = shown.path("ip_availability_details");
        assertThat(all.path("total_ips_in_subnet").asString()).isEqualTo("18446744073709551870");
        assertThat(all.path("used_ips_in_subnet").asInt()).isEqualTo(2);
        assertThat(all.path("used_ips_in_allocation_pool").asInt()).isEqualTo(1);
    }

    @Test
    void typesOfQosRulesAreAllEnforcedHoweverOneAsks() {
        String types = "/v2.0/qos/rule-types";
        String plain = alice.get(types).expect(200).text();
        for (String filter : new String[] {"all_rules=true", "all_supported=True", "all_supported=false"}) {
            assertThat(alice.get(types + "?" + filter).expect(200).text()).isEqualTo(plain);
        }
        assertThat(alice.get(types + "?all_rules=perhaps").expect(400).error()).contains("all_rules");
    }
}
