package io.weft.agent.container;

import io.weft.client.NeutronException;

/** A request that is not done, as the runtime is told: https://www.cni.dev/docs/spec/#error. */
final class CniException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the runtime makes of it. */
    enum Code {
        INCOMPATIBLE_VERSION(1),
        /** The container is not there: nothing has to be undone. */
        UNKNOWN_CONTAINER(3),
        INVALID_ENVIRONMENT(4),
        IO_FAILURE(5),
        UNDECODABLE(6),
        INVALID_CONFIGURATION(7),
        TRY_AGAIN_LATER(11),
        NOT_AVAILABLE(50),
        /** The network's API refuses what is needed. */
        REFUSED(100),
        /** CHECK finds something else than ADD left. */
        CHANGED(101);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private final Code code;

    CniException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** What the API says of a call that it has not done. */
    static CniException of(NeutronException e) {
        return new CniException(
                e.temporary() ? Code.TRY_AGAIN_LATER : Code.REFUSED, "the network's API: " + e.getMessage());
    }

    Code code() {
        return code;
    }
}
