package io.weft.rest;

import java.util.Optional;

/** Finds out who asks. */
@FunctionalInterface
public interface Authenticator {
    /**
     * The caller of a request.
     *
     * @throws ApiException of category {@link ErrorCategory#UNAUTHENTICATED} when the credentials are missing or wrong
     */
    Caller authenticate(Credentials credentials);

    /** What a request brings along. */
    interface Credentials {
        /** The first value of a header; the name is not case-sensitive. */
        Optional<String> header(String name);

        /** Whether the peer is on this machine: a loopback address or a unix socket. */
        boolean local();
    }

    /** The answer to credentials that are missing or wrong. */
    static ApiException refused() {
        return RestError.UNAUTHENTICATED.with("The request you have made requires authentication.");
    }
}
