package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** External networks, ways out of routers, floating IPs and port forwardings over a real socket. */
class ExternalApiTest {
    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;

    ExternalApiTest(@TempDir Path directory) {
        cloud = Cloud.withExternalNetworks(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String external() {
        String network = admin.post("/v2.0/networks", externalBody("physnet1"))
                .expect(201)
                .id();
        admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '203.0.113.0/24'}}")
                .expect(201);
        return network;
    }

    private static String externalBody(String physical) {
        return "{'network': {'name': 'outside', 'router:external': true, 'provider:network_type': 'flat',"
                + " 'provider:physical_network': '" + physical + "'}}";
    }

    private String port() {
        String network =
                alice.post("/v2.0/networks", "{'network': {}}").expect(201).id();
        String subnet = alice.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0.0.0/24'}}")
                .expect(201)
                .id();
        if (!router.isEmpty()) {
            alice.put("/v2.0/routers/" + router + "/add_router_interface", "{'subnet_id': '" + subnet + "'}")
                    .expect(200);
        }
        return alice.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")
                .expect(201)
                .id();
    }

    private String router = "";

    private Client.Answer floatingIp(String network, String more) {
        return alice.post(
                "/v2.0/floatingips", "{'floatingip': {'floating_network_id': '" + network + "'" + more + "}}");
    }

    @Test
    void anEmptyChangeOfAFloatingIpTakesItsPortAwayAndOneOfItsDescriptionDoesNot() {
        String network = external();
        router = alice.post("/v2.0/routers", "{'router': {'external_gateway_info': {'network_id': '" + network + "'}}}")
                .expect(201)
                .id();
        String port = port();
        String id =
                floatingIp(network, ", 'port_id': '" + port + "'").expect(201).id();
        assertThat(alice.put("/v2.0/floatingips/" + id, "{'floatingip': {'description': 'd'}}")
                        .expect(200)
                        .at("/floatingip/port_id")
                        .asString())
                .isEqualTo(port);
        assertThat(alice.put("/v2.0/floatingips/" + id, "{'floatingip': {}}")
                        .expect(200)
                        .at("/floatingip/port_id")
                        .isNull())
                .isTrue();
        admin.delete("/v2.0/networks/" + network).expect(409);
        alice.put("/v2.0/routers/" + router, "{'router': {'external_gateway_info': {}}}")
                .expect(200);
        admin.delete("/v2.0/networks/" + network).expect(204);
        alice.get("/v2.0/floatingips/" + id).expect(404);
    }

