package io.weft.rest;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Something that is done to one object at a path beneath it, for example {@code PUT
 * /v2.0/routers/{id}/add_router_interface}.
 *
 * @param method the HTTP method
 * @param name the last segment of the path
 * @param schema what the body may hold
 * @param wrapper the key around the body's attributes; empty when they stand alone
 * @param handler does it
 */
public record Action(String method, String name, Schema<?> schema, Optional<String> wrapper, Handler handler) {

    /** An action whose body is the bare attributes. */
    public static Action put(String name, Schema<?> schema, Handler handler) {
        return new Action("PUT", name, schema, Optional.empty(), handler);
    }

    /** An action whose attributes stand beneath a key, as in a create request. */
    public static Action putWrapped(String name, String wrapper, Schema<?> schema, Handler handler) {
        return new Action("PUT", name, schema, Optional.of(wrapper), handler);
    }

    /** A view of an object. */
    public static Action get(String name, Handler handler) {
        return new Action("GET", name, new Schema<>(List.of()), Optional.empty(), handler);
    }

    /** Does the action and answers what writes the response's one JSON value, or nothing for status 204. */
    @FunctionalInterface
    public interface Handler {
        Optional<Consumer<JsonGenerator>> handle(Call call, String id, Body body);
    }
}
