package io.weft.neutron;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The API's description as a client reads it, with a validator that knows nothing of what made it. */
final class ApiDescription {
    static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<JsonNode, Schema> schemas = new HashMap<>();

    ApiDescription(JsonNode document) {
        this.document = document;
    }

    /**
     * Something that a client can ask for.
     *
     * @param method the HTTP method
     * @param path its path, with the names of parameters in braces
     * @param node what the document says of it
     */
    record Operation(String method, String path, JsonNode node) {
        /** The schema of the body; empty where there is none. */
        Optional<JsonNode> body() {
            return schema(node.path("requestBody"));
        }

        /** The schema of an answer with this status; empty where it has no body. */
        Optional<JsonNode> answer(ApiDescription in, int status) {
            return schema(in.resolved(node.path("responses").path(Integer.toString(status))));
        }

        boolean answers(int status) {
            return node.path("responses").has(Integer.toString(status));
        }

        private static Optional<JsonNode> schema(JsonNode holder) {
            return Optional.of(holder.path("content").path("application/json").path("schema"))
                    .filter(schema -> !schema.isMissingNode());
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    JsonNode document() {
        return document;
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(entry -> {
                    if (!entry.getKey().equals("parameters")) {
                        operations.add(new Operation(
                                entry.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), entry.getValue()));
                    }
                }));
        return operations;
    }

    /** The parameters of an operation's query. */
    List<JsonNode> query(Operation operation) {
        List<JsonNode> parameters = new ArrayList<>();
        for (JsonNode parameter : operation.node().path("parameters")) {
            JsonNode found = resolved(parameter);
            if (found.path("in").asString().equals("query")) {
                parameters.add(found);
            }
        }
        return parameters;
    }

    /** What a node says, here or where it refers to. */
    JsonNode resolved(JsonNode node) {
        JsonNode at = node;
        while (at.has("$ref")) {
            at = document.at(at.get("$ref").asString().substring(1));
        }
        return at;
    }

    /** What is wrong with a value; empty when the schema describes it. */
    List<Error> complaints(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, this::compile).validate(value);
    }

    boolean allows(JsonNode schema, JsonNode value) {
        return complaints(schema, value).isEmpty();
    }

    /** A schema among the document's components, which it may refer to. */
    private Schema compile(JsonNode schema) {
        ObjectNode whole = JSON.createObjectNode();
        whole.set("components", document.path("components"));
        whole.putArray("allOf").add(schema);
        return registry.getSchema(whole);
    }
}