    @Test
    void anExternalNetworkIsSeenByAllAndItsProviderByAdministrators() {
        String network = external();
        JsonNode seen = admin.get("/v2.0/networks/" + network).expect(200).at("/network");
        assertThat(seen.path("router:external").asBoolean()).isTrue();
        assertThat(seen.path("provider:network_type").asString()).isEqualTo("flat");
        assertThat(seen.path("provider:physical_network").asString()).isEqualTo("physnet1");
        assertThat(seen.path("provider:segmentation_id").isNull()).isTrue();
        assertThat(seen.path("mtu").asInt()).isEqualTo(1500);
        JsonNode others =
                alice.get("/v2.0/networks?router:external=true").expect(200).at("/networks");
        assertThat(others.size()).isEqualTo(1);
        assertThat(others.get(0).has("provider:network_type")).isFalse();
        assertThat(alice.get("/v2.0/networks?router:external=false")
                        .expect(200)
                        .at("/networks")
                        .size())
                .isZero();
        assertThat(alice.get("/v2.0/subnets").expect(200).at("/subnets").size()).isZero();
        assertThat(alice.post("/v2.0/networks", externalBody("physnet2")).status())
                .isEqualTo(403);
        assertThat(admin.post("/v2.0/networks", externalBody("physnet1"))
                        .expect(409)
                        .error())
                .startsWith("FlatNetworkInUse");
        for (String wrong : List.of(
                "'provider:network_type': 'vlan'",
                "'provider:network_type': 'flat'",
                "'provider:network_type': 'flat', 'provider:physical_network': 'p2'",
                "'router:external': true, 'provider:network_type': 'vxlan'",
                "'router:external': true, 'provider:segmentation_id': 7",
                "'provider:physical_network': 'p2'")) {
            assertThat(admin.post("/v2.0/networks", "{'network': {" + wrong + "}}")
                            .expect(400)
                            .error())
                    .contains("Invalid input for");
        }
        assertThat(admin.put("/v2.0/networks/" + network, "{'network': {'router:external': false}}")
                        .expect(400)
                        .error())
                .contains("router:external");
        String bound = "{'port': {'network_id': '" + network + "', 'binding:host_id': 'one'}}";
        assertThat(admin.post("/v2.0/ports", bound).expect(400).error()).contains("external");
        alice.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}").expect(403);
    }

    @Test
    void aRouterGetsAWayOutAndLosesIt() {
        String network = external();
        JsonNode made = alice.post(
                        "/v2.0/routers", "{'router': {'external_gateway_info': {'network_id': '" + network + "'}}}")
                .expect(201)
                .at("/router");
        String id = made.path("id").asString();
        JsonNode info = made.path("external_gateway_info");
        assertThat(info.path("network_id").asString()).isEqualTo(network);
        assertThat(info.path("enable_snat").asBoolean()).isTrue();
        assertThat(info.at("/external_fixed_ips/0/ip_address").asString()).startsWith("203.0.113.");
        assertThat(admin.get("/v2.0/ports?device_owner=network:router_gateway&device_id=" + id)
                        .expect(200)
                        .at("/ports/0/status")
                        .asString())
                .as("no node has the physical network")
                .isEqualTo("DOWN");
        String plain = "{'router': {'external_gateway_info': {'network_id': '" + network + "', 'enable_snat': false}}}";
        assertThat(alice.put("/v2.0/routers/" + id, plain).status()).isEqualTo(403);
        assertThat(admin.put("/v2.0/routers/" + id, plain)
                        .expect(200)
                        .at("/router/external_gateway_info/enable_snat")
                        .asBoolean())
                .isFalse();
        assertThat(alice.put("/v2.0/routers/" + id, "{'router': {'external_gateway_info': {}}}")
                        .expect(200)
                        .at("/router/external_gateway_info")
                        .isNull())
                .isTrue();
        assertThat(admin.get("/v2.0/ports?network_id=" + network)
                        .expect(200)
                        .at("/ports")
                        .size())
                .isZero();
        for (String wrong : List.of("{'enable_snat': true}", "{'network_id': 'x'}", "{'colour': 1}", "7")) {
            assertThat(alice.put("/v2.0/routers/" + id, "{'router': {'external_gateway_info': " + wrong + "}}")
                            .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(alice.put(
                                "/v2.0/routers/" + id,
                                "{'router': {'external_gateway_info': {'network_id': '"
                                        + "00000000-0000-4000-8000-000000000001'}}}")
                        .expect(404)
                        .error())
                .startsWith("NetworkNotFound");
    }

    @Test
    void aFloatingIpIsMadeLedAndRemoved() {
        String network = external();
        String lonely = port();
        assertThat(floatingIp(network, ", 'port_id': '" + lonely + "'")
                        .expect(404)
                        .error())
                .startsWith("ExternalGatewayForFloatingIPNotFound");
        router = alice.post("/v2.0/routers", "{'router': {'external_gateway_info': {'network_id': '" + network + "'}}}")
                .expect(201)
                .id();
        String port = port();
        JsonNode made = floatingIp(network, ", 'port_id': '" + port + "', 'description': 'web'")
                .expect(201)
                .at("/floatingip");
        String id = made.path("id").asString();
        assertThat(made.path("port_id").asString()).isEqualTo(port);
        assertThat(made.path("router_id").asString()).isEqualTo(router);
        assertThat(made.path("fixed_ip_address").asString()).startsWith("10.0.0.");
        assertThat(made.path("description").asString()).isEqualTo("web");
        assertThat(made.path("project_id").asString()).isEqualTo("alpha");
        assertThat(made.path("status").asString()).isEqualTo("DOWN");
        assertThat(made.at("/port_details/status").asString()).isEqualTo("DOWN");
        cloud.domain().nodes().register("gate", List.of());
        cloud.domain().nodes().connect("gate", List.of("physnet1"));
        assertThat(alice.get("/v2.0/floatingips/" + id)
                        .expect(200)
                        .at("/floatingip/status")
                        .asString())
                .isEqualTo("ACTIVE");
        assertThat(alice.get("/v2.0/floatingips?port_id=" + port)
                        .expect(200)
                        .at("/floatingips")
                        .size())
                .isEqualTo(1);
        assertThat(bob.get("/v2.0/floatingips").expect(200).at("/floatingips").size())
                .isZero();
        assertThat(bob.get("/v2.0/floatingips/" + id).expect(404).error()).startsWith("FloatingIPNotFound");
        assertThat(floatingIp(network, ", 'port_id': '" + port + "'")
                        .expect(409)
                        .error())
                .startsWith("FloatingIPPortAlreadyAssociated");
        assertThat(floatingIp(network, ", 'fixed_ip_address': '10.0.0.9'")
                        .expect(400)
                        .error())
                .contains("fixed_ip_address cannot be specified without a port_id");
        assertThat(floatingIp(network, ", 'floating_ip_address': '203.0.113.9'").status())
                .isEqualTo(403);
        assertThat(alice.put("/v2.0/routers/" + router, "{'router': {'external_gateway_info': null}}")
                        .expect(409)
                        .error())
                .startsWith("RouterExternalGatewayInUseByFloatingIp");
        assertThat(alice.put("/v2.0/floatingips/" + id, "{'floatingip': {'description': 'x'}}")
                        .expect(200)
                        .at("/floatingip/port_id")
                        .asString())
                .as("what is not named stays")
                .isEqualTo(port);
        JsonNode free = alice.put("/v2.0/floatingips/" + id, "{'floatingip': {'port_id': null}}")
                .expect(200)
                .at("/floatingip");
        assertThat(free.path("port_id").isNull()).isTrue();
        assertThat(free.path("router_id").isNull()).isTrue();
        assertThat(free.path("status").asString()).isEqualTo("DOWN");
        alice.put("/v2.0/floatingips/" + id + "/tags", "{'tags': ['blue']}").expect(200);
        assertThat(alice.get("/v2.0/floatingips?tags=blue")
                        .expect(200)
                        .at("/floatingips")
                        .size())
                .isEqualTo(1);
        alice.delete("/v2.0/floatingips/" + id).expect(204);
        alice.get("/v2.0/floatingips/" + id).expect(404);
    }

    @Test
    void portsOfAFloatingIpAreForwarded() {
        String network = external();
        router = alice.post("/v2.0/routers", "{'router': {'external_gateway_info': {'network_id': '" + network + "'}}}")
                .expect(201)
                .id();
        String port = port();
        String address = alice.get("/v2.0/ports/" + port)
                .expect(200)
                .at("/port/fixed_ips/0/ip_address")
                .asString();
        String id = floatingIp(network, "").expect(201).id();
        String path = "/v2.0/floatingips/" + id + "/port_forwardings";
        String body = "{'port_forwarding': {'protocol': 'tcp', 'internal_port_id': '" + port
                + "', 'internal_ip_address': '" + address + "', 'internal_port': 80, 'external_port': %d}}";
        JsonNode made = alice.post(path, body.formatted(8080)).expect(201).at("/port_forwarding");
        String forwarding = made.path("id").asString();
        assertThat(made.path("external_port").asInt()).isEqualTo(8080);
        assertThat(made.path("internal_port_range").asString()).isEqualTo("80:80");
        assertThat(alice.post(path, body.formatted(8080)).expect(400).error())
                .contains("A duplicate port forwarding entry with same attributes already exists");
        assertThat(alice.get(path).expect(200).at("/port_forwardings").size()).isEqualTo(1);
        assertThat(alice.get(path + "?external_port=9")
                        .expect(200)
                        .at("/port_forwardings")
                        .size())
                .isZero();
        assertThat(alice.get("/v2.0/floatingips/" + id)
                        .expect(200)
                        .at("/floatingip/port_forwardings/0/internal_port")
                        .asInt())
                .isEqualTo(80);
        assertThat(alice.put(
                                path + "/" + forwarding,
                                "{'port_forwarding': {'external_port_range': '9000:9009',"
                                        + " 'internal_port_range': '90:99', 'description': 'ten'}}")
                        .expect(200)
                        .at("/port_forwarding/external_port")
                        .isNull())
                .isTrue();
        assertThat(alice.put(path + "/" + forwarding, "{'port_forwarding': {'external_port_range': '9000:9001'}}")
                        .status())
                .isEqualTo(400);
        bob.get(path).expect(404);
        bob.delete(path + "/" + forwarding).expect(404);
        alice.get("/v2.0/floatingips/" + port + "/port_forwardings").expect(404);
        alice.delete(path + "/" + forwarding).expect(204);
        assertThat(alice.get(path + "/" + forwarding).expect(404).error()).startsWith("PortForwardingNotFound");
    }

    @Test
    void theExtensionsAreAnnounced() {
        for (String alias : List.of(
                "external-net",
                "ext-gw-mode",
                "fip-port-details",
                "floating-ip-port-forwarding",
                "floating-ip-port-forwarding-port-ranges")) {
            alice.get("/v2.0/extensions/" + alias).expect(200);
        }
        assertThat(admin.get("/v2.0/quotas/alpha")
                        .expect(200)
                        .at("/quota/floatingip")
                        .asInt())
                .isEqualTo(50);
    }

    @Test
    void tenantsSeeWhereFloatingIpsComeFrom() {
        String network = external();
        admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 6, 'cidr': '2001:db8::/64'}}")
                .expect(201);
        JsonNode pools = alice.get("/v2.0/floatingip_pools").expect(200).at("/floatingip_pools");
        assertThat(pools.size()).isOne();
        assertThat(pools.at("/0/network_id").asString()).isEqualTo(network);
        assertThat(pools.at("/0/cidr").asString()).isEqualTo("203.0.113.0/24");
        assertThat(pools.at("/0/project_id").asString()).isEqualTo("alpha");
        assertThat(alice.get("/v2.0/floatingip_pools?cidr=10.0.0.0/8")
                        .expect(200)
                        .at("/floatingip_pools")
                        .size())
                .isZero();
    }

    @Test
    void aTopologyIsMadeByAskingForItAndForNoOtherProject() {
        String outside = external();
        admin.put("/v2.0/networks/" + outside, "{'network': {'is_default': true}}")
                .expect(200);
        alice.put("/v2.0/networks/" + outside, "{'network': {'is_default': false}}")
                .expect(403);
        String path = "/v2.0/auto-allocated-topology/";
        alice.get(path + "alpha?fields=dry-run").expect(409);
        admin.post(
                        "/v2.0/subnetpools",
                        "{'subnetpool': {'name': 'auto', 'prefixes': ['10.64.0.0/16'], 'default_prefixlen': 26,"
                                + " 'is_default': true, 'shared': true}}")
                .expect(201);
        JsonNode dry = alice.get(path + "None?fields=dry-run").expect(200).at("/auto_allocated_topology");
        assertThat(dry.get("id").asString()).isEqualTo("dry-run=pass");
        alice.get(path + "alpha?fields=id").expect(400);
        bob.get(path + "alpha").expect(403);
        bob.delete(path + "alpha").expect(403);
        assertThat(alice.get("/v2.0/routers").expect(200).at("/routers").size()).isZero();
        String id = alice.get(path + "None").expect(200).id();
        assertThat(admin.get(path + "alpha").expect(200).id()).isEqualTo(id);
        assertThat(alice.get("/v2.0/networks/" + id).at("/network/is_default").isNull())
                .isTrue();
        alice.delete(path + "alpha").expect(204);
        alice.get("/v2.0/networks/" + id).expect(404);
    }
}
