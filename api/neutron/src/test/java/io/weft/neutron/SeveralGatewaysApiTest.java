package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Routers with several gateways (external-gateway-multihoming, enable-default-route-ecmp) over a real socket. */
class SeveralGatewaysApiTest {
    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;
    private String first = "";
    private String second = "";
    private String router = "";

    SeveralGatewaysApiTest(@TempDir Path directory) {
        cloud = Cloud.withExternalNetworks(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @BeforeEach
    void makeNetworks() {
        first = external("physnet1", "203.0.113.0/24");
        second = external("physnet2", "198.51.100.0/24");
        router = alice.post("/v2.0/routers", "{'router': {'external_gateway_info': {'network_id': '" + first + "'}}}")
                .expect(201)
                .id();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String external(String physical, String cidr) {
        String network = admin.post(
                        "/v2.0/networks",
                        "{'network': {'name': 'outside', 'router:external': true, 'provider:network_type': 'flat',"
                                + " 'provider:physical_network': '" + physical + "'}}")
                .expect(201)
                .id();
        admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '" + cidr + "'}}")
                .expect(201);
        return network;
    }

    private static String to(String network) {
        return "{'network_id': '" + network + "'}";
    }

    private Client.Answer put(Client client, String action, String gateways) {
        return client.put(
                "/v2.0/routers/" + router + "/" + action + "_external_gateways",
                "{'router': {'external_gateways': " + gateways + "}}");
    }

    private static List<String> networks(JsonNode gateways) {
        List<String> networks = new ArrayList<>();
        gateways.forEach(gateway -> networks.add(gateway.path("network_id").asString()));
        return networks;
    }

    private JsonNode shown() {
        return alice.get("/v2.0/routers/" + router).expect(200).at("/router");
    }

    @Test
    void gatewaysAreAddedAndRemovedAndTheFirstIsTheInfo() {
        assertThat(networks(shown().path("external_gateways"))).containsExactly(first);
        JsonNode added = put(alice, "add", "[" + to(second) + "]").expect(200).at("/router");
        assertThat(networks(added.path("external_gateways"))).containsExactly(first, second);
        assertThat(added.path("external_gateway_info")).isEqualTo(added.at("/external_gateways/0"));
        JsonNode further = added.at("/external_gateways/1");
        assertThat(further.path("enable_snat").asBoolean()).isTrue();
        assertThat(further.at("/external_fixed_ips/0/ip_address").asString()).startsWith("198.51.100.");
        assertThat(admin.get("/v2.0/ports?device_owner=network:router_gateway&device_id=" + router)
                        .expect(200)
                        .at("/ports")
                        .size())
                .isEqualTo(2);
        JsonNode left = put(alice, "remove", "[" + to(first) + "]").expect(200).at("/router");
        assertThat(networks(left.path("external_gateways"))).containsExactly(second);
        assertThat(left.at("/external_gateway_info/network_id").asString()).isEqualTo(second);
        alice.put("/v2.0/routers/" + router, "{'router': {'external_gateway_info': null}}")
                .expect(200);
        assertThat(shown().path("external_gateways").size()).isZero();
        assertThat(shown().path("external_gateway_info").isNull()).isTrue();
    }

    @Test
    void theWholeListIsReplaced() {
        put(alice, "add", "[" + to(second) + "]").expect(200);
        JsonNode turned = put(alice, "update", "[" + to(second) + ", " + to(first) + "]")
                .expect(200)
                .at("/router");
        assertThat(networks(turned.path("external_gateways"))).containsExactly(second, first);
        String plain = "[{'network_id': '" + second + "', 'enable_snat': false}]";
        assertThat(put(alice, "update", plain).status()).isEqualTo(403);
        JsonNode one = put(admin, "update", plain).expect(200).at("/router/external_gateways");
        assertThat(networks(one)).containsExactly(second);
        assertThat(one.at("/0/enable_snat").asBoolean()).isFalse();
        assertThat(alice.put("/v2.0/routers/" + router + "/update_external_gateways", "{'router': {}}")
                        .expect(200)
                        .at("/router/external_gateways")
                        .size())
                .isOne();
        assertThat(put(alice, "update", "[]")
                        .expect(200)
                        .at("/router/external_gateways")
                        .size())
                .isZero();
    }

    @Test
    void whatIsWrongIsSaidAndChangesNothing() {
        assertThat(put(alice, "add", "[" + to(first) + "]").expect(409).error())
                .startsWith("UnableToAddExtraGateways")
                .contains(first);
        assertThat(put(alice, "remove", "[" + to(second) + "]").expect(409).error())
                .startsWith("UnableToMatchGateways")
                .contains(second);
        assertThat(put(alice, "add", "[" + to(external("physnet3", "198.51.0.0/16")) + ", " + to(second) + "]")
                        .expect(400)
                        .error())
                .contains("overlaps");
        for (String wrong : List.of("7", "[7]", "[{}]", "[{'enable_snat': true}]", "[{'network_id': 'x'}]")) {
            assertThat(put(alice, "add", wrong).expect(400).error())
                    .as(wrong)
                    .contains("Invalid input for external_gateways");
        }
        put(bob, "add", "[" + to(second) + "]").expect(404);
        assertThat(alice.put("/v2.0/routers/" + router, "{'router': {'external_gateways': [" + to(second) + "]}}")
                        .expect(400)
                        .error())
                .contains("external_gateways");
        assertThat(networks(shown().path("external_gateways"))).containsExactly(first);
    }

    @Test
    void administratorsLetDefaultRoutesShareTheFlows() {
        assertThat(shown().path("enable_default_route_ecmp").asBoolean()).isFalse();
        String share = "{'router': {'enable_default_route_ecmp': true}}";
        assertThat(alice.put("/v2.0/routers/" + router, share).status()).isEqualTo(403);
        assertThat(alice.post("/v2.0/routers", share).status()).isEqualTo(403);
        admin.put("/v2.0/routers/" + router, share).expect(200);
        assertThat(shown().path("enable_default_route_ecmp").asBoolean()).isTrue();
        for (String alias : List.of("external-gateway-multihoming", "enable-default-route-ecmp")) {
            alice.get("/v2.0/extensions/" + alias).expect(200);
        }
    }

    @Test
    void administratorsLetNextHopsBeWatched() {
        assertThat(shown().path("enable_default_route_bfd").asBoolean()).isFalse();
        String watch = "{'router': {'enable_default_route_bfd': true}}";
        assertThat(alice.put("/v2.0/routers/" + router, watch).status()).isEqualTo(403);
        assertThat(alice.post("/v2.0/routers", watch).status()).isEqualTo(403);
        admin.put("/v2.0/routers/" + router, watch).expect(200);
        assertThat(shown().path("enable_default_route_bfd").asBoolean()).isTrue();
        assertThat(shown().path("enable_default_route_ecmp").asBoolean()).isFalse();
        assertThat(admin.post("/v2.0/routers", watch)
                        .expect(201)
                        .at("/router/enable_default_route_bfd")
                        .asBoolean())
                .isTrue();
        alice.get("/v2.0/extensions/enable-default-route-bfd").expect(200);
    }
}
