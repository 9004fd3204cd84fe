package io.weft.rest;

import io.weft.model.InvalidException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The checked members of an object that is the value of an attribute. */
public final class Members {
    private final String field;
    private final Map<Member<?>, Object> values;
    private final Set<String> given;

    private Members(String field, Map<Member<?>, Object> values, Set<String> given) {
        this.field = field;
        this.values = values;
        this.given = given;
    }

    /**
     * Objects with members.
     *
     * @param known the members that they may have
     * @param maker makes the value; may throw {@link InvalidException}
     * @param writer writes the value's members
     */
    public static <V> Kind<V> object(
            List<Member<?>> known, Function<Members, V> maker, BiConsumer<V, JsonGenerator> writer) {
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return Members.schema(known, Kind::schema);
            }

            @Override
            public JsonSchema writtenSchema() {
                return Members.schema(known, Kind::writtenSchema);
            }

            @Override
            public V read(JsonParser in, String field) {
                Members members = Members.read(in, field, known);
                try {
                    return maker.apply(members);
                } catch (InvalidException e) {
                    throw ApiException.invalid(field, e.rule());
                }
            }

            @Override
            public void write(V value, JsonGenerator out) {
                out.writeStartObject();
                writer.accept(value, out);
                out.writeEndObject();
            }
        };
    }

    /** What an object of these members may be. */
    private static JsonSchema schema(List<Member<?>> members, Function<Kind<?>, JsonSchema> ofKind) {
        SequencedMap<String, JsonSchema> schemas = new LinkedHashMap<>();
        members.forEach(member -> schemas.put(member.name(), member.schema(ofKind.apply(member.kind()))));
        return JsonSchema.object(
                schemas,
                members.stream().filter(Member::required).map(Member::name).toList());
    }

    /**
     * Reads an object.
     *
     * @param field the attribute's name, for the errors
     * @throws ApiException when it is none, a member is unknown or wrong, or one is absent that must be there
     */
    private static Members read(JsonParser in, String field, List<Member<?>> known) {
        Map<Member<?>, Object> values = new HashMap<>();
        Set<String> given = new HashSet<>();
        Json.object(in, field, key -> {
            given.add(key);
            Member<?> member = known.stream()
                    .filter(each -> each.name().equals(key))
                    .findFirst()
                    .orElseThrow(() -> ApiException.invalid(field, "Unexpected keys supplied: " + key));
            if (in.currentToken() != JsonToken.VALUE_NULL) {
                values.put(member, member.kind().read(in, field));
            }
        });
        for (Member<?> member : known) {
            if (member.required() && !values.containsKey(member)) {
                throw ApiException.invalid(field, "'" + member.name() + "' is required");
            }
        }
        return new Members(field, values, given);
    }

    /** The attribute's name, for errors about several members. */
    public String field() {
        return field;
    }

    /** Whether the object has a member, be it null. */
    public boolean has(Member<?> member) {
        return given.contains(member.name());
    }

    /** Whether the object has no members at all. */
    public boolean isBlank() {
        return given.isEmpty();
    }

    /** Whether the object has no members, but for such as are null. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The value of a member that need not be there. */
    @SuppressWarnings("unchecked") // read() puts what the member's own kind read
    public <V> Optional<V> get(Member<V> member) {
        return Optional.ofNullable((V) values.get(member));
    }

    /** The value of a member that must be there. */
    public <V> V require(Member<V> member) {
        return get(member).orElseThrow();
    }
}
