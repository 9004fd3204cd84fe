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
 * @param answer what is answered
 * @param handler does it
 */
public record Action(
        String method, String name, Schema<?> schema, Optional<String> wrapper, Answer answer, Handler handler) {

    /** What is answered. */
    public sealed interface Answer {
        /** The object beneath its name, as after a change. */
        record Wrapped() implements Answer {}

        /** The object. */
        record Bare() implements Answer {}

        /** Something of the action's own. */
        record Other(JsonSchema schema) implements Answer {}
    }

    /** The same with another answer than the object beneath its name. */
    public Action answering(Answer other) {
        return new Action(method, name, schema, wrapper, other, handler);
    }

    /** An action whose body is the bare attributes. */
    public static Action put(String name, Schema<?> schema, Handler handler) {
        return new Action("PUT", name, schema, Optional.empty(), new Answer.Wrapped(), handler);
    }

    /** An action whose attributes stand beneath a key, as in a create request. */
    public static Action putWrapped(String name, String wrapper, Schema<?> schema, Handler handler) {
        return new Action("PUT", name, schema, Optional.of(wrapper), new Answer.Wrapped(), handler);
    }

    /** A view of an object. */
    public static Action get(String name, Handler handler) {
        return new Action("GET", name, new Schema<>(List.of()), Optional.empty(), new Answer.Wrapped(), handler);
    }

    /** Does the action and answers what writes the response's one JSON value, or nothing for status 204. */
    @FunctionalInterface
    public interface Handler {
        Optional<Consumer<JsonGenerator>> handle(Call call, String id, Body body);
    }
}
