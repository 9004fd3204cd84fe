package io.weft.client;

import java.net.URI;
import java.util.Optional;

/** As whom a client calls, and how it finds the service. Its text form shows no secret. */
public sealed interface Authentication {
    /**
     * The server asks for no token.
     *
     * @param endpoint the network service, without {@code /v2.0}
     * @param project the project to work in; empty leaves it to the server
     */
    record None(URI endpoint, Optional<String> project) implements Authentication {}

    /**
     * A token that somebody else gave and renews.
     *
     * @param endpoint the network service, without {@code /v2.0}
     */
    record Token(URI endpoint, String token) implements Authentication {
        @Override
        public String toString() {
            return "Token[endpoint=" + endpoint + "]";
        }
    }

    /**
     * Keystone's Identity API v3 gives tokens, and its catalogue says where the service {@code network} is.
     *
     * @param url of Keystone, with or without {@code /v3}
     * @param region which region's endpoint; empty takes the first
     * @param face {@code public}, {@code internal} or {@code admin}
     * @param endpoint overrides the catalogue; without {@code /v2.0}
     */
    record Keystone(URI url, Credential credential, Optional<String> region, String face, Optional<URI> endpoint)
            implements Authentication {
        /** The first region's public endpoint. */
        public static Keystone of(URI url, Credential credential) {
            return new Keystone(url, credential, Optional.empty(), "public", Optional.empty());
        }
    }

    /** What Keystone is shown. */
    sealed interface Credential {}

    /**
     * A user's password, for a token of one project.
     *
     * @param userDomain the name of the user's domain
     * @param projectDomain the name of the project's domain
     */
    record Password(String user, String password, String userDomain, String project, String projectDomain)
            implements Credential {
        @Override
        public String toString() {
            return "Password[user=" + user + ", project=" + project + "]";
        }
    }

    /** An application credential, which belongs to a project already. */
    record ApplicationCredential(String id, String secret) implements Credential {
        @Override
        public String toString() {
            return "ApplicationCredential[id=" + id + "]";
        }
    }
}
