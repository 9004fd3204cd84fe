package io.weft.rest;

/** What kind of failure an error is; the only place where kinds become HTTP status codes (RFC 9110 section 15). */
public enum ErrorCategory {
    /** The request breaks a rule and would break it again. */
    INVALID(400),
    /** The caller is not known. */
    UNAUTHENTICATED(401),
    /** The caller is known and may not do this. */
    FORBIDDEN(403),
    /** The object does not exist, or the caller may not know that it does. */
    NOT_FOUND(404),
    /** The path exists and does not take this method. */
    METHOD_NOT_ALLOWED(405),
    /** The state of the network forbids it now. */
    CONFLICT(409),
    /** A quota is used up. */
    QUOTA(409),
    /** The revision that the caller named is not the current one. */
    PRECONDITION(412),
    /** The body, the headers or the address exceed their bounds. */
    TOO_LARGE(413),
    /** A fault of the server. */
    INTERNAL(500),
    /** The operation is known and not offered. */
    UNSUPPORTED(501),
    /** It may succeed later without any change: no leader, no address left, store away. */
    UNAVAILABLE(503);

    private final int status;

    ErrorCategory(int status) {
        this.status = status;
    }

    /** The HTTP status code. */
    public int status() {
        return status;
    }
}
