package io.weft.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads request bodies token by token into {@link Body}s and checks them against a schema on the way.
 *
 * @param <T> the schema's record
 */
final class BodyReader<T> {
    private final Schema<T> schema;
    private final String member;

    /** @param member the key around an object, for example {@code port} */
    BodyReader(Schema<T> schema, String member) {
        this.schema = schema;
        this.member = member;
    }

    /** One or several objects. */
    record Batch(List<Body> bodies, boolean bulk) {}

    /** Reads {@code {"port": {…}}} or {@code {"ports": [{…}, …]}}. */
    Batch readForCreate(byte[] bytes, Caller caller, String collection, int maximum) {
        return read(bytes, in -> {
            String key = onlyKey(in, member);
            if (key.equals(member)) {
                return new Batch(List.of(object(in, caller, true)), false);
            }
            if (!key.equals(collection)) {
                throw RestError.BAD_REQUEST.with("Unable to find '" + member + "' in request body");
            }
            List<Body> bodies = items(in, caller, collection, maximum);
            if (bodies.isEmpty()) {
                throw RestError.BAD_REQUEST.with("Resources required");
            }
            return new Batch(bodies, true);
        });
    }

    /** Reads {@code {"ports": [{…}, …]}}, be it of none, each as for its creation. */
    List<Body> readForReplacement(byte[] bytes, Caller caller, String collection, int maximum) {
        return read(bytes, in -> {
            if (!onlyKey(in, collection).equals(collection)) {
                throw RestError.BAD_REQUEST.with("Unable to find '" + collection + "' in request body");
            }
            return items(in, caller, collection, maximum);
        });
    }

