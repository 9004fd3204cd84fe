package io.weft.kubernetes.translate;

/** An object says what the network cannot be or do; the message is for whoever wrote the object. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
