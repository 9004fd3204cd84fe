package io.weft.server.identity;

/** Somebody was refused, or an identity could not be made. */
public final class IdentityException extends RuntimeException {
    /** Why. */
    public enum Reason {
        /** The request for a certificate cannot be used. */
        INVALID(400),
        /** The token is unknown, was used before, or is not for this host. */
        TOKEN_REFUSED(403),
        /** The token is right, but its time is over. */
        TOKEN_EXPIRED(403),
        /** The host has a certificate already, and the token was not made for it by name. */
        HOST_ENROLLED(409),
        /** The certificate is missing, revoked, or of another host. */
        CERTIFICATE_REFUSED(403),
        /** Servers changed the same identity at the same moment, again and again. */
        CONFLICT(409),
        /** Who knows the host cannot be asked at the moment. */
        WITNESS(503),
        /** The master key does not fit the store. */
        MASTER_KEY(500);

        private final int status;

        Reason(int status) {
            this.status = status;
        }

        /** The HTTP status that says so. */
        public int status() {
            return status;
        }
    }

    private final Reason reason;

    public IdentityException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public IdentityException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
