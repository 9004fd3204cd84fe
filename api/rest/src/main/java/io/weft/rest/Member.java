package io.weft.rest;

/**
 * A member of an object that is the value of an attribute.
 *
 * @param name its name
 * @param kind what its values are
 * @param required whether the object must have it; one that need not be there may be null too
 */
public record Member<V>(String name, Kind<V> kind, boolean required) {
    /** One that must be there. */
    public static <V> Member<V> required(String name, Kind<V> kind) {
        return new Member<>(name, kind, true);
    }

    /** One that may be absent, which null says too. */
    public static <V> Member<V> optional(String name, Kind<V> kind) {
        return new Member<>(name, kind, false);
    }

    JsonSchema schema(JsonSchema ofKind) {
        return required ? ofKind : ofKind.orNull();
    }
}
