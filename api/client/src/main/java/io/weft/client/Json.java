package io.weft.client;

import com.fasterxml.jackson.annotation.Nulls;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Neutron's JSON as records: what is absent or null is empty, and what is not known is not read. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultNullHandling(handling -> handling.withValueNulls(Nulls.AS_EMPTY))
            .addModule(new SimpleModule()
                    .addDeserializer(IpAddress.class, new Text<>(IpAddress.class, IpAddress::parse))
                    .addDeserializer(IpPrefix.class, new Text<>(IpPrefix.class, IpPrefix::parse))
                    .addDeserializer(MacAddress.class, new Text<>(MacAddress.class, MacAddress::parse)))
            .build();

    private Json() {}

    /** A value that is written as a text. */
    private static final class Text<T> extends ValueDeserializer<T> {
        private final Class<T> type;
        private final Function<String, T> parse;

        Text(Class<T> type, Function<String, T> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        @SuppressWarnings("unchecked") // the context gives a value of the type that it was asked for
        public T deserialize(JsonParser in, DeserializationContext context) {
            String text = in.getValueAsString("");
            try {
                return parse.apply(text);
            } catch (InvalidException e) {
                return (T) context.handleWeirdStringValue(type, text, e.getMessage());
            }
        }
    }
}
