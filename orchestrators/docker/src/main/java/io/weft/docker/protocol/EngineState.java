package io.weft.docker.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an engine says that it has: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Network.
 *
 * @param networks the identifiers of this driver's networks
 * @param endpoints the containers that are in them, by their endpoints' identifiers
 */
public record EngineState(List<String> networks, Map<String, String> endpoints) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern ID = Pattern.compile("[0-9a-zA-Z]{12,64}");

    public EngineState {
        networks = List.copyOf(networks);
        endpoints = Map.copyOf(endpoints);
    }

    /** Whether an engine means a driver by a name: a managed plug-in has a tag behind its own. */
    static boolean isDriver(String name, String driver) {
        return name.equals(driver) || name.startsWith(driver + ":");
    }

    /** The identifiers of a driver's networks in an engine's list of networks. */
    public static List<String> networks(byte[] list, String driver) {
        List<String> ids = new ArrayList<>();
        for (JsonNode network : tree(list)) {
            String id = network.path("Id").asString("");
            if (isDriver(network.path("Driver").asString(""), driver)) {
                if (!ID.matcher(id).matches()) {
                    throw new ProtocolException("Id: " + Text.shown(id) + " is no identifier of a network");
                }
                ids.add(id);
            }
        }
        return ids;
    }

    /** The containers of one network, by their endpoints. */
    public static Map<String, String> endpoints(byte[] network) {
        Map<String, String> endpoints = new HashMap<>();
        for (JsonNode container : tree(network).path("Containers")) {
            endpoints.put(
                    container.path("EndpointID").asString(""),
                    container.path("Name").asString(""));
        }
        return endpoints;
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new ProtocolException("the engine's answer is no JSON: " + e.getOriginalMessage());
        }
    }
}
