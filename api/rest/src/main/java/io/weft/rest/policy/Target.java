package io.weft.rest.policy;

import org.jspecify.annotations.Nullable;

/** What something is to be done with, as far as rules ask: an object, or what is to become one. */
@FunctionalInterface
public interface Target {
    /** What {@link #value} answers to a name that the target does not have: a check of it fails. */
    Object ABSENT = new Object();

    /** Nothing at all. */
    Target NOTHING = _ -> ABSENT;

    /**
     * The value of an attribute, or of one of another object, whose kind then stands before the name with a colon
     * between them. Names that end in {@code tenant_id} arrive here as {@code project_id}.
     *
     * @return the value; null when it has none; {@link #ABSENT} when there is no such attribute
     */
    @Nullable
    Object value(String name);
}
