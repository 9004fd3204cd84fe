package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.neutron.ApiDescription.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of the API is true: what it allows is understood, what it forbids is refused, answers are as it says. */
class OpenApiTest {
    private static final String DESCRIPTION = "/v2.0/openapi.json";
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

    /** Rules of the model about several attributes at once, or about what the operator chose: no schema can say them. */
    private static final List<String> BEYOND_SCHEMAS = List.of(
            "'project_id' and 'tenant_id' do not match",
            "The dns_name passed is",
            "must be of one family",
            "must not be above the end",
            "Non unique UUID for subport",
            "is not unique",
            "must have as many ports as the external one",
            "must be empty while there are port forwardings",
            "must be an IP",
            "must lie inside",
            "must not overlap",
            "must not be set for an IPv4 subnet",
            "must have a prefix length of 64 for SLAAC",
            "needs port security to be enabled",
            "must be from min_prefixlen",
            "must be from 0 to max_prefixlen",
            "must be at most 32",
            "is too long for the dns_name",
            "Conflicting value ethertype",
            "Only one of remote_ip_prefix",
            "Must also specify protocol",
            "For TCP/UDP protocols",
            "Invalid value for port",
            "Invalid value for ICMP",
            "ICMP code",
            "Ports cannot be specified",
            "Invalid ethertype",
            "groups of the tier");

    /** Refusals in Neutron's words, which name the value and not the attribute; or another attribute that is absent. */
    private static final List<String> WORDS_OF_NEUTRON = List.of(
            "is not a valid RBAC object type",
            "Invalid action",
            "Empty subnet pool prefix list",
            "Illegal update to prefixes",
            "Must also specify protocol");

    @Test
    void theDocumentIsWholeAndEverySchemaIsOne(@TempDir Path directory) {
        try (Cloud cloud = Cloud.withEverything(directory.resolve("store"))) {
            JsonNode document =
                    cloud.as("reader-token").get(DESCRIPTION).expect(200).json();
            assertThat(document.path("openapi").asString()).isEqualTo("3.1.0");
            assertThat(document.at("/servers/0/url").asString()).isEqualTo(cloud.url() + "/v2.0");
            ApiDescription description = new ApiDescription(document);
            Set<String> names = new HashSet<>();
            for (Operation operation : description.operations()) {
                assertThat(names.add(operation.node().path("operationId").asString()))
                        .as("%s", operation)
                        .isTrue();
                List<String> declared = document.path("paths")
                        .path(operation.path())
                        .path("parameters")
                        .valueStream()
                        .map(parameter -> parameter.path("name").asString())
                        .toList();
                assertThat(description.query(operation))
                        .extracting(parameter -> parameter.path("name").asString())
                        .as("%s", operation)
                        .doesNotHaveDuplicates();
                assertThat(PARAMETER.matcher(operation.path()).results().map(found -> found.group(1)))
                        .as("%s", operation)
                        .containsExactlyElementsOf(declared);
            }
            references(document)
                    .forEach(reference -> assertThat(
                                    document.at(reference.substring(1)).isMissingNode())
                            .as(reference)
                            .isFalse());
            assertThat(document.path("paths").properties()).hasSizeGreaterThan(60);
            JsonNode metaschema =
                    ApiDescription.JSON.readTree("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}");
            document.at("/components/schemas").properties().forEach(schema -> {
                assertThat(description.complaints(metaschema, schema.getValue()))
                        .as(schema.getKey())
                        .isEmpty();
                assertThat(schema.getValue().path("properties").properties())
                        .as(schema.getKey())
                        .noneMatch(property -> property.getValue().isEmpty());
            });
        }
    }

    @Test
    void strangersAreNotToldAndWhatIsNotAnnouncedIsNotSpokenOf(@TempDir Path directory) {
        try (Cloud cloud = Cloud.withTokens(directory.resolve("store"))) {
            cloud.as("unknown-token").get(DESCRIPTION).expect(401);
            JsonNode document =
                    cloud.as("reader-token").get(DESCRIPTION).expect(200).json();
            assertThat(document.path("paths").has("/floatingips")).isFalse();
            assertThat(document.at("/components/schemas/network_create/properties")
                            .has("is_default"))
                    .isFalse();
            assertThat(document.at("/components/schemas/network_create/properties")
                            .has("mtu"))
                    .isTrue();
        }
    }

