package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weft.server.heat.Heat;
import io.weft.server.keystone.Keystone;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stack of Heat's with every resource type of {@code OS::Neutron} that {@code docs/heat.md} says works: it is created,
 * changed and deleted by a real Heat, which finds the server in a real Keystone's catalogue.
 */
@Tag("long")
class HeatTest {
    private static final Path HEAT = Path.of("/usr/lib/python3/dist-packages/heat");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String STACK = "stack";
    private static final String NETWORK = "10.50.0.";

    /** Where the objects of a project are, whose lists are empty when a stack is gone. */
    private static final List<String> COLLECTIONS = List.of(
            "networks",
            "subnets",
            "subnetpools",
            "ports",
            "routers",
            "floatingips",
            "security_group_rules",
            "rbac_policies",
            "qos/policies",
            "address-scopes",
            "trunks");

    @TempDir
    private Path directory;

    private Keystone keystone;
    private Server server;
    private Client weft;
    private Heat heat;

    @BeforeEach
    void start() throws Exception {
        assumeThat(HEAT).exists();
        keystone = Keystone.start(directory.resolve("keystone"));
        String project = keystone.project("red");
        keystone.user("weft", "service", "service");
        keystone.user(Heat.USER, "service", "admin");
        keystone.user("alice", "red", "admin");
        Path password = directory.resolve("password");
        Files.writeString(password, "weftweft\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        server = Server.start(ServerTest.configuration(
                directory.resolve("server"),
                Map.of(
                        "WEFT_API_AUTHENTICATION",
                        "keystone",
                        "WEFT_KEYSTONE_URL",
                        keystone.url(),
                        "WEFT_KEYSTONE_PASSWORD_FILE",
                        password.toString())));
        keystone.service("network", "http://127.0.0.1:" + server.apiPort());
        String token = keystone.token("alice", "red");
        weft = new Client(server.apiPort(), token);
        heat = Heat.start(directory.resolve("heat"), keystone.url(), project, token);
    }

    @AfterEach
    void stop() {
        if (heat != null) {
            heat.close();
        }
        if (weft != null) {
            weft.close();
        }
        if (server != null) {
            server.close();
        }
        if (keystone != null) {
            keystone.close();
        }
    }

    @Test
    void aStackOfEveryTypeIsMadeChangedAndTakenAway() throws Exception {
        // What belongs to the project before there is a stack.
        Map<String, Integer> before = counts();
        JsonNode template = read("stack.json");

        heat.create(STACK, template);
        JsonNode net = shown("networks", "net");
        assertAll(net, Map.of("name", "inside", "admin_state_up", true, "dns_domain", "inside.example.", "mtu", 1400));
        assertThat(texts(net.path("tags"))).containsExactly("t1", "t2");
        assertThat(net.path("qos_policy_id").asString()).isEqualTo(id("policy"));
        JsonNode subnet = shown("subnets", "subnet");
        assertAll(subnet, Map.of("name", "inside4", "ip_version", 4, "enable_dhcp", true));
        assertThat(subnet.path("subnetpool_id").asString()).isEqualTo(id("pool"));
        assertThat(subnet.at("/host_routes/0/nexthop").asString()).isEqualTo("10.50.0.9");
        assertAll(shown("subnets", "subnet6"), Map.of("cidr", "2001:db8:1::/64", "ipv6_ra_mode", "slaac"));
        JsonNode port = shown("ports", "port");
        assertAll(port, Map.of("name", "vm", "dns_name", "vm", "admin_state_up", true));
        assertThat(port.at("/fixed_ips/0/ip_address").asString()).startsWith(NETWORK);
        assertThat(port.at("/allowed_address_pairs/0/ip_address").asString()).isEqualTo("10.50.0.200");
        assertThat(port.at("/extra_dhcp_opts/0/opt_value").asString()).isEqualTo("x.example");
        assertThat(texts(port.path("security_groups"))).containsExactly(id("group"));
        assertThat(rules("policy")).containsAllEntriesOf(Map.of("max_kbps", 1000, "dscp_mark", 16));
        JsonNode router = shown("routers", "router");
        assertThat(router.at("/external_gateway_info/network_id").asString()).isEqualTo(id("outside"));
        assertThat(router.path("routes").findValuesAsString("destination"))
                .containsExactlyInAnyOrder("172.16.0.0/16", "172.17.0.0/16");
        assertThat(shown("routers", "router2")
                        .at("/external_gateway_info/network_id")
                        .asString())
                .isEqualTo(id("outside"));
        assertAll(shown("networks", "outside"), Map.of("router:external", true, "provider:network_type", "flat"));
        assertThat(shown("floatingips", "floating").path("port_id").asString()).isEqualTo(id("port"));
        assertThat(shown("floatingips", "floating2").path("port_id").asString()).isEqualTo(id("port2"));
        assertThat(destinationPorts()).contains(80, 443);
        assertAll(shown("rbac_policies", "share"), Map.of("action", "access_as_shared", "target_tenant", "another"));
        assertAll(shown("address-scopes", "scope"), Map.of("name", "scope", "ip_version", 6, "shared", false));
        assertThat(shown("subnetpools", "scoped").path("address_scope_id").asString())
                .isEqualTo(id("scope"));
        assertThat(shown("trunks", "trunk").at("/sub_ports/0/port_id").asString())
                .isEqualTo(id("child"));
        assertThat(shown("trunks", "trunk").path("port_id").asString()).isEqualTo(id("parent"));
        assertThat(quota("port")).isEqualTo(77);

        heat.update(STACK, changed(template, read("changes.json")));
        net = shown("networks", "net");
        assertAll(net, Map.of("name", "inside-2", "admin_state_up", false, "dns_domain", "", "mtu", 1300));
        assertThat(texts(net.path("tags"))).containsExactly("t3");
        subnet = shown("subnets", "subnet");
        assertThat(texts(subnet.path("dns_nameservers"))).containsExactly("192.0.2.54", "192.0.2.55");
        assertThat(subnet.path("host_routes")).isEmpty();
        assertThat(shown("subnetpools", "pool").path("default_prefixlen").asString())
                .isEqualTo("25");
        port = shown("ports", "port");
        assertAll(port, Map.of("name", "vm-2", "dns_name", "vm-2", "admin_state_up", false));
        assertThat(port.path("allowed_address_pairs")).isEmpty();
        assertThat(port.path("security_groups")).isEmpty();
        assertThat(rules("policy")).containsAllEntriesOf(Map.of("max_kbps", 2000, "dscp_mark", 26));
        router = shown("routers", "router");
        assertThat(router.path("name").asString()).isEqualTo("r-3");
        assertThat(router.at("/external_gateway_info/enable_snat").asBoolean()).isFalse();
        assertThat(router.path("routes").findValuesAsString("destination"))
                .containsExactlyInAnyOrder("172.18.0.0/16", "172.19.0.0/16");
        assertThat(shown("floatingips", "floating").path("port_id").asString()).isEqualTo(id("port3"));
        assertThat(shown("floatingips", "floating2").path("port_id").asString()).isEqualTo(id("port4"));
        assertThat(destinationPorts()).contains(53, 444).doesNotContain(80, 443);
        assertThat(shown("rbac_policies", "share").path("target_tenant").asString())
                .isEqualTo("third");
        assertThat(shown("address-scopes", "scope").path("name").asString()).isEqualTo("scope-2");
        JsonNode trunk = shown("trunks", "trunk");
        assertThat(trunk.path("name").asString()).isEqualTo("trunk-2");
        assertThat(trunk.path("sub_ports")).hasSize(1);
        assertAll(trunk.at("/sub_ports/0"), Map.of("port_id", id("child2"), "segmentation_id", 102));
        assertThat(quota("port")).isEqualTo(78);

        heat.delete(STACK);
        assertThat(counts()).isEqualTo(before);
    }

    private static JsonNode read(String name) throws IOException {
        try (InputStream in = Heat.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return JSON.readTree(in);
        }
    }

    /** A template with other values of some properties. */
    private static JsonNode changed(JsonNode template, JsonNode changes) {
        JsonNode changed = template.deepCopy();
        changes.properties()
                .forEach(resource -> ((ObjectNode) changed.path("resources")
                                .path(resource.getKey())
                                .path("properties"))
                        .setAll((ObjectNode) resource.getValue()));
        return changed;
    }

    private String id(String resource) throws Exception {
        return heat.id(STACK, resource);
    }

    private JsonNode shown(String collection, String resource) throws Exception {
        return weft.get("/v2.0/" + collection + "/" + id(resource))
                .values()
                .iterator()
                .next();
    }

    private static void assertAll(JsonNode object, Map<String, ?> expected) {
        expected.forEach((name, value) ->
                assertThat(object.path(name).asString()).as(name).isEqualTo(String.valueOf(value)));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    /** The numbers that the rules of a QoS policy say, by their names. */
    private Map<String, Integer> rules(String policy) throws Exception {
        Map<String, Integer> numbers = new HashMap<>();
        shown("qos/policies", policy)
                .path("rules")
                .forEach(rule -> rule.properties().forEach(member -> {
                    if (member.getValue().isInt()) {
                        numbers.put(member.getKey(), member.getValue().asInt());
                    }
                }));
        return numbers;
    }

    private List<Integer> destinationPorts() throws Exception {
        return shown("security-groups", "group")
                .path("security_group_rules")
                .valueStream()
                .map(rule -> rule.path("port_range_min").asInt(0))
                .toList();
    }

    private int quota(String resource) throws Exception {
        String project = shown("networks", "net").path("project_id").asString();
        return weft.get("/v2.0/quotas/" + project).path("quota").path(resource).asInt();
    }

    private Map<String, Integer> counts() throws Exception {
        Map<String, Integer> counts = new HashMap<>();
        for (String collection : COLLECTIONS) {
            counts.put(
                    collection,
                    weft.get("/v2.0/" + collection).values().iterator().next().size());
        }
        return counts;
    }
}
