package io.weft.rest;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * Describes an endpoint in the form of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), from the definitions that serve
 * it: what they do not announce is not described.
 *
 * @param title what the API is
 * @param version its version
 * @param path where the endpoint is on its server
 */
public record OpenApi(String title, String version, String path) {
    private static final String NOTE =
            "Generated from the definitions that check requests. Numbers and truth values may"
                    + " also be written as strings, and words in other cases, as clients of Neutron do. Which attributes are"
                    + " shown, and which may be given, depends on who asks; the policy's rule is named with each operation.";

    private static final Map<Integer, String> ERRORS = new TreeMap<>(Map.of(
            400, "The request breaks a rule, which the message names with the attribute.",
            401, "The caller is not known.",
            403, "The caller may not do this.",
            404, "There is no such object, or the caller may not know of it.",
            409, "The state of the network forbids it, or a quota is used up.",
            412, "The revision is not the one that If-Match names.",
            413, "The request is larger than is taken.",
            503, "It may succeed later without any change."));

    /** The parameters that lists have in common. */
    private static final List<SequencedMap<String, Object>> LIST_PARAMETERS = List.of(
            query(
                    "fields",
                    "The attributes to show; all when none is named.",
                    JsonSchema.list(JsonSchema.ofType("string"))),
            query("limit", "The most objects of a page; 0 for all.", JsonSchema.integer(0, Integer.MAX_VALUE)),
            query("marker", "The id of the object behind which the page begins.", JsonSchema.ofType("string")),
            query("page_reverse", "Whether the page is the one before the marker.", JsonSchema.ofType("boolean")),
            query(
                    "sort_dir",
                    "The direction of each sort key.",
                    JsonSchema.list(JsonSchema.words(List.of("asc", "desc")))));

    /** The parameters of lists whose objects have tags. */
    private static final List<SequencedMap<String, Object>> TAG_PARAMETERS = List.of(
            query("tags", "Objects with all of these tags, separated by commas.", JsonSchema.ofType("string")),
            query("tags-any", "Objects with one of these tags.", JsonSchema.ofType("string")),
            query("not-tags", "Objects without one of these tags.", JsonSchema.ofType("string")),
            query("not-tags-any", "Objects with none of these tags.", JsonSchema.ofType("string")));

    private static final SequencedMap<String, Object> CHANGED_SINCE = query(
            "changed_since",
            "Objects that changed at this time or later, in UTC.",
            JsonSchema.form("date-time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?$"));

    private static final SequencedMap<String, Object> IF_MATCH = map(
            "name", "If-Match",
            "in", "header",
            "description", "The revision that the object must have: revision_number=N.",
            "schema",
                    JsonSchema.ofType("string")
                            .with("pattern", "^revision_number=[0-9]{1,18}$")
                            .keywords());

    /** Writes the document. */
    void write(Collection<ResourceType<?>> resources, String origin, JsonGenerator out) {
        Json.writeAny(document(resources, origin), out);
    }

    private Map<String, Object> document(Collection<ResourceType<?>> resources, String origin) {
        SequencedMap<String, Object> schemas = new LinkedHashMap<>();
        schemas.put("error", error().keywords());
        schemas.put("links", links().keywords());
        SequencedMap<String, Object> paths = new LinkedHashMap<>();
        SequencedMap<String, Object> parameters = new LinkedHashMap<>();
        Stream.of(LIST_PARAMETERS, TAG_PARAMETERS, List.of(CHANGED_SINCE, IF_MATCH))
                .flatMap(List::stream)
                .forEach(parameter -> parameters.put(parameterName(parameter), parameter));
        for (ResourceType<?> resource : resources) {
            new ResourceDescription(resource).add(paths, schemas);
        }
        SequencedMap<String, Object> answers = new LinkedHashMap<>();
        ERRORS.forEach((status, meaning) -> answers.put("error_" + status, errorAnswer(meaning)));
        return map(
                "openapi", "3.1.0",
                "info", map("title", title, "version", version, "description", NOTE),
                "servers", List.of(map("url", origin + path)),
                "security", List.of(map("token", List.of())),
                "paths", paths,
                "components",
                        map(
                                "schemas", schemas,
                                "parameters", parameters,
                                "responses", answers,
                                "securitySchemes",
                                        map("token", map("type", "apiKey", "in", "header", "name", "X-Auth-Token"))));
    }

    private static String parameterName(Map<String, Object> parameter) {
        return String.valueOf(parameter.get("name"));
    }

    private static JsonSchema error() {
        SequencedMap<String, JsonSchema> members = new LinkedHashMap<>();
        members.put("type", JsonSchema.ofType("string"));
        members.put("message", JsonSchema.ofType("string"));
        members.put("detail", JsonSchema.ofType("string"));
        return JsonSchema.wrapped("NeutronError", JsonSchema.object(members, List.of("type", "message", "detail")));
    }

    private static JsonSchema links() {
        SequencedMap<String, JsonSchema> members = new LinkedHashMap<>();
        members.put("rel", JsonSchema.words(List.of("next", "previous")));
        members.put("href", JsonSchema.ofType("string").with("format", "uri"));
        return JsonSchema.list(JsonSchema.object(members, List.of("rel", "href")));
    }

    private static Map<String, Object> errorAnswer(String meaning) {
        return map("description", meaning, "content", json(JsonSchema.component("error")));
    }

    /** The references to the answers that every operation may give, by status. */
    static SequencedMap<String, Object> errors() {
        SequencedMap<String, Object> answers = new LinkedHashMap<>();
        ERRORS.keySet()
                .forEach(status ->
                        answers.put(Integer.toString(status), map("$ref", "#/components/responses/error_" + status)));
        return answers;
    }

    /** References to parameters that lists have in common. */
    static List<Object> listParameters(boolean tagged, boolean timed) {
        return Stream.of(
                        LIST_PARAMETERS,
                        tagged ? TAG_PARAMETERS : List.<SequencedMap<String, Object>>of(),
                        timed ? List.of(CHANGED_SINCE) : List.<SequencedMap<String, Object>>of())
                .flatMap(List::stream)
                .map(parameter -> parameter(parameterName(parameter)))
                .toList();
    }

    /** A reference to a parameter. */
    static Object parameter(String name) {
        return map("$ref", "#/components/parameters/" + name);
    }

    /** A parameter of the query; a list is given by naming it several times. */
    static SequencedMap<String, Object> query(String name, String description, JsonSchema schema) {
        return map("name", name, "in", "query", "description", description, "schema", schema.keywords());
    }

    /** The content of a body in JSON. */
    static Map<String, Object> json(JsonSchema schema) {
        return map("application/json", map("schema", schema.keywords()));
    }

    /** Names and values in turn. */
    static SequencedMap<String, Object> map(Object... pairs) {
        SequencedMap<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }
}
