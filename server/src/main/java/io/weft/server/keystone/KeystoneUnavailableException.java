package io.weft.server.keystone;

/** Keystone did not answer, or not as the Identity API says; nothing is known of the token then. */
final class KeystoneUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    KeystoneUnavailableException(String message) {
        super(message);
    }

    KeystoneUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
