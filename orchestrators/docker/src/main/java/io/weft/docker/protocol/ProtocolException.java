package io.weft.docker.protocol;

/** A request is none of the protocol's, or says something that cannot be. The message names the field and the rule. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }
}
