package io.weft.model;

/** The checks that several records share. */
final class Rules {
    private Rules() {}

    static void require(String field, boolean holds, String rule) {
        if (!holds) {
            throw new InvalidException(field, rule);
        }
    }

    static void text(String field, String value) {
        require(
                field,
                value.length() <= Meta.MAX_TEXT,
                "must have at most " + Meta.MAX_TEXT + " characters, has " + value.length());
    }

    static void range(String field, long value, long min, long max) {
        require(field, value >= min && value <= max, "must be between " + min + " and " + max + ", is " + value);
    }
}
