package io.weft.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.neutron.Client;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Octavia's API as its clients see it. */
class LoadBalancerApiTest {
    private static final String BASE = "/v2/lbaas/";

    private Cloud cloud;
    private Client alice;
    private String subnet;

    @BeforeEach
    void open(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory);
        alice = cloud.as("alice-token");
        String network = alice.post("/v2.0/networks", "{'network': {'name': 'n'}}")
                .expect(201)
                .id();
        subnet = alice.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'cidr': '10.0.0.0/24', 'ip_version': 4,"
                                + " 'allocation_pools': [{'start': '10.0.0.100', 'end': '10.0.0.200'}]}}")
                .expect(201)
                .id();
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    private Client.Answer make(String collection, String member, String fields) {
        return alice.post(BASE + collection, "{'" + member + "': {" + fields + "}}");
    }

    private String loadBalancer() {
        return make("loadbalancers", "loadbalancer", "'vip_subnet_id': '" + subnet + "', 'name': 'web'")
                .expect(201)
                .id();
    }

    private String listener(String owner, int port, String more) {
        return make(
                        "listeners",
                        "listener",
                        "'loadbalancer_id': '" + owner + "', 'protocol': 'TCP', 'protocol_port': " + port + more)
                .expect(201)
                .id();
    }

    private String pool(String owner, String more) {
        return make(
                        "pools",
                        "pool",
                        "'loadbalancer_id': '" + owner + "', 'protocol': 'TCP', 'lb_algorithm': 'SOURCE_IP_PORT'"
                                + more)
                .expect(201)
                .id();
    }

    @Test
    void aLoadBalancerIsShownWithWhatItHasAndAtBothPaths() {
        String owner = loadBalancer();
        String pool = pool(owner, "");
        String listener = listener(owner, 80, ", 'default_pool_id': '" + pool + "'");
        for (String path : List.of("/v2/lbaas/loadbalancers/", "/v2.0/lbaas/loadbalancers/")) {
            JsonNode shown = alice.get(path + owner).expect(200).at("/loadbalancer");
            assertThat(shown.path("vip_subnet_id").asString()).isEqualTo(subnet);
            assertThat(shown.path("vip_address").asString()).startsWith("10.0.0.");
            assertThat(shown.path("provisioning_status").asString()).isEqualTo("ACTIVE");
            assertThat(shown.path("operating_status").asString()).isEqualTo("ONLINE");
            assertThat(shown.path("provider").asString()).isEqualTo("weft");
            assertThat(shown.path("project_id").asString()).isEqualTo("alpha");
            assertThat(shown.at("/listeners/0/id").asString()).isEqualTo(listener);
            assertThat(shown.at("/pools/0/id").asString()).isEqualTo(pool);
            assertThat(shown.path("created_at").asString()).matches("[0-9-]{10}T[0-9:]{8}");
        }
        String port = alice.get(BASE + "loadbalancers/" + owner)
                .at("/loadbalancer/vip_port_id")
                .asString();
        assertThat(alice.get("/v2.0/ports/" + port)
                        .expect(200)
                        .at("/port/device_owner")
                        .asString())
                .isEqualTo("Octavia");
        assertThat(alice.delete("/v2.0/ports/" + port).status()).isEqualTo(409);
        assertThat(alice.delete(BASE + "loadbalancers/" + owner)
                        .expect(400)
                        .at("/faultstring")
                        .asString())
                .contains("has children");
        alice.delete(BASE + "loadbalancers/" + owner + "?cascade=true").expect(204);
        assertThat(alice.get(BASE + "listeners").at("/listeners")).isEmpty();
        assertThat(alice.get("/v2.0/ports/" + port).status()).isEqualTo(404);
        JsonNode fault = alice.get(BASE + "loadbalancers/" + owner).expect(404).json();
        assertThat(fault.path("faultcode").asString()).isEqualTo("Client");
        assertThat(fault.path("faultstring").asString()).isEqualTo("Load Balancer " + owner + " not found.");
    }

    @Test
    void whatNodesDoNotDoIsRefusedWithTheAttribute() {
        String owner = loadBalancer();
        String vip = "'vip_subnet_id': '" + subnet + "', ";
        Map.ofEntries(
                        Map.entry("'provider': 'amphora'", "provider"),
                        Map.entry("'flavor_id': 'x'", "flavor_id"),
                        Map.entry("'additional_vips': [{'subnet_id': 'x'}]", "additional_vips"),
                        Map.entry("'vip_qos_policy_id': 'x'", "vip_qos_policy_id"),
                        Map.entry("'vip_vnic_type': 'direct'", "vip_vnic_type"))
                .forEach((fields, field) -> assertRefused(make("loadbalancers", "loadbalancer", vip + fields), field));
        String at = "'loadbalancer_id': '" + owner + "', 'protocol_port': 80, ";
        assertRefused(make("listeners", "listener", at + "'protocol': 'HTTP'"), "protocol");
        Map.of(
                        "'connection_limit': 100", "connection_limit",
                        "'insert_headers': {'X-Forwarded-For': 'true'}", "insert_headers",
                        "'allowed_cidrs': ['10.0.0.0/33']", "allowed_cidrs",
                        "'allowed_cidrs': ['2001:db8::/32']", "allowed_cidrs",
                        "'allowed_cidrs': ['10.0.0.0/8', '10.0.0.0/8']", "allowed_cidrs",
                        "'weft:allowed_cidrs_scope': 'inside'", "weft:allowed_cidrs_scope",
                        "'timeout_client_data': 1", "timeout_client_data",
                        "'default_tls_container_ref': 'x'", "default_tls_container_ref",
                        "'protocol_port': 0", "protocol_port")
                .forEach((fields, field) -> assertRefused(
                        make(
                                "listeners",
                                "listener",
                                "'loadbalancer_id': '" + owner + "', 'protocol': 'TCP', "
                                        + (field.equals("protocol_port") ? "" : "'protocol_port': 80, ") + fields),
                        field));
        String of = "'loadbalancer_id': '" + owner + "', 'protocol': 'TCP', ";
        assertRefused(make("pools", "pool", of + "'lb_algorithm': 'ROUND_ROBIN'"), "lb_algorithm");
        assertRefused(
                make(
                        "pools",
                        "pool",
                        of + "'lb_algorithm': 'SOURCE_IP_PORT', 'session_persistence': {'type': 'HTTP_COOKIE'}"),
                "session_persistence");
        assertRefused(
                make("pools", "pool", of + "'lb_algorithm': 'SOURCE_IP_PORT', 'tls_enabled': true"), "tls_enabled");
        String pool = pool(owner, "");
        assertRefused(
                make(
                        "pools/" + pool + "/members",
                        "member",
                        "'address': '10.0.0.5', 'protocol_port': 80, 'backup': true"),
                "backup");
        assertThat(make("healthmonitors", "healthmonitor", "'pool_id': '" + pool + "', 'type': 'TCP', 'delay': 5")
                        .expect(501)
                        .at("/faultstring")
                        .asString())
                .contains("healthmonitor");
        assertThat(alice.get(BASE + "loadbalancers/" + owner + "/stats")
                        .expect(501)
                        .at("/faultstring")
                        .asString())
                .contains("stats");
        // What asks for nothing is taken.
        make(
                        "listeners",
                        "listener",
                        at + "'protocol': 'TCP', 'connection_limit': -1, 'insert_headers': {}, 'allowed_cidrs': null,"
                                + " 'sni_container_refs': [], 'timeout_client_data': 50000")
                .expect(201);
    }

    @Test
    void aListenersCallersMayBeNamed() {
        String owner = loadBalancer();
        String id = make(
                        "listeners",
                        "listener",
                        "'loadbalancer_id': '" + owner + "', 'protocol': 'TCP', 'protocol_port': 80,"
                                + " 'allowed_cidrs': ['10.0.0.0/8', '192.0.2.7'], 'weft:allowed_cidrs_scope': 'floating'")
                .expect(201)
                .at("/listener/id")
                .asString();
        JsonNode listener =
                alice.get(BASE + "listeners/" + id).expect(200).json().path("listener");
        assertThat(listener.path("allowed_cidrs").valueStream().map(JsonNode::asString))
                .containsExactly("10.0.0.0/8", "192.0.2.7/32");
        assertThat(listener.path("weft:allowed_cidrs_scope").asString()).isEqualTo("floating");
        for (String nobody : List.of("[]", "null")) {
            alice.put(BASE + "listeners/" + id, "{'listener': {'allowed_cidrs': ['10.0.0.0/9']}}")
                    .expect(200);
            listener = alice.put(BASE + "listeners/" + id, "{'listener': {'allowed_cidrs': " + nobody + "}}")
                    .expect(200)
                    .json()
                    .path("listener");
            assertThat(listener.path("allowed_cidrs").isNull()).isTrue();
        }
    }

    @Test
    void nodesMayAnswerForAListenerOfTcp() {
        String at = "'loadbalancer_id': '" + loadBalancer() + "', 'protocol_port': 80, ";
        String id = make("listeners", "listener", at + "'protocol': 'TCP', 'weft:node_health': 'shop/web'")
                .expect(201)
                .at("/listener/id")
                .asString();
        assertThat(alice.get(BASE + "listeners/" + id)
                        .at("/listener/weft:node_health")
                        .asString())
                .isEqualTo("shop/web");
        assertThat(alice.put(BASE + "listeners/" + id, "{'listener': {'weft:node_health': 'shop/b'}}")
                        .status())
                .isEqualTo(400);
        for (String wrong : List.of("'UDP', 'weft:node_health': 'shop/web'", "'TCP', 'weft:node_health': 'shop'")) {
            assertRefused(
                    make("listeners", "listener", at.replace("80", "81") + "'protocol': " + wrong), "weft:node_health");
        }
    }

    private static void assertRefused(Client.Answer answer, String field) {
        assertThat(answer.expect(400).at("/faultstring").asString()).as(field).contains(field);
    }

    @Test
    void affinityIsSessionPersistenceBySourceAddress() {
        String owner = loadBalancer();
        String pool = pool(owner, ", 'session_persistence': {'type': 'SOURCE_IP'}");
        assertThat(alice.get(BASE + "pools/" + pool)
                        .at("/pool/session_persistence/persistence_timeout")
                        .asInt())
                .isEqualTo(360);
        alice.put(
                        BASE + "pools/" + pool,
                        "{'pool': {'session_persistence': {'type': 'SOURCE_IP',"
                                + " 'persistence_timeout': 10800, 'cookie_name': null}}}")
                .expect(200);
        assertThat(alice.get(BASE + "pools/" + pool)
                        .at("/pool/session_persistence/persistence_timeout")
                        .asInt())
                .isEqualTo(10_800);
        alice.put(BASE + "pools/" + pool, "{'pool': {'name': 'kept'}}").expect(200);
        assertThat(alice.get(BASE + "pools/" + pool)
                        .at("/pool/session_persistence/type")
                        .asString())
                .isEqualTo("SOURCE_IP");
        alice.put(BASE + "pools/" + pool, "{'pool': {'session_persistence': null}}")
                .expect(200);
        assertThat(alice.get(BASE + "pools/" + pool)
                        .at("/pool/session_persistence")
                        .isNull())
                .isTrue();
    }

    @Test
    void aPoolMayBeOfNearMembersOnly() {
        String owner = loadBalancer();
        String path = BASE + "pools/" + pool(owner, "");
        assertThat(alice.get(path).at("/pool/weft:member_locality").asString()).isEqualTo("any");
        alice.put(path, "{'pool': {'weft:member_locality': 'local'}}").expect(200);
        assertThat(alice.get(path).at("/pool/weft:member_locality").asString()).isEqualTo("local");
        alice.put(path, "{'pool': {'name': 'kept'}}").expect(200);
        assertThat(alice.get(path).at("/pool/weft:member_locality").asString()).isEqualTo("local");
        for (String wrong : List.of("'zone'", "'LOCAL'", "''", "null", "1")) {
            assertRefused(alice.put(path, "{'pool': {'weft:member_locality': " + wrong + "}}"), "weft:member_locality");
        }
        String made = pool(owner, ", 'weft:member_locality': 'local'");
        assertThat(alice.get(BASE + "pools/" + made)
                        .at("/pool/weft:member_locality")
                        .asString())
                .isEqualTo("local");
    }

    @Test
    void membersAreReplacedAllAtOnceOrAddedTo() {
        String pool = pool(loadBalancer(), "");
        String members = BASE + "pools/" + pool + "/members";
        String one = alice.post(members, "{'member': {'address': '10.0.0.5', 'protocol_port': 80}}")
                .expect(201)
                .id();
        alice.put(
                        members,
                        "{'members': [{'address': '10.0.0.5', 'protocol_port': 80, 'weight': 0},"
                                + " {'address': '10.0.0.6', 'protocol_port': 80, 'admin_state_up': false}]}")
                .expect(202);
        assertThat(alice.get(members + "/" + one)
                        .expect(200)
                        .at("/member/operating_status")
                        .asString())
                .isEqualTo("DRAINING");
        assertThat(alice.get(members + "?address=10.0.0.6")
                        .at("/members/0/operating_status")
                        .asString())
                .isEqualTo("OFFLINE");
        alice.put(members + "?additive_only=True", "{'members': [{'address': '10.0.0.7', 'protocol_port': 80}]}")
                .expect(202);
        assertThat(alice.get(members).at("/members")).hasSize(3);
        assertThat(alice.put(members, "{'members': [{'address': '10.0.0.8'}]}")
                        .expect(400)
                        .text())
                .contains("protocol_port");
        assertThat(cloud.as("reader-token").put(members, "{'members': []}").status())
                .isEqualTo(403);
        assertThat(cloud.as("bob-token").put(members, "{'members': []}").status())
                .isEqualTo(404);
        assertThat(alice.get(members).at("/members")).hasSize(3);
        alice.put(members, "{'members': []}").expect(202);
        assertThat(alice.get(members).at("/members")).isEmpty();
        assertThat(alice.put(BASE + "pools", "{'pools': []}").status()).isEqualTo(405);
    }

    @Test
    void theStatusTreeHasEverything() {
        String owner = loadBalancer();
        String pool = pool(owner, "");
        listener(owner, 80, ", 'default_pool_id': '" + pool + "', 'name': 'l'");
        alice.post(
                        BASE + "pools/" + pool + "/members",
                        "{'member': {'address': '10.0.0.5', 'protocol_port': 8080, 'name': 'm'}}")
                .expect(201);
        JsonNode tree = alice.get(BASE + "loadbalancers/" + owner + "/status")
                .expect(200)
                .at("/statuses/loadbalancer");
        assertThat(tree.path("operating_status").asString()).isEqualTo("ONLINE");
        assertThat(tree.at("/listeners/0/name").asString()).isEqualTo("l");
        assertThat(tree.at("/listeners/0/pools/0/members/0/name").asString()).isEqualTo("m");
        assertThat(tree.at("/pools/0/members/0/operating_status").asString()).isEqualTo("NO_MONITOR");
        assertThat(tree.at("/pools/0/members/0/protocol_port").asInt()).isEqualTo(8080);
    }

    @Test
    void readersLookAndOthersFindNothing() {
        String owner = loadBalancer();
        String listener = listener(owner, 80, "");
        Client reader = cloud.as("reader-token");
        Client bob = cloud.as("bob-token");
        reader.get(BASE + "loadbalancers/" + owner).expect(200);
        reader.delete(BASE + "loadbalancers/" + owner + "?cascade=true").expect(403);
        reader.put(BASE + "listeners/" + listener, "{'listener': {'name': 'x'}}")
                .expect(403);
        assertThat(bob.get(BASE + "loadbalancers").at("/loadbalancers")).isEmpty();
        bob.get(BASE + "listeners/" + listener).expect(404);
        bob.post(
                        BASE + "pools",
                        "{'pool': {'loadbalancer_id': '" + owner + "', 'protocol': 'TCP',"
                                + " 'lb_algorithm': 'SOURCE_IP_PORT'}}")
                .expect(404);
        assertThat(cloud.as("admin-token").get(BASE + "loadbalancers").at("/loadbalancers"))
                .hasSize(1);
    }

    @Test
    void quotasAreSetShownAndForgottenApartFromNeutrons() {
        Client admin = cloud.as("admin-token");
        admin.put(BASE + "quotas/alpha", "{'quota': {'loadbalancer': 1, 'member': 5}}")
                .expect(200);
        admin.put("/v2.0/quotas/alpha", "{'quota': {'network': 7}}").expect(200);
        JsonNode quota = admin.get(BASE + "quotas/alpha").expect(200).at("/quota");
        assertThat(quota.path("load_balancer").asInt()).isEqualTo(1);
        assertThat(quota.path("member").asInt()).isEqualTo(5);
        assertThat(quota.path("listener").asInt()).isEqualTo(-1);
        assertThat(quota.has("network")).isFalse();
        assertThat(admin.get("/v2.0/quotas/alpha").at("/quota").has("load_balancer"))
                .isFalse();
        loadBalancer();
        assertThat(make("loadbalancers", "loadbalancer", "'vip_subnet_id': '" + subnet + "'")
                        .expect(403)
                        .at("/faultstring")
                        .asString())
                .contains("load_balancer");
        admin.delete(BASE + "quotas/alpha").expect(204);
        assertThat(admin.get(BASE + "quotas/alpha").at("/quota/load_balancer").asInt())
                .isEqualTo(-1);
        assertThat(admin.get("/v2.0/quotas/alpha").at("/quota/network").asInt()).isEqualTo(7);
        assertThat(admin.get(BASE + "quotas/defaults").at("/quota/pool").asInt())
                .isEqualTo(-1);
        assertThat(alice.get(BASE + "providers")
                        .expect(200)
                        .at("/providers/0/name")
                        .asString())
                .isEqualTo("weft");
    }
}
