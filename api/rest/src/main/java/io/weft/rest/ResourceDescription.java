package io.weft.rest;

import static io.weft.rest.OpenApi.json;
import static io.weft.rest.OpenApi.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Describes one resource with what is beneath its objects: the paths and schemas of an OpenAPI document. */
final class ResourceDescription {
    private final ResourceType<?> resource;
    private final List<Object> pathParameters;
    /** The path of the list. */
    private final String path;
    /** What the resource is called among the components; unique in the document. */
    private final String name;
    /** The parameter of the path that is an object's id. */
    private final String idName;

    /** @param resource a resource of an endpoint */
    ResourceDescription(ResourceType<?> resource) {
        this(resource, null);
    }

    private ResourceDescription(ResourceType<?> resource, @Nullable ResourceDescription parent) {
        this.resource = resource;
        if (parent == null) {
            name = resource.componentName();
            path = "/" + resource.prefix() + resource.collection().replace('_', '-');
            pathParameters = List.of();
        } else {
            name = parent.name + "_" + resource.member();
            path = parent.memberPath() + "/" + resource.collection();
            pathParameters = parent.memberParameters();
        }
        idName = name + "_id";
    }

    private String memberPath() {
        return path + "/{" + idName + "}";
    }

    private List<Object> memberParameters() {
        List<Object> all = new ArrayList<>(pathParameters);
        all.add(pathParameter(idName));
        return all;
    }

    private static Object pathParameter(String name) {
        return map(
                "name",
                name,
                "in",
                "path",
                "required",
                true,
                "schema",
                JsonSchema.ofType("string").keywords());
    }

    /** Adds what there is to say to a document's paths and schemas. */
    void add(Map<String, Object> paths, Map<String, Object> schemas) {
        if (!resource.announced()) {
            return;
        }
        schemas.put(name, ObjectSchemas.shown(resource.schema()).keywords());
        if (resource.offers(Operation.CREATE)) {
            schemas.put(
                    name + "_create", ObjectSchemas.creation(resource.schema()).keywords());
        }
        if (resource.offers(Operation.UPDATE)) {
            schemas.put(
                    name + "_update", ObjectSchemas.change(resource.schema()).keywords());
        }
        put(paths, path, pathParameters, onList());
        put(paths, memberPath(), memberParameters(), onObject());
        resource.actions().stream()
                .sorted(Comparator.comparing(Action::name))
                .forEach(action -> put(
                        paths,
                        memberPath() + "/" + action.name(),
                        memberParameters(),
                        map(action.method().toLowerCase(Locale.ROOT), action(action))));
        if (resource.tags().isPresent()) {
            addTags(paths);
        }
        resource.children().forEach(child -> new ResourceDescription(child, this).add(paths, schemas));
    }

    private static void put(
            Map<String, Object> paths, String path, List<Object> parameters, SequencedMap<String, Object> operations) {
        if (!operations.isEmpty()) {
            SequencedMap<String, Object> item = new LinkedHashMap<>(operations);
            if (!parameters.isEmpty()) {
                item.putFirst("parameters", parameters);
            }
            paths.put(path, item);
        }
    }

    private SequencedMap<String, Object> onList() {
        SequencedMap<String, Object> operations = new LinkedHashMap<>();
        if (resource.offers(Operation.LIST)) {
            operations.put("get", operation("list", "get", listParameters(), null, answer("200", list())));
        }
        if (resource.offers(Operation.CREATE)) {
            JsonSchema given = JsonSchema.component(name + "_create");
            JsonSchema several =
                    JsonSchema.list(given).with("minItems", 1L).with("maxItems", (long) ResourceHandler.MAXIMUM_BULK);
            JsonSchema body = JsonSchema.anyOf(List.of(
                    JsonSchema.wrapped(resource.member(), given), JsonSchema.wrapped(resource.collection(), several)));
            operations.put(
                    "post", operation("create", "create", List.of(), body(body, true), answer("201", created())));
        }
        return operations;
    }

    private SequencedMap<String, Object> onObject() {
        SequencedMap<String, Object> operations = new LinkedHashMap<>();
        if (resource.offers(Operation.SHOW)) {
            operations.put(
                    "get",
                    operation("show", "get", List.of(OpenApi.parameter("fields")), null, answer("200", object())));
        }
        if (resource.offers(Operation.UPDATE)) {
            JsonSchema body = JsonSchema.wrapped(resource.member(), JsonSchema.component(name + "_update"));
            operations.put("put", operation("update", "update", ifMatch(), body(body, true), answer("200", object())));
        }
        if (resource.offers(Operation.DELETE)) {
            operations.put("delete", operation("delete", "delete", ifMatch(), null, nothing("204")));
        }
        return operations;
    }

    private static List<Object> ifMatch() {
        return List.of(OpenApi.parameter("If-Match"));
    }

