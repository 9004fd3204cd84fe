package io.weft.agent.trace;

/** A trace that cannot be made as it was asked for; the message names what is wrong. */
public final class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes it. */
    public TraceException(String message) {
        super(message);
    }
}
