package io.weft.client;

import io.weft.client.Connection.Call;
import io.weft.client.Connection.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The objects of one kind. Every method throws {@link NeutronException} when the call is not done.
 *
 * @param <R> the record of one object
 * @param <A> what an object is given
 */
public class Resources<R, A extends Attributes<A>> {
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 10_000;
    private static final int MOST_CHANGES = 10;
    private static final Pattern UUID_FORM = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final Connection connection;
    private final String singular;
    private final String plural;
    private final String path;
    private final Class<R> type;

    Resources(Connection connection, String singular, String plural, Class<R> type) {
        this(connection, singular, plural, "/v2.0/" + plural.replace('_', '-'), type);
    }

    Resources(Connection connection, String singular, String plural, String path, Class<R> type) {
        this.connection = connection;
        this.singular = singular;
        this.plural = plural;
        this.path = path;
        this.type = type;
    }

    public final R create(A attributes) {
        return one(connection.send(Call.of(Method.POST, path, Map.of(singular, body(attributes)))));
    }

    /** Makes all of them or none. */
    public final List<R> create(List<A> attributes) {
        List<?> bodies = attributes.stream().map(Resources::body).toList();
        return all(connection.send(Call.of(Method.POST, path, Map.of(plural, bodies))));
    }

    public final R show(UUID id) {
        return one(connection.send(Call.get(path + "/" + id)));
    }

    /** The object; empty when it is not there for this caller. */
    public final Optional<R> find(UUID id) {
        try {
            return Optional.of(show(id));
        } catch (NeutronException e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * The only object with this id, or else with this name.
     *
     * @throws NeutronException with status 404 for none, 409 for several of the name
     */
    public final R named(String nameOrId) {
        if (UUID_FORM.matcher(nameOrId).matches()) {
            Optional<R> found = find(UUID.fromString(nameOrId));
            if (found.isPresent()) {
                return found.get();
            }
        }
        List<R> found = list(Query.named(nameOrId));
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw found.isEmpty()
                ? NeutronException.refused(404, "", "there is no " + words() + " '" + nameOrId + "'")
                : NeutronException.refused(
                        409, "", found.size() + " have the name '" + nameOrId + "': give the id of a " + words());
    }

    private String words() {
        return singular.replace('_', ' ');
    }

    /** All objects that the query is for, read in pages. */
    public final List<R> list(Query query) {
        return list(query, PAGE);
    }

    final List<R> list(Query query, int pageSize) {
        List<R> found = new ArrayList<>();
        String filters = query.encoded();
        String marker = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            JsonNode answer = connection.send(
                    Call.get(path + "?limit=" + pageSize + marker + (filters.isEmpty() ? "" : "&" + filters)));
            found.addAll(all(answer));
            JsonNode objects = answer.path(plural);
            // The link's address is the server's idea of where it is; behind a proxy it may be wrong.
            if (objects.isEmpty() || !hasNext(answer.path(plural + "_links"))) {
                return found;
            }
            marker = "&marker="
                    + Query.encode(objects.get(objects.size() - 1).path("id").asString(""));
        }
        throw NeutronException.unreadable("the list has no end");
    }

    private static boolean hasNext(JsonNode links) {
        for (JsonNode link : links) {
            if (link.path("rel").asString("").equals("next")) {
                return true;
            }
        }
        return false;
    }

    public final R update(UUID id, A attributes) {
        return one(connection.send(Call.of(Method.PUT, path + "/" + id, Map.of(singular, body(attributes)))));
    }

    /**
     * Changes what was read: the change is worked out again from a fresh reading when somebody else was first.
     *
     * @param change what to change of the object; nothing is sent when it is empty
     * @param revision an object's revision
     */
    public final R change(UUID id, Function<R, A> change, Function<R, Long> revision) {
        for (int attempt = 1; ; attempt++) {
            R before = show(id);
            A attributes = change.apply(before);
            if (attributes.isEmpty()) {
                return before;
            }
            try {
                return one(connection.send(new Call(
                        Method.PUT,
                        path + "/" + id,
                        Optional.of(Map.of(singular, body(attributes))),
                        Optional.of(revision.apply(before)))));
            } catch (NeutronException e) {
                if (!e.stale() || attempt == MOST_CHANGES) {
                    throw e;
                }
            }
        }
    }

    /** Whether it was there; either way it is gone. */
    public final boolean delete(UUID id) {
        return remove(id.toString());
    }

    final boolean remove(String one) {
        try {
            connection.send(Call.delete(path + "/" + one));
            return true;
        } catch (NeutronException e) {
            if (e.notFound()) {
                return false;
            }
            throw e;
        }
    }

    /** Gives an object exactly these tags. */
    public final void replaceTags(UUID id, List<String> tags) {
        connection.send(Call.of(Method.PUT, path + "/" + id + "/tags", Map.of("tags", tags)));
    }

    /** Adds a tag, which must have no slash. */
    public final void addTag(UUID id, String tag) {
        connection.send(new Call(Method.PUT, tagPath(id, tag), Optional.empty(), Optional.empty()));
    }

    /** Takes a tag away; it may be gone already. */
    public final void removeTag(UUID id, String tag) {
        try {
            connection.send(Call.delete(tagPath(id, tag)));
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    private String tagPath(UUID id, String tag) {
        return path + "/" + id + "/tags/" + Query.encode(tag);
    }

    final JsonNode act(UUID id, String action, Map<String, ?> body) {
        return connection.send(Call.of(Method.PUT, path + "/" + id + "/" + action, body));
    }

    final void putAll(List<A> attributes) {
        List<?> bodies = attributes.stream().map(Resources::body).toList();
        connection.send(Call.of(Method.PUT, path, Map.of(plural, bodies)));
    }

    private static Map<String, @Nullable Object> body(Attributes<?> attributes) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        attributes
                .values()
                .forEach((name, value) -> body.put(name, value instanceof Attributes.Nothing ? null : value));
        return body;
    }

    private R one(JsonNode answer) {
        return read(answer.path(singular));
    }

    private List<R> all(JsonNode answer) {
        List<R> found = new ArrayList<>();
        for (JsonNode each : answer.path(plural)) {
            found.add(read(each));
        }
        return List.copyOf(found);
    }

    /** An object as the body of an answer. */
    final R read(JsonNode node) {
        if (!node.isObject()) {
            throw NeutronException.unreadable("the answer has no " + words());
        }
        try {
            return Json.MAPPER.treeToValue(node, type);
        } catch (JacksonException e) {
            throw NeutronException.unreadable("the answer is no " + words() + ": " + e.getOriginalMessage());
        }
    }
}
