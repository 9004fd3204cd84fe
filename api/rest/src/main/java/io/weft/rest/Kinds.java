package io.weft.rest;

import io.weft.model.InvalidException;
import java.util.ArrayList;
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

    /** A string of at most {@code maximum} characters. */
    public static Kind<String> text(int maximum) {
        return new Kind<>() {
            @Override
            public String read(JsonParser in, String field) {
                if (in.currentToken() != JsonToken.VALUE_STRING) {
                    throw ApiException.invalid(field, "'" + Json.shown(in) + "' is not a valid string");
                }
                String text = in.getString();
                if (text.length() > maximum) {
                    throw ApiException.invalid(field, "'" + text + "' exceeds maximum length of " + maximum);
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
                (text, field) -> {
                    if (!isUuid(text)) {
                        throw ApiException.invalid(field, "'" + text + "' is not a valid UUID");
                    }
                    return text;
                },
                Function.identity(),
                Comparator.naturalOrder());
    }

    /** A string with a form of its own, for example an address. */
    public static <V> Kind<V> parsed(int maximum, Parser<V> parser, Function<V, String> format, Comparator<V> order) {
        Kind<String> text = text(maximum);
        return new Kind<>() {
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
        return new Kind<>() {
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
                    throw ApiException.invalid(
                            field, "'" + text + "' is too small - must be at least '" + minimum + "'");
                }
                if (value > maximum) {
                    throw ApiException.invalid(
                            field, "'" + text + "' is too large - must be no larger than '" + maximum + "'");
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
        };
    }

    /** A list of at most {@code maximum} items; a filter matches a list that holds the item. */
    public static <V> Kind<List<V>> listOf(Kind<V> item, int maximum, boolean unique) {
        return new Kind<>() {
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
        };
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
