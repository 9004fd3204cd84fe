package io.weft.loadbalancer;

import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Json;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * Attributes that ask for what no node does. They are shown with the value that asks for nothing, which is taken, as null and
 * empty lists and objects are; any other value is refused with the attribute's name and the reason.
 */
final class Unsupported {
    /** What a value that asks for nothing is read as where it is none of the others. */
    private static final String NOTHING = "";

    private Unsupported() {}

    /** One that is shown as null. */
    static <T> Attribute<T, Object> attribute(String name, String reason) {
        return of(name, Optional.empty(), reason);
    }

    /** One that is shown with this value. */
    static <T> Attribute<T, Object> attribute(String name, Object neutral, String reason) {
        return of(name, Optional.of(neutral), reason);
    }

    private static <T> Attribute<T, Object> of(String name, Optional<Object> neutral, String reason) {
        return Attribute.<T, Object>of(name, kind(neutral, reason), _ -> neutral.orElse(null))
                .postAndPut()
                .nullable()
                .notFilterable()
                .notSortable()
                .build();
    }

    /** What asks for nothing and nothing else. */
    static Kind<Object> kind(Optional<Object> neutral, String reason) {
        String taken = neutral.map(Unsupported::word).orElse(NOTHING);
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return JsonSchema.NOTHING;
            }

            @Override
            public Object read(JsonParser in, String field) {
                String given = Json.shown(in);
                if (in.currentToken().isStructStart()) {
                    if (in.nextToken().isStructEnd()) {
                        return NOTHING;
                    }
                } else if (given.equals(taken)) {
                    return NOTHING;
                }
                throw ApiException.invalid(field, "'" + given + "' is not supported: " + reason);
            }

            @Override
            public void write(Object value, JsonGenerator out) {
                Json.writeAny(value, out);
            }
        };
    }

    /** As errors show it: in Python's words. */
    private static String word(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? "True" : "False";
            default -> value.toString();
        };
    }
}
