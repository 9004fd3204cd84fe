package io.weft.server.keystone;

import java.net.URI;
import java.time.Duration;

/**
 * Where Keystone is, and as whom Weft asks it.
 *
 * @param url the Identity API v3, ending in {@code /v3}
 * @param publicUrl what callers without a valid token are told to turn to
 * @param username the service user
 * @param userDomain the name of its domain
 * @param password its password
 * @param project the name of the project that it works in, where it needs the role {@code service} or {@code admin}
 * @param projectDomain the name of that project's domain
 * @param remember for how long an answer holds, so for how long a revoked token may still work
 * @param patience how long an answer may take
 */
public record KeystoneSettings(
        URI url,
        URI publicUrl,
        String username,
        String userDomain,
        String password,
        String project,
        String projectDomain,
        Duration remember,
        Duration patience) {

    /** Without the password. */
    @Override
    public String toString() {
        return "KeystoneSettings[" + url + " as " + username + "]";
    }
}
