package io.weft.protocol;

import java.io.IOException;

/** What came from the other side is not the protocol. The stream that it came from is of no more use. */
public final class ProtocolException extends IOException {
    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
