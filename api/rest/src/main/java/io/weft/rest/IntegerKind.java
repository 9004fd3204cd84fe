package io.weft.rest;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Integers; digits in a string are taken too.
 *
 * @param minimum the least
 * @param maximum the greatest
 */
record IntegerKind(long minimum, long maximum) implements Kind<Long> {
    @Override
    public JsonSchema schema() {
        return JsonSchema.integer(minimum, maximum);
    }

    @Override
    public JsonSchema filterSchema() {
        return JsonSchema.ofType("integer");
    }

    @Override
    public Long read(JsonParser in, String field) {
        if (in.currentToken() == JsonToken.VALUE_NUMBER_INT || in.currentToken() == JsonToken.VALUE_STRING) {
            return parse(in.getString(), field);
        }
        throw ApiException.invalid(field, "'" + Json.shown(in) + "' is not an integer");
    }

    private long parse(String text, String field) {
        long value;
        try {
            value = Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw ApiException.invalid(field, "'" + text + "' is not an integer");
        }
        if (value < minimum) {
            throw ApiException.invalid(field, "'" + text + "' is too small - must be at least '" + minimum + "'");
        }
        if (value > maximum) {
            throw ApiException.invalid(field, "'" + text + "' is too large - must be no larger than '" + maximum + "'");
        }
        return value;
    }

    @Override
    public void write(Long value, JsonGenerator out) {
        out.writeNumber(value);
    }

    @Override
    public Predicate<Long> filter(String field, List<String> texts) {
        Set<Long> wanted = new HashSet<>();
        for (String text : texts) {
            try {
                wanted.add(Long.valueOf(text.strip()));
            } catch (NumberFormatException e) {
                throw ApiException.invalid(field, "'" + text + "' is not an integer");
            }
        }
        return wanted::contains;
    }

    @Override
    public Optional<Comparator<Long>> order() {
        return Optional.of(Comparator.naturalOrder());
    }
}
