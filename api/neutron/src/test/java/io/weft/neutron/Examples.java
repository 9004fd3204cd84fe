package io.weft.neutron;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes values that a schema allows, and values that break one of its rules. */
final class Examples {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzäß漢 -_.";

    private final ApiDescription description;
    private final Random random;
    /** Objects that there are, by the names of attributes that hold their ids. */
    private final Map<String, String> known;

    Examples(ApiDescription description, Random random, Map<String, String> known) {
        this.description = description;
        this.random = random;
        this.known = known;
    }

    /** A value that breaks a rule, and what is broken. */
    record Wrong(String rule, JsonNode value) {}

    /** A value that the schema allows. */
    JsonNode allowed(JsonNode schema, String name) {
        for (int i = 0; i < 200; i++) {
            JsonNode value = guess(schema, name);
            if (description.allows(schema, value)) {
                return value;
            }
        }
        throw new AssertionError("no example of " + name + ": " + schema);
    }

    private JsonNode guess(JsonNode reference, String name) {
        JsonNode schema = description.resolved(reference);
        if (schema.has("enum")) {
            return one(schema.get("enum"));
        }
        JsonNode type = schema.path("type");
        if (type.isMissingNode() && schema.has("anyOf")) {
            return guess(one(schema.get("anyOf")), name);
        }
        String chosen = type.isArray() ? one(type).asString() : type.asString();
        return switch (chosen) {
            case "null" -> NODES.nullNode();
            case "boolean" -> NODES.booleanNode(random.nextBoolean());
            case "integer" -> integer(schema);
            case "string" -> NODES.stringNode(text(schema, name));
            case "array" -> list(schema, name);
            default -> object(schema);
        };
    }

    private JsonNode one(JsonNode choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private JsonNode integer(JsonNode schema) {
        long least = schema.path("minimum").asLong(-1000);
        long most = schema.path("maximum").asLong(1000);
        return NODES.numberNode(
                switch (random.nextInt(4)) {
                    case 0 -> least;
                    case 1 -> most;
                    default -> most - least < 0 ? least : least + (long) (random.nextDouble() * (most - least));
                });
    }

    private JsonNode list(JsonNode schema, String name) {
        ArrayNode list = NODES.arrayNode();
        int size = schema.path("minItems").asInt(0) + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            list.add(guess(schema.get("items"), name));
        }
        return list;
    }

    private JsonNode object(JsonNode schema) {
        ObjectNode object = NODES.objectNode();
        schema.path("properties").properties().forEach(property -> {
            if (isRequired(schema, property.getKey()) || random.nextInt(3) == 0) {
                object.set(property.getKey(), guess(property.getValue(), property.getKey()));
            }
        });
        return object;
    }

    static boolean isRequired(JsonNode schema, String name) {
        return schema.path("required")
                .valueStream()
                .anyMatch(each -> each.asString().equals(name));
    }

    private String text(JsonNode schema, String name) {
        String format = schema.path("format")
                .asString(
                        schema.has("anyOf")
                                ? one(schema.get("anyOf")).path("format").asString("")
                                : "");
        return switch (format) {
            case "uuid" -> id(name);
            case "ipv4" -> ipv4();
            case "ipv6" -> ipv6();
            case "cidr" -> block();
            case "cidr-or-address" -> random.nextBoolean() ? block() : random.nextBoolean() ? ipv4() : ipv6();
            case "mac-address" -> "02:%02x:%02x:00:%02x:0a".formatted(byteOf(), byteOf(), byteOf());
            case "dns-name" ->
                random.nextBoolean() ? "" : "host-" + byteOf() + (random.nextBoolean() ? "" : ".example.");
            case "dns-domain" -> random.nextBoolean() ? "" : "d" + byteOf() + ".example.";
            case "date-time" -> "2025-12-%02dT10:11:12Z".formatted(1 + random.nextInt(28));
            case "protocol-number" -> Integer.toString(byteOf());
            case "port-range" -> {
                int first = 1 + random.nextInt(60000);
                yield random.nextBoolean() ? Integer.toString(first) : first + ":" + (first + random.nextInt(9));
            }
            default -> plain(schema, name);
        };
    }

    private int byteOf() {
        return random.nextInt(256);
    }

