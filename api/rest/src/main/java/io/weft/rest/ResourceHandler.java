package io.weft.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;

/**
 * Serves one resource: the methods on its list, its objects and what lies beneath them.
 *
 * @param <T> the record of one object
 */
final class ResourceHandler<T> {
    /** More objects than this are not created at once. */
    private static final int MAXIMUM_BULK = 1000;

    private final ResourceType<T> resource;
    private final Policy policy;
    private final TagHandler<T> tags;
    private final Map<String, ResourceHandler<?>> children = new HashMap<>();
    private final SerializedString memberName;
    private final SerializedString collectionName;

    ResourceHandler(ResourceType<T> resource, Policy policy) {
        this.resource = resource;
        this.policy = policy;
        this.tags = new TagHandler<>(resource);
        resource.children().forEach(child -> children.put(child.collection(), new ResourceHandler<>(child, policy)));
        this.memberName = new SerializedString(resource.member());
        this.collectionName = new SerializedString(resource.collection());
    }

    void handle(Exchange exchange, Caller caller, List<String> path) {
        handle(exchange, caller, Optional.empty(), path);
    }

    private void handle(Exchange exchange, Caller caller, Optional<String> parent, List<String> path) {
        String method = exchange.method();
        if (resource.hidden() && !caller.admin() && method.equals("GET")) {
            showNothing(exchange, path);
            return;
        }
        if (resource.adminOnly() && !caller.admin()) {
            throw Policy.refused("rule:" + action(method));
        }
        Call call = new Call(caller, exchange.expectedRevision(), parent);
        switch (path.size()) {
            case 0 -> {
                switch (method) {
                    case "GET" -> list(exchange, call);
                    case "POST" -> create(exchange, call);
                    default -> throw notAllowed(method);
                }
            }
            case 1 -> {
                String id = path.getFirst();
                switch (method) {
                    case "GET" -> show(exchange, call, id);
                    case "PUT" -> update(exchange, call, id);
                    case "DELETE" -> delete(exchange, call, id);
                    default -> throw notAllowed(method);
                }
            }
            default -> beneath(exchange, call, path);
        }
    }

    private void showNothing(Exchange exchange, List<String> path) {
        if (!path.isEmpty()) {
            throw resource.notFound(path.getFirst());
        }
        exchange.send(200, out -> {
            out.writeStartObject();
            out.writeName(collectionName);
            out.writeStartArray();
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void beneath(Exchange exchange, Call call, List<String> path) {
        String id = path.getFirst();
        String method = exchange.method();
        if (path.get(1).equals("tags") && path.size() <= 3 && resource.tags().isPresent()) {
            if (!method.equals("GET")) {
                String action = "update_" + resource.collection() + "_tags";
                requireAllowed(call, action);
                requireOwned(call, id, action);
            }
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
        String rule = (method.equals("GET") ? "get_" + resource.member() + ":" : "") + action.name();
        requireAllowed(call, rule);
        if (action.adminOnly() && !call.caller().admin()) {
            throw Policy.refused("rule:" + rule);
        }
        if (!method.equals("GET")) {
            requireOwned(call, id, rule);
        }
        BodyReader<?> reader =
                new BodyReader<>(action.schema(), action.wrapper().orElse(action.name()));
        byte[] bytes = method.equals("GET") ? new byte[0] : exchange.body();
        Body body = action.wrapper().isPresent()
                ? reader.readForUpdate(bytes, call.caller())
                : reader.readBare(bytes, call.caller());
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
        long mask = resource.schema().listed(call.caller(), query.all("fields"));
        Iterable<T> candidates = resource.service().list(call, selection.filters());
        if (selection.streams()) {
            exchange.send(200, out -> {
                out.writeStartObject();
                out.writeName(collectionName);
                out.writeStartArray();
                for (T candidate : candidates) {
                    if (selection.accepts(candidate)) {
                        resource.schema().write(candidate, mask, out);
                    }
                }
                out.writeEndArray();
                out.writeEndObject();
            });
            return;
        }
        List<T> page = selection.select(candidates);
        exchange.send(200, out -> {
            out.writeStartObject();
            out.writeName(collectionName);
            out.writeStartArray();
            for (T record : page) {
                resource.schema().write(record, mask, out);
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
        requireAllowed(call, "create_" + resource.member());
        BodyReader.Batch batch =
                resource.bodies().readForCreate(exchange.body(), call.caller(), resource.collection(), MAXIMUM_BULK);
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
        long mask = resource.schema().visible(call.caller(), List.of());
        exchange.send(201, out -> {
            out.writeStartObject();
            out.writeName(collectionName);
            out.writeStartArray();
            for (T record : created) {
                resource.schema().write(record, mask, out);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void show(Exchange exchange, Call call, String id) {
        T record = resource.service().find(call, id).orElseThrow(() -> resource.notFound(id));
        sendOne(exchange, 200, record, call, exchange.query().all("fields"));
    }

    private void update(Exchange exchange, Call call, String id) {
        requireAllowed(call, "update_" + resource.member());
        Body body = resource.bodies().readForUpdate(exchange.body(), call.caller());
        requireOwned(call, id, "update_" + resource.member());
        sendOne(exchange, 200, resource.service().update(call, id, body), call, List.of());
    }

    private void delete(Exchange exchange, Call call, String id) {
        requireAllowed(call, "delete_" + resource.member());
        requireOwned(call, id, "delete_" + resource.member());
        resource.service().delete(call, id);
        exchange.sendNothing(204);
    }

    private void sendOne(Exchange exchange, int status, T record, Call call, List<String> fields) {
        long mask = resource.schema().visible(call.caller(), fields);
        exchange.send(status, out -> {
            out.writeStartObject();
            out.writeName(memberName);
            resource.schema().write(record, mask, out);
            out.writeEndObject();
        });
    }

    /** Others' objects that the caller sees, because they are shared, are not for it to change. */
    private void requireOwned(Call call, String id, String action) {
        if (call.caller().admin() || resource.owner().isEmpty()) {
            return;
        }
        T record = resource.service().find(call, id).orElseThrow(() -> resource.notFound(id));
        if (!call.caller().owns(resource.owner().get().apply(record))) {
            throw Policy.refused("rule:" + action);
        }
    }

    private void requireAllowed(Call call, String action) {
        if (!policy.allows(call.caller(), action)) {
            throw Policy.refused("rule:" + action);
        }
    }

    private String action(String method) {
        return switch (method) {
                    case "POST" -> "create_";
                    case "PUT" -> "update_";
                    case "DELETE" -> "delete_";
                    default -> "get_";
                }
                + resource.member();
    }

    private static ApiException notAllowed(String method) {
        return RestError.METHOD_NOT_ALLOWED.with("The method " + method + " is not allowed for this resource.");
    }
}
