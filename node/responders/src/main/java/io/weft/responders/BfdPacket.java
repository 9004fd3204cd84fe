package io.weft.responders;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A control packet of Bidirectional Forwarding Detection without authentication (RFC 5880, section 4.1). Intervals are in
 * microseconds and fill 32 bits.
 *
 * @param diagnostic why the sender's session went down last, 0 to 31
 * @param state the sender's session
 * @param poll asks for a packet with {@code last}
 * @param last answers {@code poll} (the F bit)
 * @param demand the sender asks the other end to be silent while both are up
 * @param multiplier so many packets may be lost before the sender counts as gone, 1 to 255
 * @param own the sender's name for the session, not 0
 * @param other the receiver's name for it; 0 when the sender does not know it
 * @param desiredMinTx the sender wants to send no more often
 * @param requiredMinRx the sender takes packets no more often; 0: none at all
 */
public record BfdPacket(
        int diagnostic,
        State state,
        boolean poll,
        boolean last,
        boolean demand,
        int multiplier,
        int own,
        int other,
        long desiredMinTx,
        long requiredMinRx) {
    /** The state of a session at one end. */
    public enum State {
        ADMIN_DOWN(0),
        DOWN(1),
        INIT(2),
        UP(3);

        private final int code;

        State(int code) {
            this.code = code;
        }

        private static State of(int code) {
            return switch (code) {
                case 0 -> ADMIN_DOWN;
                case 1 -> DOWN;
                case 2 -> INIT;
                case 3 -> UP;
                default -> throw new IllegalArgumentException("two bits have no value " + code);
            };
        }
    }

    private static final int VERSION = 1;
    private static final int BYTES = 24;
    private static final int POLL = 0x20;
    private static final int FINAL = 0x10;
    private static final int AUTHENTICATED = 0x04;
    private static final int DEMAND = 0x02;
    private static final int MULTIPOINT = 0x01;

    byte[] write() {
        int flags = state.code << 6 | (poll ? POLL : 0) | (last ? FINAL : 0) | (demand ? DEMAND : 0);
        return ByteBuffer.allocate(BYTES)
                .put((byte) (VERSION << 5 | diagnostic))
                .put((byte) flags)
                .put((byte) multiplier)
                .put((byte) BYTES)
                .putInt(own)
                .putInt(other)
                .putInt((int) desiredMinTx)
                .putInt((int) requiredMinRx)
                .putInt(0)
                .array();
    }

    /** Reads a datagram; empty for what a receiver must discard without authentication (section 6.8.6). */
    static Optional<BfdPacket> read(ByteBuffer in) {
        if (in.limit() < BYTES || (in.get(0) & 0xff) >>> 5 != VERSION) {
            return Optional.empty();
        }
        int flags = in.get(1) & 0xff;
        int length = in.get(3) & 0xff;
        BfdPacket packet = new BfdPacket(
                in.get(0) & 0x1f,
                State.of(flags >>> 6),
                (flags & POLL) != 0,
                (flags & FINAL) != 0,
                (flags & DEMAND) != 0,
                in.get(2) & 0xff,
                in.getInt(4),
                in.getInt(8),
                in.getInt(12) & 0xffffffffL,
                in.getInt(16) & 0xffffffffL);
        boolean nameless = packet.other == 0 && (packet.state == State.INIT || packet.state == State.UP);
        boolean wrong = length < BYTES
                || length > in.limit()
                || (flags & (AUTHENTICATED | MULTIPOINT)) != 0
                || packet.multiplier == 0
                || packet.own == 0
                || nameless;
        return wrong ? Optional.empty() : Optional.of(packet);
    }
}