    private String id(String name) {
        String there = known.get(name);
        return there != null && random.nextInt(4) > 0
                ? there
                : new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private String ipv4() {
        return "10.%d.%d.%d".formatted(random.nextInt(4), byteOf(), 1 + random.nextInt(250));
    }

    private String ipv6() {
        return "2001:db8:%x::%x".formatted(random.nextInt(65536), 1 + random.nextInt(65000));
    }

    private String block() {
        return random.nextBoolean()
                ? "10.%d.%d.0/%d".formatted(10 + random.nextInt(200), byteOf(), 24)
                : "2001:db8:%x:%x::/64".formatted(random.nextInt(65536), random.nextInt(65536));
    }

    private String plain(JsonNode schema, String name) {
        String there = known.get(name);
        if (there != null && random.nextBoolean()) {
            return there;
        }
        String pattern = schema.path("pattern").asString("");
        if (pattern.startsWith("^(ip_address")) {
            return random.nextBoolean() ? "ip_address=" + ipv4() : "subnet_id=" + id("subnet_id");
        }
        int most = schema.path("maxLength").asInt(300);
        int length = random.nextInt(4) == 0
                ? most
                : schema.path("minLength").asInt(0) + random.nextInt(Math.min(most, 20) + 1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(length, most); i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** Values that break one rule each, where the schema has such rules. */
    List<Wrong> forbidden(JsonNode reference, String name) {
        JsonNode schema = description.resolved(reference);
        List<Wrong> wrong = new ArrayList<>();
        wrong.add(new Wrong("null", NODES.nullNode()));
        wrong.add(new Wrong("a list in a list", NODES.arrayNode().add(NODES.arrayNode())));
        wrong.add(new Wrong("an object", NODES.objectNode().put("no-such-member", 1)));
        wrong.add(new Wrong("a fraction", NODES.numberNode(1.5)));
        wrong.add(new Wrong("a truth value", NODES.booleanNode(true)));
        wrong.add(new Wrong("a text that is nothing", NODES.stringNode("!\u0000!")));
        wrong.add(new Wrong("an unknown word", NODES.stringNode("no such word")));
        wrong.add(new Wrong("a number", NODES.numberNode(77777777777L)));
        add(wrong, "too small", schema.path("minimum"), -1);
        add(wrong, "too large", schema.path("maximum"), 1);
        if (schema.has("maxLength")) {
            wrong.add(new Wrong(
                    "too long",
                    NODES.stringNode("x".repeat(schema.get("maxLength").asInt() + 1))));
        }
        if (schema.has("items")) {
            JsonNode item = allowed(schema.get("items"), name);
            wrong.add(new Wrong("twice the same", NODES.arrayNode().add(item).add(item)));
            wrong.add(new Wrong("no items", NODES.arrayNode()));
            forbidden(schema.get("items"), name)
                    .forEach(each -> wrong.add(new Wrong(
                            "an item that is " + each.rule(), NODES.arrayNode().add(each.value()))));
        }
        if (schema.has("properties")) {
            members(schema, wrong);
        }
        // What a looser rule of the schema lets through is not forbidden after all.
        wrong.removeIf(each -> isTolerated(schema, each.value()) || description.allows(reference, each.value()));
        return wrong;
    }

    /** Numbers and truth values may be written in other ways too, and the description says so once for all. */
    private static boolean isTolerated(JsonNode schema, JsonNode value) {
        return schema.path("type").asString("").equals("boolean") && value.isBoolean();
    }

    private static void add(List<Wrong> wrong, String rule, JsonNode bound, int beyond) {
        if (bound.isIntegralNumber() && bound.asLong() != Long.MAX_VALUE && bound.asLong() != Long.MIN_VALUE) {
            wrong.add(new Wrong(rule, NODES.numberNode(bound.asLong() + beyond)));
        }
    }

    private void members(JsonNode schema, List<Wrong> wrong) {
        ObjectNode least = NODES.objectNode();
        schema.get("properties")
                .properties()
                .forEach(property -> least.set(property.getKey(), allowed(property.getValue(), property.getKey())));
        schema.get("properties").properties().forEach(property -> {
            forbidden(property.getValue(), property.getKey())
                    .forEach(each -> wrong.add(new Wrong(
                            property.getKey() + ": " + each.rule(),
                            least.deepCopy().set(property.getKey(), each.value()))));
            wrong.add(new Wrong("without " + property.getKey(), without(least, property.getKey())));
        });
        wrong.add(new Wrong("an unknown member", least.deepCopy().put("no_such_member", 1)));
    }

    static ObjectNode without(ObjectNode object, String name) {
        ObjectNode less = object.deepCopy();
        less.remove(name);
        return less;
    }
}
