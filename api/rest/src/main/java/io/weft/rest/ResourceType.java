package io.weft.rest;

import io.weft.rest.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
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
    private final Map<String, Related<T>> related;
    private final Optional<Function<T, ? extends Collection<String>>> tags;
    private final Optional<Function<T, Instant>> changed;
    private final Map<String, Action> actions;
    private final List<ResourceType<?>> children;
    private final Function<String, ApiException> notFound;
    private final boolean unknownMarkers;
    private final BiFunction<String, String, ApiException> notFoundBeneath;
    private final boolean idsAreKnown;
    private final boolean othersAreUnknown;
    private final Set<Operation> operations;
    private final boolean announced;
    private final BodyReader<T> bodies;
    private final String prefix;
    private @Nullable Permissions<T> permissions;

    private ResourceType(Builder<T> builder) {
        this.member = builder.member;
        this.collection = builder.collection;
        this.schema = new Schema<>(builder.attributes);
        this.id = builder.id;
        this.order = builder.order;
        this.service = builder.service;
        this.related = Map.copyOf(builder.related);
        this.tags = Optional.ofNullable(builder.tags);
        this.changed = Optional.ofNullable(builder.changed);
        this.actions = Map.copyOf(builder.actions);
        this.children = List.copyOf(builder.children);
        this.notFound = builder.notFound;
        this.unknownMarkers = builder.unknownMarkers;
        this.notFoundBeneath = builder.notFoundBeneath;
        this.idsAreKnown = builder.idsAreKnown;
        this.othersAreUnknown = builder.othersAreUnknown;
        this.operations = Set.copyOf(builder.operations);
        this.announced = builder.announced;
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

    @Nullable
    Related<T> related(String name) {
        return related.get(name);
    }

    Optional<Function<T, ? extends Collection<String>>> tags() {
        return tags;
    }

    Optional<Function<T, Instant>> changed() {
        return changed;
    }

    Collection<Action> actions() {
        return actions.values();
    }

    @Nullable
    Action action(String method, String name) {
        return actions.get(method + " " + name);
    }

    /** The resources beneath each object. */
    List<ResourceType<?>> children() {
        return children;
    }

    /** Whether a page may be asked for from behind an object that the caller does not find. */
    boolean unknownMarkers() {
        return unknownMarkers;
    }

    /** What stands before the collection in paths, with the slash behind it; empty for most. */
    String prefix() {
        return prefix;
    }

    /** Whether who may not see an object is told so. */
    boolean idsAreKnown() {
        return idsAreKnown;
    }

    /** Whether who may not change another project's object is told that there is none, even if it sees it. */
    boolean othersAreUnknown() {
        return othersAreUnknown;
    }

    /** What can be done with its objects. */
    boolean offers(Operation operation) {
        return operations.contains(operation);
    }

    /** Whether the API's description speaks of it. */
    boolean announced() {
        return announced;
    }

    /** What objects are called among the schemas of the API's description, where they lie beneath no others. */
    String componentName() {
        return prefix.replace('/', '_') + member;
    }

    /** What the policy of the endpoint says of this resource. */
    Permissions<T> permissions() {
        if (permissions == null) {
            throw new IllegalStateException("the resource " + member + " belongs to no endpoint");
        }
        return permissions;
    }

    /** Makes the resource one of an endpoint, and those beneath it. */
    void govern(@Nullable Permissions<?> parent, Policy policy) {
        if (permissions != null) {
            throw new IllegalStateException("the resource " + member + " belongs to another endpoint");
        }
        permissions = new Permissions<>(this, parent, policy);
        for (ResourceType<?> child : children) {
            child.govern(permissions, policy);
        }
    }

    BodyReader<T> bodies() {
        return bodies;
    }

    /** The answer to an id that leads nowhere. */
    public ApiException notFound(String missing) {
        return notFound.apply(missing);
    }

    /** The answer to an id that leads nowhere in this call. */
    ApiException notFound(Call call, String missing) {
        return call.parent()
                .map(parent -> notFoundBeneath.apply(parent, missing))
                .orElseGet(() -> notFound.apply(missing));
    }

    /** Writes one object with the attributes that the caller may see; for the answers of actions. */
    public void write(T record, Caller caller, JsonGenerator out) {
        schema.write(record, permissions().visible(new Call(caller), List.of()).of(record), out);
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
        private final Map<String, Related<T>> related = new HashMap<>();
        private @Nullable Function<T, ? extends Collection<String>> tags;
        private @Nullable Function<T, Instant> changed;
        private Comparator<T> order;
        private Function<String, ApiException> notFound;
        private boolean unknownMarkers;
        private BiFunction<String, String, ApiException> notFoundBeneath;
        private boolean idsAreKnown;
        private boolean othersAreUnknown;
        private String prefix = "";
        private Set<Operation> operations = EnumSet.complementOf(EnumSet.of(Operation.REPLACE));
        private boolean announced = true;

        private Builder(String member, String collection, Function<T, String> id, ResourceService<T> service) {
            this.member = member;
            this.collection = collection;
            this.id = id;
            this.order = Comparator.comparing(id);
            this.service = service;
            String title = Character.toUpperCase(member.charAt(0)) + member.substring(1);
            this.notFound = missing -> new ApiException(
                    ErrorCategory.NOT_FOUND, title + "NotFound", title + " " + missing + " could not be found.");
            this.notFoundBeneath = (_, missing) -> notFound.apply(missing);
        }

        /** The attributes in the order in which they are written. */
        public Builder<T> attributes(List<? extends Attribute<T, ?>> more) {
            attributes.addAll(more);
            return this;
        }

        /** What rules of the policy ask of an object besides its attributes. */
        public Builder<T> related(Related<T> more) {
            related.put(more.name(), more);
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

        /** The error for an id that leads nowhere beneath an object, whose id comes first, where it is another one. */
        public Builder<T> notFoundBeneath(BiFunction<String, String, ApiException> newNotFound) {
            notFoundBeneath = newNotFound;
            return this;
        }

        /** Its path is {@code segment/collection} instead of {@code collection}. */
        public Builder<T> beneath(String segment) {
            prefix = segment + "/";
            return this;
        }

        /** What can be done with the objects, where that is not everything. */
        public Builder<T> offers(Operation... some) {
            operations = EnumSet.copyOf(List.of(some));
            return this;
        }

        /** The API's description does not speak of it: it is there to refuse what is asked. */
        public Builder<T> unannounced() {
            announced = false;
            return this;
        }

        /** Ids are no secret: who may not see an object is told so, and not that there is none. */
        public Builder<T> idsAreKnown() {
            idsAreKnown = true;
            return this;
        }

        /** Who may not change another project's object is told that there is none, even if it sees it. */
        public Builder<T> othersAreUnknown() {
            othersAreUnknown = true;
            return this;
        }

        public ResourceType<T> build() {
            return new ResourceType<>(this);
        }
    }
}
