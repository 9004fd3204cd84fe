package io.weft.client;

/**
 * A call that was not done, or of which it is not known. The message is Neutron's own where there is one; it is foreign
 * text.
 */
public final class NeutronException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;
    private final boolean uncertain;

    private NeutronException(int status, String type, String message, boolean uncertain) {
        super(message);
        this.status = status;
        this.type = type;
        this.uncertain = uncertain;
    }

    static NeutronException refused(int status, String type, String message) {
        return new NeutronException(status, type, message, status >= 500);
    }

    /** @param uncertain whether the server may have done what was asked */
    static NeutronException unanswered(String message, boolean uncertain, Throwable cause) {
        NeutronException e = new NeutronException(0, "", message, uncertain);
        e.initCause(cause);
        return e;
    }

    static NeutronException unreadable(String message) {
        return new NeutronException(0, "", message, true);
    }

    /** The status of the HTTP answer; 0 when there was none that could be understood. */
    public int status() {
        return status;
    }

    /** Neutron's name of the error, as {@code PortNotFound}; empty when there is none. */
    public String type() {
        return type;
    }

    /** Whether the object, or one that the call names, is not there. */
    public boolean notFound() {
        return status == 404;
    }

    /** Whether the call contradicts what is there: a taken address, a used network, an exceeded quota. */
    public boolean conflict() {
        return status == 409;
    }

    /** Whether the object was changed since it was read. */
    public boolean stale() {
        return status == 412;
    }

    /** Whether the same call may succeed later: no answer, or a server that cannot answer now. */
    public boolean temporary() {
        return status == 0 || status == 429 || status >= 500;
    }

    /** Whether a change may have happened although it was not confirmed. */
    public boolean uncertain() {
        return uncertain;
    }
}
