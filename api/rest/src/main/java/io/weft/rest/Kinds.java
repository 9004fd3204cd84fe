package io.weft.rest;

import io.weft.model.InvalidException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The kinds that most attributes have. The wording of the rules is the one that Neutron's clients know. */
public final class Kinds {
    private Kinds() {}

    /** Of strings in general: no null characters. */
    private static final String NO_NULLS = "^[^\\u0000]*$";

    private static final String HEX = "[0-9a-fA-F]";

    /** The form of a UUID. */
    public static final JsonSchema UUID_FORM =
            JsonSchema.form("uuid", "^" + HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}$");

    /** A string of at most {@code maximum} characters. */
    public static Kind<String> text(int maximum) {
        return text(0, maximum);
    }

    /** A string of {@code minimum} to {@code maximum} characters. */
    public static Kind<String> text(int minimum, int maximum) {
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                JsonSchema text = JsonSchema.text(maximum).with("pattern", NO_NULLS);
                return minimum == 0 ? text : text.with("minLength", (long) minimum);
            }

            @Override
            public JsonSchema writtenSchema() {
                return JsonSchema.ofType("string");
            }

            @Override
            public String read(JsonParser in, String field) {
                if (in.currentToken() != JsonToken.VALUE_STRING) {
                    throw ApiException.invalid(field, "'" + Json.shown(in) + "' is not a valid string");
                }
                String text = in.getString();
                if (text.length() > maximum) {
                    throw ApiException.invalid(field, "'" + text + "' exceeds maximum length of " + maximum);
                }
                if (text.length() < minimum) {
                    throw ApiException.invalid(field, "'" + text + "' must have at least " + minimum + " characters");
                }
                if (text.indexOf('\0') >= 0) {
                    throw ApiException.invalid(field, "'" + text + "' contains a null character");
                }
                return text;
            }

            @Override
            public void write(String value, JsonGenerator out) {
                out.writeString(value);
            }

