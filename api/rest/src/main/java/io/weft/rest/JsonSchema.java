package io.weft.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON value may be, in the words of JSON Schema (draft 2020-12), which are OpenAPI's from 3.1 on. Kinds and
 * attributes give it of themselves, so that what is checked is what is documented.
 *
 * @param keywords the schema's keywords with their values, in the order in which they are written; no values are null
 *     but for the null among the values of an {@code enum}
 */
public record JsonSchema(SequencedMap<String, Object> keywords) {
    /** Every value. */
    public static final JsonSchema ANY = new JsonSchema(new LinkedHashMap<>());

    /** No value at all. */
    public static final JsonSchema NOTHING = ANY.with("not", Map.of());

    /** Stands for null among the values of an {@code enum}, since collections here hold none. */
    record Null() {}

    private static final String TYPE = "type";
    private static final String ENUM = "enum";

    /** A value of one of JSON's types: {@code string}, {@code integer}, {@code boolean}, {@code object}, … */
    public static JsonSchema ofType(String type) {
        return ANY.with(TYPE, type);
    }

    /** A string of at most {@code maximum} characters. */
    public static JsonSchema text(int maximum) {
        return ofType("string").with("maxLength", (long) maximum);
    }

    /** A string in a form that has a name, for example {@code uuid}, and that a pattern describes. */
    public static JsonSchema form(String format, String pattern) {
        return ofType("string").with("format", format).with("pattern", pattern);
    }

    /** One of these strings. */
    public static JsonSchema words(List<String> words) {
        return ofType("string").with(ENUM, List.copyOf(words));
    }

    /** An integer between two numbers, both included. */
    public static JsonSchema integer(long minimum, long maximum) {
        return ofType("integer").with("minimum", minimum).with("maximum", maximum);
    }

    /** A list of such items. */
    public static JsonSchema list(JsonSchema item) {
        return ofType("array").with("items", item.keywords());
    }

    /** An object with these members and no others. */
    public static JsonSchema object(SequencedMap<String, JsonSchema> members, List<String> required) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        members.forEach((name, schema) -> properties.put(name, schema.keywords()));
        JsonSchema object = ofType("object").with("properties", properties);
        return (required.isEmpty() ? object : object.with("required", List.copyOf(required)))
                .with("additionalProperties", false);
    }

    /** An object with no members, until there are. */
    public static JsonSchema object() {
        return object(new LinkedHashMap<>(), List.of());
    }

    /** An object with one member, which it must have. */
    public static JsonSchema wrapped(String name, JsonSchema member) {
        return object().withMember(name, member);
    }

    /** This object with one more member, which it must have. */
    public JsonSchema withMember(String name, JsonSchema member) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        if (keywords.get("properties") instanceof Map<?, ?> before) {
            before.forEach((key, schema) -> properties.put(String.valueOf(key), schema));
        }
        properties.put(name, member.keywords());
        List<Object> required = and(keywords.get("required") instanceof List<?> before ? before : List.of(), name);
        return with("properties", properties).with("required", required);
    }

    /** A value that one of these describes. */
    public static JsonSchema anyOf(List<JsonSchema> schemas) {
        return ANY.with("anyOf", schemas.stream().map(JsonSchema::keywords).toList());
    }

    /** What stands under a name among the schemas of the API's description: an object as a resource of this name shows it. */
    public static JsonSchema component(String name) {
        return ANY.with("$ref", "#/components/schemas/" + name);
    }

    /** The same with one more keyword, or with another value of it. */
    public JsonSchema with(String keyword, Object value) {
        SequencedMap<String, Object> more = new LinkedHashMap<>(keywords);
        more.put(keyword, value);
        return new JsonSchema(more);
    }

    /** The same, and null. */
    public JsonSchema orNull() {
        if (equals(NOTHING)) {
            return ofType("null");
        }
        Object type = keywords.get(TYPE);
        if (type == null) {
            return keywords.isEmpty() ? this : anyOf(List.of(this, ofType("null")));
        }
        JsonSchema either = with(TYPE, and(type instanceof List<?> several ? several : List.of(type), "null"));
        return keywords.get(ENUM) instanceof List<?> values ? either.with(ENUM, and(values, new Null())) : either;
    }

    private static List<Object> and(List<?> values, Object more) {
        List<Object> all = new ArrayList<>(values);
        if (!all.contains(more)) {
            all.add(more);
        }
        return all;
    }

    /** The value of a keyword, or null. */
    @Nullable
    Object keyword(String name) {
        return keywords.get(name);
    }
}
