package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Node;
import io.weft.rest.Caller;
import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What others try with a project's objects: every attribute of every resource and everything beneath it, as another project's
 * member, as a reader and without a role. The attributes are those that the API says it has rules to ask for, and what is
 * beneath stands in its description, both made from the definitions that serve it; the answers are those that the policy's
 * defaults give.
 */
class OthersTest {
    /** What everybody reads, or nobody changes: lists of the installation. */
    private static final Set<String> WITHOUT_OWNER =
            Set.of("availability_zone", "service_provider", "extension", "rule_type", "floatingip_pool");

    /** The types of QoS rules, and what makes one. */
    private static final Map<String, String> QOS_RULES = Map.of(
            "bandwidth_limit", "'max_kbps': 10000",
            "packet_rate_limit", "'max_kpps': 1000",
            "dscp_marking", "'dscp_mark': 26",
            "minimum_bandwidth", "'min_kbps': 1000");

    /** A type of rules that there are none of yet: their paths refuse everything. */
    private static final String WITHOUT_RULES = "(policy|alias)_minimum_packet_rate_rule";

    /** What makes actions well-formed, by their names; others take an empty body. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("add_router_interface", "{'subnet_id': 'SUBNET'}"),
            Map.entry("remove_router_interface", "{'subnet_id': 'SUBNET'}"),
            Map.entry("add_extraroutes", "{'router': {'routes': []}}"),
            Map.entry("remove_extraroutes", "{'router': {'routes': []}}"),
            Map.entry("add_external_gateways", "{'router': {'external_gateways': []}}"),
            Map.entry("update_external_gateways", "{'router': {'external_gateways': []}}"),
            Map.entry("remove_external_gateways", "{'router': {'external_gateways': []}}"),
            Map.entry("tags", "{'tags': ['red']}"),
            Map.entry("onboard_network_subnets", "{'network_id': 'NETWORK'}"),
            Map.entry("add_prefixes", "{'prefixes': ['198.51.100.0/24']}"),
            Map.entry("remove_prefixes", "{'prefixes': ['203.0.113.0/24']}"),
            Map.entry("add_addresses", "{'address_group': {'addresses': ['198.51.100.0/24']}}"),
            Map.entry("remove_addresses", "{'address_group': {'addresses': ['192.0.2.0/24']}}"),
            Map.entry("add_subports", "{'sub_ports': []}"),
            Map.entry("remove_subports", "{'sub_ports': []}"));

    private static final Map<String, Caller> CALLERS = Map.of(
            "bob-token", new Caller("beta", "bob", Set.of("member"), false).withImpliedRoles(),
            "reader-token", new Caller("alpha", "rita", Set.of("reader"), false),
            "roleless-token", new Caller("alpha", "ned", Set.of(), false));

    @TempDir
    private Path directory;

    private Cloud cloud;
    private Client admin;
    private final List<Thing> things = new ArrayList<>();
    private String network = "";
    private String subnet = "";
    private final Policy policy = NeutronPolicy.with(List.of());

    /**
     * An object of the project alpha.
     *
     * @param rules the resource's name in rules
     * @param wrapper the key around it
     * @param collection the path of its list
     * @param id its id in paths
     */
    private record Thing(String rules, String wrapper, String collection, String id) {
        String path() {
            return collection + "/" + id;
        }
    }

