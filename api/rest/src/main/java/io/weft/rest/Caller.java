package io.weft.rest;

import java.util.Set;

/**
 * Who asks.
 *
 * @param project the project that the request works in; empty when the caller named none
 * @param user the user's id
 * @param roles the names of the caller's roles in the project
 * @param admin whether the caller sees and changes every project's objects
 */
public record Caller(String project, String user, Set<String> roles, boolean admin) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    /** An administrator without a project. */
    public static Caller administrator(String user) {
        return new Caller("", user, Set.of("admin"), true);
    }

    /** Whether the caller owns objects of this project or administers all. */
    public boolean owns(String otherProject) {
        return admin || project.equals(otherProject);
    }
}
