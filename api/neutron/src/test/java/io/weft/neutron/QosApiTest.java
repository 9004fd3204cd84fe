package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** QoS policies over a real socket. */
class QosApiTest {
    private static final String POLICIES = "/v2.0/qos/policies";

    private final Cloud cloud;
    private final Client admin;
    private final Client alice;

    QosApiTest(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String policy(String more) {
        return admin.post(POLICIES, "{'policy': {'name': 'gold', 'project_id': 'alpha'" + more + "}}")
                .expect(201)
                .id();
    }

    private Client.Answer rule(String policy, String type, String body) {
        return admin.post(POLICIES + "/" + policy + "/" + type + "_rules", "{'" + type + "_rule': {" + body + "}}");
    }

    @Test
    void aPolicyShowsItsRulesAsNeutronDoes() {
        String policy = policy(", 'shared': true");
        String limit = rule(policy, "bandwidth_limit", "'max_kbps': 10000, 'max_burst_kbps': 800")
                .expect(201)
                .id();
        String rate = rule(policy, "packet_rate_limit", "'max_kpps': 5, 'direction': 'ingress'")
                .expect(201)
                .id();
        String mark =
                rule(policy, "dscp_marking", "'dscp_mark': 46").expect(201).id();
        JsonNode shown = alice.get(POLICIES + "/" + policy).expect(200).at("/policy");
        assertThat(shown.path("shared").asBoolean()).isTrue();
        assertThat(shown.path("is_default").asBoolean()).isFalse();
        assertThat(shown.path("rules").toString())
                .isEqualTo(("[{'id':'%s','qos_policy_id':'%s','type':'bandwidth_limit','direction':'egress',"
                                + "'max_kbps':10000,'max_burst_kbps':800},"
                                + "{'id':'%s','qos_policy_id':'%s','type':'packet_rate_limit','direction':'ingress',"
                                + "'max_kpps':5,'max_burst_kpps':0},"
                                + "{'id':'%s','qos_policy_id':'%s','type':'dscp_marking','dscp_mark':46}]")
                        .replace('\'', '"')
                        .formatted(limit, policy, rate, policy, mark, policy));
        assertThat(alice.get(POLICIES + "/" + policy + "/dscp_marking_rules")
                        .expect(200)
                        .text())
                .isEqualTo("{\"dscp_marking_rules\":[{\"id\":\"" + mark + "\",\"dscp_mark\":46}]}");
    }

    @Test
    void rulesAreReachedBeneathTheirPolicyAndByNamesOfTheirOwn() {
        String policy = policy("");
        String other = policy("");
        String rule =
                rule(policy, "bandwidth_limit", "'max_kbps': 1000").expect(201).id();
        String path = POLICIES + "/" + policy + "/bandwidth_limit_rules/" + rule;
        assertThat(admin.put(path, "{'bandwidth_limit_rule': {'max_kbps': 2000}}")
                        .expect(200)
                        .text())
                .isEqualTo("{\"bandwidth_limit_rule\":{\"id\":\"" + rule
                        + "\",\"max_kbps\":2000,\"max_burst_kbps\":0,\"direction\":\"egress\"}}");
        String alias = "/v2.0/qos/alias_bandwidth_limit_rules/" + rule;
        assertThat(admin.put(alias, "{'alias_bandwidth_limit_rule': {'direction': 'ingress'}}")
                        .expect(200)
                        .at("/alias_bandwidth_limit_rule/max_kbps")
                        .asInt())
                .isEqualTo(2000);
        assertThat(admin.get("/v2.0/qos/alias-bandwidth-limit-rules/" + rule)
                        .expect(200)
                        .at("/alias_bandwidth_limit_rule/direction")
                        .asString())
                .isEqualTo("ingress");
        admin.get(POLICIES + "/" + other + "/bandwidth_limit_rules/" + rule).expect(404);
        assertThat(admin.delete(POLICIES + "/" + other + "/bandwidth_limit_rules/" + rule)
                        .expect(404)
                        .error())
                .isEqualTo("QosRuleNotFound: QoS rule " + rule + " for policy " + other + " could not be found.");
        admin.get("/v2.0/qos/alias_dscp_marking_rules/" + rule).expect(404);
        admin.get("/v2.0/qos/alias_bandwidth_limit_rules").expect(405);
        admin.delete(alias).expect(204);
        admin.get(path).expect(404);
        admin.get(POLICIES + "/" + policy + "/bandwidth_limit_rules/" + rule + "/more")
                .expect(404);
        assertThat(admin.get(POLICIES + "/nothing/bandwidth_limit_rules")
                        .expect(404)
                        .error())
                .isEqualTo("QosPolicyNotFound: QoS policy nothing could not be found.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "bandwidth_limit | 'max_kbps': 0 | max_kbps",
                "bandwidth_limit | 'max_burst_kbps': 5 | max_kbps",
                "bandwidth_limit | 'max_kbps': 5, 'max_burst_kbps': -1 | max_burst_kbps",
                "bandwidth_limit | 'max_kbps': 5, 'direction': 'any' | direction",
                "bandwidth_limit | 'max_kbps': 2147483648 | max_kbps",
                "packet_rate_limit | 'max_kpps': 'many' | max_kpps",
                "dscp_marking | 'dscp_mark': 3 | '3' is not in",
                "dscp_marking | 'dscp_mark': 64 | dscp_mark"
            })
    void aRuleThatMeansNothingIsRefusedByItsAttribute(String type, String body, String reason) {
        assertThat(rule(policy(""), type, body).expect(400).error()).contains(reason);
    }

    @Test
    void bandwidthIsGuaranteedOfWhatIsSentAndNoPacketRates() {
        String policy = policy("");
        String made = rule(policy, "minimum_bandwidth", "'min_kbps': 5000")
                .expect(201)
                .id();
        assertThat(admin.get(POLICIES + "/" + policy + "/minimum_bandwidth_rules")
                        .expect(200)
                        .text())
                .isEqualTo("{\"minimum_bandwidth_rules\":[{\"id\":\"" + made
                        + "\",\"min_kbps\":5000,\"direction\":\"egress\"}]}");
        assertThat(rule(policy, "bandwidth_limit", "'max_kbps': 4999")
                        .expect(409)
                        .error())
                .startsWith("QoSRuleParameterConflict");
        assertThat(rule(policy(""), "minimum_bandwidth", "'min_kbps': 5, 'direction': 'ingress'")
                        .expect(400)
                        .error())
                .contains("must be egress");
        assertThat(rule(policy, "minimum_packet_rate", "'min_kpps': 5")
                        .expect(409)
                        .error())
                .isEqualTo("QosRuleNotSupported: Rule minimum_packet_rate is not supported: no node guarantees it.");
        assertThat(rule(UUID.randomUUID().toString(), "minimum_packet_rate", "'min_kpps': 5")
                        .expect(404)
                        .error())
                .startsWith("QosPolicyNotFound");
        assertThat(alice.get("/v2.0/qos/rule-types").expect(200).text())
                .contains("bandwidth_limit", "packet_rate_limit", "dscp_marking", "minimum_bandwidth")
                .doesNotContain("minimum_packet_rate")
                .doesNotContain("drivers");
        assertThat(admin.get("/v2.0/qos/rule-types").expect(200).text()).doesNotContain("drivers");
        assertThat(alice.get("/v2.0/qos/rule-types/dscp_marking").expect(403).error())
                .contains("rule:get_rule_type is disallowed by policy");
        assertThat(admin.get("/v2.0/qos/rule-types/dscp_marking")
                        .expect(200)
                        .at("/rule_type/drivers/0/supported_parameters/0/parameter_name")
                        .asString())
                .isEqualTo("dscp_mark");
    }

    /** Neutron's lists of these objects do the same; of others an unknown marker is an error. */
    @Test
    void aPageOfPoliciesBeginsAtTheBeginningWhereTheMarkerIsHiddenFromTheCaller() {
        String hidden = policy("");
        assertThat(cloud.as("bob-token")
                        .get("/v2.0/qos/policies?limit=1&marker=" + hidden)
                        .expect(200)
                        .at("/policies")
                        .size())
                .isZero();
        assertThat(cloud.as("bob-token")
                        .get("/v2.0/networks?limit=1&marker=" + hidden)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void floatingIpsAndGatewaysShowAndChangeTheirPolicy(@TempDir Path directory) {
        try (Cloud outward = Cloud.withExternalNetworks(directory.resolve("outward"))) {
            Client root = outward.as("admin-token");
            Client tenant = outward.as("alice-token");
            String policy = root.post(POLICIES, "{'policy': {'name': 'gold', 'project_id': 'alpha'}}")
                    .expect(201)
                    .id();
            String outside = root.post(
                            "/v2.0/networks",
                            "{'network': {'router:external': true, 'provider:network_type': 'flat',"
                                    + " 'provider:physical_network': 'physnet1'}}")
                    .expect(201)
                    .id();
            root.post(
                            "/v2.0/subnets",
                            "{'subnet': {'network_id': '" + outside + "', 'ip_version': 4, 'cidr': '192.0.2.0/24'}}")
                    .expect(201);
            String with = "'qos_policy_id': '" + policy + "'";
            JsonNode floating = tenant.post(
                            "/v2.0/floatingips",
                            "{'floatingip': {'floating_network_id': '" + outside + "', " + with + "}}")
                    .expect(201)
                    .at("/floatingip");
            assertThat(floating.path("qos_policy_id").asString()).isEqualTo(policy);
            assertThat(tenant.get("/v2.0/floatingips?qos_policy_id=" + policy)
                            .expect(200)
                            .at("/floatingips")
                            .size())
                    .isOne();
            String path = "/v2.0/floatingips/" + floating.path("id").asString();
            assertThat(root.delete(POLICIES + "/" + policy).expect(409).error())
                    .startsWith("QosPolicyInUse: QoS Policy " + policy + " is used by floatingip");
            assertThat(tenant.put(path, "{'floatingip': {'qos_policy_id': null}}")
                            .expect(200)
                            .at("/floatingip/qos_policy_id")
                            .isNull())
                    .isTrue();
            assertThat(tenant.put(path, "{'floatingip': {'qos_policy_id': '" + UUID.randomUUID() + "'}}")
                            .expect(404)
                            .error())
                    .startsWith("QosPolicyNotFound");

            String info = "'external_gateway_info': {'network_id': '" + outside + "'";
            JsonNode router = tenant.post("/v2.0/routers", "{'router': {" + info + ", " + with + "}}}")
                    .expect(201)
                    .at("/router");
            assertThat(router.at("/external_gateway_info/qos_policy_id").asString())
                    .isEqualTo(policy);
            String door = "/v2.0/routers/" + router.path("id").asString();
            assertThat(tenant.put(door, "{'router': {" + info + "}}}")
                            .expect(200)
                            .at("/router/external_gateway_info/qos_policy_id")
                            .asString())
                    .as("it stays when nothing is said of it")
                    .isEqualTo(policy);
            assertThat(root.delete(POLICIES + "/" + policy).expect(409).error()).contains("is used by router");
            assertThat(tenant.put(door, "{'router': {" + info + ", 'qos_policy_id': null}}}")
                            .expect(200)
                            .at("/router/external_gateway_info/qos_policy_id")
                            .isNull())
                    .isTrue();
            root.delete(POLICIES + "/" + policy).expect(204);
        }
    }

    @Test
    void portsShowTheirOwnPolicyAndTheirNetworks() {
        String ofNetwork = policy("");
        String own = policy("");
        String network = alice.post("/v2.0/networks", "{'network': {'qos_policy_id': '" + ofNetwork + "'}}")
                .expect(201)
                .id();
        JsonNode port = alice.post(
                        "/v2.0/ports", "{'port': {'network_id': '" + network + "', 'qos_policy_id': '" + own + "'}}")
                .expect(201)
                .at("/port");
        assertThat(List.of(
                        port.path("qos_policy_id").asString(),
                        port.path("qos_network_policy_id").asString()))
                .containsExactly(own, ofNetwork);
        String path = "/v2.0/ports/" + port.path("id").asString();
        assertThat(alice.put(path, "{'port': {'name': 'n'}}")
                        .expect(200)
                        .at("/port/qos_policy_id")
                        .asString())
                .isEqualTo(own);
        assertThat(alice.put(path, "{'port': {'qos_policy_id': null}}")
                        .expect(200)
                        .at("/port/qos_policy_id")
                        .isNull())
                .isTrue();
        assertThat(admin.delete(POLICIES + "/" + ofNetwork).expect(409).error())
                .isEqualTo("QosPolicyInUse: QoS Policy " + ofNetwork + " is used by network " + network + ".");
        admin.delete(POLICIES + "/" + own).expect(204);
        alice.put(path, "{'port': {'qos_policy_id': '" + own + "'}}").expect(404);
        assertThat(alice.put("/v2.0/networks/" + network, "{'network': {'qos_policy_id': null}}")
                        .expect(200)
                        .at("/network/qos_policy_id")
                        .isNull())
                .isTrue();
    }

    @Test
    void projectsSeeButDoNotMakeOrChangePolicies() {
        String policy = policy("");
        alice.post(POLICIES, "{'policy': {'name': 'own'}}").expect(403);
        alice.put(POLICIES + "/" + policy, "{'policy': {'name': 'own'}}").expect(403);
        alice.post(
                        POLICIES + "/" + policy + "/bandwidth_limit_rules",
                        "{'bandwidth_limit_rule': {'max_kbps': 1000000}}")
                .expect(403);
        alice.delete(POLICIES + "/" + policy).expect(403);
        cloud.as("bob-token").get(POLICIES + "/" + policy).expect(404);
        admin.put(POLICIES + "/" + policy + "/tags/red", "").expect(201);
        // Neutron has the tags of all resources beneath the collection's plain name.
        assertThat(admin.get("/v2.0/policies/" + policy + "/tags")
                        .expect(200)
                        .at("/tags/0")
                        .asString())
                .isEqualTo("red");
        admin.get("/v2.0/policies/" + policy).expect(404);
        assertThat(alice.get(POLICIES + "?tags=red&fields=name").expect(200).text())
                .isEqualTo("{\"policies\":[{\"name\":\"gold\"}]}");
    }
}
