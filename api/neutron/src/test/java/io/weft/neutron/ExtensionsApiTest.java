package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
        return admin.post(
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
    void subnetsOfServicesGiveAddressesToTheirDeviceOwners() {
        String network = network();
        for (int type = 1; type <= 2; type++) {
            String types = ", 'service_types': ['test:type_" + type + "', 'network:distributed']";
            assertThat(subnet(network, "192.168." + type + ".0/24", types)
                            .expect(201)
                            .at("/subnet/service_types/0")
                            .asString())
                    .isEqualTo("test:type_" + type);
        }
        for (int type = 1; type <= 2; type++) {
            JsonNode ips = port(alice, network, ", 'device_owner': 'test:type_" + type + "'")
                    .expect(201)
                    .at("/port/fixed_ips");
            assertThat(ips.size()).isEqualTo(1);
            assertThat(ips.at("/0/ip_address").asString()).startsWith("192.168." + type + ".");
        }
        assertThat(port(alice, network, "").expect(409).error())
                .isEqualTo("IpAddressGenerationFailureNoMatchingSubnet: No valid service subnet for the given device"
                        + " owner, network " + network + ", service type .");
        assertThat(subnet(network, "10.0.0.0/24", ", 'service_types': ['storage']")
                        .expect(400)
                        .error())
                .isEqualTo("InvalidSubnetServiceType: Subnet service type storage does not correspond to a valid"
                        + " device owner.");
        subnet(network, "10.0.0.0/24", ", 'service_types': [1]").expect(400);
        subnet(network, "10.0.0.0/24", ", 'service_types': 'compute:nova'").expect(400);
        String plain = subnet(network, "10.0.0.0/24", ", 'service_types': null")
                .expect(201)
                .id();
        JsonNode changed = admin.put("/v2.0/subnets/" + plain, "{'subnet': {'service_types': ['compute:nova']}}")
                .expect(200)
                .at("/subnet");
        assertThat(changed.path("service_types").toString()).isEqualTo("[\"compute:nova\"]");
        assertThat(alice.get("/v2.0/subnets?service_types=compute:nova&fields=id")
                        .expect(200)
                        .at("/subnets")
                        .findValuesAsString("id"))
                .containsExactly(plain);
        admin.put("/v2.0/subnets/" + plain, "{'subnet': {'service_types': []}}").expect(200);
        assertThat(alice.get("/v2.0/subnets/" + plain)
                        .at("/subnet/service_types")
                        .toString())
                .isEqualTo("[]");
    }

    @Test
    void portsSayWhetherTheyWereAskedForWithoutAddresses() {
        String network = network();
        subnet(network, "10.0.0.0/24", ", 'allocation_pools': [{'start': '10.0.0.100', 'end': '10.0.0.200'}]")
                .expect(201);
        String bare = port(alice, network, ", 'fixed_ips': []").expect(201).id();
        String usual = port(alice, network, "").expect(201).id();
        assertThat(alice.put("/v2.0/ports/" + bare, "{'port': {'fixed_ips': [{'ip_address': '10.0.0.9'}]}}")
                        .expect(200)
                        .at("/port/ip_allocation")
                        .asString())
                .isEqualTo("none");
        assertThat(alice.get("/v2.0/ports?ip_allocation=immediate&fields=id")
                        .expect(200)
                        .at("/ports")
                        .findValuesAsString("id"))
                .containsExactly(usual);
        port(alice, network, ", 'ip_allocation': 'none'").expect(400);
    }

    @Test
    void portsKeepWhatTheComputeServiceIsTold() {
        String network = network();
        JsonNode port = port(alice, network, ", 'numa_affinity_policy': 'required', 'device_profile': 'gpu'")
                .expect(201)
                .at("/port");
        assertThat(port.path("numa_affinity_policy").asString()).isEqualTo("required");
        assertThat(port.path("device_profile").asString()).isEqualTo("gpu");
        String path = "/v2.0/ports/" + port.path("id").asString();
        assertThat(alice.put(path, "{'port': {'numa_affinity_policy': 'socket'}}")
                        .expect(200)
                        .at("/port/numa_affinity_policy")
                        .asString())
                .isEqualTo("socket");
        assertThat(alice.put(path, "{'port': {'numa_affinity_policy': 'near'}}")
                        .expect(400)
                        .error())
                .contains("numa_affinity_policy", "near is not in ['required', 'preferred', 'legacy', 'socket']");
        assertThat(alice.put(path, "{'port': {'device_profile': 'other'}}")
                        .expect(400)
                        .error())
                .contains("Cannot update read-only attribute device_profile");
        JsonNode cleared = alice.put(path, "{'port': {'numa_affinity_policy': null}}")
                .expect(200)
                .at("/port");
        assertThat(cleared.path("numa_affinity_policy").isNull()).isTrue();
        assertThat(cleared.path("device_profile").asString()).isEqualTo("gpu");
        port(alice, network, "").expect(201);
        assertThat(alice.get("/v2.0/ports?device_profile=gpu").at("/ports").size())
                .isEqualTo(1);
    }

    @Test
    void bindingsWaitOnNodesWhereAPortMayLiveNext() {
        Client nova = cloud.as("service-token");
        cloud.domain().nodes().register("h1", List.of());
        cloud.domain().nodes().register("h2", List.of());
        String port = "/v2.0/ports/"
                + port(admin, network(), ", 'device_owner': 'compute:nova', 'binding:host_id': 'h1'")
                        .expect(201)
                        .id();
        String path = port + "/bindings";
        JsonNode waiting = nova.post(path, "{'binding': {'host': 'h2', 'profile': {'a': 1}}}")
                .expect(201)
                .at("/binding");
        assertThat(waiting.propertyNames())
                .containsExactly("host", "vif_type", "vif_details", "vnic_type", "profile", "status");
        assertThat(waiting.path("host").asString()).isEqualTo("h2");
        assertThat(waiting.path("vif_type").asString()).isEqualTo("tap");
        assertThat(waiting.path("vif_details").path("port_filter").asBoolean()).isTrue();
        assertThat(waiting.path("vnic_type").asString()).isEqualTo("normal");
        assertThat(waiting.path("profile").toString()).isEqualTo("{\"a\":1}");
        assertThat(waiting.path("status").asString()).isEqualTo("INACTIVE");
        assertThat(nova.post(path, "{'binding': {'host': 'h2'}}").expect(409).error())
                .startsWith("PortBindingAlreadyExists: ");
        assertThat(nova.post(path, "{'binding': {'host': 'h3'}}").expect(409).error())
                .startsWith("PortBindingError: ");
        nova.post(path, "{'binding': {'host': 'h2', 'vnic_type': 'direct'}}").expect(400);
        nova.post(path, "{'binding': {}}").expect(400);
        assertThat(nova.put(path + "/h2", "{'binding': {'profile': {}}}")
                        .expect(200)
                        .at("/binding/profile")
                        .isEmpty())
                .isTrue();
        assertThat(nova.put(path + "/h2/activate", "{}")
                        .expect(200)
                        .at("/status")
                        .asString())
                .isEqualTo("ACTIVE");
        assertThat(nova.send("PUT", path + "/h2/activate", "").expect(409).error())
                .startsWith("PortBindingAlreadyActive: ");
        assertThat(admin.get(port).at("/port/binding:host_id").asString()).isEqualTo("h2");
        assertThat(admin.get(path).expect(200).at("/bindings").findValuesAsString("host"))
                .containsExactly("h2", "h1");
        assertThat(admin.get(path + "?status=INACTIVE").at("/bindings").findValuesAsString("host"))
                .containsExactly("h1");
        nova.delete(path + "/h1").expect(204);
        assertThat(admin.get(path + "/h1").expect(404).error()).startsWith("PortBindingNotFound: ");
        admin.post(path, "{'binding': {'host': 'h1'}}").expect(403);
        assertThat(alice.get(path).expect(200).at("/bindings").isEmpty()).isTrue();
        alice.get(path + "/h2").expect(404);
        alice.post(path, "{'binding': {'host': 'h1'}}").expect(403);
        alice.put(path + "/h2/activate", "{}").expect(404);
        String other = port(alice, network(), "").expect(201).id();
        assertThat(admin.get("/v2.0/ports/" + other + "/bindings").expect(400).error())
                .isEqualTo("BadRequest: Bad port request: Invalid port " + other
                        + ". Operation only valid on compute and shared filesystem ports.");
        admin.get("/v2.0/ports/none/bindings").expect(404);
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

    @Test
    void networksAndRoutersKeepTheZonesThatTheyWereAskedForIn() {
        for (String kind : List.of("network", "router")) {
            String path = "/v2.0/" + kind + "s";
            JsonNode hinted = alice.post(path, "{'" + kind + "': {'availability_zone_hints': ['default']}}")
                    .expect(201)
                    .at("/" + kind);
            assertThat(hinted.path("availability_zone_hints").toString()).isEqualTo("[\"default\"]");
            assertThat(hinted.path("availability_zones").toString()).isEqualTo("[\"default\"]");
            JsonNode plain =
                    alice.post(path, "{'" + kind + "': {}}").expect(201).at("/" + kind);
            assertThat(plain.path("availability_zone_hints").isEmpty()).isTrue();
            assertThat(plain.path("availability_zones").toString()).isEqualTo("[\"default\"]");
            String id = hinted.path("id").asString();
            alice.put(path + "/" + id, "{'" + kind + "': {'name': 'n', 'admin_state_up': false}}")
                    .expect(200);
            assertThat(alice.get(path + "?availability_zone_hints=default&fields=id")
                            .expect(200)
                            .at("/" + kind + "s")
                            .findValuesAsString("id"))
                    .containsExactly(id);
            assertThat(alice.post(path, "{'" + kind + "': {'availability_zone_hints': ['default', 'east']}}")
                            .expect(404)
                            .error())
                    .isEqualTo("AvailabilityZoneNotFound: AvailabilityZone east could not be found.");
            alice.post(path, "{'" + kind + "': {'availability_zone_hints': ['default', 'default']}}")
                    .expect(400);
            alice.post(path, "{'" + kind + "': {'availability_zone_hints': 'default'}}")
                    .expect(400);
            alice.put(path + "/" + id, "{'" + kind + "': {'availability_zone_hints': []}}")
                    .expect(400);
        }
    }
}
