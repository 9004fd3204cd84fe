package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads NetworkAttachmentDefinitions, whose {@code config} is a configuration of CNI: that of a plug-in, or of several of which
 * the first makes the interface.
 */
public final class AttachmentDefinitions {
    private static final String OWN = "weft";
    /** What a port that is prepared for a pod has not: its groups are those of the pod's policies. */
    private static final List<String> NOT_SERVED = List.of("security_groups", "qos_policy");

    private static final int LONGEST = 255;
    private static final JsonMapper JSON = JsonMapper.shared();

    private AttachmentDefinitions() {}

    /**
     * What a definition says.
     *
     * @throws RefusedException when it makes no sense
     */
    public static AttachmentDefinition read(GenericKubernetesResource definition) {
        return new AttachmentDefinition(key(definition), place(config(definition)));
    }

    /** That of a definition that {@link #read} refuses: nobody can tell where its interfaces shall be. */
    public static AttachmentDefinition unclear(GenericKubernetesResource definition) {
        String key = key(definition);
        return new AttachmentDefinition(key, Optional.of(new Place.Unknown(key, "makes no sense")));
    }

    private static String key(GenericKubernetesResource definition) {
        return definition.getMetadata().getNamespace() + "/"
                + definition.getMetadata().getName();
    }

    /** None is there where the configuration lies on the nodes. */
    private static Optional<JsonNode> config(GenericKubernetesResource definition) {
        Object config = definition.get("spec", "config");
        if (!(config instanceof String text) || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JacksonException e) {
            throw new RefusedException("config is not JSON: " + e.getOriginalMessage());
        }
    }

    private static Optional<Place> place(Optional<JsonNode> config) {
        return config.map(json ->
                        json.path("plugins").isArray() ? json.path("plugins").path(0) : json)
                .filter(plugin -> plugin.path("type").asString("").equals(OWN))
                .filter(plugin -> member(plugin, "port").isMissingNode())
                .map(AttachmentDefinitions::place);
    }

    private static Place place(JsonNode plugin) {
        NOT_SERVED.stream()
                .filter(name -> !member(plugin, name).isMissingNode())
                .findFirst()
                .ifPresent(name -> {
                    throw new RefusedException(name + ": not served, as the ports of pods are in the groups of their "
                            + "policies and have no other attributes");
                });
        String network = text("network", member(plugin, "network"));
        JsonNode several = member(plugin, "subnets");
        JsonNode one = member(plugin, "subnet");
        if (!one.isMissingNode() && !several.isMissingNode()) {
            throw new RefusedException("subnets: cannot stand beside subnet");
        }
        if (!one.isMissingNode()) {
            return new Place.Existing(network, List.of(text("subnet", one)));
        }
        if (!several.isMissingNode() && !several.isArray()) {
            throw new RefusedException("subnets: must be a list of texts");
        }
        return new Place.Existing(
                network,
                several.valueStream().map(each -> text("subnets", each)).toList());
    }

    /** As a node reads it: {@code args} win. */
    private static JsonNode member(JsonNode plugin, String name) {
        JsonNode own = plugin.path("args").path(OWN);
        return own.has(name) ? own.path(name) : plugin.path(name);
    }

    private static String text(String member, JsonNode value) {
        return value.stringValueOpt()
                .filter(text -> !text.isEmpty() && text.length() <= LONGEST)
                .orElseThrow(
                        () -> new RefusedException(member + ": must be a text of 1 to " + LONGEST + " characters"));
    }
}
