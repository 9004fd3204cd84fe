package io.weft.rest;

import java.util.Optional;

/** A request that fails with an answer for its sender. It carries no stack trace: it is an answer, not a fault. */
public final class ApiException extends RuntimeException {
    private final ErrorCategory category;
    private final String type;
    private final Optional<String> challenge;

    /**
     * @param category gives the status code
     * @param type the error's name on the wire, for example {@code NetworkNotFound}
     * @param message what the caller reads
     */
    public ApiException(ErrorCategory category, String type, String message) {
        this(category, type, message, Optional.empty());
    }

    private ApiException(ErrorCategory category, String type, String message, Optional<String> challenge) {
        super(message, null, false, false);
        this.category = category;
        this.type = type;
        this.challenge = challenge;
    }

    /** The same, saying how the caller can make itself known (RFC 9110 section 11.6.1). */
    public ApiException withChallenge(String text) {
        return new ApiException(category, type, message(), Optional.of(text));
    }

    /** A value that breaks a rule, in the words that Neutron uses for it. */
    public static ApiException invalid(String field, String rule) {
        String reason = rule.endsWith(".") ? rule : rule + ".";
        return RestError.BAD_REQUEST.with("Invalid input for " + field + ". Reason: " + reason);
    }

    public ErrorCategory category() {
        return category;
    }

    public String type() {
        return type;
    }

    /** How the caller can make itself known: the header {@code WWW-Authenticate}. */
    public Optional<String> challenge() {
        return challenge;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