    private List<Body> items(JsonParser in, Caller caller, String collection, int maximum) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.invalid(collection, "'" + Json.shown(in) + "' is not a list");
        }
        List<Body> bodies = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (bodies.size() == maximum) {
                throw ApiException.invalid(collection, "the list must have at most " + maximum + " items");
            }
            bodies.add(item(in, caller));
        }
        return bodies;
    }

    /** Reads {@code {"port": {…}}} with what is to change. */
    Body readForUpdate(byte[] bytes, Caller caller) {
        return read(bytes, in -> {
            String key = onlyKey(in, member);
            if (!key.equals(member)) {
                throw RestError.BAD_REQUEST.with("Unable to find '" + member + "' in request body");
            }
            return object(in, caller, false);
        });
    }

    /** Reads an action's body, which is an object without a name around it; no body at all is an empty one. */
    Body readBare(byte[] bytes, Caller caller) {
        if (bytes.length == 0) {
            Body body = new Body(schema.attributes().size());
            complete(body, caller);
            return body;
        }
        return read(bytes, in -> {
            in.nextToken();
            return object(in, caller, true);
        });
    }

    private static <R> R read(byte[] bytes, Reading<R> reading) {
        try (JsonParser in = Json.parser(bytes)) {
            R result = reading.read(in);
            JsonToken more = in.nextToken();
            while (more == JsonToken.END_OBJECT) {
                more = in.nextToken();
            }
            if (more != null) {
                throw RestError.BAD_REQUEST.with("Body contains invalid data: more than one object");
            }
            return result;
        } catch (StreamReadException e) {
            throw RestError.BAD_REQUEST.with("Body contains invalid data: " + Json.complaint(e));
        } catch (JacksonException e) {
            throw RestError.BAD_REQUEST.with("Body contains invalid data: " + e.getOriginalMessage());
        }
    }

    /** Moves to the value of the document's only key. */
    private static String onlyKey(JsonParser in, String member) {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw RestError.BAD_REQUEST.with("Body contains invalid data");
        }
        if (in.nextToken() != JsonToken.PROPERTY_NAME) {
            throw RestError.BAD_REQUEST.with("Unable to find '" + member + "' in request body");
        }
        String key = in.currentName();
        in.nextToken();
        return key;
    }

    /** An object of a list, which may stand alone or, as some clients write it, beneath its name. */
    private Body item(JsonParser in, Caller caller) {
        requireObject(in);
        boolean named = in.nextToken() == JsonToken.PROPERTY_NAME
                && in.currentName().equals(member)
                && schema.attribute(member) == null;
        if (!named) {
            return attributes(in, caller, true);
        }
        in.nextToken();
        Body body = object(in, caller, true);
        if (in.nextToken() != JsonToken.END_OBJECT) {
            throw RestError.BAD_REQUEST.with("Unrecognized attribute(s) '" + in.currentName() + "'");
        }
        return body;
    }

    private Body object(JsonParser in, Caller caller, boolean create) {
        requireObject(in);
        in.nextToken();
        return attributes(in, caller, create);
    }

    private void requireObject(JsonParser in) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw RestError.BAD_REQUEST.with(
                    "Invalid input for " + member + ". Reason: '" + Json.shown(in) + "' is not a dictionary.");
        }
    }

    /** Reads on from an object's first name, or from its end. */
    private Body attributes(JsonParser in, Caller caller, boolean create) {
        Body body = new Body(schema.attributes().size());
        List<String> unknown = new ArrayList<>(0);
        for (; in.currentToken() == JsonToken.PROPERTY_NAME; in.nextToken()) {
            String name = in.currentName();
            in.nextToken();
            Attribute<T, ?> attribute = schema.attribute(name);
            if (attribute == null) {
                unknown.add(name);
                in.skipChildren();
                continue;
            }
            take(in, attribute, body, caller, create);
        }
        if (!unknown.isEmpty()) {
            throw RestError.BAD_REQUEST.with("Unrecognized attribute(s) '" + String.join(", ", unknown) + "'");
        }
        if (create) {
            complete(body, caller);
        }
        return body;
    }

    private void take(JsonParser in, Attribute<T, ?> attribute, Body body, Caller caller, boolean create) {
        String name = attribute.name();
        if (create && !attribute.post()) {
            throw RestError.BAD_REQUEST.with("Attribute '" + name + "' not allowed in POST");
        }
        if (!create && !attribute.put()) {
            throw RestError.BAD_REQUEST.with("Cannot update read-only attribute " + name);
        }
        Object value = value(in, attribute);
        Attribute<T, ?> target = attribute.target();
        if (body.has(target) && !Objects.equals(body.raw(target), value)) {
            throw RestError.BAD_REQUEST.with(
                    "'" + target.name() + "' and '" + name(attribute, target) + "' do not match");
        }
        if (attribute.owner() && !caller.global() && !caller.project().equals(value)) {
            throw RestError.BAD_REQUEST.with("Specifying 'project_id' or 'tenant_id' other than the authenticated"
                    + " project in request requires admin privileges");
        }
        body.put(target, value);
    }

    /** The name of the pair that is not the target's own. */
    private String name(Attribute<T, ?> attribute, Attribute<T, ?> target) {
        if (attribute != target) {
            return attribute.name();
        }
        return schema.attributes().stream()
                .filter(other -> other.isAlias() && other.target() == target)
                .findFirst()
                .map(Attribute::name)
                .orElse(target.name());
    }

    private static @Nullable Object value(JsonParser in, Attribute<?, ?> attribute) {
        if (attribute.nullable() && in.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        return attribute.kind().read(in, attribute.name());
    }

    private void complete(Body body, Caller caller) {
        for (Attribute<T, ?> attribute : schema.attributes()) {
            if (attribute.isAlias() || !attribute.post() || body.has(attribute)) {
                continue;
            }
            if (attribute.owner()) {
                if (caller.project().isEmpty()) {
                    throw RestError.BAD_REQUEST.with(
                            "Running without keystone AuthN requires that project_id is specified");
                }
                body.fill(attribute, caller.project());
            } else if (attribute.required()) {
                throw RestError.BAD_REQUEST.with(
                        "Failed to parse request. Required attribute '" + attribute.name() + "' not specified");
            } else {
                body.fill(attribute, attribute.defaultValue());
            }
        }
    }

    @FunctionalInterface
    private interface Reading<R> {
        R read(JsonParser in);
    }
}
