package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Security groups over a real socket. */
class SecurityGroupsApiTest {
    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;

    SecurityGroupsApiTest(@TempDir Path directory) {
        cloud = Cloud.withGroups(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String group(Client client, String name) {
        return client.post("/v2.0/security-groups", "{'security_group': {'name': '" + name + "'}}")
                .expect(201)
                .id();
    }

    private Client.Answer rule(Client client, String group, String more) {
        return client.post(
                "/v2.0/security-group-rules",
                "{'security_group_rule': {'security_group_id': '" + group + "'" + more + "}}");
    }

    private String network() {
        return alice.post("/v2.0/networks", "{'network': {'name': 'n'}}")
                .expect(201)
                .id();
    }

    @Test
    void aLookAtTheGroupsOfAProjectShowsItsDefaultGroup() {
        JsonNode groups = alice.get("/v2.0/security-groups").expect(200).at("/security_groups");
        assertThat(groups.size()).isEqualTo(1);
        JsonNode group = groups.get(0);
        assertThat(group.path("name").asString()).isEqualTo("default");
        assertThat(group.path("description").asString()).isEqualTo("Default security group");
        assertThat(group.path("project_id").asString()).isEqualTo("alpha");
        assertThat(group.path("stateful").asBoolean()).isTrue();
        assertThat(group.path("shared").asBoolean()).isFalse();
        assertThat(group.path("tags").size()).isZero();
        assertThat(group.path("revision_number").asInt()).isEqualTo(1);
        assertThat(group.path("security_group_rules").size()).isEqualTo(4);
        for (JsonNode rule : group.path("security_group_rules")) {
            assertThat(rule.path("belongs_to_default_sg").asBoolean()).isTrue();
            assertThat(rule.path("protocol").isNull()).isTrue();
            boolean ingress = rule.path("direction").asString().equals("ingress");
            assertThat(rule.path("remote_group_id").asString())
                    .isEqualTo(ingress ? group.path("id").asString() : "");
        }
        assertThat(bob.get("/v2.0/security-group-rules")
                        .expect(200)
                        .at("/security_group_rules")
                        .size())
                .isEqualTo(4);
        assertThat(admin.get("/v2.0/quotas/alpha/details")
                        .expect(200)
                        .at("/quota/security_group/used")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aGroupIsMadeChangedTaggedAndRemoved() {
        String id = alice.post(
                        "/v2.0/security-groups",
                        "{'security_group': {'name': 'web', 'description': 'shops', 'stateful': false}}")
                .expect(201)
                .id();
        assertThat(alice.get("/v2.0/security-groups?stateful=False&fields=id&fields=name")
                        .expect(200)
                        .text())
                .isEqualTo("{\"security_groups\":[{\"id\":\"" + id + "\",\"name\":\"web\"}]}");
        assertThat(alice.put("/v2.0/security-groups/" + id, "{'security_group': {'stateful': true, 'name': 'shop'}}")
                        .expect(200)
                        .at("/security_group/stateful")
                        .asBoolean())
                .isTrue();
        alice.put("/v2.0/security-groups/" + id + "/tags/red", "").expect(201);
        assertThat(alice.get("/v2.0/security-groups?tags=red").expect(200).text())
                .contains(id);
        assertThat(bob.get("/v2.0/security-groups/" + id).expect(404).error())
                .isEqualTo("SecurityGroupNotFound: Security group " + id + " does not exist");
        alice.delete("/v2.0/security-groups/" + id).expect(204);
        assertThat(alice.post("/v2.0/security-groups", "{'security_group': {'name': 'default'}}")
                        .expect(409)
                        .error())
                .isEqualTo("SecurityGroupDefaultAlreadyExists: Default security group already exists.");
    }

    @Test
    void aRuleIsShownAsItWasGiven() {
        String group = group(alice, "web");
        Client.Answer answer = rule(
                        alice,
                        group,
                        ", 'direction': 'ingress', 'ethertype': 'ipv4', 'protocol': 'TCP', 'port_range_min': '80',"
                                + " 'port_range_max': 443, 'remote_ip_prefix': '10.0.0.5/24', 'description': 'web'")
                .expect(201);
        JsonNode rule = answer.at("/security_group_rule");
        assertThat(rule.path("protocol").asString()).isEqualTo("tcp");
        assertThat(rule.path("ethertype").asString()).isEqualTo("IPv4");
        assertThat(rule.path("port_range_min").asInt()).isEqualTo(80);
        assertThat(rule.path("remote_ip_prefix").asString()).isEqualTo("10.0.0.5/24");
        assertThat(rule.path("normalized_cidr").asString()).isEqualTo("10.0.0.0/24");
        assertThat(rule.path("belongs_to_default_sg").asBoolean()).isFalse();
        assertThat(rule.path("project_id").asString()).isEqualTo("alpha");
        assertThat(rule.path("description").asString()).isEqualTo("web");
        assertThat(rule.has("name")).isFalse();
        String id = rule.path("id").asString();
        assertThat(alice.get("/v2.0/security-group-rules?protocol=tcp&security_group_id=" + group)
                        .expect(200)
                        .at("/security_group_rules/0/id")
                        .asString())
                .isEqualTo(id);
        assertThat(rule(
                                alice,
                                group,
                                ", 'direction': 'ingress', 'protocol': 6, 'port_range_min': 80, 'port_range_max': 443,"
                                        + " 'remote_ip_prefix': '10.0.0.5/24'")
                        .expect(409)
                        .error())
                .isEqualTo("SecurityGroupRuleExists: Security group rule already exists. Rule id is " + id + ".");
        alice.delete("/v2.0/security-group-rules/" + id).expect(204);
        assertThat(alice.delete("/v2.0/security-group-rules/" + id).expect(404).error())
                .isEqualTo("SecurityGroupRuleNotFound: Security group rule " + id + " does not exist");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'direction': 'in' | direction
            'direction': 'ingress', 'ethertype': 'IPX' | Security group rule for ethertype 'IPX' not supported
            'direction': 'ingress', 'protocol': 'tcpp' | Security group rule protocol tcpp not supported.
            'direction': 'ingress', 'protocol': 256 | Security group rule protocol 256 not supported.
            'direction': 'ingress', 'port_range_min': 80 | Must also specify protocol if port range is given
            'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 80 | port_range_min must be <= port_range_max
            'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': 65536 | 65536
            'direction': 'ingress', 'protocol': 'icmp', 'port_range_max': 3 | ICMP code (port-range-max) 3 is provided but
            'direction': 'ingress', 'protocol': 'gre', 'port_range_min': 1, 'port_range_max': 2 | Ports cannot be specified for protocol 47
            'direction': 'ingress', 'remote_ip_prefix': '2001:db8::/32' | Conflicting value ethertype IPv4 for CIDR 2001:db8::/32
            'direction': 'ingress', 'remote_ip_prefix': 'everywhere' | 'everywhere' is not a valid IP prefix
            'direction': 'ingress', 'protocol': 'ipv6-icmp' | Invalid ethertype IPv4 for protocol ipv6-icmp
            'direction': 'ingress', 'remote_group_id': 'PARENT' | remote_group_id
            'direction': 'ingress', 'remote_ip_prefix': '10.0.0.0/8', 'remote_group_id': GROUP | Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided
            """)
    void aRuleThatMeansNothingIsRefused(String rule, String message) {
        String group = group(alice, "web");
        Client.Answer answer = rule(alice, group, ", " + rule.replace("GROUP", "'" + group + "'"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.at("/NeutronError/message").asString()).contains(message);
    }

    @Test
    void portsShowAndChangeTheirGroups() {
        String network = network();
        String web = group(alice, "web");
        String usual = alice.get("/v2.0/security-groups?name=default")
                .expect(200)
                .at("/security_groups/0/id")
                .asString();
        Client.Answer port = alice.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")
                .expect(201);
        assertThat(port.at("/port/security_groups").toString()).isEqualTo("[\"" + usual + "\"]");
        String id = port.id();
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'security_groups': ['" + web + "']}}")
                        .expect(200)
                        .at("/port/security_groups")
                        .toString())
                .isEqualTo("[\"" + web + "\"]");
        assertThat(alice.get("/v2.0/ports?security_groups=" + web + "&fields=id")
                        .expect(200)
                        .text())
                .isEqualTo("{\"ports\":[{\"id\":\"" + id + "\"}]}");
        assertThat(alice.delete("/v2.0/security-groups/" + web).expect(409).error())
                .isEqualTo("SecurityGroupInUse: Security Group " + web + " in use.");
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'port_security_enabled': false}}")
                        .expect(409)
                        .error())
                .startsWith("PortSecurityPortHasSecurityGroup: ");
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'security_groups': null}}")
                        .expect(200)
                        .at("/port/security_groups")
                        .size())
                .isZero();
        alice.put("/v2.0/ports/" + id, "{'port': {'port_security_enabled': false}}")
                .expect(200);
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'security_groups': ['" + web + "']}}")
                        .expect(400)
                        .error())
                .startsWith("PortSecurityAndIPRequiredForSecurityGroups: ");
        String missing = "00000000-0000-0000-0000-000000000000";
        assertThat(alice.post(
                                "/v2.0/ports",
                                "{'port': {'network_id': '" + network + "', 'security_groups': ['" + missing + "']}}")
                        .expect(404)
                        .error())
                .isEqualTo("SecurityGroupNotFound: Security group " + missing + " does not exist");
    }

    @Test
    void addressGroupsHoldBlocksThatRulesName() {
        String id = alice.post(
                        "/v2.0/address-groups",
                        "{'address_group': {'name': 'office', 'addresses': ['192.0.2.0/24', '2001:db8::1/128']}}")
                .expect(201)
                .id();
        assertThat(alice.put("/v2.0/address-groups/" + id + "/add_addresses", "{'addresses': ['10.0.0.0/8']}")
                        .expect(200)
                        .at("/address_group/addresses")
                        .toString())
                .isEqualTo("[\"10.0.0.0/8\",\"192.0.2.0/24\",\"2001:db8::1/128\"]");
        assertThat(alice.put("/v2.0/address-groups/" + id + "/remove_addresses", "{'addresses': ['10.0.0.0/9']}")
                        .expect(404)
                        .error())
                .startsWith("AddressesNotFound: ");
        String group = group(alice, "web");
        assertThat(rule(alice, group, ", 'direction': 'egress', 'remote_address_group_id': '" + id + "'")
                        .expect(201)
                        .at("/security_group_rule/remote_address_group_id")
                        .asString())
                .isEqualTo(id);
        assertThat(alice.delete("/v2.0/address-groups/" + id).expect(409).error())
                .startsWith("AddressGroupInUse: ");
        assertThat(bob.get("/v2.0/address-groups").expect(200).text()).isEqualTo("{\"address_groups\":[]}");
        alice.delete("/v2.0/security-groups/" + group).expect(204);
        alice.delete("/v2.0/address-groups/" + id).expect(204);
    }

    @Test
    void administratorsChooseWhatGroupsBeginWith() {
        JsonNode rules =
                alice.get("/v2.0/default-security-group-rules").expect(200).at("/default_security_group_rules");
        assertThat(rules.size()).isEqualTo(4);
        assertThat(rules.findValuesAsString("remote_group_id")).contains("PARENT");
        String made = admin.post(
                        "/v2.0/default-security-group-rules",
                        "{'default_security_group_rule': {'direction': 'ingress', 'protocol': 'icmp',"
                                + " 'remote_group_id': 'PARENT'}}")
                .expect(201)
                .id();
        String web = group(alice, "web");
        assertThat(alice.get("/v2.0/security-group-rules?protocol=icmp")
                        .expect(200)
                        .at("/security_group_rules/0/remote_group_id")
                        .asString())
                .isEqualTo(web);
        assertThat(alice.delete("/v2.0/default-security-group-rules/" + made).status())
                .isEqualTo(403);
        admin.delete("/v2.0/default-security-group-rules/" + made).expect(204);
        assertThat(admin.get("/v2.0/default-security-group-rules/" + made).status())
                .isEqualTo(404);
    }

    @Test
    void rulesInBulkAreAllOrNone() {
        String group = group(alice, "web");
        String one = "{'security_group_id': '" + group + "', 'direction': 'ingress', 'protocol': 'tcp',"
                + " 'port_range_min': 1, 'port_range_max': ";
        assertThat(alice.post("/v2.0/security-group-rules", "{'security_group_rules': [" + one + "1}, " + one + "1}]}")
                        .expect(409)
                        .error())
                .isEqualTo("DuplicateSecurityGroupRuleInPost: Duplicate Security Group Rule in POST.");
        assertThat(alice.post("/v2.0/security-group-rules", "{'security_group_rules': [" + one + "1}, " + one + "2}]}")
                        .expect(201)
                        .at("/security_group_rules")
                        .size())
                .isEqualTo(2);
    }

    private Client.Answer tiered(Client client, String attributes) {
        return client.post("/v2.0/security-groups", "{'security_group': {'name': 'first'" + attributes + "}}");
    }

    @Test
    void administratorsAndServicesSayWhenAGroupIsAskedAndNobodyElse() {
        String tier = ", 'weft:tier': 'admin', 'weft:priority': 7";
        assertThat(tiered(alice, tier).expect(403).error()).contains("create_security_group");
        for (Client client : List.of(admin, cloud.as("controller-token"))) {
            Client.Answer made = tiered(client, tier).expect(201);
            assertThat(made.at("/security_group/weft:tier").asString()).isEqualTo("admin");
            assertThat(made.at("/security_group/weft:priority").asInt()).isEqualTo(7);
            assertThat(made.at("/security_group/security_group_rules").size()).isZero();
        }
        String group =
                tiered(admin, tier + ", 'project_id': 'alpha'").expect(201).id();
        String path = "/v2.0/security-groups/" + group;
        String later = "{'security_group': {'weft:priority': 8}}";
        assertThat(alice.put(path, later).expect(403).error()).contains("update_security_group");
        assertThat(admin.put(path, later)
                        .expect(200)
                        .at("/security_group/weft:priority")
                        .asInt())
                .isEqualTo(8);
        admin.put(path, "{'security_group': {'weft:tier': 'baseline'}}").expect(400);

        String deny = ", 'direction': 'ingress', 'weft:action': 'deny', 'weft:position': 3";
        assertThat(rule(alice, group, deny).expect(403).error()).contains("create_security_group_rule");
        JsonNode made = rule(admin, group, deny).expect(201).at("/security_group_rule");
        assertThat(made.path("weft:action").asString()).isEqualTo("deny");
        assertThat(made.path("weft:position").asInt()).isEqualTo(3);
        assertThat(alice.get("/v2.0/security-group-rules?weft:action=deny")
                        .expect(200)
                        .at("/security_group_rules")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void aGroupWithoutATierIsNeutronsAndItsRulesOnlyAllow() {
        JsonNode plain = tiered(alice, "").expect(201).at("/security_group");
        assertThat(plain.path("weft:tier").asString()).isEqualTo("normal");
        assertThat(plain.path("weft:priority").asInt()).isZero();
        String group = group(admin, "plain");
        String ingress = ", 'direction': 'ingress'";
        assertThat(rule(admin, group, ingress + ", 'weft:action': 'deny'")
                        .expect(400)
                        .error())
                .contains("weft:action")
                .contains("tier normal");
        assertThat(rule(admin, group, ingress + ", 'weft:position': 1")
                        .expect(400)
                        .error())
                .contains("weft:position");
        assertThat(tiered(admin, ", 'weft:priority': 1").expect(400).error()).contains("weft:priority");
        assertThat(tiered(admin, ", 'weft:tier': 'admin', 'weft:priority': 65536")
                        .expect(400)
                        .error())
                .contains("weft:priority");
        assertThat(tiered(admin, ", 'weft:tier': 'first'").expect(400).error()).contains("weft:tier");
        String baseline = tiered(admin, ", 'weft:tier': 'baseline'").expect(201).id();
        assertThat(rule(admin, baseline, ingress + ", 'weft:action': 'pass'")
                        .expect(400)
                        .error())
                .contains("tier baseline");
    }

    @Test
    void theSamePacketsMayBeMeantAtAnotherPosition() {
        String group = tiered(admin, ", 'weft:tier': 'admin'").expect(201).id();
        String ingress = ", 'direction': 'ingress'";
        rule(admin, group, ingress + ", 'weft:action': 'deny'").expect(201);
        rule(admin, group, ingress).expect(409);
        rule(admin, group, ingress + ", 'weft:position': 1").expect(201);
    }

    @Test
    void theExtensionsAreAnnounced() {
        for (String alias : List.of(
                "security-group",
                "stateful-security-group",
                "address-group",
                "security-groups-remote-address-group",
                "security-groups-normalized-cidr",
                "security-groups-rules-belongs-to-default-sg",
                "security-groups-shared-filtering",
                "security-groups-default-rules",
                "weft-security-group-tiers")) {
            alice.get("/v2.0/extensions/" + alias).expect(200);
        }
    }

    @Test
    void whatARuleMayNotSayIsRefusedInTheWordsOfItsProtocol() {
        String group = alice.post("/v2.0/security-groups", "{'security_group': {'name': 'g'}}")
                .expect(201)
                .id();
        String rule = "{'security_group_rule': {'security_group_id': '" + group + "', 'direction': 'ingress', %s}}";
        for (List<String> wrong : List.of(
                List.of("'protocol': 'tcp', 'port_range_min': -16, 'port_range_max': 80", "Invalid value for port -16"),
                List.of(
                        "'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': 65536",
                        "Invalid value for port 65536"),
                List.of("'protocol': 'icmp', 'port_range_min': -1", "Invalid value for ICMP type"),
                List.of(
                        "'protocol': 'icmp', 'port_range_min': 1, 'port_range_max': 256",
                        "Invalid value for ICMP code"))) {
            assertThat(alice.post("/v2.0/security-group-rules", rule.formatted(wrong.getFirst()))
                            .expect(400)
                            .error())
                    .contains(wrong.getLast());
        }
        assertThat(alice.post("/v2.0/security-group-rules", rule.formatted("'remote_group_id': 'none_of_that_name'"))
                        .expect(404)
                        .error())
                .startsWith("SecurityGroupNotFound");
        assertThat(alice.post("/v2.0/address-groups", "{'address_group': {'addresses': ['192.0.2.1']}}")
                        .expect(400)
                        .error())
                .contains("not a valid IP subnet");
    }

    @Test
    void theObjectsOfABulkMayStandBeneathTheirName() {
        Client.Answer made = alice.post(
                        "/v2.0/security-groups",
                        "{'security_groups': [{'security_group': {'name': 'a'}}, {'name': 'b'}]}")
                .expect(201);
        assertThat(made.at("/security_groups/0/name").asString()).isEqualTo("a");
        assertThat(made.at("/security_groups/1/name").asString()).isEqualTo("b");
        for (String wrong : List.of(
                "{'security_group': {'name': 'a'}, 'name': 'b'}",
                "{'security_group': 'a'}",
                "{'security_group': {'security_group': {}}}",
                "7")) {
            alice.post("/v2.0/security-groups", "{'security_groups': [" + wrong + "]}")
                    .expect(400);
        }
    }
}
