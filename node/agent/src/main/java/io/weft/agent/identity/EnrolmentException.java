package io.weft.agent.identity;

/** The server refused to enrol the node, or what it answered cannot be used. Trying again alone does not help. */
public final class EnrolmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EnrolmentException(String message) {
        super(message);
    }

    EnrolmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
