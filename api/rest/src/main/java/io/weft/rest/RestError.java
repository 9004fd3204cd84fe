package io.weft.rest;

/** The errors that the engine itself raises, with the names that Neutron's clients know them by. */
public enum RestError {
    BAD_REQUEST(ErrorCategory.INVALID, "HTTPBadRequest"),
    INVALID_INPUT(ErrorCategory.INVALID, "InvalidInput"),
    BAD_PARAMETER(ErrorCategory.INVALID, "BadRequest"),
    FILTER_CONFLICT(ErrorCategory.INVALID, "TenantIdProjectIdFilterConflict"),
    UNAUTHENTICATED(ErrorCategory.UNAUTHENTICATED, "HTTPUnauthorized"),
    NOT_AUTHORIZED(ErrorCategory.FORBIDDEN, "PolicyNotAuthorized"),
    NOT_FOUND(ErrorCategory.NOT_FOUND, "HTTPNotFound"),
    TAG_NOT_FOUND(ErrorCategory.NOT_FOUND, "TagNotFound"),
    METHOD_NOT_ALLOWED(ErrorCategory.METHOD_NOT_ALLOWED, "HTTPMethodNotAllowed"),
    REVISION_MISMATCH(ErrorCategory.PRECONDITION, "RevisionNumberConstraintFailed"),
    TOO_LARGE(ErrorCategory.TOO_LARGE, "HTTPRequestEntityTooLarge"),
    INTERNAL(ErrorCategory.INTERNAL, "HTTPInternalServerError"),
    UNAVAILABLE(ErrorCategory.UNAVAILABLE, "HTTPServiceUnavailable");

    private final ErrorCategory category;
    private final String type;

    RestError(ErrorCategory category, String type) {
        this.category = category;
        this.type = type;
    }

    public ErrorCategory category() {
        return category;
    }

    /** The error's name on the wire. */
    public String type() {
        return type;
    }

    /** An exception of this error; the message is shown to the caller. */
    public ApiException with(String message) {
        return new ApiException(category, type, message);
    }
}
