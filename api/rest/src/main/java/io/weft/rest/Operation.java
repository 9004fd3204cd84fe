package io.weft.rest;

/** What can be done with the objects of a resource; a resource that does not say has all but {@link #REPLACE}. */
public enum Operation {
    LIST,
    SHOW,
    CREATE,
    UPDATE,
    DELETE,
    /** Giving a list other objects in place of all that it has. */
    REPLACE
}
