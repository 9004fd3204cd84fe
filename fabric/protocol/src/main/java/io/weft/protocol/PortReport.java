package io.weft.protocol;

import java.util.UUID;

/**
 * What a node says of one of its ports.
 *
 * @param portId the port
 * @param state whether it forwards
 * @param detail why it does not, for people; possibly empty
 */
public record PortReport(UUID portId, State state, String detail) {
    /** Whether a port forwards. */
    public enum State {
        /** Its device is there and its records are in force. */
        UP,
        /** It is not plugged, or is out of service. */
        DOWN,
        /** It should forward and cannot. */
        ERROR
    }
}
