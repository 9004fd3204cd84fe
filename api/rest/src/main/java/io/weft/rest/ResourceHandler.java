package io.weft.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;

/**
 * Serves one resource: the methods on its list, its objects and what lies beneath them.
 *
 * @param <T> the record of one object
 */
final class ResourceHandler<T> {
    /** More objects than this are not created at once. */
    static final int MAXIMUM_BULK = 1000;

    private final ResourceType<T> resource;
    private final Permissions<T> permissions;
    private final TagHandler<T> tags;
    private final Map<String, ResourceHandler<?>> children = new HashMap<>();
    private final SerializedString memberName;
    private final SerializedString collectionName;

    /** @param resource a resource of an endpoint */
    ResourceHandler(ResourceType<T> resource) {
        this.resource = resource;
        this.permissions = resource.permissions();
        this.tags = new TagHandler<>(resource);
        resource.children().forEach(child -> children.put(child.collection(), new ResourceHandler<>(child)));
        this.memberName = new SerializedString(resource.member());
        this.collectionName = new SerializedString(resource.collection());
    }

    /** The names of the rules that this resource and those beneath it ask for. */
    Stream<String> rules() {
        return Stream.concat(permissions.names(), children.values().stream().flatMap(ResourceHandler::rules));
    }

    void handle(Exchange exchange, Caller caller, List<String> path) {
        handle(exchange, caller, Optional.empty(), path);
    }

    private void handle(Exchange exchange, Caller caller, Optional<String> parent, List<String> path) {
        Call call = new Call(
                caller, exchange.expectedRevision(), parent, exchange.query().grouped());
        if (path.size() > 1) {
            beneath(exchange, call, path);
            return;
        }
        Operation operation = operation(exchange.method(), path.isEmpty());
        if (!resource.offers(operation)) {
            throw operation == Operation.SHOW
                    ? resource.notFound(call, path.getFirst())
                    : notAllowed(exchange.method());
        }
        switch (operation) {
            case LIST -> list(exchange, call);
            case CREATE -> create(exchange, call);
            case SHOW -> show(exchange, call, path.getFirst());
            case UPDATE -> update(exchange, call, path.getFirst());
            case DELETE -> delete(exchange, call, path.getFirst());
            case REPLACE -> replace(exchange, call);
        }
    }

    private static Operation operation(String method, boolean onList) {
        return switch ((onList ? "list " : "object ") + method) {
            case "list GET" -> Operation.LIST;
            case "list POST" -> Operation.CREATE;
            case "list PUT" -> Operation.REPLACE;
            case "object GET" -> Operation.SHOW;
            case "object PUT" -> Operation.UPDATE;
            case "object DELETE" -> Operation.DELETE;
            default -> throw notAllowed(method);
        };
    }

    private void beneath(Exchange exchange, Call call, List<String> path) {
        String id = path.getFirst();
        String method = exchange.method();
        if (path.get(1).equals("tags") && path.size() <= 3 && resource.tags().isPresent()) {
            permissions.requireTags(call, method, id);
            tags.handle(exchange, call, id, path.size() == 3 ? Optional.of(path.get(2)) : Optional.empty());
            return;
        }
        ResourceHandler<?> nested = children.get(path.get(1));
        if (nested != null) {
            nested.handle(exchange, call.caller(), Optional.of(id), path.subList(2, path.size()));
            return;
        }
        Action action = path.size() == 2 ? resource.action(method, path.get(1)) : null;
        if (action == null) {
            throw RestEndpoint.noSuchPath();
        }
        BodyReader<?> reader =
                new BodyReader<>(action.schema(), action.wrapper().orElse(action.name()));
        byte[] bytes = method.equals("GET") ? new byte[0] : exchange.body();
        Body body = action.wrapper().isPresent()
                ? reader.readForUpdate(bytes, call.caller())
                : reader.readBare(bytes, call.caller());
        permissions.requireAction(call, id, action, body);
        Optional<Consumer<JsonGenerator>> answer = action.handler().handle(call, id, body);
        if (answer.isPresent()) {
            exchange.send(200, answer.get());
        } else {
            exchange.sendNothing(204);
        }
    }

