package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SubnetPoolsApiTest {
    private static final String POOLS = "/v2.0/subnetpools";

    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;

    SubnetPoolsApiTest(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private static Client.Answer pool(Client client, String more) {
        return client.post(POOLS, "{'subnetpool': {'name': 'p', 'prefixes': ['10.0.0.0/16']" + more + "}}");
    }

    private static Client.Answer subnet(Client client, String more) {
        String network =
                client.post("/v2.0/networks", "{'network': {}}").expect(201).id();
        return client.post(
                "/v2.0/subnets", "{'subnet': {'network_id': '" + network + "', 'ip_version': 4" + more + "}}");
    }

    @Test
    void aPoolShowsWhatNeutronsDoes() {
        JsonNode made = pool(alice, ", 'min_prefixlen': '20', 'default_quota': 500, 'description': 'd'")
                .expect(201)
                .at("/subnetpool");
        String id = made.path("id").asString();
        assertThat(alice.get(POOLS + "/" + id).expect(200).text())
                .isEqualTo(("{'subnetpool':{'id':'" + id + "','name':'p','project_id':'alpha','tenant_id':'alpha',"
                                + "'description':'d','prefixes':['10.0.0.0/16'],'default_quota':500,'ip_version':4,"
                                + "'default_prefixlen':'20','min_prefixlen':'20','max_prefixlen':'32',"
                                + "'is_default':false,'shared':false,'address_scope_id':null,'tags':[],'revision_number':1,"
                                + "'created_at':'2026-01-01T00:00:00Z','updated_at':'2026-01-01T00:00:00Z'}}")
                        .replace('\'', '"'));
        JsonNode changed = alice.put(
                        POOLS + "/" + id,
                        "{'subnetpool': {'name': 'q', 'min_prefixlen': '19', 'max_prefixlen': 28,"
                                + " 'prefixes': ['10.1.0.0/16', '10.0.0.0/16', '10.4.0.0/16']}}")
                .expect(200)
                .at("/subnetpool");
        assertThat(changed.path("prefixes").toString()).isEqualTo("[\"10.0.0.0/15\",\"10.4.0.0/16\"]");
        assertThat(changed.path("min_prefixlen").asString()).isEqualTo("19");
        assertThat(changed.path("revision_number").asInt()).isEqualTo(2);
        alice.put(POOLS + "/" + id + "/tags/red", "").expect(201);
        assertThat(alice.get(POOLS + "?tags=red&min_prefixlen=19&ip_version=4&shared=False&fields=name")
                        .expect(200)
                        .text())
                .isEqualTo("{\"subnetpools\":[{\"name\":\"q\"}]}");
        assertThat(admin.get("/v2.0/quotas/alpha/details")
                        .expect(200)
                        .at("/quota/subnetpool")
                        .toString())
                .isEqualTo("{\"limit\":-1,\"used\":1,\"reserved\":0}");
        alice.delete(POOLS + "/" + id).expect(204);
        assertThat(alice.get(POOLS + "/" + id).expect(404).error())
                .isEqualTo("SubnetPoolNotFound: Subnet pool " + id + " could not be found.");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThat(alice.post(POOLS, "{'subnetpool': {'prefixes': ['10.0.0.0/8']}}")
                        .expect(400)
                        .error())
                .contains("name");
        assertThat(alice.post(POOLS, "{'subnetpool': {'name': ' ', 'prefixes': ['10.0.0.0/8']}}")
                        .expect(400)
                        .error())
                .contains("name", "Blank strings are not permitted");
        assertThat(alice.post(POOLS, "{'subnetpool': {'name': 'p'}}")
                        .expect(400)
                        .error())
                .contains("prefixes");
        assertThat(alice.post(POOLS, "{'subnetpool': {'name': 'p', 'prefixes': []}}")
                        .expect(400)
                        .error())
                .startsWith("EmptySubnetPoolPrefixList");
        assertThat(alice.post(POOLS, "{'subnetpool': {'name': 'p', 'prefixes': ['10.0.0.0/8', '::/8']}}")
                        .expect(400)
                        .error())
                .startsWith("PrefixVersionMismatch");
        assertThat(alice.post(POOLS, "{'subnetpool': {'name': 'p', 'prefixes': '10.0.0.0/8'}}")
                        .expect(400)
                        .error())
                .contains("prefixes");
        assertThat(pool(alice, ", 'max_prefixlen': 33").expect(400).error())
                .isEqualTo(
                        "IllegalSubnetPoolPrefixBounds: Illegal prefix bounds: max_prefixlen=33, ip_version_max=32.");
        assertThat(pool(alice, ", 'min_prefixlen': -1").expect(400).error()).contains("min_prefixlen");
        assertThat(pool(alice, ", 'default_quota': null").expect(400).error()).contains("default_quota");
        assertThat(pool(alice, ", 'ip_version': 4").expect(400).error()).contains("ip_version");
        assertThat(pool(alice, ", 'address_scope_id': '" + new UUID(1, 2) + "'")
                        .expect(404)
                        .error())
                .startsWith("AddressScopeNotFound");
        assertThat(pool(alice, ", 'address_scope_id': 'east'").expect(400).error())
                .contains("address_scope_id");
        pool(alice, ", 'address_scope_id': null").expect(201);
        assertThat(alice.get(POOLS + "?prefixes=10.0.0.0/8").expect(400).error())
                .contains("prefixes");
    }

    @Test
    void onlyAdministratorsShareAndMakeDefaultsAndOthersSeeWhatIsShared() {
        assertThat(pool(alice, ", 'shared': true").expect(403).error()).contains("shared");
        assertThat(pool(alice, ", 'is_default': true").expect(403).error()).contains("is_default");
        pool(alice, ", 'shared': false, 'is_default': false").expect(201);
        String shared = pool(admin, ", 'shared': true, 'is_default': true, 'min_prefixlen': 24")
                .expect(201)
                .id();
        String hidden = pool(admin, "").expect(201).id();
        bob.get(POOLS + "/" + hidden).expect(404);
        bob.put(POOLS + "/" + hidden, "{'subnetpool': {'name': 'x'}}").expect(404);
        bob.delete(POOLS + "/" + hidden).expect(404);
        bob.put(POOLS + "/" + hidden + "/add_prefixes", "{'prefixes': ['10.9.0.0/16']}")
                .expect(404);
        bob.put(POOLS + "/" + hidden + "/tags/x", "").expect(404);
        subnet(bob, ", 'subnetpool_id': '" + hidden + "'").expect(404);
        assertThat(bob.get(POOLS + "?fields=id").expect(200).text())
                .isEqualTo("{\"subnetpools\":[{\"id\":\"" + shared + "\"}]}");
        bob.put(POOLS + "/" + shared, "{'subnetpool': {'name': 'x'}}").expect(403);
        bob.delete(POOLS + "/" + shared).expect(403);
        admin.put(POOLS + "/" + shared, "{'subnetpool': {'shared': false}}").expect(400);
        admin.put(POOLS + "/" + shared, "{'subnetpool': {'tenant_id': 'beta'}}").expect(400);
        assertThat(pool(admin, ", 'is_default': true").expect(400).error())
                .contains("A default subnetpool for this IP family has already been set");
        assertThat(subnet(bob, ", 'use_default_subnetpool': true")
                        .expect(201)
                        .at("/subnet/subnetpool_id")
                        .asString())
                .isEqualTo(shared);
    }

    @Test
    void aSubnetComesFromAPoolAndSaysFromWhich() {
        String pool = pool(alice, ", 'min_prefixlen': 24, 'default_prefixlen': 26")
                .expect(201)
                .id();
        String from = ", 'subnetpool_id': '" + pool + "'";
        JsonNode first = subnet(alice, from).expect(201).at("/subnet");
        assertThat(first.path("cidr").asString()).isEqualTo("10.0.0.0/26");
        assertThat(first.path("subnetpool_id").asString()).isEqualTo(pool);
        assertThat(first.has("prefixlen")).isFalse();
        assertThat(subnet(alice, from + ", 'prefixlen': '28'")
                        .expect(201)
                        .at("/subnet/cidr")
                        .asString())
                .isEqualTo("10.0.0.64/28");
        assertThat(subnet(alice, from + ", 'cidr': '10.0.9.0/24'")
                        .expect(201)
                        .at("/subnet/cidr")
                        .asString())
                .isEqualTo("10.0.9.0/24");
        assertThat(subnet(alice, ", 'cidr': '10.0.9.0/24'")
                        .expect(201)
                        .at("/subnet/subnetpool_id")
                        .isNull())
                .isTrue();
        assertThat(alice.get("/v2.0/subnets?fields=cidr&sort_key=cidr&sort_dir=asc&subnetpool_id=" + pool)
                        .expect(200)
                        .text())
                .isEqualTo("{\"subnets\":[{\"cidr\":\"10.0.0.0/26\"},{\"cidr\":\"10.0.0.64/28\"},"
                        + "{\"cidr\":\"10.0.9.0/24\"}]}");
        assertThat(alice.delete(POOLS + "/" + pool).expect(400).error())
                .isEqualTo("SubnetPoolDeleteError: Unable to delete subnet pool: Subnet pool has existing"
                        + " allocations.");
        assertThat(subnet(alice, from + ", 'cidr': '10.0.9.0/25'").expect(409).error())
                .startsWith("SubnetAllocationError");
        assertThat(subnet(alice, from + ", 'prefixlen': 23").expect(400).error())
                .startsWith("MinPrefixSubnetAllocationError");
        assertThat(subnet(alice, from + ", 'prefixlen': 99").expect(400).error())
                .startsWith("MaxPrefixSubnetAllocationError");
        assertThat(subnet(alice, from + ", 'prefixlen': 28, 'cidr': '10.0.9.0/28'")
                        .expect(400)
                        .error())
                .contains("cidr and prefixlen must not be supplied together");
        assertThat(subnet(alice, from + ", 'use_default_subnetpool': true")
                        .expect(400)
                        .error())
                .contains("cannot both be specified");
        assertThat(subnet(alice, from + ", 'allocation_pools': [{'start': '10.0.0.2', 'end': '10.0.0.3'}]")
                        .expect(400)
                        .error())
                .contains("allocation_pools allowed only for specific subnet requests");
        assertThat(subnet(alice, ", 'prefixlen': 28").expect(400).error())
                .contains("a subnetpool must be specified in the absence of a cidr");
        assertThat(subnet(alice, ", 'use_default_subnetpool': true").expect(400).error())
                .contains("No default subnetpool found for IPv4");
        assertThat(subnet(alice, ", 'subnetpool_id': 'prefix_delegation'")
                        .expect(400)
                        .error())
                .contains("subnetpool_id", "prefix_delegation");
        assertThat(alice.put("/v2.0/subnets/" + first.path("id").asString(), "{'subnet': {'subnetpool_id': null}}")
                        .expect(400)
                        .error())
                .contains("subnetpool_id");
    }

    @Test
    void prefixesAreAddedAndRemoved() {
        String pool = pool(alice, ", 'default_prefixlen': 24").expect(201).id();
        String path = POOLS + "/" + pool;
        assertThat(alice.put(path + "/add_prefixes", "{'prefixes': ['10.1.0.0/16', '192.0.2.0/24']}")
                        .expect(200)
                        .text())
                .isEqualTo("{\"prefixes\":[\"10.0.0.0/15\",\"192.0.2.0/24\"]}");
        subnet(alice, ", 'subnetpool_id': '" + pool + "', 'cidr': '10.0.0.0/24'")
                .expect(201);
        assertThat(alice.put(path + "/remove_prefixes", "{'prefixes': ['10.0.0.0/16']}")
                        .expect(400)
                        .error())
                .startsWith("IllegalSubnetPoolPrefixUpdate");
        assertThat(alice.put(path + "/remove_prefixes", "{'prefixes': ['10.1.0.0/16']}")
                        .expect(200)
                        .text())
                .isEqualTo("{\"prefixes\":[\"10.0.0.0/16\",\"192.0.2.0/24\"]}");
        assertThat(alice.put(path, "{'subnetpool': {'prefixes': ['10.0.0.0/16']}}")
                        .expect(400)
                        .error())
                .isEqualTo("IllegalSubnetPoolPrefixUpdate: Illegal update to prefixes: Existing prefixes must be a"
                        + " subset of the new prefixes.");
        alice.put(path + "/add_prefixes", "{'prefixes': []}").expect(400);
        alice.put(path + "/add_prefixes", "{}").expect(400);
        alice.put(path + "/add_prefixes", "{'prefixes': ['2001:db8::/32']}").expect(400);
    }

    @Test
    void subnetsThatThereAreBecomeOnesOfAPool() {
        String pool = pool(alice, ", 'default_prefixlen': 24").expect(201).id();
        String path = POOLS + "/" + pool + "/onboard_network_subnets";
        JsonNode subnet = subnet(alice, ", 'cidr': '192.0.2.0/24'").expect(201).at("/subnet");
        String network = subnet.path("network_id").asString();
        String id = subnet.path("id").asString();
        alice.put(path, "{}").expect(400);
        alice.put(path, "{'network_id': 'nothing'}").expect(400);
        alice.put(path, "{'network_id': '" + pool + "'}").expect(404);
        cloud.as("bob-token").put(path, "{'network_id': '" + network + "'}").expect(404);
        cloud.as("reader-token").put(path, "{'network_id': '" + network + "'}").expect(403);
        assertThat(alice.put(path, "{'network_id': '" + network + "'}")
                        .expect(200)
                        .text())
                .isEqualTo("[{\"id\":\"" + id + "\",\"cidr\":\"192.0.2.0/24\"}]");
        assertThat(alice.get("/v2.0/subnets/" + id).at("/subnet/subnetpool_id").asString())
                .isEqualTo(pool);
        assertThat(alice.get(POOLS + "/" + pool).at("/subnetpool/prefixes").toString())
                .isEqualTo("[\"10.0.0.0/16\",\"192.0.2.0/24\"]");
        assertThat(alice.put(path, "{'network_id': '" + network + "'}")
                        .expect(400)
                        .error())
                .isEqualTo("IllegalSubnetPoolUpdate: Illegal subnetpool update : Onboarding subnet " + id
                        + ": 192.0.2.0/24 conflicts with allocated prefixes in subnet pool " + pool + ".");
    }

    @Test
    void poolsAreMadeTogetherOrNotAtAll() {
        String one = "{'name': 'a', 'prefixes': ['10.0.0.0/8']}";
        alice.post(POOLS, "{'subnetpools': [" + one + ", {'name': 'b', 'prefixes': []}]}")
                .expect(400);
        assertThat(alice.get(POOLS).expect(200).at("/subnetpools").size()).isZero();
        assertThat(alice.post(POOLS, "{'subnetpools': [" + one + ", " + one + "]}")
                        .expect(201)
                        .at("/subnetpools")
                        .size())
                .isEqualTo(2);
    }
}
