package io.weft.rest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A kind of object that a dialect serves: its names, attributes, actions and the service behind it.
 *
 * @param <T> the record of one object
 */
public final class ResourceType<T> {
    private final String member;
    private final String collection;
    private final Schema<T> schema;
    private final Function<T, String> id;
    private final Comparator<T> order;
    private final ResourceService<T> service;
    private final Optional<Function<T, String>> owner;
    private final Optional<Function<T, ? extends Collection<String>>> tags;
    private final Optional<Function<T, Instant>> changed;
    private final Map<String, Action> actions;
    private final List<ResourceType<?>> children;
    private final Function<String, ApiException> notFound;
    private final boolean adminOnly;
    private final boolean unknownMarkers;
    private final boolean hidden;
    private final BodyReader<T> bodies;
    private final String prefix;

    private ResourceType(Builder<T> builder) {
        this.member = builder.member;
        this.collection = builder.collection;
        this.schema = new Schema<>(builder.attributes);
        this.id = builder.id;
        this.order = builder.order;
        this.service = builder.service;
        this.owner = Optional.ofNullable(builder.owner);
        this.tags = Optional.ofNullable(builder.tags);
        this.changed = Optional.ofNullable(builder.changed);
        this.actions = Map.copyOf(builder.actions);
        this.children = List.copyOf(builder.children);
        this.notFound = builder.notFound;
        this.adminOnly = builder.adminOnly;
        this.unknownMarkers = builder.unknownMarkers;
        this.hidden = builder.hidden;
        this.bodies = new BodyReader<>(schema, member);
        this.prefix = builder.prefix;
    }

    /**
     * Begins a resource.
     *
     * @param member the name of one object, for example {@code port}
     * @param collection the name of the list and of its path, for example {@code ports}
     */
    public static <T> Builder<T> named(
            String member, String collection, Function<T, String> id, ResourceService<T> service) {
        return new Builder<>(member, collection, id, service);
    }

    public String member() {
        return member;
    }

    public String collection() {
        return collection;
    }

    Schema<T> schema() {
        return schema;
    }

    Function<T, String> id() {
        return id;
    }

    /** The order of objects by their ids. */
    Comparator<T> order() {
        return order;
    }

    ResourceService<T> service() {
        return service;
    }

    Optional<Function<T, String>> owner() {
        return owner;
    }

    Optional<Function<T, ? extends Collection<String>>> tags() {
        return tags;
    }

    Optional<Function<T, Instant>> changed() {
        return changed;
    }

    @Nullable
    Action action(String method, String name) {
        return actions.get(method + " " + name);
    }

    /** The resources beneath each object. */
    List<ResourceType<?>> children() {
        return children;
    }

    boolean adminOnly() {
        return adminOnly;
    }

    /** Whether a page may be asked for from behind an object that the caller does not find. */
    boolean unknownMarkers() {
        return unknownMarkers;
    }

    /** What stands before the collection in paths, with the slash behind it; empty for most. */
    String prefix() {
        return prefix;
    }

    /** Whether those who are no administrators are told that there are no objects. */
    boolean hidden() {
        return hidden;
    }

    BodyReader<T> bodies() {
        return bodies;
    }

    /** The answer to an id that leads nowhere. */
    public ApiException notFound(String missing) {
        return notFound.apply(missing);
    }

    /** Writes one object with the attributes that the caller may see; for the answers of actions. */
    public void write(T record, Caller caller, JsonGenerator out) {
        schema.write(record, schema.visible(caller, List.of()), out);
    }

    /** Collects what a resource is made of. */
    public static final class Builder<T> {
        private final String member;
        private final String collection;
        private final Function<T, String> id;
        private final ResourceService<T> service;
        private final List<Attribute<T, ?>> attributes = new ArrayList<>();
        private final Map<String, Action> actions = new HashMap<>();
        private final List<ResourceType<?>> children = new ArrayList<>();
        private @Nullable Function<T, String> owner;
        private @Nullable Function<T, ? extends Collection<String>> tags;
        private @Nullable Function<T, Instant> changed;
        private Comparator<T> order;
        private Function<String, ApiException> notFound;
        private boolean adminOnly;
        private boolean unknownMarkers;
        private String prefix = "";
        private boolean hidden;

        private Builder(String member, String collection, Function<T, String> id, ResourceService<T> service) {
            this.member = member;
            this.collection = collection;
            this.id = id;
            this.order = Comparator.comparing(id);
            this.service = service;
            String title = Character.toUpperCase(member.charAt(0)) + member.substring(1);
            this.notFound = missing -> new ApiException(
                    ErrorCategory.NOT_FOUND, title + "NotFound", title + " " + missing + " could not be found.");
        }

        /** The attributes in the order in which they are written. */
        public Builder<T> attributes(List<? extends Attribute<T, ?>> more) {
            attributes.addAll(more);
            return this;
        }

        /** The project that owns an object; only it and administrators change the object. */
        public Builder<T> owner(Function<T, String> newOwner) {
            owner = newOwner;
            return this;
        }

        /** The order of objects by their ids, where there is a cheaper way than to compare the ids' texts. */
        public Builder<T> order(Comparator<T> newOrder) {
            order = newOrder;
            return this;
        }

        /** Objects carry tags: filters and the paths {@code /tags} and {@code /tags/{tag}} work. */
        public Builder<T> tags(Function<T, ? extends Collection<String>> newTags) {
            tags = newTags;
            return this;
        }

        /** When an object last changed: the filter {@code changed_since} works. */
        public Builder<T> changed(Function<T, Instant> newChanged) {
            changed = newChanged;
            return this;
        }

        public Builder<T> action(Action action) {
            actions.put(action.method() + " " + action.name(), action);
            return this;
        }

        /** A resource beneath each object, at {@code /COLLECTION/{id}/CHILDREN}; its calls name the object as parent. */
        public Builder<T> child(ResourceType<?> child) {
            children.add(child);
            return this;
        }

        /** The error for an id that leads nowhere, where it is not the usual one. */
        public Builder<T> notFound(Function<String, ApiException> newNotFound) {
            notFound = newNotFound;
            return this;
        }

        /** A list that is asked for from behind an unknown object begins at its beginning; usually that is an error. */
        public Builder<T> markersMayBeUnknown() {
            unknownMarkers = true;
            return this;
        }

        /** Its path is {@code segment/collection} instead of {@code collection}. */
        public Builder<T> beneath(String segment) {
            prefix = segment + "/";
            return this;
        }

        /** Only administrators see and change objects. */
        public Builder<T> adminOnly() {
            adminOnly = true;
            return this;
        }

        /** Only administrators see and change objects; others who read find none, as in Neutron. */
        public Builder<T> hiddenFromOthers() {
            hidden = true;
            return adminOnly();
        }

        public ResourceType<T> build() {
            return new ResourceType<>(this);
        }
    }
}
