package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object that came from outside, read whole and within bounds. Fields may come in any order; those that nobody
 * asks for are passed over. A field that is missing or of another type than asked for is a {@link ProtocolException}.
 */
final class JsonObject {
    private static final int MAX_DEPTH = 12;
    private static final int MAX_NAME = 256;
    private static final int MAX_STRING = 64 * 1024;
    private static final int MAX_NUMBER = 32;

    /** Reads and writes every JSON text of the protocol. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(MAX_STRING)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .build();

    /** Turns one element of an array into a value. */
    interface Element<T> {
        T read(JsonObject object) throws IOException;
    }

    /** Turns the text of one element of an array into a value. */
    interface Text<T> {
        T read(String text) throws IOException;
    }

    private final List<String> names = new ArrayList<>(12);
    /** Strings, booleans, longs, objects, lists, or {@link JsonToken#NOT_AVAILABLE} for null and fractions. */
    private final List<Object> values = new ArrayList<>(12);

    private JsonObject() {}

    /** Reads the one object that these bytes are. */
    static JsonObject parse(byte[] bytes, int offset, int length) throws ProtocolException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("a JSON object was expected");
            }
            JsonObject object = readObject(parser);
            if (parser.nextToken() != null) {
                throw new ProtocolException("something follows the JSON object");
            }
            return object;
        } catch (JacksonException e) {
            throw new ProtocolException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonObject readObject(JsonParser parser) throws ProtocolException {
        JsonObject object = new JsonObject();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            object.names.add(name);
            object.values.add(readValue(parser, parser.nextToken()));
        }
        return object;
    }

    private static Object readValue(JsonParser parser, @Nullable JsonToken token) throws ProtocolException {
        return switch (token) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    list.add(readValue(parser, next));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? JsonToken.NOT_AVAILABLE
                        : (Object) parser.getLongValue();
            case VALUE_NULL, VALUE_NUMBER_FLOAT -> JsonToken.NOT_AVAILABLE;
            case null, default -> throw new ProtocolException("the JSON text ends too early");
        };
    }

    /** The names of the fields, as they came. */
    List<String> names() {
        return names;
    }

    boolean has(String name) {
        return names.contains(name);
    }

    private @Nullable Object find(String name) {
        int index = names.indexOf(name);
        return index < 0 ? null : values.get(index);
    }

    private Object need(String name) throws ProtocolException {
        Object value = find(name);
        if (value == null) {
            throw new ProtocolException("the field " + Excerpt.of(name) + " is missing");
        }
        return value;
    }

    private static ProtocolException wrong(String name, String expected) {
        return new ProtocolException("the field " + Excerpt.of(name) + " is not " + expected);
    }

    JsonObject object(String name) throws ProtocolException {
        if (need(name) instanceof JsonObject object) {
            return object;
        }
        throw wrong(name, "an object");
    }

    String text(String name) throws ProtocolException {
        if (need(name) instanceof String text) {
            return text;
        }
        throw wrong(name, "a text");
    }

    /** The text, or an empty one when the field is missing. */
    String textOrEmpty(String name) throws ProtocolException {
        return has(name) ? text(name) : "";
    }

    boolean flag(String name) throws ProtocolException {
        if (need(name) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false");
    }

    long number(String name) throws ProtocolException {
        if (need(name) instanceof Long number) {
            return number;
        }
        throw wrong(name, "a whole number");
    }

    /** A number between these two, both included. */
    int number(String name, int min, int max) throws ProtocolException {
        long number = number(name);
        if (number < min || number > max) {
            throw wrong(name, "between " + min + " and " + max);
        }
        return (int) number;
    }

    long revision(String name) throws ProtocolException {
        long revision = number(name);
        if (revision < 0) {
            throw wrong(name, "a revision");
        }
        return revision;
    }

    UUID id(String name) throws ProtocolException {
        return parseId(text(name));
    }

    static UUID parseId(String text) throws ProtocolException {
        if (text.length() != 36) {
            throw new ProtocolException("no id: " + Excerpt.of(text));
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("no id: " + Excerpt.of(text), e);
        }
    }

    IpAddress address(String name) throws ProtocolException {
        return IpAddress.parse(text(name));
    }

    IpPrefix prefix(String name) throws ProtocolException {
        return IpPrefix.parse(text(name));
    }

    MacAddress mac(String name) throws ProtocolException {
        return MacAddress.parse(text(name));
    }

    Optional<IpAddress> optionalAddress(String name) throws ProtocolException {
        return has(name) ? Optional.of(address(name)) : Optional.empty();
    }

    /** The objects of an array; none when the field is missing. */
    <T> List<T> objects(String name, Element<T> element) throws IOException {
        List<T> found = new ArrayList<>();
        for (Object value : array(name)) {
            if (!(value instanceof JsonObject object)) {
                throw wrong(name, "an array of objects");
            }
            found.add(element.read(object));
        }
        return found;
    }

    /** The texts of an array; none when the field is missing. */
    <T> List<T> texts(String name, Text<T> element) throws IOException {
        List<T> found = new ArrayList<>();
        for (Object value : array(name)) {
            if (!(value instanceof String text)) {
                throw wrong(name, "an array of texts");
            }
            found.add(element.read(text));
        }
        return found;
    }

    private List<?> array(String name) throws ProtocolException {
        Object value = find(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "an array");
    }
}
