package io.weft.domain;

import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import java.util.UUID;

/**
 * An RBAC policy to be made.
 *
 * @param project whose policy it is
 * @param kind the kind of the object
 * @param objectId the object
 * @param action what the target may do
 * @param target the project that may, or {@link io.weft.model.RbacPolicy#EVERYONE}; administrators only
 */
public record NewRbacPolicy(String project, Resource.Kind kind, UUID objectId, Action action, String target) {}
