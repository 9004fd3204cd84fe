package io.weft.domain.replica;

import io.weft.store.Bytes;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The stored form of limits: {@code port=10 network=-1}; and of what shards are balanced for: a limit, or nothing. */
public final class QuotaText {
    private QuotaText() {}

    /** The limits by the resource's name. */
    public static Map<String, Integer> parse(Bytes value) {
        Map<String, Integer> limits = new TreeMap<>();
        for (String word : value.utf8().split(" ", 0)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                limits.put(word.substring(0, equals), Integer.parseInt(word.substring(equals + 1)));
            }
        }
        return limits;
    }

    /** The stored form of limits. */
    public static Bytes text(Map<String, Integer> limits) {
        return Bytes.utf8(new TreeMap<>(limits)
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(" ")));
    }

    /** The limit that shards are balanced for; empty when they must be balanced first. */
    static OptionalInt balancedFor(Bytes value) {
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value.utf8()));
    }

    /** The stored form of what shards are balanced for. */
    public static Bytes balanced(int limit) {
        return Bytes.utf8(Integer.toString(limit));
    }
}
