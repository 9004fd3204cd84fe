package io.weft.rest;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * Serves {@code /tags} and {@code /tags/{tag}} beneath the objects of a resource.
 *
 * @param <T> the record of one object
 */
final class TagHandler<T> {
    private static final int MAXIMUM_LENGTH = 255;
    private static final int MAXIMUM_TAGS = 500;

    private static final Kind<String> TAG = Kinds.text(1, MAXIMUM_LENGTH);

    /** What is shown of tags: what requests hold, and more tags than that where several gave some. */
    static final JsonSchema SHOWN = JsonSchema.wrapped("tags", JsonSchema.list(JsonSchema.ofType("string")));

    /** What a request for tags holds. */
    static final JsonSchema GIVEN =
            JsonSchema.wrapped("tags", Kinds.listOf(TAG, MAXIMUM_TAGS, true).schema());

    private final ResourceType<T> resource;
    private final Attribute<Object, List<String>> tags = Attribute.<Object, List<String>>of(
                    "tags", Kinds.listOf(TAG, MAXIMUM_TAGS, true), record -> null)
            .required()
            .build();
    private final BodyReader<Object> reader = new BodyReader<>(new Schema<>(List.of(tags)), "tags");

    TagHandler(ResourceType<T> resource) {
        this.resource = resource;
    }

    void handle(Exchange exchange, Call call, String id, Optional<String> tag) {
        String method = exchange.method();
        if (tag.isPresent()) {
            if (tag.get().length() > MAXIMUM_LENGTH) {
                throw RestError.INVALID_INPUT.with("Invalid input for operation: '" + tag.get()
                        + "' exceeds maximum length of " + MAXIMUM_LENGTH + ".");
            }
            one(exchange, call, id, method, tag.get());
        } else {
            all(exchange, call, id, method);
        }
    }

    private void all(Exchange exchange, Call call, String id, String method) {
        switch (method) {
            case "GET" -> send(exchange, 200, current(call, id));
            case "PUT" -> {
                List<String> wanted = read(exchange, call);
                send(exchange, 200, resource.service().replaceTags(call, id, wanted));
            }
            case "POST" -> {
                List<String> more = read(exchange, call);
                send(exchange, 201, resource.service().addTags(call, id, more));
            }
            case "DELETE" -> {
                resource.service().replaceTags(call, id, List.of());
                exchange.sendNothing(204);
            }
            default -> throw RestEndpoint.noSuchPath();
        }
    }

    private void one(Exchange exchange, Call call, String id, String method, String tag) {
        switch (method) {
            case "GET" -> {
                if (!current(call, id).contains(tag)) {
                    throw missing(tag);
                }
                exchange.sendNothing(204);
            }
            case "PUT" -> {
                resource.service().addTags(call, id, List.of(tag));
                exchange.sendNothing(201);
            }
            case "DELETE" -> {
                resource.service().removeTag(call, id, tag);
                exchange.sendNothing(204);
            }
            default -> throw RestEndpoint.noSuchPath();
        }
    }

    private List<String> read(Exchange exchange, Call call) {
        return reader.readBare(exchange.body(), call.caller()).require(tags);
    }

    private Collection<String> current(Call call, String id) {
        return resource.tags().orElseThrow().apply(resource.permissions().require(call, id));
    }

    private static void send(Exchange exchange, int status, Collection<String> tags) {
        exchange.send(status, (JsonGenerator out) -> {
            out.writeStartObject();
            out.writeName("tags");
            out.writeStartArray();
            tags.forEach(out::writeString);
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    static ApiException missing(String tag) {
        return RestError.TAG_NOT_FOUND.with("Tag " + tag + " could not be found.");
    }
}
