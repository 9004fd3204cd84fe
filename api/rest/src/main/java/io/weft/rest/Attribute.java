package io.weft.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;

/**
 * One attribute of a resource: its name, its kind and what may be done with it. An attribute belongs to one
 * {@link Schema}; the dialect keeps it as a constant and asks a {@link Body} for its value.
 *
 * @param <T> the record that the attribute is read from
 * @param <V> the type of its values
 */
public final class Attribute<T, V> {
    private final String name;
    private final SerializedString encodedName;
    private final Kind<V> kind;
    private final Function<? super T, ? extends @Nullable V> getter;
    private final boolean post;
    private final boolean put;
    private final boolean required;
    private final boolean nullable;
    private final boolean visible;
    private final boolean announced;
    private final boolean mayBeAbsent;
    private final JsonSchema shownSchema;
    private final JsonSchema filterSchema;
    private final boolean listed;
    private final boolean filterable;
    private final boolean sortable;
    private final boolean owner;
    private final List<String> parts;
    private final BiPredicate<? super V, String> hasPart;
    private final @Nullable Supplier<? extends V> defaultValue;
    private final @Nullable Attribute<T, V> canonical;
    private final @Nullable BiConsumer<? super T, JsonGenerator> writer;
    private final @Nullable Function<List<String>, Predicate<T>> filter;
    private int index = -1;

    private Attribute(Builder<T, V> builder) {
        this.name = builder.name;
        this.encodedName = new SerializedString(name);
        this.kind = builder.kind;
        this.getter = builder.getter;
        this.post = builder.post;
        this.put = builder.put;
        this.required = builder.required;
        this.nullable = builder.nullable;
        this.visible = builder.visible;
        this.announced = builder.announced;
        this.mayBeAbsent = builder.mayBeAbsent;
        this.shownSchema = builder.shownSchema;
        this.filterSchema = builder.filterSchema;
        this.listed = builder.listed;
        this.filterable = builder.filterable;
        this.sortable = builder.sortable;
        this.owner = builder.owner;
        this.parts = builder.parts;
        this.hasPart = builder.hasPart;
        this.defaultValue = builder.defaultValue;
        this.canonical = builder.canonical;
        this.writer = builder.writer;
        this.filter = builder.filter;
    }

    /** An attribute that is shown, filtered and, where its kind has an order, sorted by, but not written. */
    public static <T, V> Builder<T, V> of(
            String name, Kind<V> kind, Function<? super T, ? extends @Nullable V> getter) {
        return new Builder<>(name, kind, getter);
    }

    /** A second name of this attribute, with the same rules. */
    public Attribute<T, V> alias(String otherName) {
        Builder<T, V> builder = new Builder<>(otherName, kind, getter);
        builder.post = post;
        builder.put = put;
        builder.nullable = nullable;
        builder.visible = visible;
        builder.announced = announced;
        builder.mayBeAbsent = mayBeAbsent;
        builder.shownSchema = shownSchema;
        builder.filterSchema = filterSchema;
        builder.filterable = filterable;
        builder.sortable = sortable;
        builder.owner = owner;
        builder.parts = parts;
        builder.hasPart = hasPart;
        builder.canonical = this;
        builder.writer = writer;
        builder.filter = filter;
        return new Attribute<>(builder);
    }

    public String name() {
        return name;
    }

    public Kind<V> kind() {
        return kind;
    }

    boolean post() {
        return post;
    }

    boolean put() {
        return put;
    }

    boolean required() {
        return required;
    }

    boolean nullable() {
        return nullable;
    }

    boolean filterable() {
        return filterable;
    }

    boolean sortable() {
        return sortable && kind.order().isPresent();
    }

    boolean owner() {
        return owner;
    }

    boolean isAlias() {
        return canonical != null;
    }

    /** The attribute whose place in a body this one fills: itself unless it is an alias. */
    Attribute<T, ?> target() {
        return canonical == null ? this : canonical;
    }

    @Nullable
    V defaultValue() {
        return defaultValue == null ? null : defaultValue.get();
    }

    boolean listed() {
        return listed;
    }

    boolean visible() {
        return visible;
    }

    /** Whether the API's description speaks of it. */
    boolean announced() {
        return announced;
    }

    /** What may be given for it. */
    JsonSchema givenSchema() {
        return nullable ? kind.schema().orNull() : kind.schema();
    }

    /** What is shown of it. */
    JsonSchema shownSchema() {
        return nullable || mayBeAbsent ? shownSchema.orNull() : shownSchema;
    }

    /** What texts it may be filtered by. */
    JsonSchema filterSchema() {
        return filterSchema;
    }

    /** The parts of values that have rules of their own in the policy. */
    List<String> parts() {
        return parts;
    }

    /** Whether a value has a part. */
    @SuppressWarnings("unchecked") // a body holds values of the attribute's own type
    boolean hasPart(@Nullable Object value, String part) {
        return value != null && hasPart.test((V) value, part);
    }

    int index() {
        return index;
    }

    void place(int newIndex) {
        if (index >= 0) {
            throw new IllegalStateException("attribute " + name + " belongs to another schema");
        }
        index = newIndex;
    }

    @Nullable
    V value(T record) {
        return getter.apply(record);
    }

