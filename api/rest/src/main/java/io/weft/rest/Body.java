package io.weft.rest;

import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The checked attributes of one object in a request. At creation it holds the defaults of what was not given, at a
 * change only what was given.
 */
public final class Body {
    private final @Nullable Object[] values;
    private long given;

    Body(int size) {
        this.values = new @Nullable Object[size];
    }

    /** Whether the sender gave the attribute, be it null. */
    public boolean has(Attribute<?, ?> attribute) {
        return (given & 1L << attribute.target().index()) != 0;
    }

    /** Whether the sender gave no attribute at all. */
    public boolean isBlank() {
        return given == 0;
    }

    /** The value, or the default; empty when it is null or when there is neither. */
    @SuppressWarnings("unchecked") // put() is only called with the attribute's own type
    public <V> Optional<V> get(Attribute<?, V> attribute) {
        return Optional.ofNullable((V) values[attribute.target().index()]);
    }

    /** The value of an attribute that is required or has a default. */
    public <V> V require(Attribute<?, V> attribute) {
        return get(attribute)
                .orElseThrow(
                        () -> new NoSuchElementException("attribute " + attribute + " has neither value nor default"));
    }

    void put(Attribute<?, ?> attribute, @Nullable Object value) {
        given |= 1L << attribute.index();
        values[attribute.index()] = value;
    }

    void fill(Attribute<?, ?> attribute, @Nullable Object value) {
        values[attribute.index()] = value;
    }

    @Nullable
    Object raw(Attribute<?, ?> attribute) {
        return values[attribute.index()];
    }
}
