package io.weft.kubernetes.neutron;

/** Something that this stands on is not there yet; the message says what. */
public final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotYetException(String message) {
        super(message);
    }
}
