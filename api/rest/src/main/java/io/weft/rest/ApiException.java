package io.weft.rest;

/** A request that fails with an answer for its sender. It carries no stack trace: it is an answer, not a fault. */
public final class ApiException extends RuntimeException {
    private final ErrorCategory category;
    private final String type;

    /**
     * @param category gives the status code
     * @param type the error's name on the wire, for example {@code NetworkNotFound}
     * @param message what the caller reads
     */
    public ApiException(ErrorCategory category, String type, String message) {
        super(message, null, false, false);
        this.category = category;
        this.type = type;
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

    public String message() {
        return String.valueOf(getMessage());
    }
}
