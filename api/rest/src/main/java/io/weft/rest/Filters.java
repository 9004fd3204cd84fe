package io.weft.rest;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a list is restricted to. Values of one attribute are alternatives, attributes are conditions that must all hold.
 *
 * @param <T> the record of one object
 */
public final class Filters<T> {
    private static final Set<String> NOT_FILTERS =
            Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");

    private final Map<Attribute<T, ?>, List<String>> values;
    private final List<Predicate<T>> predicates;

    private Filters(Map<Attribute<T, ?>, List<String>> values, List<Predicate<T>> predicates) {
        this.values = values;
        this.predicates = predicates;
    }

    /** The texts of which the attribute must match one; empty when the list is not restricted by it. */
    public List<String> values(Attribute<T, ?> attribute) {
        return values.getOrDefault(attribute, List.of());
    }

    boolean isEmpty() {
        return predicates.isEmpty();
    }

    boolean test(T record) {
        for (int i = 0; i < predicates.size(); i++) {
            if (!predicates.get(i).test(record)) {
                return false;
            }
        }
        return true;
    }

    static <T> Filters<T> of(ResourceType<T> resource, Query query, Call call) {
        Map<Attribute<T, ?>, List<String>> values = new HashMap<>();
        List<Predicate<T>> predicates = new ArrayList<>();
        List<String> unknown = new ArrayList<>(0);
        query.grouped().forEach((name, texts) -> {
            if (NOT_FILTERS.contains(name)) {
                return;
            }
            Predicate<T> special = special(resource, name, texts);
            if (special != null) {
                predicates.add(special);
                return;
            }
            Attribute<T, ?> attribute = resource.schema().attribute(name);
            if (attribute == null
                    || !attribute.filterable()
                    || !resource.permissions().mayRead(call.caller(), attribute)) {
                unknown.add("'" + name + "'");
                return;
            }
            List<String> before = values.put(attribute.target(), List.copyOf(texts));
            if (before != null && !before.equals(texts)) {
                throw RestError.FILTER_CONFLICT.with("Both tenant_id and project_id passed as filters.");
            }
            predicates.add(filter(resource, call, attribute, texts));
        });
        if (!unknown.isEmpty()) {
            throw RestError.BAD_REQUEST.with("[" + String.join(", ", unknown) + "] is invalid attribute for filtering");
        }
        return new Filters<>(values, predicates);
    }

    /** What a caller does not see of an object, the object is not found by. */
    private static <T> Predicate<T> filter(
            ResourceType<T> resource, Call call, Attribute<T, ?> attribute, List<String> texts) {
        Predicate<T> matches = attribute.filter(texts);
        Permissions<T> permissions = resource.permissions();
        return permissions.alwaysReads(call.caller(), attribute)
                ? matches
                : record -> permissions.reads(call, attribute, record) && matches.test(record);
    }

    private static <T> @Nullable Predicate<T> special(ResourceType<T> resource, String name, List<String> texts) {
        if (name.equals("changed_since") && resource.changed().isPresent()) {
            Function<T, Instant> changed = resource.changed().get();
            Instant since = instant(texts.getFirst());
            return record -> !changed.apply(record).isBefore(since);
        }
        if (resource.tags().isEmpty()) {
            return null;
        }
        Function<T, ? extends Collection<String>> tags = resource.tags().get();
        List<String> wanted = texts.stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .filter(tag -> !tag.isEmpty())
                .toList();
        return switch (name) {
            case "tags" -> record -> tags.apply(record).containsAll(wanted);
            case "tags-any" -> record -> wanted.stream().anyMatch(tags.apply(record)::contains);
            case "not-tags" -> record -> !tags.apply(record).containsAll(wanted);
            case "not-tags-any" -> record -> wanted.stream().noneMatch(tags.apply(record)::contains);
            default -> null;
        };
    }

    private static Instant instant(String text) {
        try {
            return LocalDateTime.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw RestError.INVALID_INPUT.with("Invalid input for operation: The input changed_since must be in the"
                    + " following format: YYYY-MM-DDTHH:MM:SS[Z].");
        }
    }
}
