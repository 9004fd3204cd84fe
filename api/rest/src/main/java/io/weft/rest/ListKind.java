package io.weft.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Lists.
 *
 * @param item what their items are
 * @param minimum the fewest items
 * @param maximum the most items
 * @param unique whether no two items are equal
 */
record ListKind<V>(Kind<V> item, int minimum, int maximum, boolean unique) implements Kind<List<V>> {
    @Override
    public JsonSchema schema() {
        JsonSchema list = JsonSchema.list(item.schema()).with("maxItems", (long) maximum);
        JsonSchema some = minimum == 0 ? list : list.with("minItems", (long) minimum);
        return unique ? some.with("uniqueItems", true) : some;
    }

    @Override
    public JsonSchema writtenSchema() {
        return JsonSchema.list(item.writtenSchema());
    }

    @Override
    public JsonSchema filterSchema() {
        return item.filterSchema();
    }

    @Override
    public List<V> read(JsonParser in, String field) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.invalid(field, "'" + Json.shown(in) + "' is not a list");
        }
        List<V> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() == maximum) {
                throw ApiException.invalid(field, "the list must have at most " + maximum + " items");
            }
            V value = item.read(in, field);
            if (unique && items.contains(value)) {
                throw ApiException.invalid(field, "Duplicate items in the list: '" + item.text(value) + "'");
            }
            items.add(value);
        }
        if (items.size() < minimum) {
            throw ApiException.invalid(field, "the list must have at least " + minimum + " items");
        }
        return List.copyOf(items);
    }

    @Override
    public void write(List<V> value, JsonGenerator out) {
        out.writeStartArray();
        for (V each : value) {
            item.write(each, out);
        }
        out.writeEndArray();
    }

    @Override
    public Predicate<List<V>> filter(String field, List<String> texts) {
        Predicate<V> one = item.filter(field, texts);
        return value -> value.stream().anyMatch(one);
    }
}
