package io.weft.neutron;

import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The version documents that clients discover the API by. */
final class Documents {
    private static final List<List<String>> RESOURCES = List.of(
            List.of("subnet", "subnets"),
            List.of("network", "networks"),
            List.of("port", "ports"),
            List.of("router", "routers"));

    private Documents() {}

    /** What is served at {@code /}. */
    static void versions(String baseUrl, JsonGenerator out) {
        out.writeStartObject();
        out.writeName("versions");
        out.writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("id", "v2.0");
        out.writeStringProperty("status", "CURRENT");
        out.writeName("links");
        out.writeStartArray();
        link("self", baseUrl + "/v2.0/", out);
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }

    /** What is served at {@code /v2.0}. */
    static void resources(String baseUrl, JsonGenerator out) {
        out.writeStartObject();
        out.writeName("resources");
        out.writeStartArray();
        for (List<String> names : RESOURCES) {
            out.writeStartObject();
            out.writeStringProperty("name", names.get(0));
            out.writeStringProperty("collection", names.get(1));
            out.writeName("links");
            out.writeStartArray();
            link("self", baseUrl + "/v2.0/" + names.get(1), out);
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void link(String relation, String href, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("rel", relation);
        out.writeStringProperty("href", href);
        out.writeEndObject();
    }
}