    @BeforeEach
    void build() {
        cloud = Cloud.withEverything(directory);
        admin = cloud.as("admin-token");
        Node node = cloud.domain().nodes().register("h1", List.of());
        cloud.domain().nodes().register("h2", List.of());
        things.add(new Thing("agent", "agent", "/v2.0/agents", node.id().toString()));
        things.add(new Thing("quota", "quota", "/v2.0/quotas", "alpha"));

        network = make("network", "networks", "'name': 'n'");
        things.add(new Thing(
                "network_ip_availability", "network_ip_availability", "/v2.0/network-ip-availabilities", network));
        subnet = make("subnet", "subnets", "'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0.0.0/24'");
        String port = make(
                "port",
                "ports",
                "'network_id': '" + network + "', 'device_owner': 'compute:nova', 'binding:host_id': 'h1'");
        cloud.as("service-token")
                .post("/v2.0/ports/" + port + "/bindings", "{'binding': {'host': 'h2'}}")
                .expect(201);
        things.add(new Thing("port_binding", "binding", "/v2.0/ports/" + port + "/bindings", "h2"));
        String group = make("security_group", "security-groups", "'name': 'g'");
        make(
                "security_group_rule",
                "security-group-rules",
                "'security_group_id': '" + group + "', 'direction': 'ingress', 'ethertype': 'IPv4'");
        make("address_group", "address-groups", "'name': 'a', 'addresses': ['192.0.2.0/24']");
        make("address_scope", "address-scopes", "'name': 'a', 'ip_version': 4");
        make("subnetpool", "subnetpools", "'name': 's', 'prefixes': ['203.0.113.0/24']");
        make("trunk", "trunks", "'port_id': '" + make("port", "ports", "'network_id': '" + network + "'") + "'");
        String qos = make("policy", "qos/policies", "'name': 'p'");
        QOS_RULES.forEach((type, attributes) -> makeQosRule(qos, type, attributes));
        makeFlavor();
        make(
                "rbac_policy",
                "rbac-policies",
                "'object_type': 'network', 'object_id': '" + network
                        + "', 'action': 'access_as_shared', 'target_tenant': 'gamma'");

        String outside = admin.post("/v2.0/networks", "{'network': {'router:external': true, 'project_id': 'admins'}}")
                .expect(201)
                .id();
        admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + outside + "', 'ip_version': 4, 'cidr': '192.0.2.0/24'}}")
                .expect(201);
        String router = make("router", "routers", "'external_gateway_info': {'network_id': '" + outside + "'}");
        admin.put("/v2.0/routers/" + router + "/add_router_interface", "{'subnet_id': '" + subnet + "'}")
                .expect(200);
        String floating = make("floatingip", "floatingips", "'floating_network_id': '" + outside + "'");
        String forwardings = "/v2.0/floatingips/" + floating + "/port_forwardings";
        String address = admin.get("/v2.0/ports/" + port)
                .at("/port/fixed_ips/0/ip_address")
                .asString();
        things.add(new Thing(
                "floatingip_port_forwarding",
                "port_forwarding",
                forwardings,
                admin.post(
                                forwardings,
                                "{'port_forwarding': {'protocol': 'tcp', 'internal_port_id': '" + port
                                        + "', 'internal_ip_address': '" + address
                                        + "', 'internal_port': 22, 'external_port': 2222}}")
                        .expect(201)
                        .id()));
    }

    /** A rule, at its own path and beneath its policy. */
    private void makeQosRule(String policy, String type, String attributes) {
        String beneath = "/v2.0/qos/policies/" + policy + "/" + type + "_rules";
        String id = admin.post(beneath, "{'" + type + "_rule': {" + attributes + "}}")
                .expect(201)
                .id();
        things.add(new Thing("policy_" + type + "_rule", type + "_rule", beneath, id));
        String alias = "/v2.0/qos/alias-" + type.replace('_', '-') + "-rules";
        things.add(new Thing("alias_" + type + "_rule", "alias_" + type + "_rule", alias, id));
    }

    /** They belong to no project: all see flavors, administrators alone what these stand for. */
    private void makeFlavor() {
        String profile = admin.post("/v2.0/service_profiles", "{'service_profile': {'driver': 'weft'}}")
                .expect(201)
                .id();
        things.add(new Thing("service_profile", "service_profile", "/v2.0/service_profiles", profile));
        String flavor = admin.post("/v2.0/flavors", "{'flavor': {'service_type': 'L3_ROUTER_NAT'}}")
                .expect(201)
                .id();
        things.add(new Thing("flavor", "flavor", "/v2.0/flavors", flavor));
        String beneath = "/v2.0/flavors/" + flavor + "/service_profiles";
        admin.post(beneath, "{'service_profile': {'id': '" + profile + "'}}").expect(201);
        things.add(new Thing("flavor_service_profile", "service_profile", beneath, profile));
    }

    private String make(String member, String collection, String attributes) {
        String id = admin.post("/v2.0/" + collection, "{'" + member + "': {'project_id': 'alpha', " + attributes + "}}")
                .expect(201)
                .id();
        things.add(new Thing(member, member, "/v2.0/" + collection, id));
        return id;
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void everyResourceWithAnOwnerIsTried() {
        Set<String> tried = things.stream().map(Thing::rules).collect(Collectors.toSet());
        assertThat(cloud.rules().stream()
                        .filter(rule -> rule.startsWith("get_") && rule.indexOf(':') < 0)
                        .map(rule -> rule.substring("get_".length()))
                        .filter(rule -> !WITHOUT_OWNER.contains(rule))
                        .filter(rule -> !rule.equals("default_security_group_rule"))
                        // Is made by looking at it: ExternalApiTest tries it.
                        .filter(rule -> !rule.equals("auto_allocated_topology"))
                        // What is asked of a trunk, not a resource.
                        .filter(rule -> !rule.equals("subports"))
                        .filter(rule -> !rule.matches(WITHOUT_RULES)))
                .isSubsetOf(tried);
    }

    @Test
    void nothingIsShownToNorChangedByOthers() {
        Map<Thing, JsonNode> before = world();
        List<ApiDescription.Operation> operations =
                new ApiDescription(admin.get("/v2.0/openapi.json").expect(200).json()).operations();
        for (Thing thing : things) {
            for (Map.Entry<String, Caller> caller : CALLERS.entrySet()) {
                JsonNode shown =
                        before.getOrDefault(thing, admin.get(thing.path()).json());
                tryAll(thing, shown, caller);
                tryBeneath(thing, operations, caller);
            }
            assertThat(world()).as("after " + thing.path()).isEqualTo(before);
        }
    }

    private Map<Thing, JsonNode> world() {
        Map<Thing, JsonNode> world = new HashMap<>();
        things.forEach(thing -> world.put(
                thing, admin.get(thing.path()).expect(200).json().iterator().next()));
        return world;
    }

    private void tryAll(Thing thing, JsonNode shown, Map.Entry<String, Caller> who) {
        Client client = cloud.as(who.getKey());
        boolean visible = policy.rule("get_" + thing.rules()).orElseThrow().allows(who.getValue(), target(shown));
        int hidden = thing.rules().equals("quota") ? 403 : 404;
        int refused = visible ? 403 : hidden;
        check(thing, client, client.get(thing.path()), visible ? 200 : hidden, visible);
        Client.Answer removal = client.delete(thing.path());
        if (removal.status() != 405) {
            check(thing, client, removal, refused, visible);
        }
        Client.Answer list = client.get(thing.collection());
        if (!visible) {
            assertThat(list.text()).as(client + " GET " + thing.collection()).doesNotContain(ids(thing));
        }
        String prefix = "update_" + thing.rules() + ":";
        for (String rule : cloud.rules()) {
            if (!rule.startsWith(prefix)) {
                continue;
            }
            String name = rule.substring(prefix.length());
            String value = shown.has(name) ? shown.path(name).toString() : "null";
            String body = "{\"" + thing.wrapper() + "\": {\"" + name + "\": " + value + "}}";
            checkOr400(thing, client, client.put(thing.path(), body), refused, visible, body);
            String made = "{\"" + thing.wrapper() + "\": {\"project_id\": \"alpha\", \"" + name + "\": " + value + "}}";
            Client.Answer answer = client.post(thing.collection(), made);
            assertThat(answer.status())
                    .as(client + " POST " + thing.collection() + " " + made + " gave " + answer.text())
                    .isBetween(400, 405);
            assertThat(client.get(thing.collection() + "?" + name + "=x").status())
                    .as(client + " " + thing.collection() + " by " + name)
                    .isBetween(200, 405);
        }
    }

    /** Everything that the description has beneath objects of this kind, and that is not an object itself. */
    private void tryBeneath(Thing thing, List<ApiDescription.Operation> operations, Map.Entry<String, Caller> who) {
        Client client = cloud.as(who.getKey());
        String beginning = thing.collection().substring("/v2.0".length()) + "/{";
        for (ApiDescription.Operation operation : operations) {
            int end = operation.path().lastIndexOf("}/");
            if (!operation.path().startsWith(beginning) || operation.path().indexOf('}') != end) {
                continue;
            }
            String name = operation.path().substring(end + 2);
            String path = thing.path() + "/" + name.replace("{tag}", "red");
            if (path.indexOf('{') >= 0) {
                // Objects of other kinds, which are tried by themselves.
                continue;
            }
            String body = operation.body().isEmpty()
                    ? ""
                    : BODIES.getOrDefault(name, "{}").replace("SUBNET", subnet).replace("NETWORK", network);
            Client.Answer answer = client.send(operation.method(), path, body);
            String what = client + " " + operation.method() + " " + path + " " + body + " gave " + answer.status() + " "
                    + answer.text();
            if (!operation.method().equals("GET")) {
                assertThat(answer.status()).as(what).isBetween(400, 405);
            } else if (!who.getValue().project().equals("alpha")) {
                assertThat(answer.text()).as(what).doesNotContain(ids(thing));
            }
        }
    }

    private void checkOr400(
            Thing thing, Client client, Client.Answer answer, int expected, boolean visible, String body) {
        // What nobody can do with such objects is said without a look at one.
        if (answer.status() == 400 || answer.status() == 405) {
            assertThat(answer.text()).as(client + " PUT " + body).contains("NeutronError");
        } else {
            check(thing, client, answer, expected, visible);
        }
    }

    private void check(Thing thing, Client client, Client.Answer answer, int expected, boolean visible) {
        assertThat(answer.status())
                .as(client + " " + thing + " gave " + answer.text())
                .isEqualTo(expected);
        if (!visible) {
            assertThat(answer.text()).as(client + " " + thing).doesNotContain(ids(thing));
        }
    }

    /** The ids of all other objects than this and the one that it is beneath. */
    private List<String> ids(Thing thing) {
        return things.stream()
                .map(Thing::id)
                .filter(id -> id.length() == 36 && !thing.path().contains(id))
                .toList();
    }

    /** What the policy would be told of an object, from what an administrator is shown; its neighbours are alpha's, too. */
    private static Target target(JsonNode shown) {
        return name -> {
            if (name.endsWith(":project_id")) {
                return "alpha";
            }
            JsonNode value = shown.path(name);
            return value.isMissingNode()
                    ? Target.ABSENT
                    : value.isBoolean() ? (Object) value.asBoolean() : value.asString();
        };
    }
}
