package io.weft.model;

/**
 * An RBAC policy with what it is about.
 *
 * @param object the object
 * @param policy one of its policies
 */
public record RbacEntry(Shareable object, RbacPolicy policy) {}
