package io.weft.rest;

import java.util.Set;

/**
 * Everybody on this machine is an administrator; callers from elsewhere are refused. The header {@code X-Project-Id}
 * chooses the project, which is {@code default} without it.
 */
public final class NoAuthentication implements Authenticator {
    /** The project of a caller that names none. */
    public static final String DEFAULT_PROJECT = "default";

    private static final Caller ANYBODY =
            new Caller(DEFAULT_PROJECT, "anonymous", Set.of("admin", "service"), true).withImpliedRoles();

    @Override
    public Caller authenticate(Credentials credentials) {
        if (!credentials.local()) {
            throw Authenticator.refused();
        }
        return credentials
                .header("X-Project-Id")
                .filter(project -> !project.isBlank())
                .map(project -> {
                    if (project.length() > 255) {
                        throw ApiException.invalid("X-Project-Id", "'" + project + "' exceeds maximum length of 255");
                    }
                    return new Caller(project, ANYBODY.user(), ANYBODY.roles(), true);
                })
                .orElse(ANYBODY);
    }
}
