package io.weft.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * What the values of an attribute are: how they are read and checked, written, matched and ordered. Null is never
 * passed in; whether an attribute may be null is the attribute's own rule.
 *
 * @param <V> the Java type of a value
 */
public interface Kind<V> {
    /**
     * Reads the value at the parser's current token and leaves the parser at the value's last token.
     *
     * @param field the attribute's name, for the error
     * @throws ApiException when the value breaks a rule
     */
    V read(JsonParser in, String field);

    /** Writes one JSON value. */
    void write(V value, JsonGenerator out);

    /**
     * What JSON values {@link #read} takes. Other spellings of the same values may be taken too. A kind that does not say
     * it cannot be part of an API that is described.
     */
    default JsonSchema schema() {
        return JsonSchema.ANY;
    }

    /** What JSON values {@link #write} makes. */
    default JsonSchema writtenSchema() {
        return schema();
    }

    /** What texts {@link #filter} takes. */
    default JsonSchema filterSchema() {
        return JsonSchema.ofType("string");
    }

    /** The value as it is written in a filter. */
    default String text(V value) {
        return value.toString();
    }

    /**
     * Whether a value passes a filter that was given with these texts, of which one must match.
     *
     * @throws ApiException when a text can match no value of this kind
     */
    default Predicate<V> filter(String field, List<String> texts) {
        if (texts.size() == 1) {
            String wanted = texts.getFirst();
            return value -> text(value).equals(wanted);
        }
        Set<String> wanted = Set.copyOf(texts);
        return value -> wanted.contains(text(value));
    }

    /** The order of values for sorting; empty where values have no order. */
    default Optional<Comparator<V>> order() {
        return Optional.empty();
    }

    /**
     * The same kind, documented by a narrower schema: where more rules hold that depend on the rest of the request, so that
     * reading a value cannot check them.
     */
    default Kind<V> narrowed(JsonSchema schema) {
        return new Narrowed<>(this, schema);
    }
}