    void write(T record, JsonGenerator out) {
        out.writeName(encodedName);
        if (writer != null) {
            writer.accept(record, out);
            return;
        }
        V value = getter.apply(record);
        if (value == null) {
            out.writeNull();
        } else {
            kind.write(value, out);
        }
    }

    Predicate<T> filter(List<String> texts) {
        if (filter != null) {
            return filter.apply(texts);
        }
        Predicate<V> matches = kind.filter(name, texts);
        return record -> {
            V value = getter.apply(record);
            return value != null && matches.test(value);
        };
    }

    /** Orders records by this attribute; null comes first. */
    Comparator<T> order() {
        Optional<Comparator<V>> order = kind.order();
        Comparator<V> values = order.orElseThrow();
        return (a, b) -> {
            V left = getter.apply(a);
            V right = getter.apply(b);
            if (left == null || right == null) {
                return left == right ? 0 : left == null ? -1 : 1;
            }
            return values.compare(left, right);
        };
    }

    @Override
    public String toString() {
        return name;
    }

    /** Collects what may be done with an attribute. */
    public static final class Builder<T, V> {
        private final String name;
        private final Kind<V> kind;
        private final Function<? super T, ? extends @Nullable V> getter;
        private boolean post;
        private boolean put;
        private boolean required;
        private boolean nullable;
        private boolean visible = true;
        private boolean announced = true;
        private boolean mayBeAbsent;
        private JsonSchema shownSchema;
        private JsonSchema filterSchema;
        private boolean listed = true;
        private boolean filterable = true;
        private boolean sortable = true;
        private boolean owner;
        private List<String> parts = List.of();
        private BiPredicate<? super V, String> hasPart = (_, _) -> false;
        private @Nullable Supplier<? extends V> defaultValue;
        private @Nullable Attribute<T, V> canonical;
        private @Nullable BiConsumer<? super T, JsonGenerator> writer;
        private @Nullable Function<List<String>, Predicate<T>> filter;

        private Builder(String name, Kind<V> kind, Function<? super T, ? extends @Nullable V> getter) {
            this.name = name;
            this.kind = kind;
            this.getter = getter;
            this.shownSchema = kind.writtenSchema();
            this.filterSchema = kind.filterSchema();
        }

        /** May be given at creation. */
        public Builder<T, V> post() {
            post = true;
            return this;
        }

        /** May be given at creation and changed later. */
        public Builder<T, V> postAndPut() {
            post = true;
            put = true;
            return this;
        }

        /** May be changed but not given at creation. */
        public Builder<T, V> putOnly() {
            put = true;
            return this;
        }

        /** Must be given at creation. */
        public Builder<T, V> required() {
            post = true;
            required = true;
            return this;
        }

        /** May be null. */
        public Builder<T, V> nullable() {
            nullable = true;
            return this;
        }

        /** What the body holds when the sender gives nothing; an attribute without a default is then absent. */
        public Builder<T, V> byDefault(V value) {
            defaultValue = () -> value;
            return this;
        }

        /** May be shown as null although it cannot be set to null. */
        public Builder<T, V> mayBeAbsent() {
            mayBeAbsent = true;
            return this;
        }

        /**
         * Written straight from the record as one JSON value, where that is not of the type that is read.
         *
         * @param schema what is written
         */
        public Builder<T, V> written(JsonSchema schema, BiConsumer<? super T, JsonGenerator> newWriter) {
            shownSchema = schema;
            writer = newWriter;
            return this;
        }

        /** The same, where the API is not described. */
        public Builder<T, V> written(BiConsumer<? super T, JsonGenerator> newWriter) {
            return written(JsonSchema.ANY, newWriter);
        }

        /** Filtered by a rule of its own, which gets the texts of which one must match. */
        public Builder<T, V> filtered(Function<List<String>, Predicate<T>> newFilter) {
            filter = newFilter;
            return this;
        }

        /**
         * The same.
         *
         * @param schema the texts that the rule takes
         */
        public Builder<T, V> filtered(JsonSchema schema, Function<List<String>, Predicate<T>> newFilter) {
            filterSchema = schema;
            return filtered(newFilter);
        }

        /** Never shown, listed by or spoken of in the API's description: it waits for what is not there yet. */
        public Builder<T, V> unannounced() {
            announced = false;
            return hidden().notFilterable().notSortable();
        }

        /** Never shown. */
        public Builder<T, V> hidden() {
            visible = false;
            return this;
        }

        /** Shown with one object, not in lists. */
        public Builder<T, V> notListed() {
            listed = false;
            return this;
        }

        public Builder<T, V> notFilterable() {
            filterable = false;
            return this;
        }

        public Builder<T, V> notSortable() {
            sortable = false;
            return this;
        }

        /**
         * Values have parts with rules of their own in the policy, for example {@code create_port:fixed_ips:ip_address}.
         *
         * @param names the parts
         * @param present whether a value has a part
         */
        public Builder<T, V> parts(List<String> names, BiPredicate<? super V, String> present) {
            parts = List.copyOf(names);
            hasPart = present;
            return this;
        }

        /**
         * Names the project that owns the object: filled in from the caller when absent, and only who gets at every
         * project's objects may name another one.
         */
        public Builder<T, V> owner() {
            owner = true;
            return post();
        }

        public Attribute<T, V> build() {
            return new Attribute<>(this);
        }
    }
}
