package io.weft.rest;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** The schemas of whole objects, from the attributes that serve them. */
final class ObjectSchemas {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private ObjectSchemas() {}

    /** What is shown of an object. Which of it depends on who asks and what for, so that nothing must be there. */
    static JsonSchema shown(Schema<?> schema) {
        return of(
                schema,
                Attribute::visible,
                attribute -> attribute.post() || attribute.put()
                        ? attribute.shownSchema()
                        : attribute.shownSchema().with("readOnly", true),
                List.of());
    }

    /** What may be given at creation, and must be. */
    static JsonSchema creation(Schema<?> schema) {
        List<String> required = new ArrayList<>();
        for (Attribute<?, ?> attribute : schema.attributes()) {
            if (attribute.required() && !attribute.isAlias()) {
                required.add(attribute.name());
            }
        }
        return of(schema, Attribute::post, ObjectSchemas::withDefault, required);
    }

    /** What may be given at a change. */
    static JsonSchema change(Schema<?> schema) {
        return of(schema, Attribute::put, ObjectSchemas::given, List.of());
    }

    private static JsonSchema of(
            Schema<?> schema,
            Predicate<Attribute<?, ?>> has,
            Function<Attribute<?, ?>, JsonSchema> form,
            List<String> required) {
        SequencedMap<String, JsonSchema> members = new LinkedHashMap<>();
        for (Attribute<?, ?> attribute : schema.attributes()) {
            if (attribute.announced() && has.test(attribute)) {
                members.put(attribute.name(), form.apply(attribute));
            }
        }
        return JsonSchema.object(members, required);
    }

    private static JsonSchema given(Attribute<?, ?> attribute) {
        JsonSchema given = attribute.givenSchema();
        return attribute.visible() ? given : given.with("writeOnly", true);
    }

    private static <V> JsonSchema withDefault(Attribute<?, V> attribute) {
        V value = attribute.defaultValue();
        return value == null ? given(attribute) : given(attribute).with("default", json(attribute.kind(), value));
    }

    /** A value as strings, numbers, booleans, lists and maps. */
    private static <V> Object json(Kind<V> kind, V value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = Json.generator(bytes)) {
            kind.write(value, out);
        }
        return MAPPER.readValue(bytes.toByteArray(), Object.class);
    }
}
