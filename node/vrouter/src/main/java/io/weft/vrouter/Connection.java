package io.weft.vrouter;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A connection as one of its ends on this node sees it.
 *
 * @param state what has been seen of it
 * @param fromWorkload whether the guest began it
 * @param rule number of the rule that allowed it
 * @param ruleSet the rule set that was asked
 * @param epoch the rule set's epoch at that time
 * @param created when it began, in ticks of {@link #TICK}
 * @param seen when its last packet passed, in ticks
 * @param sentPackets packets that the guest sent; a GSO packet counts once
 * @param sentBytes their bytes, Ethernet headers included
 * @param receivedPackets packets that it was sent
 * @param receivedBytes their bytes
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record Connection(
        State state,
        boolean fromWorkload,
        int rule,
        int ruleSet,
        int epoch,
        int created,
        int seen,
        long sentPackets,
        long sentBytes,
        long receivedPackets,
        long receivedBytes) {
    /** In the order of {@code enum connection_state}; each with the seconds that it lives without a packet. */
    public enum State {
        /** Forgotten. */
        NONE(0),
        /** Not TCP: packets from its originator only. */
        NEW(30),
        /** Not TCP: the other end has answered. */
        ANSWERED(30),
        /** The originator's SYN. */
        SYN_SENT(60),
        /** A SYN from each end. */
        SYN_CROSSED(60),
        /** The SYN has its answer. */
        SYN_RECEIVED(60),
        /** TCP that had begun elsewhere, seen in one direction. */
        PICKED_UP(60),
        /** Both ends have spoken. */
        ESTABLISHED(600),
        /** A FIN from one end. */
        CLOSING(240),
        /** A FIN from each end. */
        CLOSED(10),
        /** A reset that nothing has disproved. */
        RESET(10),
        /** TCP that no rule allows any more, or that was cut by hand. */
        CUT(300);

        private final int seconds;

        State(int seconds) {
            this.seconds = seconds;
        }

        /** How long such a connection lives without a packet, while the table is not nearly full. */
        public Duration life(int protocol) {
            if (this != ESTABLISHED) {
                return Duration.ofSeconds(seconds);
            }
            return Duration.ofSeconds(
                    switch (protocol) {
                        case TCP -> ESTABLISHED_TCP;
                        case UDP, UDP_LITE -> ESTABLISHED_UDP;
                        case ConnectionKey.ICMP, ConnectionKey.ICMPV6 -> ESTABLISHED_ICMP;
                        default -> seconds;
                    });
        }
    }

    /** The unit of time of the programs. */
    public static final Duration TICK = Duration.ofNanos(1L << 30);

    static final int TCP = 6;
    static final int UDP = 17;
    static final int UDP_LITE = 136;
    static final int ESTABLISHED_TCP = 86400;
    static final int ESTABLISHED_UDP = 300;
    static final int ESTABLISHED_ICMP = 30;

    /** Where {@code seen} and {@code kept} lie in the struct. */
    static final int SEEN_OFFSET = 0;

    static final int KEPT_OFFSET = 18;

    private static final int FROM_WORKLOAD = 1;
    private static final int UNREAD = 24;

    static final Codec<Connection> CODEC = new Codec<>(88, Connection::write, Connection::read);

    /** The present time in ticks: the clock of {@link System#nanoTime} is the programs' clock. */
    static int now() {
        return (int) (System.nanoTime() >>> 30);
    }

    /** How long ago it began. */
    public Duration age() {
        return TICK.multipliedBy(Math.max(0, now() - created));
    }

    /** How long ago its last packet passed. */
    public Duration idle() {
        return TICK.multipliedBy(Math.max(0, now() - seen));
    }

    /** Whether the programs still know it. */
    boolean isAlive(int protocol) {
        return state != State.NONE && idle().compareTo(state.life(protocol)) <= 0;
    }

    /** With what flows have counted and not added yet; what an older connection of the same name counted is no part. */
    Connection plus(Flows.Counts counts) {
        if (counts.ticks() - created < 0) {
            return this;
        }
        return new Connection(
                state,
                fromWorkload,
                rule,
                ruleSet,
                epoch,
                created,
                seen,
                sentPackets + counts.sentPackets(),
                sentBytes + counts.sentBytes(),
                receivedPackets + counts.receivedPackets(),
                receivedBytes + counts.receivedBytes());
    }

    static void write(Connection connection, ByteBuffer out) {
        out.putInt(connection.seen)
                .putInt(connection.ruleSet)
                .putInt(connection.epoch)
                .putInt(connection.rule)
                .put((byte) connection.state.ordinal())
                .put((byte) (connection.fromWorkload ? FROM_WORKLOAD : 0))
                .putShort((short) 0)
                .putInt(connection.created)
                .put(new byte[8])
                .putLong(connection.sentPackets)
                .putLong(connection.sentBytes)
                .putLong(connection.receivedPackets)
                .putLong(connection.receivedBytes)
                .put(new byte[UNREAD]);
    }

    static Connection read(ByteBuffer in) {
        int seen = in.getInt();
        int ruleSet = in.getInt();
        int epoch = in.getInt();
        int rule = in.getInt();
        State state = State.values()[in.get()];
        int flags = in.get();
        in.getShort();
        int created = in.getInt();
        in.position(in.position() + 8);
        Connection connection = new Connection(
                state,
                (flags & FROM_WORKLOAD) != 0,
                rule,
                ruleSet,
                epoch,
                created,
                seen,
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong());
        in.position(in.position() + UNREAD);
        return connection;
    }
}
