package io.weft.rest;

/** What can be done with the objects of a resource. */
public enum Operation {
    LIST,
    SHOW,
    CREATE,
    UPDATE,
    DELETE
}
