package io.weft.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** A kind that is documented by another schema than its own. */
record Narrowed<V>(Kind<V> kind, JsonSchema schema) implements Kind<V> {
    @Override
    public JsonSchema writtenSchema() {
        return kind.writtenSchema();
    }

    @Override
    public JsonSchema filterSchema() {
        return kind.filterSchema();
    }

    @Override
    public V read(JsonParser in, String field) {
        return kind.read(in, field);
    }

    @Override
    public void write(V value, JsonGenerator out) {
        kind.write(value, out);
    }

    @Override
    public String text(V value) {
        return kind.text(value);
    }

    @Override
    public Predicate<V> filter(String field, List<String> texts) {
        return kind.filter(field, texts);
    }

    @Override
    public Optional<Comparator<V>> order() {
        return kind.order();
    }
}
