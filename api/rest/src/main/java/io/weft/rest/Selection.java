package io.weft.rest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Which objects of a list are wanted and in what order: filters, sort keys and a page.
 *
 * @param <T> the record of one object
 */
final class Selection<T> {
    private final Filters<T> filters;
    private final Optional<Comparator<T>> order;
    private final int limit;
    private final Optional<T> marker;
    private final boolean reverse;

    private Selection(
            Filters<T> filters, Optional<Comparator<T>> order, int limit, Optional<T> marker, boolean reverse) {
        this.filters = filters;
        this.order = order;
        this.limit = limit;
        this.marker = marker;
        this.reverse = reverse;
    }

    static <T> Selection<T> of(ResourceType<T> resource, Query query, Call call) {
        Filters<T> filters = Filters.of(resource, query, call);
        int limit = limit(query);
        Optional<Comparator<T>> order = order(resource, query, call.caller(), limit > 0);
        boolean reverse = query.first("page_reverse").map(Boolean::parseBoolean).orElse(false);
        Optional<T> marker = limit == 0
                ? Optional.empty()
                : query.first("marker").filter(id -> !id.isEmpty()).flatMap(id -> marker(resource, call, id));
        return new Selection<>(filters, order, limit, marker, limit > 0 && reverse);
    }

    private static <T> Optional<T> marker(ResourceType<T> resource, Call call, String id) {
        Optional<T> marker = resource.service()
                .find(call, id)
                .filter(record -> resource.permissions().shows(call, record));
        if (marker.isEmpty() && !resource.unknownMarkers()) {
            throw resource.notFound(id);
        }
        return marker;
    }

    Filters<T> filters() {
        return filters;
    }

    /** The size of a page; 0 when the list is whole. */
    int limit() {
        return limit;
    }

    boolean reverse() {
        return reverse;
    }

    /** Whether objects can be written as they come. */
    boolean streams() {
        return order.isEmpty();
    }

    boolean accepts(T record) {
        return filters.test(record);
    }

    /**
     * The wanted objects in their order.
     *
     * @param shown whether the caller may see an object
     */
    List<T> select(Iterable<T> candidates, Predicate<T> shown) {
        if (order.isEmpty()) {
            List<T> all = new ArrayList<>();
            for (T candidate : candidates) {
                if (filters.test(candidate) && shown.test(candidate)) {
                    all.add(candidate);
                }
            }
            return all;
        }
        Comparator<T> direction = reverse ? order.get().reversed() : order.get();
        List<T> page = limit == 0 ? new ArrayList<>() : null;
        PriorityQueue<T> nearest = new PriorityQueue<>(Math.min(Math.max(limit, 1), 1024) + 1, direction.reversed());
        for (T candidate : candidates) {
            if (!filters.test(candidate)
                    || marker.isPresent() && direction.compare(candidate, marker.get()) <= 0
                    || !shown.test(candidate)) {
                continue;
            }
            if (page != null) {
                page.add(candidate);
            } else if (nearest.size() < limit) {
                nearest.add(candidate);
            } else if (direction.compare(candidate, nearest.element()) < 0) {
                nearest.remove();
                nearest.add(candidate);
            }
        }
        if (page == null) {
            page = new ArrayList<>(nearest);
        }
        page.sort(direction);
        if (reverse) {
            Collections.reverse(page);
        }
        return page;
    }

    private static int limit(Query query) {
        Optional<String> given = query.first("limit");
        if (given.isEmpty()) {
            return 0;
        }
        try {
            int limit = Integer.parseInt(given.get());
            if (limit >= 0) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // The same answer as for a negative number.
        }
        throw RestError.BAD_PARAMETER.with(
                "Bad limit request: Limit must be an integer 0 or greater and not '" + given.get() + "'.");
    }

    private static <T> Optional<Comparator<T>> order(
            ResourceType<T> resource, Query query, Caller caller, boolean paging) {
        List<String> keys = query.all("sort_key");
        List<String> directions = query.all("sort_dir");
        if (keys.size() != directions.size()) {
            throw RestError.BAD_REQUEST.with("The number of sort_keys and sort_dirs must be same");
        }
        List<String> absent = new ArrayList<>(0);
        List<String> wrong = new ArrayList<>(0);
        List<Comparator<T>> parts = new ArrayList<>(keys.size() + 1);
        for (int i = 0; i < keys.size(); i++) {
            Attribute<T, ?> attribute = resource.schema().attribute(keys.get(i));
            String direction = directions.get(i);
            if (attribute == null
                    || !attribute.sortable()
                    || !attribute.visible()
                    || !resource.permissions().alwaysReads(caller, attribute)) {
                absent.add("'" + keys.get(i) + "'");
            } else if (!direction.equals("asc") && !direction.equals("desc")) {
                wrong.add("'" + direction + "'");
            } else {
                parts.add(
                        direction.equals("asc")
                                ? attribute.order()
                                : attribute.order().reversed());
            }
        }
        if (!absent.isEmpty()) {
            throw RestError.BAD_REQUEST.with("[" + String.join(", ", absent) + "] is invalid attribute for sort_keys");
        }
        if (!wrong.isEmpty()) {
            throw RestError.BAD_REQUEST.with("[" + String.join(", ", wrong)
                    + "] is invalid value for sort_dirs, valid value is 'asc' and 'desc'");
        }
        if (parts.isEmpty() && !paging) {
            return Optional.empty();
        }
        // The id makes the order total, so that a marker stands at exactly one place.
        Comparator<T> byId = resource.order();
        return Optional.of(parts.stream()
                .reduce(Comparator::thenComparing)
                .map(c -> c.thenComparing(byId))
                .orElse(byId));
    }
}