    private SequencedMap<String, Object> action(Action action) {
        JsonSchema members = action.wrapper().isPresent()
                ? ObjectSchemas.change(action.schema())
                : ObjectSchemas.creation(action.schema());
        Object body = action.method().equals("GET")
                ? null
                : body(
                        action.wrapper()
                                .map(wrapper -> JsonSchema.wrapped(wrapper, members))
                                .orElse(members),
                        action.wrapper().isPresent() || members.keyword("required") != null);
        JsonSchema answered = switch (action.answer()) {
            case Action.Answer.Wrapped _ -> object();
            case Action.Answer.Bare _ -> JsonSchema.component(name);
            case Action.Answer.Other other -> other.schema();
        };
        return operation(action.name(), resource.permissions().rule(action), List.of(), body, answer("200", answered));
    }

    private void addTags(Map<String, Object> paths) {
        SequencedMap<String, Object> whole = new LinkedHashMap<>();
        whole.put("get", tagOperation("list_tags", "get", null, answer("200", TagHandler.SHOWN)));
        whole.put("put", tagOperation("replace_tags", "update", tags(), answer("200", TagHandler.SHOWN)));
        whole.put("post", tagOperation("add_tags", "create", tags(), answer("201", TagHandler.SHOWN)));
        whole.put("delete", tagOperation("remove_tags", "delete", null, nothing("204")));
        put(paths, memberPath() + "/tags", memberParameters(), whole);
        SequencedMap<String, Object> one = new LinkedHashMap<>();
        one.put("get", tagOperation("has_tag", "get", null, nothing("204")));
        one.put("put", tagOperation("add_tag", "update", null, nothing("201")));
        one.put("delete", tagOperation("remove_tag", "delete", null, nothing("204")));
        List<Object> parameters = memberParameters();
        parameters.add(pathParameter("tag"));
        put(paths, memberPath() + "/tags/{tag}", parameters, one);
    }

    private static Object tags() {
        return body(TagHandler.GIVEN, true);
    }

    private SequencedMap<String, Object> tagOperation(
            String what, String verb, @Nullable Object body, SequencedMap<String, Object> answers) {
        return operation(what, resource.permissions().rule(verb) + ":tags", List.of(), body, answers);
    }

    /** @param rule the policy's rule, or a verb that stands for the resource's rule of that verb */
    private SequencedMap<String, Object> operation(
            String what,
            String rule,
            List<Object> parameters,
            @Nullable Object body,
            SequencedMap<String, Object> answers) {
        boolean verb = List.of("get", "create", "update", "delete").contains(rule);
        SequencedMap<String, Object> operation = map(
                "operationId", what + "_" + name,
                "tags", List.of(name),
                "description",
                        "Under the policy's rule "
                                + (verb ? resource.permissions().rule(rule) : rule) + ".");
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (body != null) {
            operation.put("requestBody", body);
        }
        SequencedMap<String, Object> all = new LinkedHashMap<>(answers);
        all.putAll(OpenApi.errors());
        operation.put("responses", all);
        return operation;
    }

    private List<Object> listParameters() {
        List<Object> parameters = new ArrayList<>(OpenApi.listParameters(
                resource.tags().isPresent(), resource.changed().isPresent()));
        List<String> sortable = new ArrayList<>();
        for (Attribute<?, ?> attribute : resource.schema().attributes()) {
            if (attribute.sortable() && attribute.visible() && attribute.announced()) {
                sortable.add(attribute.name());
            }
            if (attribute.filterable() && attribute.announced()) {
                parameters.add(OpenApi.query(
                        attribute.name(),
                        "Objects with one of these values.",
                        JsonSchema.list(attribute.filterSchema())));
            }
        }
        if (!sortable.isEmpty()) {
            parameters.add(OpenApi.query(
                    "sort_key",
                    "The attributes to sort by, each with its direction.",
                    JsonSchema.list(JsonSchema.words(sortable))));
        }
        return parameters;
    }

    private JsonSchema object() {
        return JsonSchema.wrapped(resource.member(), JsonSchema.component(name));
    }

    private JsonSchema objects() {
        return JsonSchema.wrapped(resource.collection(), JsonSchema.list(JsonSchema.component(name)));
    }

    /** A page has links to the ones beside it. */
    private JsonSchema list() {
        SequencedMap<String, JsonSchema> members = new LinkedHashMap<>();
        members.put(resource.collection(), JsonSchema.list(JsonSchema.component(name)));
        members.put(resource.collection() + "_links", JsonSchema.component("links"));
        return JsonSchema.object(members, List.of(resource.collection()));
    }

    private JsonSchema created() {
        return JsonSchema.anyOf(List.of(object(), objects()));
    }

    private static Object body(JsonSchema schema, boolean required) {
        return map("required", required, "content", json(schema));
    }

    private static SequencedMap<String, Object> answer(String status, JsonSchema schema) {
        return map(status, map("description", "Done.", "content", json(schema)));
    }

    private static SequencedMap<String, Object> nothing(String status) {
        return map(status, map("description", "Done."));
    }
}
