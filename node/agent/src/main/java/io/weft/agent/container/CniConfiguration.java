package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What a network configuration says: https://www.cni.dev/docs/spec/#section-1-network-configuration-format.
 *
 * @param version of the specification in which to answer
 * @param name the network's name among the runtime's networks
 * @param network the name or id of Neutron's network on which the port is made
 * @param subnets names or ids of the subnets of which the port has an address each; empty leaves it to Neutron
 * @param securityGroups names or ids; empty leaves it to Neutron's default
 * @param qosPolicy a name or id
 * @param port a port that is there already
 * @param defaultRoute whether the container's default routes go here; empty takes those that it has not got
 * @param addresses the capability {@code ips}: addresses that the runtime asks for, with or without prefix lengths
 * @param mac the capability {@code mac}
 * @param previous what ADD answered, for CHECK
 * @param valid the attachments that are in use, for GC
 */
record CniConfiguration(
        String version,
        String name,
        Optional<String> network,
        List<String> subnets,
        List<String> securityGroups,
        Optional<String> qosPolicy,
        Optional<UUID> port,
        Optional<Boolean> defaultRoute,
        List<String> addresses,
        Optional<String> mac,
        Optional<JsonNode> previous,
        List<AttachmentKey> valid) {
    static final List<String> VERSIONS = List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0");

    private static final int MOST_TEXTS = 64;

    /** @throws CniException naming the member and the rule */
    static CniConfiguration of(JsonNode json) {
        if (!json.isObject()) {
            throw new CniException(Code.UNDECODABLE, "the network configuration is no JSON object");
        }
        String version = text(json, "cniVersion").orElse("");
        if (!VERSIONS.contains(version)) {
            throw new CniException(
                    Code.INCOMPATIBLE_VERSION,
                    "cniVersion must be one of " + VERSIONS + ", is '" + shown(version) + "'");
        }
        JsonNode own = json.path("args").path("weft");
        JsonNode capabilities = json.path("runtimeConfig");
        return new CniConfiguration(
                version,
                text(json, "name").orElseThrow(() -> invalid("name", "is missing")),
                text(own, "network").or(() -> text(json, "network")),
                subnets(own.has("subnet") || own.has("subnets") ? own : json),
                texts(own.has("security_groups") ? own : json, "security_groups"),
                text(own, "qos_policy").or(() -> text(json, "qos_policy")),
                text(own, "port").or(() -> text(json, "port")).map(text -> id("port", text)),
                flag(json, "default_route"),
                texts(capabilities, "ips"),
                text(capabilities, "mac"),
                Optional.of(json.path("prevResult")).filter(JsonNode::isObject),
                keys(json.path("cni.dev/valid-attachments")));
    }

    static UUID id(String member, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid(member, "must be an id, is '" + shown(text) + "'");
        }
    }

    private static Optional<String> text(JsonNode json, String member) {
        JsonNode value = json.path(member);
        if (value.isMissingNode()
                || value.isNull()
                || value.isString() && value.asString().isEmpty()) {
            return Optional.empty();
        }
        if (!value.isString() || value.asString().length() > 255) {
            throw invalid(member, "must be a text of at most 255 characters");
        }
        return Optional.of(value.asString());
    }

    private static List<String> texts(JsonNode json, String member) {
        JsonNode value = json.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray() || value.size() > MOST_TEXTS) {
            throw invalid(member, "must be a list of at most " + MOST_TEXTS + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : value) {
            if (!item.isString() || item.asString().length() > 255) {
                throw invalid(member, "must be a list of texts of at most 255 characters");
            }
            texts.add(item.asString());
        }
        return List.copyOf(texts);
    }

    private static List<String> subnets(JsonNode json) {
        Optional<String> one = text(json, "subnet");
        List<String> several = texts(json, "subnets");
        if (one.isPresent() && !several.isEmpty()) {
            throw invalid("subnets", "cannot stand beside subnet");
        }
        return one.map(List::of).orElse(several);
    }

    private static Optional<Boolean> flag(JsonNode json, String member) {
        JsonNode value = json.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw invalid(member, "must be true or false");
        }
        return Optional.of(value.asBoolean());
    }

    private static List<AttachmentKey> keys(JsonNode json) {
        List<AttachmentKey> keys = new ArrayList<>();
        for (JsonNode each : json) {
            keys.add(new AttachmentKey(
                    each.path("containerID").asString(""), each.path("ifname").asString("")));
        }
        return List.copyOf(keys);
    }

    private static CniException invalid(String member, String rule) {
        return new CniException(Code.INVALID_CONFIGURATION, member + " " + rule);
    }

    private static String shown(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }
}
