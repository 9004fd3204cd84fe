package io.weft.rest;

import java.util.Optional;

/**
 * Something that rules of the policy ask of an object and that is no attribute of it, for example the project of the
 * network that a port is on.
 *
 * @param <T> the record of one object
 * @param name how rules name it, for example {@code network:project_id}
 * @param ofRecord finds it for an object
 * @param ofBody finds it for what is to become one; throws the answer to give when the request names something that the
 *     caller does not see
 */
public record Related<T>(String name, OfRecord<T> ofRecord, OfBody ofBody) {
    /** Finds the value for an object; empty when there is none. */
    @FunctionalInterface
    public interface OfRecord<T> {
        Optional<?> value(Call call, T record);
    }

    /** Finds the value for what is to become an object; empty when there is none. */
    @FunctionalInterface
    public interface OfBody {
        Optional<?> value(Call call, Body body);
    }
}