            @Override
            public Optional<Comparator<String>> order() {
                return Optional.of(Comparator.naturalOrder());
            }
        };
    }

    /** A UUID in its usual text form. */
    public static Kind<String> uuid() {
        return parsed(
                36,
                UUID_FORM,
                (text, field) -> {
                    if (!isUuid(text)) {
                        throw ApiException.invalid(field, "'" + text + "' is not a valid UUID");
                    }
                    return text;
                },
                Function.identity(),
                Comparator.naturalOrder());
    }

    /** A string of at least one visible character. */
    public static Kind<String> visibleText(int maximum) {
        return parsed(
                maximum,
                JsonSchema.text(maximum).with("pattern", "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$"),
                (text, field) -> {
                    if (text.isBlank()) {
                        throw ApiException.invalid(field, "'" + text + "' Blank strings are not permitted");
                    }
                    return text;
                },
                Function.identity(),
                Comparator.naturalOrder());
    }

    /** A string with a form of its own that no schema describes. */
    public static <V> Kind<V> parsed(int maximum, Parser<V> parser, Function<V, String> format, Comparator<V> order) {
        return parsed(maximum, text(maximum).schema(), parser, format, order);
    }

    /**
     * A string with a form of its own, for example an address.
     *
     * @param form what texts have it; the parser may take other spellings too
     */
    public static <V> Kind<V> parsed(
            int maximum, JsonSchema form, Parser<V> parser, Function<V, String> format, Comparator<V> order) {
        Kind<String> text = text(maximum);
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return form;
            }

            @Override
            public V read(JsonParser in, String field) {
                String given = text.read(in, field);
                try {
                    return parser.parse(given, field);
                } catch (InvalidException e) {
                    throw ApiException.invalid(field, e.rule());
                }
            }

            @Override
            public void write(V value, JsonGenerator out) {
                out.writeString(format.apply(value));
            }

            @Override
            public String text(V value) {
                return format.apply(value);
            }

            @Override
            public Optional<Comparator<V>> order() {
                return Optional.of(order);
            }
        };
    }

    /** One of a few words. */
    public static Kind<String> oneOf(List<String> words) {
        return parsed(
                255,
                JsonSchema.words(words),
                (text, field) -> {
                    if (!words.contains(text)) {
                        throw ApiException.invalid(
                                field,
                                text + " is not in ["
                                        + String.join(
                                                ", ",
                                                words.stream()
                                                        .map(w -> "'" + w + "'")
                                                        .toList()) + "]");
                    }
                    return text;
                },
                Function.identity(),
                Comparator.naturalOrder());
    }

    /** True or false; as Neutron does, the words and numbers for them are taken too. */
    public static Kind<Boolean> bool() {
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return JsonSchema.ofType("boolean");
            }

            @Override
            public JsonSchema filterSchema() {
                return JsonSchema.ofType("boolean");
            }

            @Override
            public Boolean read(JsonParser in, String field) {
                return switch (in.currentToken()) {
                    case VALUE_TRUE -> true;
                    case VALUE_FALSE -> false;
                    case VALUE_STRING, VALUE_NUMBER_INT -> parse(in.getString(), field);
                    default ->
                        throw ApiException.invalid(field, "'" + Json.shown(in) + "' cannot be converted to boolean");
                };
            }

            private boolean parse(String text, String field) {
                if (text.equals("1") || text.equalsIgnoreCase("true")) {
                    return true;
                }
                if (text.equals("0") || text.equalsIgnoreCase("false")) {
                    return false;
                }
                throw ApiException.invalid(field, "'" + text + "' cannot be converted to boolean");
            }

            @Override
            public void write(Boolean value, JsonGenerator out) {
                out.writeBoolean(value);
            }

            @Override
            public Predicate<Boolean> filter(String field, List<String> texts) {
                Set<Boolean> wanted = new HashSet<>();
                for (String text : texts) {
                    wanted.add(parse(text, field));
                }
                return wanted::contains;
            }

            @Override
            public Optional<Comparator<Boolean>> order() {
                return Optional.of(Comparator.naturalOrder());
            }
        };
    }

    /** An integer from {@code minimum} to {@code maximum}, both included; digits in a string are taken too. */
    public static Kind<Long> integer(long minimum, long maximum) {
        return new IntegerKind(minimum, maximum);
    }

    /** One of a few integers; digits in a string are taken too. */
    public static Kind<Long> oneOfNumbers(List<Long> numbers) {
        Kind<Long> any = integer(Long.MIN_VALUE, Long.MAX_VALUE);
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return JsonSchema.ofType("integer").with("enum", List.copyOf(numbers));
            }

            @Override
            public JsonSchema filterSchema() {
                return any.filterSchema();
            }

            @Override
            public Long read(JsonParser in, String field) {
                long number = any.read(in, field);
                if (!numbers.contains(number)) {
                    throw ApiException.invalid(field, "'" + number + "' is not in " + numbers);
                }
                return number;
            }

            @Override
            public void write(Long value, JsonGenerator out) {
                any.write(value, out);
            }

            @Override
            public Predicate<Long> filter(String field, List<String> texts) {
                return any.filter(field, texts);
            }

            @Override
            public Optional<Comparator<Long>> order() {
                return any.order();
            }
        };
    }

    /** A list of at most {@code maximum} items; a filter matches a list that holds the item. */
    public static <V> Kind<List<V>> listOf(Kind<V> item, int maximum, boolean unique) {
        return listOf(item, 0, maximum, unique);
    }

    /** A list of at least {@code minimum} and at most {@code maximum} items. */
    public static <V> Kind<List<V>> listOf(Kind<V> item, int minimum, int maximum, boolean unique) {
        return new ListKind<>(item, minimum, maximum, unique);
    }

    /** Whether a text is a UUID with hyphens. */
    public static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            if (hyphen ? c != '-' : c >= 128 || Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Makes a value of a string or throws {@link ApiException} or {@link InvalidException}. */
    @FunctionalInterface
    public interface Parser<V> {
        V parse(String text, String field);
    }
}
