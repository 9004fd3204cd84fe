package io.weft.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a new object gets or an existing one changes to; what is not said is the server's default, or stays. Immutable.
 *
 * @param <S> the attributes of which kind of object
 */
public abstract class Attributes<S extends Attributes<S>> {
    /** Stands for JSON's null. */
    enum Nothing {
        NULL
    }

    static final Object NULL = Nothing.NULL;

    private final Map<String, Object> values;

    Attributes(Map<String, Object> values) {
        this.values = values;
    }

    abstract S copy(Map<String, Object> values);

    /** These and one more, under its name in the API, for what has no method here. */
    public final S with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(attribute, value);
        return copy(Collections.unmodifiableMap(more));
    }

    static List<Map<String, String>> written(List<Subnet.HostRoute> routes) {
        return routes.stream()
                .map(route -> Map.of(
                        "destination",
                        route.destination().toString(),
                        "nexthop",
                        route.nexthop().toString()))
                .toList();
    }

    /** Whether nothing is said. */
    public final boolean isEmpty() {
        return values.isEmpty();
    }

    final Map<String, Object> values() {
        return values;
    }

    @Override
    public final String toString() {
        return values.toString();
    }
}