    private void list(Exchange exchange, Call call) {
        Query query = exchange.query();
        Selection<T> selection = Selection.of(resource, query, call);
        Permissions<T>.Visible visible = permissions.listed(call, query.all("fields"));
        Iterable<T> candidates = permissions.hidesAll(call.caller())
                ? List.of()
                : resource.service().list(call, selection.filters());
        if (selection.streams()) {
            exchange.send(200, out -> {
                out.writeStartObject();
                out.writeName(collectionName);
                out.writeStartArray();
                for (T candidate : candidates) {
                    if (selection.accepts(candidate) && permissions.shows(call, candidate)) {
                        resource.schema().write(candidate, visible.of(candidate), out);
                    }
                }
                out.writeEndArray();
                out.writeEndObject();
            });
            return;
        }
        List<T> page = selection.select(candidates, record -> permissions.shows(call, record));
        exchange.send(200, out -> {
            out.writeStartObject();
            out.writeName(collectionName);
            out.writeStartArray();
            for (T record : page) {
                resource.schema().write(record, visible.of(record), out);
            }
            out.writeEndArray();
            if (selection.limit() > 0) {
                links(exchange, query, selection, page, out);
            }
            out.writeEndObject();
        });
    }

    /** A page that is full may have a next one, and the other way round when the list is read backwards. */
    private void links(Exchange exchange, Query query, Selection<T> selection, List<T> page, JsonGenerator out) {
        boolean full = page.size() >= selection.limit();
        boolean next = full || selection.reverse();
        boolean previous = full || !selection.reverse();
        out.writeName(resource.collection() + "_links");
        out.writeStartArray();
        if (next) {
            link(exchange, query, "next", page.isEmpty() ? Optional.empty() : Optional.of(page.getLast()), out);
        }
        if (previous) {
            link(exchange, query, "previous", page.isEmpty() ? Optional.empty() : Optional.of(page.getFirst()), out);
        }
        out.writeEndArray();
    }

    private void link(Exchange exchange, Query query, String relation, Optional<T> marker, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("rel", relation);
        out.writeStringProperty(
                "href", exchange.url() + "?" + query.page(marker.map(resource.id()), relation.equals("previous")));
        out.writeEndObject();
    }

    private void create(Exchange exchange, Call call) {
        BodyReader.Batch batch =
                resource.bodies().readForCreate(exchange.body(), call.caller(), resource.collection(), MAXIMUM_BULK);
        batch.bodies().forEach(body -> permissions.requireCreate(call, body));
        if (!batch.bulk()) {
            sendOne(
                    exchange,
                    201,
                    resource.service().create(call, batch.bodies().getFirst()),
                    call,
                    List.of());
            return;
        }
        List<T> created = resource.service().createAll(call, batch.bodies());
        Permissions<T>.Visible visible = permissions.visible(call, List.of());
        exchange.send(201, out -> {
            out.writeStartObject();
            out.writeName(collectionName);
            out.writeStartArray();
            for (T record : created) {
                resource.schema().write(record, visible.of(record), out);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void show(Exchange exchange, Call call, String id) {
        List<String> fields = exchange.query().all("fields");
        T shown = resource.service().show(call, permissions.require(call, id), fields);
        sendOne(exchange, 200, shown, call, resource.service().fieldsAsk() ? List.of() : fields);
    }

    private void update(Exchange exchange, Call call, String id) {
        Body body = resource.bodies().readForUpdate(exchange.body(), call.caller());
        permissions.requireUpdate(call, id, body);
        sendOne(exchange, 200, resource.service().update(call, id, body), call, List.of());
    }

    private void delete(Exchange exchange, Call call, String id) {
        permissions.requireDelete(call, id);
        resource.service().delete(call, id);
        exchange.sendNothing(204);
    }

    private void replace(Exchange exchange, Call call) {
        List<Body> bodies = resource.bodies()
                .readForReplacement(exchange.body(), call.caller(), resource.collection(), MAXIMUM_BULK);
        permissions.requireReplace(call);
        bodies.forEach(body -> permissions.requireCreate(call, body));
        resource.service().replaceAll(call, bodies);
        exchange.sendNothing(202);
    }

    private void sendOne(Exchange exchange, int status, T record, Call call, List<String> fields) {
        long mask = permissions.visible(call, fields).of(record);
        exchange.send(status, out -> {
            out.writeStartObject();
            out.writeName(memberName);
            resource.schema().write(record, mask, out);
            out.writeEndObject();
        });
    }

    private static ApiException notAllowed(String method) {
        return RestError.METHOD_NOT_ALLOWED.with("The method " + method + " is not allowed for this resource.");
    }
}
