package io.weft.neutron;

import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Json;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Attributes of extensions that are not announced. They are never shown. Clients that spell out the value which asks for
 * nothing are content; any other value is refused with the attribute's name.
 */
final class Refused {
    /** What every value that asks for nothing is read as, and none at all. */
    private static final String NEUTRAL = "";

    private Refused() {}

    /**
     * A refused attribute.
     *
     * @param name its name
     * @param extension the alias of the extension that would serve it
     * @param neutral the values that ask for nothing, in Python's words; null always does, and so do the empty list and
     *     the empty object
     */
    static <T> Attribute<T, String> attribute(String name, String extension, String... neutral) {
        Kind<String> kind = kind("is refused: the extension '" + extension + "' is not available", neutral);
        return Attribute.<T, String>of(name, kind, _ -> null)
                .postAndPut()
                .nullable()
                .byDefault(NEUTRAL)
                .unannounced()
                .build();
    }

    /** Takes only the neutral values and answers every other one with this rule. */
    static Kind<String> kind(String rule, String... neutral) {
        Set<String> harmless = Set.of(neutral);
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return JsonSchema.NOTHING;
            }

            @Override
            public JsonSchema writtenSchema() {
                return Forms.TEXT;
            }

            @Override
            public String read(JsonParser in, String field) {
                JsonToken token = in.currentToken();
                if (token.isStructStart()) {
                    if (in.nextToken().isStructEnd()) {
                        return NEUTRAL;
                    }
                    throw ApiException.invalid(field, "the value " + rule);
                }
                if (!harmless.contains(Json.shown(in))) {
                    throw ApiException.invalid(field, "'" + Json.shown(in) + "' " + rule);
                }
                return NEUTRAL;
            }

            @Override
            public void write(String value, JsonGenerator out) {
                out.writeString(value);
            }
        };
    }
}
