package io.weft.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The attributes of a resource or of an action's body, in the order in which they are written.
 *
 * @param <T> the record that the attributes are read from
 */
public final class Schema<T> {
    private final List<Attribute<T, ?>> attributes;
    private final Map<String, Attribute<T, ?>> byName;

    /** @param attributes at most 64 attributes that belong to no other schema */
    public Schema(List<Attribute<T, ?>> attributes) {
        if (attributes.size() > Long.SIZE) {
            throw new IllegalArgumentException("a schema has at most " + Long.SIZE + " attributes");
        }
        this.attributes = List.copyOf(attributes);
        Map<String, Attribute<T, ?>> names = new HashMap<>();
        for (int i = 0; i < attributes.size(); i++) {
            Attribute<T, ?> attribute = attributes.get(i);
            attribute.place(i);
            if (names.put(attribute.name(), attribute) != null) {
                throw new IllegalArgumentException("two attributes are named " + attribute.name());
            }
        }
        this.byName = Map.copyOf(names);
    }

    List<Attribute<T, ?>> attributes() {
        return attributes;
    }

    @Nullable
    Attribute<T, ?> attribute(String name) {
        return byName.get(name);
    }

    void write(T record, long mask, JsonGenerator out) {
        out.writeStartObject();
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            attributes.get(Long.numberOfTrailingZeros(rest)).write(record, out);
        }
        out.writeEndObject();
    }
}
