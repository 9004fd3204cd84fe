package io.weft.model;

import java.util.Arrays;

/** Which members of a {@link Pool} a caller's node chooses from. */
public enum MemberLocality {
    /** All of them. */
    ANY("any"),
    /** Those whose address is a port's that is bound to the caller's node; where there is none, calls are refused. */
    LOCAL("local"),
    /** The same; where none of them takes calls, all. */
    PREFER_LOCAL("prefer-local");

    private final String text;

    MemberLocality(String text) {
        this.text = text;
    }

    /** As the API spells it. */
    public String text() {
        return text;
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws InvalidException when it is none of them; the field is {@code weft:member_locality}
     */
    public static MemberLocality parse(String text) {
        return Arrays.stream(values())
                .filter(locality -> locality.text.equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidException("weft:member_locality", "must be any, local or prefer-local, is " + text));
    }
}
