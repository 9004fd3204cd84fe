package io.weft.deployment.kubernetes;

/** Something of the demonstration does not hold, or cannot be done; the message is for the one who runs it. */
public final class DemoException extends RuntimeException {
    public DemoException(String message) {
        super(message);
    }

    public DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
