package io.weft.docker.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an engine says of a container: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container.
 *
 * @param endpoints its endpoints' identifiers, of all drivers
 */
public record EngineContainer(Map<String, String> labels, List<String> endpoints) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern ID = Pattern.compile("[0-9a-zA-Z]{12,64}");

    public EngineContainer {
        labels = Map.copyOf(labels);
        endpoints = List.copyOf(endpoints);
    }

    /** Reads one that was inspected. */
    public static EngineContainer read(byte[] container) {
        JsonNode tree = tree(container);
        Map<String, String> labels = new HashMap<>();
        tree.path("Config")
                .path("Labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        List<String> endpoints = new ArrayList<>();
        for (JsonNode network : tree.path("NetworkSettings").path("Networks")) {
            id(network.path("EndpointID")).ifPresent(endpoints::add);
        }
        return new EngineContainer(labels, endpoints);
    }

    /** The identifiers of the containers of a list. */
    public static List<String> ids(byte[] list) {
        List<String> ids = new ArrayList<>();
        tree(list).forEach(container -> id(container.path("Id")).ifPresent(ids::add));
        return ids;
    }

    /** The container that joined a network of a driver, if this is what an event says. */
    public static Optional<String> connected(byte[] event, String driver) {
        JsonNode attributes = tree(event).path("Actor").path("Attributes");
        return EngineState.isDriver(attributes.path("type").asString(""), driver)
                ? id(attributes.path("container"))
                : Optional.empty();
    }

    private static Optional<String> id(JsonNode text) {
        return Optional.of(text.asString("")).filter(id -> ID.matcher(id).matches());
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new ProtocolException("the engine's answer is no JSON: " + e.getOriginalMessage());
        }
    }
}
