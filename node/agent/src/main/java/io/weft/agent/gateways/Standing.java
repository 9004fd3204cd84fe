package io.weft.agent.gateways;

import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * What a node that asks for a gateway's address says of itself: in a MAC that is nobody's ({@code 02:57:46:47}, whether it
 * serves others, its rank), where hosts do not look.
 *
 * @param rank how many nodes go before it, at most 255
 * @param connected whether another node hears it and is heard
 */
record Standing(int rank, boolean connected) {
    private static final long MARK = 0x025746470000L;
    private static final long MARK_BITS = 0xffffffff0000L;

    Standing {
        rank = Math.min(rank, 255);
    }

    /** Whether one goes first before another: who is connected does, and then the lower rank. */
    boolean precedes(Standing other) {
        return connected != other.connected ? connected : rank < other.rank;
    }

    MacAddress toMac() {
        return new MacAddress(MARK | (connected ? 0x100 : 0) | rank);
    }

    /** Reads it; empty when the asker is none of us. */
    static Optional<Standing> of(MacAddress named) {
        return (named.bits() & MARK_BITS) == MARK
                ? Optional.of(new Standing((int) named.bits() & 0xff, (named.bits() & 0x100) != 0))
                : Optional.empty();
    }
}
