package io.weft.docker.translate;

/** The network cannot be or do what was asked; the message is for whoever typed the command. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
