package io.weft.rest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The domain behind one resource. The engine has checked form, policy and ownership before it calls; the service
 * checks what depends on the state of the network and throws {@link ApiException} or an exception that the endpoint's
 * error translation knows. Operations that a resource does not have stay as they are here and answer 405.
 *
 * @param <T> the record of one object
 */
public interface ResourceService<T> {
    /** Creates one object. The body holds a value or default for each attribute that may be posted. */
    default T create(Call call, Body body) {
        throw unsupported();
    }

    /** Creates all objects or none. */
    default List<T> createAll(Call call, List<Body> bodies) {
        List<T> created = new ArrayList<>();
        for (Body body : bodies) {
            created.add(create(call, body));
        }
        return created;
    }

    /** The object with this id, if it exists and the caller may see it. */
    Optional<T> find(Call call, String id);

    /**
     * What is answered to a request for one object.
     *
     * @param found the object
     * @param fields the attributes that are asked for; all when empty
     */
    default T show(Call call, T found, List<String> fields) {
        return found;
    }

    /** Whether {@code fields} of a request for one object asks for something else than attributes. */
    default boolean fieldsAsk() {
        return false;
    }

    /**
     * At least all objects that the caller may see and that pass the filters; the engine applies the filters again, so
     * a service uses them only where it has an index.
     */
    Iterable<T> list(Call call, Filters<T> filters);

    /** Changes an object; the body holds only what is to change. */
    default T update(Call call, String id, Body body) {
        throw unsupported();
    }

    default void delete(Call call, String id) {
        throw unsupported();
    }

    /** Gives the list these objects, each as in a creation, in place of those that it has: all or nothing. */
    default void replaceAll(Call call, List<Body> bodies) {
        throw unsupported();
    }

    /** Gives an object these tags and no others; answers what it has then. */
    default Collection<String> replaceTags(Call call, String id, List<String> tags) {
        throw unsupported();
    }

    /** Gives an object these tags too; answers what it has then. */
    default Collection<String> addTags(Call call, String id, List<String> tags) {
        throw unsupported();
    }

    /** Takes a tag from an object; a tag that it does not have is an error. */
    default void removeTag(Call call, String id, String tag) {
        throw unsupported();
    }

    private static ApiException unsupported() {
        return RestError.METHOD_NOT_ALLOWED.with("The method is not allowed for this resource.");
    }
}
