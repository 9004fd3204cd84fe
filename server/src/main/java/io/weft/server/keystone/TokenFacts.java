package io.weft.server.keystone;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What Keystone says of a token (Identity API v3, "Validate and show information for token").
 *
 * @param user the user's id
 * @param project the id of the project that it is scoped to; empty for tokens of a domain, of the system, or of nothing
 * @param roles the names of the user's roles there
 * @param expires when it ends
 */
record TokenFacts(String user, Optional<String> project, Set<String> roles, Instant expires) {
    TokenFacts {
        roles = Set.copyOf(roles);
    }
}