    @Test
    void whatIsAllowedIsUnderstoodAndWhatIsForbiddenIsRefusedByItsName(@TempDir Path directory) {
        long seed = System.nanoTime();
        System.out.println("OpenApiTest: seed " + seed);
        try (Cloud cloud = Cloud.withEverything(directory.resolve("store"))) {
            Client admin = cloud.as("admin-token");
            ApiDescription description =
                    new ApiDescription(admin.get(DESCRIPTION).json());
            Map<String, String> known = fixture(admin);
            Random random = new Random(seed);
            Run run = new Run(
                    admin, description, known, new Examples(description, random, known), random, new ArrayList<>());
            List<Operation> operations = new ArrayList<>(description.operations());
            operations.removeIf(operation -> operation.method().equals("DELETE"));
            operations.forEach(run::forbidden);
            for (int i = 0; i < 6; i++) {
                operations.forEach(run::allowed);
            }
            description.operations().stream()
                    .filter(operation -> operation.method().equals("DELETE"))
                    .forEach(run::allowed);
            assertThat(run.faults()).as("seed %d", seed).isEmpty();
        }
    }

    /** One object of most kinds, by the names of what holds their ids. */
    private static Map<String, String> fixture(Client admin) {
        Map<String, String> ids = new HashMap<>();
        String network =
                admin.post("/v2.0/networks", "{'network': {}}").expect(201).id();
        String subnet = admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.0.0.0/16'}}".formatted(network))
                .expect(201)
                .id();
        String port = admin.post("/v2.0/ports", "{'port': {'network_id': '%s'}}".formatted(network))
                .expect(201)
                .id();
        String outside = admin.post("/v2.0/networks", "{'network': {'router:external': true}}")
                .expect(201)
                .id();
        admin.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '192.0.2.0/24'}}".formatted(outside))
                .expect(201);
        String router =
                admin.post("/v2.0/routers", "{'router': {}}").expect(201).id();
        String group = admin.post("/v2.0/security-groups", "{'security_group': {}}")
                .expect(201)
                .id();
        String policy = admin.post("/v2.0/qos/policies", "{'policy': {'name': 'p'}}")
                .expect(201)
                .id();
        String floating = admin.post(
                        "/v2.0/floatingips", "{'floatingip': {'floating_network_id': '%s'}}".formatted(outside))
                .expect(201)
                .id();
        ids.put("network_id", network);
        ids.put("object_id", network);
        ids.put("subnet_id", subnet);
        ids.put("port_id", port);
        ids.put("internal_port_id", port);
        ids.put("floating_network_id", outside);
        ids.put("router_id", router);
        ids.put("security_group_id", group);
        ids.put("security_groups", group);
        ids.put("remote_group_id", group);
        ids.put("qos_policy_id", policy);
        ids.put("floatingip_id", floating);
        ids.put("project_id", "alpha");
        ids.put("tenant_id", "alpha");
        ids.put("quota_id", "alpha");
        ids.put("extension_id", "router");
        ids.put("qos_rule_type_id", "bandwidth_limit");
        ids.put(
                "address_group_id",
                admin.post("/v2.0/address-groups", "{'address_group': {}}")
                        .expect(201)
                        .id());
        ids.put(
                "subnetpool_id",
                admin.post("/v2.0/subnetpools", "{'subnetpool': {'name': 'p', 'prefixes': ['10.99.0.0/16']}}")
                        .expect(201)
                        .id());
        String parent = admin.post("/v2.0/ports", "{'port': {'network_id': '%s'}}".formatted(network))
                .expect(201)
                .id();
        ids.put(
                "trunk_id",
                admin.post("/v2.0/trunks", "{'trunk': {'port_id': '%s'}}".formatted(parent))
                        .expect(201)
                        .id());
        ids.put(
                "address_scope_id",
                admin.post("/v2.0/address-scopes", "{'address_scope': {'name': 's', 'ip_version': 4}}")
                        .expect(201)
                        .id());
        ids.put(
                "rbac_policy_id",
                admin.post(
                                "/v2.0/rbac-policies",
                                ("{'rbac_policy': {'object_type': 'network', 'object_id': '%s', 'action':"
                                                + " 'access_as_shared', 'target_tenant': 'beta'}}")
                                        .formatted(network))
                        .expect(201)
                        .id());
        for (String type : List.of("bandwidth_limit", "packet_rate_limit", "dscp_marking", "minimum_bandwidth")) {
            String body = switch (type) {
                case "bandwidth_limit" -> "{'max_kbps': 1000}";
                case "minimum_bandwidth" -> "{'min_kbps': 10}";
                case "packet_rate_limit" -> "{'max_kpps': 10}";
                default -> "{'dscp_mark': 8}";
            };
            String rule = admin.post(
                            "/v2.0/qos/policies/%s/%s_rules".formatted(policy, type),
                            "{'%s_rule': %s}".formatted(type, body))
                    .expect(201)
                    .id();
            ids.put("qos_policy_" + type + "_rule_id", rule);
            ids.put("qos_alias_" + type + "_rule_id", rule);
        }
        return ids;
    }

    private static List<String> references(JsonNode node) {
        return node.findValuesAsString("$ref");
    }

    /** Requests to one server, and what was wrong with the answers. */
    private record Run(
            Client client,
            ApiDescription description,
            Map<String, String> known,
            Examples examples,
            Random random,
            List<String> faults) {

        void allowed(Operation operation) {
            Optional<JsonNode> schema = operation.body();
            if (schema.isEmpty()) {
                send(operation, query(operation), "", "", "");
                return;
            }
            send(operation, "", examples.allowed(schema.get(), "").toString(), "", "");
        }

        void forbidden(Operation operation) {
            Optional<JsonNode> schema = operation.body();
            if (schema.isPresent()) {
                forbiddenBodies(operation, schema.get());
            }
            for (JsonNode parameter : description.query(operation)) {
                forbiddenValues(operation, parameter);
            }
            if (operation.path().indexOf('{') < 0 && operation.method().equals("GET")) {
                send(operation, "?no_such_filter=1", "", "an unknown filter", "no_such_filter");
                send(operation, "?sort_key=no_such_key&sort_dir=asc", "", "an unknown sort key", "no_such_key");
            }
        }

        /** Each member of the object that a body holds is broken in turn, and the object itself. */
        private void forbiddenBodies(Operation operation, JsonNode whole) {
            JsonNode wrapped = whole.has("anyOf") ? whole.at("/anyOf/0") : whole;
            String wrapper = operation.path().endsWith("tags") || !isWrapped(wrapped)
                    ? ""
                    : wrapped.path("required").get(0).asString();
            JsonNode inner = wrapper.isEmpty()
                    ? wrapped
                    : description.resolved(wrapped.path("properties").path(wrapper));
            ObjectNode least = ApiDescription.JSON.createObjectNode();
            inner.path("required")
                    .forEach(name -> least.set(
                            name.asString(),
                            examples.allowed(inner.path("properties").path(name.asString()), name.asString())));
            // What else is asked for is there, so that nothing but the broken rule can be the reason.
            known.forEach((name, id) -> {
                if (least.has(name)) {
                    least.put(name, id);
                }
            });
            inner.path("properties").properties().forEach(property -> {
                String name = property.getKey();
                for (Examples.Wrong wrong : examples.forbidden(property.getValue(), name)) {
                    refuse(
                            operation,
                            wrapper,
                            least.deepCopy().set(name, wrong.value()),
                            name + ": " + wrong.rule(),
                            name);
                }
            });
            inner.path("required")
                    .forEach(name -> refuse(
                            operation,
                            wrapper,
                            Examples.without(least, name.asString()),
                            "without " + name.asString(),
                            name.asString()));
            refuse(operation, wrapper, least.deepCopy().put("no_such_attribute", 1), "unknown", "no_such_attribute");
            if (!wrapper.isEmpty()) {
                send(operation, "", "{\"" + wrapper + "\": [1]}", "no object", wrapper);
                send(operation, "", "{\"no_such_object\": {}}", "another object", wrapper);
                send(operation, "", "[]", "a list", "");
            }
            String resource = operation.path().replaceAll("^.*/([^/{]+).*$", "$1");
            if (operation.path().endsWith("/{flavor_id}/service_profiles")) {
                // What is made here is that a flavor has a service profile, which is named by its id.
                return;
            }
            if (inner.path("properties").has("id")) {
                faults.add(operation + ": the id can be written, in " + resource);
            }
            refuse(operation, wrapper, least.deepCopy().put("id", known.get("network_id")), "read-only", "id");
        }

        private static boolean isWrapped(JsonNode schema) {
            return schema.path("properties").size() == 1
                    && (schema.path("properties").values().iterator().next().has("$ref")
                            || schema.path("properties")
                                    .values()
                                    .iterator()
                                    .next()
                                    .path("type")
                                    .asString("")
                                    .equals("object"));
        }

        private void refuse(Operation operation, String wrapper, JsonNode object, String rule, String named) {
            String body = wrapper.isEmpty() ? object.toString() : "{\"" + wrapper + "\": " + object + "}";
            send(operation, "", body, rule, named);
        }

        private void forbiddenValues(Operation operation, JsonNode parameter) {
            JsonNode schema = parameter.path("schema");
            JsonNode item = schema.has("items") ? schema.get("items") : schema;
            String name = parameter.path("name").asString();
            if (List.of("integer", "boolean").contains(item.path("type").asString()) && !name.equals("page_reverse")) {
                send(
                        operation,
                        "?" + name + "=perhaps",
                        "",
                        name + ": no " + item.path("type").asString(),
                        "perhaps");
            }
            if (item.has("minimum")) {
                send(operation, "?" + name + "=" + (item.get("minimum").asLong() - 1), "", name + ": too small", "");
            }
            if (item.has("pattern")
                    && item.path("format").asString("").equals("date-time")
                    && name.equals("changed_since")) {
                send(operation, "?" + name + "=yesterday", "", name + ": no time", name);
            }
        }

        private String query(Operation operation) {
            StringBuilder query = new StringBuilder("?");
            for (JsonNode parameter : description.query(operation)) {
                String name = parameter.path("name").asString();
                if (random.nextInt(8) > 0 || name.equals("sort_dir") || name.equals("tenant_id")) {
                    continue;
                }
                JsonNode value = examples.allowed(parameter.path("schema"), name);
                for (JsonNode each : value.isArray() ? value : List.of(value)) {
                    add(query, name, each.asString());
                    if (name.equals("sort_key")) {
                        add(query, "sort_dir", random.nextBoolean() ? "asc" : "desc");
                    }
                }
            }
            return query.toString();
        }

        private static void add(StringBuilder query, String name, String value) {
            query.append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                    .append('&');
        }

        /** @param rule what is broken; empty when nothing is */
        private void send(Operation operation, String query, String body, String rule, String named) {
            String path = "/v2.0" + path(operation) + query;
            Client.Answer answer = client.send(operation.method(), path, body);
            String what = operation + " " + rule + "\n  " + query + " " + body + "\n  -> " + answer.status() + " "
                    + answer.text();
            if (!rule.isEmpty()) {
                if (answer.status() != 400
                        || !answer.error().contains(named)
                                && WORDS_OF_NEUTRON.stream().noneMatch(answer.error()::contains)) {
                    faults.add(what);
                }
            } else if (answer.status() == 400 && isMalformed(answer)) {
                faults.add(what);
            }
            if (!operation.answers(answer.status())) {
                faults.add("a status that is not described: " + what);
                return;
            }
            Optional<JsonNode> schema = operation.answer(description, answer.status());
            if (schema.isPresent()) {
                description.complaints(schema.get(), answer.json()).forEach(error -> faults.add(error + " in " + what));
            } else {
                assertThat(answer.text()).as(what).isEmpty();
            }
        }

        /** Whether a refusal is of the request's form. The domain's refusals have other types than those of the engine. */
        private static boolean isMalformed(Client.Answer answer) {
            String error = answer.error();
            return error.startsWith("HTTPBadRequest") && BEYOND_SCHEMAS.stream().noneMatch(error::contains)
                    || error.contains("Bad limit request")
                    || error.contains("changed_since")
                    || error.contains("exceeds maximum length");
        }

        private String path(Operation operation) {
            Matcher names = PARAMETER.matcher(operation.path());
            return names.replaceAll(name -> known.getOrDefault(name.group(1), new java.util.UUID(1, 2).toString()));
        }
    }
}
