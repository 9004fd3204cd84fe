package io.weft.agent.attach;

/** A workload cannot be joined to a port as was asked. */
public final class AttachException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The request makes no sense. */
        INVALID(400),
        /** There is no such port on this node, namespace, process or device. */
        NOT_FOUND(404),
        /** Something is in the way. */
        CONFLICT(409),
        /** It is not done yet. */
        TIMEOUT(504);

        private final int status;

        Reason(int status) {
            this.status = status;
        }
    }

    private final Reason reason;

    public AttachException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The HTTP status for it. */
    public int status() {
        return reason.status;
    }
}
