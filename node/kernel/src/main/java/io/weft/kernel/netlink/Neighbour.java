package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * Whose MAC address an IP address on a link is.
 *
 * @param interfaceIndex the link
 * @param address the neighbour's address
 * @param mac empty while it is not known
 * @param state what is known of it
 */
public record Neighbour(int interfaceIndex, IpAddress address, Optional<MacAddress> mac, State state) {
    /** Neighbour unreachability detection's states (RFC 4861 section 7.3.2) and Linux's own. */
    public enum State {
        NONE(0),
        INCOMPLETE(0x01),
        REACHABLE(0x02),
        STALE(0x04),
        DELAY(0x08),
        PROBE(0x10),
        FAILED(0x20),
        /** Needs no resolution, as on loopback. */
        NO_ARP(0x40),
        /** Set by hand and never aged. */
        PERMANENT(0x80);

        private final int number;

        State(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static State of(int number) {
            for (State state : values()) {
                if (state.number == number) {
                    return state;
                }
            }
            return NONE;
        }
    }

    /** A neighbour that is never aged. */
    public static Neighbour permanent(int interfaceIndex, IpAddress address, MacAddress mac) {
        return new Neighbour(interfaceIndex, address, Optional.of(mac), State.PERMANENT);
    }
}
