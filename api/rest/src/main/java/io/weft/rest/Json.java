package io.weft.rest;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** The engine's JSON settings and what kinds with a structure need to read it. */
public final class Json {
    /** Objects and lists may lie within each other this deep. */
    static final int MAXIMUM_DEPTH = 32;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(1 << 20)
                    .maxNameLength(1024)
                    .maxNumberLength(100)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static JsonParser parser(byte[] bytes) {
        return FACTORY.createParser(ObjectReadContext.empty(), bytes);
    }

    /** A generator of UTF-8; closing it closes the stream. */
    public static JsonGenerator generator(OutputStream out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    /** The value at the current token as the error messages of Neutron show it: in Python's words. */
    public static String shown(JsonParser in) {
        JsonToken token = in.currentToken();
        return switch (token) {
            case VALUE_NULL -> "None";
            case VALUE_TRUE -> "True";
            case VALUE_FALSE -> "False";
            case START_OBJECT -> "{…}";
            case START_ARRAY -> "[…]";
            default -> in.getString();
        };
    }

    /**
     * Reads an object key by key. The visitor finds the parser at the value and leaves it at the value's end.
     *
     * @throws ApiException when the current token begins no object
     */
    public static void object(JsonParser in, String field, Visitor visitor) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw ApiException.invalid(field, "'" + shown(in) + "' is not a dictionary");
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            in.nextToken();
            visitor.visit(key);
        }
    }

    /**
     * Reads an object of any content: its values are strings, longs, doubles, booleans, lists and maps. Null counts as
     * absent, in lists too.
     */
    public static Map<String, Object> map(JsonParser in, String field) {
        Map<String, Object> map = new LinkedHashMap<>();
        object(in, field, key -> {
            if (in.currentToken() != JsonToken.VALUE_NULL) {
                map.put(key, any(in, field));
            }
        });
        return map;
    }

    private static Object any(JsonParser in, String field) {
        return switch (in.currentToken()) {
            case START_OBJECT -> map(in, field);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    if (in.currentToken() != JsonToken.VALUE_NULL) {
                        list.add(any(in, field));
                    }
                }
                yield list;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> {
                try {
                    yield Long.parseLong(in.getString());
                } catch (NumberFormatException e) {
                    throw ApiException.invalid(field, "'" + in.getString() + "' does not fit into 64 bits");
                }
            }
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            default -> in.getString();
        };
    }

    /** Writes what {@link #map} reads. */
    public static void writeAny(Object value, JsonGenerator out) {
        switch (value) {
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((key, each) -> {
                    out.writeName(String.valueOf(key));
                    writeAny(each, out);
                });
                out.writeEndObject();
            }
            case Iterable<?> list -> {
                out.writeStartArray();
                list.forEach(each -> writeAny(each, out));
                out.writeEndArray();
            }
            case Boolean bool -> out.writeBoolean(bool);
            case Double number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case JsonSchema.Null _ -> out.writeNull();
            default -> out.writeString(value.toString());
        }
    }

    /** What is wrong with a document, without the parser's remarks on its source. */
    static String complaint(StreamReadException e) {
        String message = e.getOriginalMessage();
        int remark = message.indexOf(" (start marker");
        return (remark < 0 ? message : message.substring(0, remark)) + " at line "
                + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    }

    /** Takes one key of an object. */
    @FunctionalInterface
    public interface Visitor {
        void visit(String key);
    }
}
